"""Verbs of the objection court: draft, let pass, send back, decide, take back. One is a batch of one.

The clerk drafts, the chief of the unit puts it to the court; from then the unit's clocks rest until the verdict, the
citizen's never do. Who is found right stays responsible until the next unit has signed (`orders.handover`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city.models import Unit
from jieban.city.pack import UnitSpec
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.court import passing, rules, wishes
from jieban.dispatch.court.models import Objection
from jieban.orders import actions, handover, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.book import Book
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment, Entry

_OPENING = ("dispatch", "join", "whistle")
NOTICE = "notice"


def draft(
    assignments: Sequence[Assignment],
    *,
    ground: str,
    facts: str,
    proposed: str,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment] = (),
) -> list[Objection]:
    """Say that they are not the unit's; a chief's own draft goes to the court at once, a clerk's waits for the chief.

    `proposed` is the code of the unit that should act, `files` unsaved rows whose bytes are stored already. BadInput:
    no facts, no proof where the ground asks for it, a proposal that changes nothing. Conflict: too late, objected
    before in this round, or the fallback has it.
    """
    rules.check_words(ground, facts, loaded.pack, evidence=len(files))
    holding.must_hold(assignments, by)
    to = _unit(proposed, loaded)
    for part in assignments:
        rules.check_proposed(part.unit.code, to.path, to.name)
    proof = [{"name": f.name, "sha256": f.sha256} for f in files]
    cases = [
        Objection(
            order=part.order, assignment=part, unit=part.unit, round=part.round, stage=rules.DRAFT, ground=ground,
            facts=facts.strip(), evidence=proof, proposed=to, led=part.role == passing.LEAD,
            drafter_id=by.person_id, drafted_at=at,
        )
        for part in assignments
    ]  # fmt: skip
    with actions.together() as book:
        book.lock((part.order for part in assignments), assignments)
        _check(cases, book, at=at, loaded=loaded)
        Objection.objects.bulk_create(cases)
        if all(_leads(by, case) for case in cases):
            _put(cases, by=by, at=at, loaded=loaded, files=files)
        else:
            actions.move([_drafted(case, loaded, files, at) for case in cases], "note", by=by, at=at)
    return cases


def approve(cases: Sequence[Objection], *, by: Actor, at: datetime, loaded: Loaded) -> None:
    """The chief lets them go to the court, and the unit's clocks rest. NotAllowed for anybody but the unit's chief."""
    _fetch(cases)
    _must_lead(cases, by)
    with actions.together() as book:
        book.lock((case.order for case in cases), (case.assignment for case in cases))
        _still(cases, rules.DRAFT)
        _check(cases, book, at=at, loaded=loaded)
        _put(cases, by=by, at=at, loaded=loaded)


def send_back(cases: Sequence[Objection], *, reason: str, by: Actor, at: datetime) -> None:
    """The chief does not let them go to the court: the unit works on. It may object once more within its time."""
    if not reason.strip():
        raise BadInput("请写一句为什么不提异议，承办员好接着办。")
    _fetch(cases)
    _must_lead(cases, by)
    steps = [
        Step(case.order, case.assignment, records={"note": f"负责人没有批派单异议：{reason.strip()}"}) for case in cases
    ]
    with actions.together():
        actions.move(steps, "note", by=by, at=at)
        _still(cases, rules.DRAFT)
        _write(cases, stage=rules.RETURNED, reason=reason.strip(), approver_id=by.person_id, decided_at=at)


def keep(cases: Sequence[Objection], verdict: passing.Verdict) -> None:
    """The objection does not hold: the unit has it, signed, and its clocks run on from where they stood.

    NotAllowed for whoever sent the order or objected, and for a post that does not decide the case.
    """
    _check_verdict(cases, verdict)
    by, at = verdict.by, verdict.at
    with actions.together() as book:
        book.lock((case.order for case in cases), (case.assignment for case in cases))
        _still(cases, rules.REVIEW)
        parts = [book.assignment(case.assignment) for case in cases]
        steps = [_kept(case, part, verdict) for case, part in zip(cases, parts, strict=True)]
        actions.move(steps, "keep", by=by, at=at)
        handover.settle(parts, at=at, client=by.client)
        _write(cases, stage=rules.KEPT, **_decided(verdict))
        wishes.propose(cases, verdict)


def uphold(cases: Sequence[Objection], verdict: passing.Verdict, *, to: str = "") -> None:
    """The objection holds. `to` is the code of the unit that gets the order next.

    A refusal that the pack says brings consultation or the fallback needs no `to`: the rule acts. An assistant may be
    let go without one. BadInput: a `to` that has been found right on this order before, or none where one is needed.
    NotAllowed as in `keep`.
    """
    _check_verdict(cases, verdict)
    with actions.together() as book:
        book.lock((case.order for case in cases), (case.assignment for case in cases))
        _still(cases, rules.REVIEW)
        passes = passing.plan(cases, _unit(to, verdict.loaded) if to else None, verdict, book)
        passing.carry_out(passes, verdict)
        for one in passes:
            one.case.outcome, one.case.to = one.outcome, one.to
        _write(cases, "outcome", "to", stage=rules.UPHELD, **_decided(verdict))
        wishes.propose(cases, verdict)


def take_back(assignments: Sequence[Assignment], *, reason: str, by: Actor, at: datetime, loaded: Loaded) -> None:
    """The hand-over falls through: the first unit has the order again, and whoever was to take it over is let go."""
    if not reason.strip():
        raise BadInput("请写明为什么交不出去，原单位要看。")
    holding.must_hold(assignments, by)
    verdict = passing.Verdict(reason.strip(), reason.strip(), by, at, loaded)
    with actions.together() as book:
        book.lock((part.order for part in assignments), assignments)
        parts = [book.assignment(part) for part in assignments]
        found = Objection.objects.filter(assignment__in=parts, stage=rules.UPHELD).order_by("decided_at")
        last = {case.assignment_id: case for case in found}
        passing.undo(parts, last, verdict)
        _write(list(last.values()), outcome=rules.BACK)


def _decided(verdict: passing.Verdict) -> dict[str, Any]:
    return {
        "decider_id": verdict.by.person_id, "decided_at": verdict.at, "basis": verdict.basis,
        "reason": verdict.reason, "change": verdict.change,
    }  # fmt: skip


def _check(cases: Sequence[Objection], book: Book, *, at: datetime, loaded: Loaded) -> None:
    """Refuse what comes too late, a second time, or after the passing on has ended. The orders are locked."""
    earlier = Objection.objects.filter(order__in={case.order_id for case in cases}).exclude(
        pk__in=[case.pk for case in cases if case.pk]
    )
    said: dict[int, list[Objection]] = {}
    for one in earlier:
        said.setdefault(one.order_id, []).append(one)
    for case in cases:
        part, others = book.assignment(case.assignment), said.get(case.order_id, [])
        number = case.order.number
        if part.state not in (A.SENT, A.SIGNED) or part.role == NOTICE:
            raise Conflict(f"{number} 现在不能提异议：联系过市民、正在审核、只知会的，都不能再提。请刷新页面。")
        due = rules.until(loaded.pack, part.urgency, sent_at=part.sent_at, signed_at=part.signed_at)
        rules.check_time(number, timezone.localtime(due), at)
        rules.check_before(number, part.pk, part.round, others, loaded.pack.settings)


def _put(
    cases: Sequence[Objection], *, by: Actor, at: datetime, loaded: Loaded, files: Sequence[Attachment] = ()
) -> None:
    """Before the court: the assignments wait for the verdict, and each case says who had sent the order."""
    actions.move([_asked(case, loaded, files, by, at) for case in cases], "object", by=by, at=at)
    sent = _sent(cases)
    for case in cases:
        pack, part = loaded.pack, case.assignment
        seat = rules.court(_spec(case.unit, loaded), _spec(case.proposed, loaded), pack)
        entry = sent.get((case.order_id, part.no))
        case.court_id = loaded.unit_ids.get(seat)
        case.review_due = rules.review_due(pack, part.urgency, at=at)
        case.category, case.duty = case.order.category, part.duty
        case.sender_id, case.sent_by = (entry.person_id, entry.actor) if entry else (None, "")
    _write(
        cases, "court_id", "review_due", "category", "duty", "sender_id", "sent_by",
        stage=rules.REVIEW, approver_id=by.person_id, asked_at=at,
    )  # fmt: skip


def _sent(cases: Sequence[Objection]) -> dict[tuple[int, int], Entry]:
    """The entry that opened each assignment, by order and number of the assignment. One query."""
    found = Entry.objects.filter(order__in={case.order_id for case in cases}, move__in=_OPENING).order_by(
        "order", "seq"
    )
    out: dict[tuple[int, int], Entry] = {}
    for entry in found:
        for no in entry.changes.get("assignments", {}):
            out.setdefault((entry.order_id, int(no)), entry)
    return out


def _drafted(case: Objection, loaded: Loaded, files: Sequence[Attachment], at: datetime) -> Step:
    name = loaded.pack.grounds[case.ground].name
    text = f"起草派单异议，等负责人批：{name}，建议由{case.proposed.name}办。{case.facts}"
    notice = outbox.to_unit(case.unit_id, "objection_draft", at=at, number=case.order.number, no=case.assignment.no)
    return Step(
        case.order, case.assignment, records={"note": text}, attachments=_copies(files), messages=[notice]
    )  # fmt: skip


def _asked(case: Objection, loaded: Loaded, files: Sequence[Attachment], by: Actor, at: datetime) -> Step:
    told = {
        "ground": case.ground, "name": loaded.pack.grounds[case.ground].name, "facts": case.facts,
        "evidence": [proof["sha256"] for proof in case.evidence], "proposed": case.proposed.name, "approval": by.name,
    }  # fmt: skip
    changes = passing.rest(case.assignment, at)
    return Step(case.order, case.assignment, changes=changes, records=told, attachments=_copies(files))


def _kept(case: Objection, part: Assignment, verdict: passing.Verdict) -> Step:
    """The unit has had it since it objected, if it had not signed before."""
    told = {"decision": rules.STAGES[rules.KEPT], **verdict.told}
    changes = passing.run_on(part, case, verdict) | {"signed_at": part.signed_at or case.asked_at}
    notice = outbox.to_unit(part.unit_id, "objection_kept", at=verdict.at, number=case.order.number, no=part.no)
    return Step(case.order, part, changes=changes, records=told, messages=[notice])


def _check_verdict(cases: Sequence[Objection], verdict: passing.Verdict) -> None:
    """Refuse a verdict without grounds, and one by somebody who may not judge here or has a part in the matter."""
    if not verdict.basis or len(verdict.reason) < rules.SHORTEST:
        raise BadInput(f"请写依据（目录哪一条、哪部规定）和理由，理由至少 {rules.SHORTEST} 个字，双方都要看。")
    _fetch(cases)
    by = verdict.by
    for case in cases:
        if not may_judge(case, by):
            raise NotAllowed(f"{case.order.number} 的异议不归{by.unit_name or by.name}定。")
        if by.person_id and by.person_id in (case.sender_id, case.drafter_id, case.approver_id):
            raise NotAllowed(f"{case.order.number} 是您派的或您提的异议，请别的审核人来定。")


def may_judge(case: Objection, by: Actor) -> bool:
    """Whether that post decides the case: the centre, or the district whose own units are at odds."""
    if by.role == Role.DISTRICT:
        return case.court_id is not None and case.court_id == by.unit_id
    return by.role == Role.SUPERVISOR or (by.role == Role.DISPATCHER and case.court_id is None)


def _leads(by: Actor, case: Objection) -> bool:
    """Whether the actor answers for the unit that objects."""
    return by.role in (Role.CHIEF, Role.DISTRICT) and by.unit_id == case.unit_id


def _must_lead(cases: Sequence[Objection], by: Actor) -> None:
    for case in cases:
        if not _leads(by, case):
            raise NotAllowed(f"派单异议要{case.unit.name}的负责人批，您现在的岗位不能批。")


def _still(cases: Sequence[Objection], stage: str) -> None:
    """Conflict where somebody else has gone on with one of them. Their orders are locked, so what is read holds."""
    there = Objection.objects.filter(pk__in=[case.pk for case in cases], stage=stage).count()
    if there != len(cases):
        raise Conflict("这件异议已经有人先处理了。请刷新页面看看结果。")


def _write(cases: Sequence[Objection], *more: str, **said: Any) -> None:
    """Write these values to all of them, and the columns `more` as each has them, in one statement."""
    for case in cases:
        for name, value in said.items():
            setattr(case, name, value)
    Objection.objects.bulk_update(cases, [name.removesuffix("_id") for name in (*said, *more)])


def _fetch(cases: Sequence[Objection]) -> None:
    prefetch_related_objects(cases, "order__contact", "assignment__section", "unit", "proposed")
    for case in cases:
        case.assignment.order, case.assignment.unit = case.order, case.unit


def _unit(code: str, loaded: Loaded) -> Unit:
    found = Unit.objects.filter(pk=loaded.unit_ids.get(code, 0)).first()
    if found is None:
        raise BadInput(f"单位 {code} 不在现行单位表里，请重新选择。")
    return found


def _spec(unit: Unit, loaded: Loaded) -> UnitSpec:
    """The unit as the pack has it; one that the pack has dropped belongs to no district."""
    return loaded.pack.units.get(unit.code) or UnitSpec(unit.code, unit.name, unit.short, unit.kind)


def _copies(files: Sequence[Attachment]) -> list[Attachment]:
    return [Attachment(name=f.name, mime=f.mime, size=f.size, sha256=f.sha256, stage=f.stage) for f in files]

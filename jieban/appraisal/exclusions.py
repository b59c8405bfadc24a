"""Verbs of leaving out of scoring (剔除): ask, decide, appeal, decide again, withdraw. One is a batch of one.

A unit asks with ground, statement and evidence; somebody else decides; once, a second person decides again. Each step
is kept in the request's own record; what it leads to is a move of the assignment, so the timeline proves it. A batch
in which one cannot be taken is refused whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.appraisal import exclusion_rules as rules
from jieban.appraisal.models import Exclusion, ExclusionStep
from jieban.city.queries import Loaded
from jieban.core.errors import NotAllowed
from jieban.handling.files import copies
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Attachment, Entry

_CENTRE = frozenset({Role.SUPERVISOR, Role.LEADER})


def ask(
    assignments: Sequence[Assignment],
    *,
    ground: str,
    statement: str,
    until: datetime | None,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment] = (),
) -> list[Exclusion]:
    """Ask that they be left out. `files` are unsaved rows whose bytes are stored; `until` is the last moment for it.

    NotAllowed: not the unit's own. BadInput: no such ground, too few words, no evidence, too late, nothing to leave
    out, refused before on the same ground. Conflict: one is open already.
    """
    _fetch(assignments)
    for part in assignments:
        if not rules.may_ask(by.role, by.unit_id, by.unit_path, (part.unit_id, part.unit.path)):
            raise NotAllowed(f"{part.order.number} 不是{by.unit_name or by.name}承办的，只能给自己承办的申请剔除。")
        rules.check_time(part.order.number, until, at=at)
    found = rules.check_ground(ground, loaded.pack, evidence=len(files))
    return _ask(assignments, found.code, rules.check_words(statement), until, files, by, at)


def offer(
    assignments: Sequence[Assignment], *, ground: str, statement: str, by: Actor, at: datetime, loaded: Loaded
) -> list[Exclusion]:
    """The centre itself asks, out of a procedure that holds the evidence (反复投诉认定), for those not asked before.

    Whoever offers has asked, and so cannot decide. NotAllowed for anybody but the centre.
    """
    if by.role not in _CENTRE:
        raise NotAllowed(f"{by.name}（{by.role}）不能替单位申请剔除。")
    _fetch(assignments)
    found = rules.check_ground(ground, loaded.pack, evidence=1)
    busy = Exclusion.objects.filter(assignment__in=assignments, stage__in=rules.OPEN | rules.DECIDED)
    asked = set(busy.values_list("assignment_id", flat=True))
    fresh = [part for part in assignments if part.pk not in asked and _counts(part)]
    return _ask(fresh, found.code, rules.check_words(statement), None, (), by, at) if fresh else []


def decide(cases: Sequence[Exclusion], *, grant: bool, words: str, by: Actor, at: datetime, loaded: Loaded) -> None:
    """The first decision: left out from now, or it counts.

    NotAllowed: a role that does not decide, or somebody who has asked or handled the order. Conflict: decided already.
    """
    said = rules.check_words(words)
    with actions.together():
        held = _held(cases, {rules.ASKED})
        _may_decide(held, by, at, loaded)
        outcome = rules.decided(grant)
        _carry_out([(case, outcome) for case in held], said, by, at)
        _write(held, stage=outcome.stage, granted=grant, decided_at=at, decided_by_id=by.person_id)
    _copy(held, cases)


def appeal(cases: Sequence[Exclusion], *, words: str, until: datetime | None, by: Actor, at: datetime) -> None:
    """Ask for a second person, once: the unit against a refusal, the city's supervisor against what was granted.

    NotAllowed: not this side's to appeal. BadInput: too late, or appealed before.
    """
    said = rules.check_words(words)
    with actions.together():
        held = _held(cases, rules.DECIDED)
        for case in held:
            rules.check_time(case.order.number, until, at=at)
            rules.check_once(case.order.number, case.appealed_at)
            _side(case, by)
        _note(held, "appeal", said, by, at)
        _write(held, stage=rules.APPEALED, appealed_at=at, appealed_by_id=_person(by))
    _copy(held, cases)


def decide_appeal(
    cases: Sequence[Exclusion], *, grant: bool, words: str, by: Actor, at: datetime, loaded: Loaded
) -> None:
    """The second decision, by a second person: `grant` says whether it is left out from now. It is the last.

    NotAllowed and Conflict as in `decide`; whoever decided first cannot.
    """
    said = rules.check_words(words)
    with actions.together():
        held = _held(cases, {rules.APPEALED})
        _may_decide(held, by, at, loaded)
        outcomes = [(case, rules.decided_again(bool(case.granted), grant)) for case in held]
        _carry_out(outcomes, said, by, at)
        stage = rules.decided(grant).stage
        _write(held, stage=stage, granted=grant, second_at=at, second_by_id=by.person_id)
    _copy(held, cases)


def withdraw(cases: Sequence[Exclusion], *, words: str, by: Actor, at: datetime) -> None:
    """Take back a request that nobody has decided, or an appeal: then the first decision stands.

    NotAllowed: somebody else's. Conflict: decided meanwhile.
    """
    said = rules.check_words(words, least=rules.SHORT)
    with actions.together():
        held = _held(cases, rules.OPEN)
        for case in held:
            _side(case, by)
        _note(held, "withdraw", said, by, at)
        for case in held:
            case.stage = rules.after_withdrawal(case.granted)
        _write(held, "stage")
    _copy(held, cases)


def _ask(
    parts: Sequence[Assignment], ground: str, statement: str, until: datetime | None, files: Sequence[Attachment],
    by: Actor, at: datetime,
) -> list[Exclusion]:  # fmt: skip
    proof = [{"name": f.name, "sha256": f.sha256} for f in files]
    told = {"ground": ground, "statement": statement, "evidence": proof}
    cases = [
        Exclusion(
            order=part.order, assignment=part, unit=part.unit, stage=rules.ASKED, ground=ground, statement=statement,
            evidence=proof, until=until, asked_at=at, asked_by_id=_person(by),
        )
        for part in parts
    ]  # fmt: skip
    with actions.together() as book:
        book.lock((part.order for part in parts), parts)
        _check_fresh(cases)
        steps = [Step(c.order, c.assignment, records=told, attachments=copies(files)) for c in cases]
        actions.move(steps, "ask_exclusion", by=by, at=at)
        Exclusion.objects.bulk_create(cases)
        _note(cases, "ask", statement, by, at)
    return cases


def _check_fresh(cases: Sequence[Exclusion]) -> None:
    """Refuse what does not count anyway, and what was asked before. The orders are locked."""
    earlier: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Exclusion.objects.filter(assignment__in=[case.assignment_id for case in cases])
    for assignment, stage, ground in rows.values_list("assignment_id", "stage", "ground"):
        earlier[assignment].append((stage, ground))
    for case in cases:
        part, number = case.assignment, case.order.number
        rules.check_counts(number, role=part.role, ground=part.ground, filed=_filed(part))
        rules.check_asked_before(number, case.ground, earlier[part.pk])
        earlier[part.pk].append((case.stage, case.ground))


def _filed(part: Assignment) -> bool:
    return part.state == A.TERMINATED or part.order.state == S.TERMINATED


def _counts(part: Assignment) -> bool:
    return part.role != "notice" and not part.ground and not _filed(part) and part.order.state != S.ARCHIVED


def _may_decide(cases: Sequence[Exclusion], by: Actor, at: datetime, loaded: Loaded) -> None:
    """Refuse a role that does not decide and a person with a part in the matter; two queries."""
    deciders = rules.deciders(loaded.pack)
    if by.role not in deciders:
        raise NotAllowed(f"{by.name}（{by.role}）不能定剔除申请。可以定的岗位：{', '.join(sorted(deciders))}。")
    seats = seats_of(by, at)
    handled = handled_by(by, [case.order_id for case in cases])
    for case in cases:
        rules.check_decider(
            case.order.number, by.person_id, parties(case), handled=case.order_id in handled,
            own=rules.own(seats, case.unit.path),
        )  # fmt: skip


def parties(case: Exclusion) -> tuple[int | None, ...]:
    """Those who have asked, decided or appealed; none of them may decide any more."""
    return case.asked_by_id, case.decided_by_id, case.appealed_by_id


def seats_of(by: Actor, at: datetime) -> list[rules.Seat]:
    """All posts that the person holds at that moment, not only the one acted from; one query."""
    return [rules.Seat(post.role, post.unit.path) for post in accounts.posts(by.person_id or 0, at=at)]


def handled_by(by: Actor, orders: Collection[int]) -> set[int]:
    """Of the orders (by id) those in whose timeline the person stands, deciding about exclusion aside; one query."""
    entries = Entry.objects.filter(order__in=orders, person=by.person_id).exclude(move__in=rules.JUDGING)
    return set(entries.values_list("order_id", flat=True))


def why_not(case: Exclusion, *, by: Actor, at: datetime, loaded: Loaded) -> str:
    """Why this person may not decide the request, in a sentence; empty where they may. At most two queries."""
    try:
        _may_decide([case], by, at, loaded)
    except NotAllowed as error:
        return str(error)
    return ""


def on_its_side(case: Exclusion, by: Actor) -> bool:
    """Whether the next word against a decision is the actor's: the unit's (or who asked), after a grant the city's."""
    mine = by.person_id == case.asked_by_id or rules.may_ask(
        by.role, by.unit_id, by.unit_path, (case.unit_id, case.unit.path)
    )
    return rules.may_appeal(by.role, mine=mine, granted=case.granted)


def _side(case: Exclusion, by: Actor) -> None:
    if not on_its_side(case, by):
        whose = "市级班长" if case.granted else case.unit.name
        raise NotAllowed(f"{case.order.number} 的这一步要由{whose}来做。")


def _carry_out(outcomes: Sequence[tuple[Exclusion, rules.Outcome]], words: str, by: Actor, at: datetime) -> None:
    """Make the move each outcome leads to, and keep the step."""
    steps: dict[str, list[Step]] = defaultdict(list)
    taken: dict[str, list[Exclusion]] = defaultdict(list)
    for case, outcome in outcomes:
        taken[outcome.step].append(case)
        if outcome.move:
            steps[outcome.move].append(_step(case, outcome, words, at))
    for move, some in steps.items():
        actions.move(some, move, by=by, at=at)
    for step, cases in taken.items():
        _note(cases, step, words, by, at)


def _step(case: Exclusion, outcome: rules.Outcome, words: str, at: datetime) -> Step:
    part, number = case.assignment, case.order.number
    notice = outbox.to_unit(case.unit_id, "exclusion", at=at, number=number, no=part.no, granted=outcome.granted)
    changes = {"ground": case.ground if outcome.granted else ""}
    return Step(case.order, part, changes=changes, records=_told(case, words, outcome.move), messages=[notice])


def _told(case: Exclusion, words: str, move: str) -> dict[str, Any]:
    asked = {"request": case.pk, "at": case.asked_at, "unit": case.unit.code}
    if move == "take_in":
        return {"reason": words, "ground": case.ground, "asked": asked}
    return {
        "ground": case.ground, "evidence": [one["sha256"] for one in case.evidence], "asked": asked, "decision": words,
    }  # fmt: skip


def _held(cases: Sequence[Exclusion], stages: Collection[str]) -> list[Exclusion]:
    """The requests as the database has them, locked, in the order of their ids; Conflict where one stands elsewhere."""
    found = Exclusion.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in cases])
    held = list(found.select_related("order__contact", "assignment", "unit").order_by("pk"))
    for case in held:
        case.assignment.order = case.order
        rules.check_stage(case.order.number, case.stage, stages)
    return held


def _note(cases: Sequence[Exclusion], what: str, words: str, by: Actor, at: datetime) -> None:
    ExclusionStep.objects.bulk_create(
        ExclusionStep(
            exclusion=case, at=at, person_id=by.person_id, name=by.name, role=by.role, unit=by.unit_name, what=what,
            words=words,
        )
        for case in cases
    )  # fmt: skip


def _write(cases: Sequence[Exclusion], *more: str, **said: Any) -> None:
    """Write these values to all of them, and the columns `more` as each has them, in one statement."""
    for case in cases:
        for name, value in said.items():
            setattr(case, name, value)
    Exclusion.objects.bulk_update(cases, [name.removesuffix("_id") for name in (*said, *more)])


def _copy(held: Sequence[Exclusion], cases: Sequence[Exclusion]) -> None:
    """Bring the instances handed in up to date."""
    now = {case.pk: case for case in held}
    for case in cases:
        for field in Exclusion._meta.concrete_fields:
            setattr(case, field.attname, getattr(now[case.pk], field.attname))


def _fetch(assignments: Sequence[Assignment]) -> None:
    prefetch_related_objects(assignments, "unit", "order__contact")


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed("这一步只能由人来做。")
    return by.person_id

"""What a verdict that upholds an objection does to the order: passed on, to the table, or to the fallback.

The unit that is found right hands over (待交接) until the next has signed. One that had not even signed, because it was
itself to take over from another, is let go at once: the first receiver still has the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city import limits
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import consulting, opening
from jieban.dispatch.court import rules
from jieban.dispatch.court.models import Objection
from jieban.dispatch.opening import Batch
from jieban.dispatch.rules import Target
from jieban.orders import actions, handover, outbox
from jieban.orders.actions import Step
from jieban.orders.book import Book
from jieban.orders.lifecycle import HELD_ASSIGNMENT, S
from jieban.orders.models import Assignment, Order

LEAD = "lead"
# The cause of a pause in the unit's clock; the citizen's clock does not know it.
PAUSE = "objection"
_WAITING = (S.PENDING, S.CONSULTING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with its basis and reason, by whom and when; `change` is what the catalogue should say instead."""

    basis: str
    reason: str
    by: Actor
    at: datetime
    loaded: Loaded
    change: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What the timeline keeps of it."""
        return {"basis": self.basis, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Pass:
    """One upheld objection and what follows: `to` gets the order, from the assignment numbered `source`."""

    case: Objection
    order: Order
    part: Assignment
    outcome: str
    to: Unit | None
    source: int
    stands_in: bool
    units: tuple[Unit, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Who has been found right to refuse, by name, the first first."""
        return tuple(dict.fromkeys(unit.name for unit in self.units))

    @property
    def codes(self) -> tuple[str, ...]:
        """Their codes."""
        return tuple(unit.code for unit in self.units)


def plan(cases: Sequence[Objection], to: Unit | None, verdict: Verdict, book: Book) -> list[Pass]:
    """What each of the cases leads to; BadInput where a next unit is missing or has been found right before."""
    earlier: dict[int, list[Objection]] = {}
    upheld = Objection.objects.filter(order__in={c.order_id for c in cases}, stage=rules.UPHELD).select_related("unit")
    for one in upheld.order_by("decided_at", "pk"):
        earlier.setdefault(one.order_id, []).append(one)
    fallbacks = _fallbacks(cases, verdict.loaded)
    return [
        _pass(case, earlier.get(case.order_id, []), to, fallbacks.get(case.order_id), verdict, book) for case in cases
    ]


def _pass(
    case: Objection, earlier: Sequence[Objection], to: Unit | None, fallback: Unit | None, verdict: Verdict, book: Book
) -> Pass:
    part, order = book.assignment(case.assignment), book.order(case.order)
    units = tuple(one.unit for one in (*earlier, case))
    outcome = rules.outcome(
        verdict.loaded.pack.settings, leads=part.role == LEAD, refusals=1 + sum(map(_counts, earlier)),
        named=to is not None, at_table=order.state in _WAITING, fallback=fallback is not None,
    )  # fmt: skip
    if outcome == rules.PASSED:
        _check_next(case, to, [*earlier, case])
    stands_in = part.came_by == handover.TAKES_OVER and part.signed_at is None
    source = part.called_by if stands_in and part.called_by is not None else part.no
    gets = {rules.PASSED: to, rules.FALLBACK: fallback}.get(outcome)
    return Pass(case, order, part, outcome, gets, source, stands_in or outcome == rules.RELEASED, units)


def _counts(case: Objection) -> bool:
    """Whether an upheld objection counts as a refusal of the order: a lead's, where the unit has not got it back."""
    return case.led and case.outcome != rules.BACK


def _check_next(case: Objection, to: Unit | None, refused: Sequence[Objection]) -> None:
    if to is None:
        raise BadInput("异议成立，要写明接下来由哪个单位办。")
    if to.pk in {one.unit_id for one in refused}:
        raise BadInput(f"{to.name}对这件提过异议并且成立，不能再派回去。请选别的单位。")
    rules.check_proposed(case.unit.code, to.path, to.name)


def _fallbacks(cases: Sequence[Objection], loaded: Loaded) -> dict[int, Unit]:
    """The fallback unit of each order, by the order's place; none where the place is not known."""
    codes = {}
    for case in cases:
        street, district = (loaded.unit_codes.get(pk or 0, "") for pk in (case.order.street_id, case.order.district_id))
        code = loaded.pack.resolve(loaded.pack.settings.fallback, street=street, district=district)
        codes[case.order_id] = loaded.unit_ids.get(code or "", 0)
    units = Unit.objects.in_bulk({pk for pk in codes.values() if pk})
    return {order: units[pk] for order, pk in codes.items() if pk in units}


def carry_out(passes: Sequence[Pass], verdict: Verdict) -> None:
    """Make the moves: the objectors hand over or are let go, then the next units, the table, or the fallback."""
    by, at = verdict.by, verdict.at
    rule = actors.rule("派单异议次数", client=by.client)
    stay = [_upheld(one, verdict) for one in passes if not one.stands_in]
    actions.move(stay, "uphold", by=by, at=at)
    gone = [_upheld(one, verdict, ended_at=at) for one in passes if one.stands_in]
    actions.move(gone, "redirect", by=by, at=at)
    for outcome, who in ((rules.PASSED, by), (rules.FALLBACK, rule)):
        actions.move([_joined(one, verdict) for one in passes if one.outcome == outcome], "join", by=who, at=at)
    table = [one for one in passes if one.outcome == rules.TABLE and one.order.state not in _WAITING]
    actions.move([_recalled(one) for one in table], "recall", by=rule, at=at)
    for one in table:
        _consult(one, rule, verdict)


def _upheld(one: Pass, verdict: Verdict, **changes: Any) -> Step:
    to = one.to.name if one.to else rules.OUTCOMES[one.outcome]
    told = {"decision": rules.STAGES[rules.UPHELD], **verdict.told, "to": to}
    number, no = one.order.number, one.part.no
    notice = outbox.to_unit(one.part.unit_id, "objection_upheld", at=verdict.at, number=number, no=no)
    return Step(one.order, one.part, changes=changes, records=told, messages=[notice])


def _joined(one: Pass, verdict: Verdict) -> Step:
    """The next unit comes in with clocks of its own; the citizen's clock stays where it is."""
    assert one.to is not None  # noqa: S101 `plan` has seen to it
    target, own, urgency = Target(one.to.code, one.part.role), _clocks(one, one.to, verdict), one.part.urgency
    batch = Batch(verdict.at, verdict.loaded)
    part = opening.assignment(target, own, urgency=urgency, duty="", came_by="", batch=batch)
    part.round = one.part.round
    lost = f"{'、'.join(one.refused)}提过异议" if one.outcome == rules.FALLBACK else f"{one.case.unit.name}异议成立"
    reason = f"{lost}，{rules.OUTCOMES[one.outcome]}：{one.to.name}。依据：{verdict.basis}"
    told = {
        "units": opening.units_told((target,), verdict.loaded), "reason": reason, "duty": "",
        "limits": opening.limits_told(urgency, own), "refused": list(one.refused), "version": verdict.loaded.number,
    }  # fmt: skip
    by = "rule" if one.outcome == rules.FALLBACK else "person"
    leads = {"dispatch": {**one.order.dispatch, "reason": reason, "duty": "", "by": by}}
    return Step(
        one.order, changes=leads if part.role == LEAD else {}, records=told,
        opens=[handover.taking_over(part, one.source)],
        messages=[opening.notice(one.order, target, own, urgency=urgency, batch=batch)],
    )  # fmt: skip


def _clocks(one: Pass, to: Unit, verdict: Verdict) -> limits.Counted:
    """What is left of the citizen's time, half a fresh limit at least; the citizen's clock goes with the lead."""
    asked, due, at = one.part.clock.get("asked"), one.order.due_at, verdict.at
    begun: dict[str, Any] = {
        "at": at, "version": verdict.loaded.number, "round_no": one.part.round,
        "asked": datetime.fromisoformat(asked) if asked else None,
    }  # fmt: skip
    matter = (verdict.loaded.pack, to.code, one.order.category, one.part.urgency)
    fresh = limits.of(*matter, **begun)
    by = max(due or fresh.handle, at + (fresh.handle - at) / 2)
    return fresh if by >= fresh.handle else limits.of(*matter, by=by, **begun)


def _recalled(one: Pass) -> Step:
    return Step(one.order, records={"reason": f"{'、'.join(one.refused)}先后提出异议并且成立，按规则转会商"})


def _consult(one: Pass, by: Actor, verdict: Verdict) -> None:
    """Call those who refused, and the unit that the last of them named, to the table."""
    case, loaded, at = one.case, verdict.loaded, verdict.at
    asked = [code for code in dict.fromkeys([*one.codes, case.proposed.code]) if code in loaded.unit_ids]
    until = rules.review_due(loaded.pack, one.part.urgency, at=at)
    question = f"这件由谁来办。{case.unit.name}建议由{case.proposed.name}办：{case.facts}"[:500]
    call = consulting.Call(way=consulting.MEETING, ground="refused", units=asked, question=question, until=until)
    consulting.consult([one.order], call, by=by, at=at, loaded=loaded)


def undo(parts: Sequence[Assignment], last: Mapping[int, Objection], verdict: Verdict) -> None:
    """The assignments stand again as before their objection; those who were to take over are let go."""
    by, at = verdict.by, verdict.at
    takers = Assignment.objects.filter(
        order__in={part.order_id for part in parts}, came_by=handover.TAKES_OVER, state__in=HELD_ASSIGNMENT
    )
    mine: dict[tuple[int, int | None], Assignment] = {(part.order_id, part.no): part for part in parts}
    told = {"reason": verdict.reason}
    gone = [
        Step(mine[t.order_id, t.called_by].order, t, changes={"ended_at": at}, records=told)
        for t in takers
        if (t.order_id, t.called_by) in mine
    ]  # fmt: skip
    actions.move(gone, "withdraw", by=by, at=at)
    waiting_in_vain = Objection.objects.filter(assignment__in=[step.assignment for step in gone])
    waiting_in_vain.filter(stage__in=(rules.DRAFT, rules.REVIEW)).update(stage=rules.VOID)
    steps = [_taken_back(part, last.get(part.pk), verdict) for part in parts]
    actions.move(steps, "take_back", by=by, at=at)
    waiting = {part.order_id: part for part in parts if part.order.state in _WAITING}
    actions.move([_sent_again(part, verdict) for part in waiting.values()], "dispatch", by=by, at=at)
    handover.release({(part.order_id, None): part for part in parts}, at=at, client=by.client)


def _taken_back(part: Assignment, case: Objection | None, verdict: Verdict) -> Step:
    changes: dict[str, Any] = {"signed_at": part.signed_at or verdict.at}
    changes |= run_on(part, case, verdict)
    notice = outbox.to_unit(part.unit_id, "handover_failed", at=verdict.at, number=part.order.number, no=part.no)
    return Step(part.order, part, changes=changes, records={"reason": verdict.reason}, messages=[notice])


def _sent_again(part: Assignment, verdict: Verdict) -> Step:
    limit = {"sign": part.sign_due, "respond": part.respond_due, "handle": part.handle_due}
    units = [{"unit": part.unit.code, "name": part.unit.name, "role": part.role}]
    return Step(part.order, records={"units": units, "reason": verdict.reason, "duty": part.duty, "limits": limit})


def rest(part: Assignment, at: datetime) -> dict[str, Any]:
    """The unit's clocks stand still from `at`: the pause is open, and nobody is warned."""
    if not part.clock:
        return {}
    return {"clock": limits.paused(part.clock, at=timezone.localtime(at), cause=PAUSE), "warn_at": None}


def run_on(part: Assignment, case: Objection | None, verdict: Verdict) -> dict[str, Any]:
    """The unit's clocks run on from where they stood: counted anew, by their own version, without the time before
    the court. One from before clocks were kept gets the same length of real time."""
    at, loaded = verdict.at, verdict.loaded
    if part.clock:
        known = limits.resumed(part.clock, at=timezone.localtime(at))
        pack = loaded.pack if known["version"] == loaded.number else city.numbered(known["version"]).pack
        return limits.recount(pack, known).columns
    since = (case.asked_at if case is not None else None) or at
    dues = {name: getattr(part, name) for name in ("sign_due", "respond_due", "handle_due")}
    return {name: due + (at - since) if due > since else due for name, due in dues.items()}

"""吹哨报到: a lead calls other units to the spot, they report in with results, and both sides rate each other.

Who has called stays until everybody called has a result (事不完、人不撤): `handling.actions.complete` sees to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from jieban.accounts.actor import Actor
from jieban.city import limits
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import canon, crypto
from jieban.core.errors import BadInput, Conflict
from jieban.handling import actions as handling
from jieban.handling import joint_rules
from jieban.handling.joint_models import Rating
from jieban.orders import actions, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Message

WHISTLE = "whistle"


@dataclass(frozen=True, slots=True)
class Call:
    """What a whistle says: to whom, why, where and when to meet (None: within the limit of the urgency)."""

    to: Sequence[Unit]
    reason: str
    place: str
    meet: datetime | None = None


def whistle(callers: Sequence[Assignment], call: Call, *, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    """Call the units together for each of these assignments; returns the assignments opened for them.

    BadInput: nobody or somebody twice, no reason or place, a caller that does not lead, a unit already at work on it.
    District centres on both sides are told where the whistle goes over a border.
    """
    holding.must_hold(callers, by)
    _check_call(call)
    for caller in callers:
        _check_caller(caller)
    with actions.together() as book:
        book.lock([caller.order for caller in callers], [])
        _check_absent(callers, call)
        steps = [_calling(caller, call, at, loaded) for caller in callers]
        actions.move(steps, "whistle", by=by, at=at)
    return [opened for step in steps for opened in step.opens]


def report_in(
    called: Sequence[Assignment], *, who: str, result: str, by: Actor, at: datetime, arrived: datetime | None = None
) -> None:
    """报到: the called unit is there (`arrived`, else now); `who` came and `result` so far, in words.

    To be on the spot is a called unit's first response: the citizen is the lead's to speak with.
    """
    holding.must_hold(called, by)
    if not who.strip() or not result.strip():
        raise BadInput("请写谁到了现场、看到或定下了什么。")
    for part in called:
        _check_called(part, at, arrived)
    steps = [_arriving(part, who.strip(), result.strip(), arrived or at, at) for part in called]
    with actions.together() as book:
        actions.move(steps, "report_in", by=by, at=at)
        handling.begin(steps, book, by=by, at=at)


def release(called: Sequence[Assignment], *, reason: str, by: Actor, at: datetime) -> None:
    """The caller lets units go that it had called, with a reason that stays on record."""
    if len(reason.strip()) < 4:
        raise BadInput("请写明为什么让它回去，至少四个字。")
    holding.must_hold(callers_of(called), by)
    steps = [
        Step(
            part.order, part, changes={"ended_at": at}, records={"reason": reason.strip()}, messages=[_let_go(part, at)]
        )
        for part in called
    ]
    with actions.together() as book:
        actions.move(steps, "release", by=by, at=at)
        handling.conclude(steps, book, at=at, client=by.client)


def rate(part: Assignment, *, of: str, score: int, words: str, by: Actor, at: datetime, loaded: Loaded) -> Rating:
    """Rate the called unit (`of` called, by the caller) or the caller (`of` caller, by the called unit).

    The timeline keeps the score sealed; it opens when both have rated, or when the pack's window is over. Conflict
    where this side has rated already; BadInput before the called unit has reported, and after the window.
    """
    joint_rules.check_score(score, words)
    [caller] = callers_of([part])
    rater, rated = (caller, part) if of == joint_rules.CALLED else (part, caller)
    holding.must_hold([rater], by)
    opens = _window(part, at, loaded)
    row = Rating(
        order=part.order, assignment=part, of=of, unit_id=rated.unit_id, by_unit_id=rater.unit_id,
        person_id=by.person_id, score=score, words=words.strip(), at=at, opens_at=opens,
    )  # fmt: skip
    said = crypto.seal(canon.dumps({"score": score, "words": row.words}).decode()).hex()
    told = {"by": rater.unit.name, "of": rated.unit.name, "score": said}
    with actions.together():
        actions.move([Step(part.order, part, records=told)], "rate", by=by, at=at)
        if Rating.objects.filter(assignment=part, of=of).exists():
            raise Conflict("这一家已经打过分了，打过的分不能改。")
        row.save()
    return row


def callers_of(called: Sequence[Assignment]) -> list[Assignment]:
    """The assignments that whistled for these, in one query, in the same order; BadInput where one was not called."""
    if any(part.came_by != WHISTLE for part in called):
        raise BadInput("这家单位不是吹哨叫来的。")
    wanted = Q(pk__in=[])
    for part in called:
        wanted |= Q(order=part.order_id, no=part.called_by)
    found = {(a.order_id, a.no): a for a in Assignment.objects.filter(wanted).select_related("order", "unit")}
    return [found[part.order_id, part.called_by or 0] for part in called]


def open_ratings(*, at: datetime) -> QuerySet[Rating]:
    """The ratings that may be read: both sides have given theirs, or the window is over."""
    given = Rating.objects.values("assignment").annotate(n=Count("pk")).filter(n=2).values("assignment")
    return Rating.objects.filter(Q(opens_at__lte=at) | Q(assignment__in=given))


def _check_call(call: Call) -> None:
    if not call.to or len({unit.pk for unit in call.to}) < len(call.to):
        raise BadInput("请写要叫哪些单位，每家只写一次。")
    if len(call.reason.strip()) < 4 or not call.place.strip():
        raise BadInput("请写明为什么叫他们来（至少四个字），在哪里碰头。")


def _check_caller(caller: Assignment) -> None:
    if caller.role != "lead" and caller.unit.kind != "street":
        raise BadInput(f"{caller.order.number}：由主办单位或街道乡镇吹哨。请把情况告诉主办单位。")


def _check_absent(callers: Sequence[Assignment], call: Call) -> None:
    """Nobody is called who has it in hand already; a unit is called once."""
    there = Assignment.objects.filter(order__in=[c.order_id for c in callers], unit__in=[u.pk for u in call.to])
    busy = there.exclude(state__in=(*joint_rules.ENDED, A.COMPLETED)).exclude(role="notice").select_related("unit")
    names = "、".join(sorted({part.unit.name for part in busy}))
    if names:
        raise BadInput(f"{names}已经在办这件，不用再吹哨。直接联系它，或在记录里写一笔。")


def _calling(caller: Assignment, call: Call, at: datetime, loaded: Loaded) -> Step:
    pack, urgency = loaded.pack, caller.urgency
    arrive = joint_rules.arrive_by(pack, urgency, at=at, meet=call.meet, handle_due=caller.handle_due)
    across = [unit for unit in call.to if _crosses(caller.unit, unit, loaded)]
    told: dict[str, Any] = {
        "to": [{"unit": u.code, "name": u.name, "across": u in across} for u in call.to],
        "reason": call.reason.strip(), "place": call.place.strip(), "by": arrive,
    }  # fmt: skip
    return Step(
        caller.order, caller, order_changes={"whistled": True}, records=told,
        opens=[_called(caller, unit, arrive, at, loaded) for unit in call.to],
        messages=[_summons(caller, unit, arrive, at) for unit in call.to] + _tell_districts(caller, across, at),
    )  # fmt: skip


def _crosses(caller: Unit, called: Unit, loaded: Loaded) -> bool:
    units = loaded.pack.units
    return joint_rules.crosses(units.get(caller.code), units.get(called.code))


def _called(caller: Assignment, unit: Unit, arrive: datetime, at: datetime, loaded: Loaded) -> Assignment:
    """A called unit has clocks of its own, from the whistle on; being there by the meeting comes on top."""
    own = limits.of(loaded.pack, unit.code, caller.order.category, caller.urgency, at=at, version=loaded.number)
    return Assignment(
        unit=unit, role="assist", urgency=caller.urgency, duty=caller.duty, came_by=WHISTLE, called_by=caller.no,
        sent_at=at, arrive_by=arrive, **own.columns,
    )  # fmt: skip


def _summons(caller: Assignment, unit: Unit, arrive: datetime, at: datetime) -> Message:
    said = {"number": caller.order.number, "by": caller.unit.name, "arrive_by": arrive.isoformat()}
    return outbox.to_unit(unit.pk, "whistled", at=at, **said)


def _tell_districts(caller: Assignment, across: Sequence[Unit], at: datetime) -> list[Message]:
    """Both command centres hear of a whistle over their border, each once."""
    if not across:
        return []
    told = {unit.district_id or unit.pk for unit in (caller.unit, *across)}
    said = {"number": caller.order.number, "by": caller.unit.name, "to": "、".join(unit.name for unit in across)}
    return [outbox.to_unit(pk, "whistle_across", at=at, **said) for pk in sorted(told)]


def _check_called(part: Assignment, at: datetime, arrived: datetime | None) -> None:
    if part.came_by != WHISTLE:
        raise BadInput(f"{part.order.number} 不是吹哨叫来的，用不着报到，直接办理就行。")
    if arrived is not None and not part.sent_at <= arrived <= at:
        raise BadInput("到场时间要在吹哨以后、现在以前。")


def _arriving(part: Assignment, who: str, result: str, arrived: datetime, at: datetime) -> Step:
    first = part.arrived_at or arrived
    changes = {"arrived_at": first, "responded_at": part.responded_at or first}
    told = {"arrived": first, "who": who, "result": result, "late": bool(part.arrive_by and first > part.arrive_by)}
    return Step(part.order, part, changes=changes, records=told)


def _let_go(part: Assignment, at: datetime) -> Message:
    return outbox.to_unit(part.unit_id, "released", at=at, number=part.order.number, no=part.no)


def _window(part: Assignment, at: datetime, loaded: Loaded) -> datetime:
    """When ratings of this call open, whatever has been given: the pack's window after the unit reported."""
    if part.state != A.COMPLETED or part.completed_at is None:
        raise BadInput("等它报了单位已办结再打分。")
    ends = limits.run_out(loaded.pack, loaded.pack.joint.rating_window, at=part.completed_at)
    if at >= ends:
        raise BadInput("互评的时间已经过了，打分从报办结起算，过时不补。")
    return ends

"""专班: a standing task force with members, meetings, tasks and the orders it works on, where a whistle is not enough.

Its lead (the person, and those who answer for its unit) writes in it; a member says when its own task is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role, Sight
from jieban.accounts.models import Person
from jieban.city.models import Unit
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import joint_rules
from jieban.handling.joint_models import Force, ForceMeeting, ForceMember, ForceOrder, ForceTask
from jieban.orders import actions, outbox, queries
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Assignment, Message, Order

LEADERS = (Role.CHIEF, Role.LEADER, Role.DISTRICT, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Todo:
    """One task as it is given: what, which member, by which day."""

    what: str
    member: ForceMember
    due: date


def open_force(*, name: str, purpose: str, leader: Person, by: Actor, at: datetime) -> Force:
    """Set up a task force led by the actor's unit; its unit is the first member."""
    if by.role not in LEADERS or by.unit_id is None:
        raise NotAllowed("专班由单位负责人、领导、区指挥中心或中心班长成立。")
    if len(name.strip()) < 2 or len(purpose.strip()) < 4:
        raise BadInput("请写专班的名称，和要办成什么（至少四个字）。")
    unit = Unit.objects.get(pk=by.unit_id)
    if not accounts.sits(leader.pk, unit.path, at=at):
        raise BadInput(f"{leader.name}在{unit.name}没有岗位，不能牵头。")
    with transaction.atomic():
        force = Force.objects.create(
            name=name.strip(),
            purpose=purpose.strip(),
            unit=unit,
            leader=leader,
            opened_at=at,
            opened_by_id=by.person_id,
        )
        ForceMember.objects.create(force=force, unit=unit, person=leader, duty="牵头", since=at)
    return force


def add_member(
    force: Force, *, unit: Unit, duty: str, by: Actor, at: datetime, person: Person | None = None
) -> ForceMember:
    """Bring in a unit, or a person of it by name; the unit is told."""
    _check(force, by)
    if not duty.strip():
        raise BadInput("请写它在专班里管什么。")
    if person is not None and not accounts.sits(person.pk, unit.path, at=at):
        raise BadInput(f"{person.name}在{unit.name}没有岗位，请换一位，或只写单位。")
    if force.members.filter(unit=unit, person=person, until=None).exists():
        raise Conflict(f"{person.name if person else unit.name}已经在专班里了。")
    with transaction.atomic():
        member = ForceMember.objects.create(force=force, unit=unit, person=person, duty=duty.strip(), since=at)
        _tell([unit.pk], "force_joined", force, at)
    return member


def muster(force: Force, orders: Sequence[Order], *, by: Actor, at: datetime) -> None:
    """Put orders before the task force; their timelines say so. BadInput where nobody leads an order any more."""
    _check(force, by)
    if queries.visible_to(by).filter(pk__in=[order.pk for order in orders]).count() < len(orders):
        raise NotAllowed("有的工单您看不到，不能交给专班。")
    names = [member.unit.name for member in force.members.filter(until=None).select_related("unit").order_by("pk")]
    told = {"force": force.name, "members": list(dict.fromkeys(names))}
    with actions.together() as book:
        book.lock(orders, [])
        if ForceOrder.objects.filter(force=force, order__in=orders).exists():
            raise Conflict("这件已经在这个专班里了。")
        leads = _leads(orders)
        steps = [Step(order, leads[order.pk], records=told) for order in orders]
        actions.move(steps, "muster", by=by, at=at)
        ForceOrder.objects.bulk_create(ForceOrder(force=force, order=order, at=at) for order in orders)


def meet(
    force: Force, *, held: datetime, present: str, decided: str, tasks: Sequence[Todo], by: Actor, at: datetime
) -> ForceMeeting:
    """Write down a meeting with what it decided and the tasks that came of it; those who have tasks are told."""
    _check(force, by)
    if held > at or not present.strip() or len(decided.strip()) < 4:
        raise BadInput("请写开会的时间（已经开过的）、谁参加、定了什么。")
    with transaction.atomic():
        meeting = ForceMeeting.objects.create(
            force=force, at=held, present=present.strip(), decided=decided.strip(), written_by_id=by.person_id
        )
        _give(force, tasks, meeting, at)
    return meeting


def give(force: Force, tasks: Sequence[Todo], *, by: Actor, at: datetime) -> None:
    """Give tasks to members, outside a meeting."""
    _check(force, by)
    with transaction.atomic():
        _give(force, tasks, None, at)


def finish(task: ForceTask, *, result: str, by: Actor, at: datetime) -> None:
    """A member (or the lead) says that its task is done, and what came of it. Conflict where it was done already."""
    if len(result.strip()) < 2:
        raise BadInput("请写结果怎样。")
    member = task.member
    own = member.person_id == by.person_id if member.person_id else member.unit_id == by.unit_id
    if not own and not leads(task.force, by):
        raise NotAllowed("这项任务不是您的，由承担的人或牵头人销。")
    with transaction.atomic():
        fresh = ForceTask.objects.select_for_update().get(pk=task.pk)
        if fresh.done_at is not None or fresh.force.closed_at is not None:
            raise Conflict("这项任务已经销了，请刷新页面。")
        fresh.done_at, fresh.done_by_id, fresh.result = at, by.person_id, result.strip()
        fresh.save(update_fields=["done_at", "done_by", "result"])


def close_force(force: Force, *, result: str, by: Actor, at: datetime) -> None:
    """End it with a result. BadInput while a task is open."""
    _check(force, by)
    if len(result.strip()) < 4:
        raise BadInput("请写办成了什么，至少四个字。")
    with transaction.atomic():
        fresh = Force.objects.select_for_update().get(pk=force.pk)
        if fresh.tasks.filter(done_at=None).exists():
            raise BadInput("还有没销的任务。请先销任务，再收专班。")
        fresh.closed_at, fresh.result = at, result.strip()
        fresh.save(update_fields=["closed_at", "result"])


def leads(force: Force, by: Actor) -> bool:
    """Whether the actor may write in it: its leader, or somebody who answers for its unit."""
    return by.person_id == force.leader_id or (by.unit_id == force.unit_id and by.role in LEADERS)


def visible_to(by: Actor) -> QuerySet[Force]:
    """The task forces that the actor's unit or person is of; those who look over more see those of their units too."""
    if by.sight == Sight.ALL:
        return Force.objects.all()
    if by.unit_id is None or by.sight == Sight.NONE:
        return Force.objects.none()
    member = ForceMember.objects.filter(force=OuterRef("pk")).filter(Q(unit=by.unit_id) | Q(person=by.person_id))
    seen = Q(unit=by.unit_id) | Q(leader=by.person_id) | Q(Exists(member))
    if by.sight == Sight.TREE:
        seen |= Q(unit__path__startswith=by.unit_path)
    return Force.objects.filter(seen)


def _check(force: Force, by: Actor) -> None:
    if not leads(force, by):
        raise NotAllowed(f"“{force.name}”由{force.unit.name}牵头，只有牵头人能改。")
    if force.closed_at is not None:
        raise Conflict(f"“{force.name}”已经收了，不能再改。")


def _give(force: Force, tasks: Sequence[Todo], meeting: ForceMeeting | None, at: datetime) -> None:
    for task in tasks:
        if task.member.force_id != force.pk or task.member.until is not None:
            raise BadInput("任务只能交给专班里的成员。")
        if len(task.what.strip()) < 2 or task.due < timezone.localdate(at):
            raise BadInput("请写每项任务做什么、哪天以前，日子不能早于今天。")
    ForceTask.objects.bulk_create(
        ForceTask(force=force, member=t.member, meeting=meeting, what=t.what.strip(), due=t.due) for t in tasks
    )
    _tell({t.member.unit_id for t in tasks}, "force_task", force, at)


def _tell(units: Sequence[int] | set[int], topic: str, force: Force, at: datetime) -> None:
    Message.objects.bulk_create(outbox.to_unit(unit, topic, at=at, force=force.pk) for unit in sorted(units))


def _leads(orders: Sequence[Order]) -> dict[int, Assignment]:
    found = Assignment.objects.filter(order__in=orders, role="lead", state__in=HELD_ASSIGNMENT).order_by("-no")
    out = {part.order_id: part for part in found if part.state not in joint_rules.ENDED}
    for order in orders:
        if order.pk not in out:
            raise BadInput(f"{order.number} 现在没有单位在主办，不能交给专班。")
    return out

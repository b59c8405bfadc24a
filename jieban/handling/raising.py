"""提级 and 包案: a case goes up a ladder of levels until somebody takes it up, and a leader owns it until it is solved.

Which levels there are, who receives and how soon, stands in the pack (`jieban.city.joint`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person
from jieban.city import limits
from jieban.city.joint import TAKERS, Level
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import joint_rules
from jieban.handling.joint_models import Escalation
from jieban.orders import actions, outbox, queries
from jieban.orders.actions import Step
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.orders.models import Assignment, Entry, Order

BATCH = 200


@dataclass(frozen=True, slots=True)
class _Up:
    """One order on its way up: from which unit, to which level, and whose unit receives there."""

    order: Order
    level: Level
    receiver: int


def escalate(
    orders: Sequence[Order],
    *,
    reason: str,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    level: str = "",
    leader: Person | None = None,
) -> list[Escalation]:
    """Raise each order to the level, else to the next one above where it is; returns the steps up.

    BadInput: no reason, nobody to receive, a level not above the present one, a leader without a post that receives.
    NotAllowed: a unit that does not work on the order.
    """
    if not orders:
        return []
    if len(reason.strip()) < 4:
        raise BadInput("请写明为什么要提级，至少四个字：办到哪一步，卡在哪里。")
    with actions.together() as book:
        book.lock(orders, [])
        leads, ranks = _leads(orders), _ranks(orders)
        for order in orders:
            _may_raise(by, order, leads)
        ups = [_up(book.order(o), leads[o.pk], ranks.get(o.pk, 0), level, loaded) for o in orders]
        _check_leader(leader, ups, at)
        steps = [_raised(up, reason.strip(), leader, at) for up in ups]
        actions.move(steps, "escalate", by=by, at=at)
        rows = [_row(up, reason.strip(), leader, by, at, loaded) for up in ups]
        return Escalation.objects.bulk_create(rows)


def take_up(orders: Sequence[Order], *, plan: str, by: Actor, at: datetime, loaded: Loaded) -> list[Escalation]:
    """The receiving side takes the cases up, with a plan. Conflict where somebody has done so already."""
    if len(plan.strip()) < 4:
        raise BadInput("请写打算怎么办、谁去办，至少四个字。")
    with actions.together() as book:
        book.lock(orders, [])
        rows = _newest(orders)
        for order in orders:
            _may_take(by, order, rows.get(order.pk), loaded)
        chosen = [rows[order.pk] for order in orders]
        leads = _leads(orders)
        steps = [_taken(rows[o.pk], book.order(o), leads[o.pk], plan.strip(), by, at) for o in orders]
        actions.move(steps, "take_up", by=by, at=at)
        for row in chosen:
            row.taken_at, row.taken_by_id, row.plan = at, by.person_id, plan.strip()
        Escalation.objects.bulk_update(chosen, ["taken_at", "taken_by", "plan"])
        return chosen


def own(orders: Sequence[Order], *, leader: Person, promise: str, until: date, by: Actor, at: datetime) -> None:
    """包案: `leader` owns the orders until the citizen says they are solved, and promises something by a day.

    Once owned, only the owner hands a case on, to another by name. BadInput: no promise, a day gone by, a person who
    leads nothing. NotAllowed: an order out of sight, or owned by somebody else.
    """
    if len(promise.strip()) < 4 or until < timezone.localdate(at):
        raise BadInput("请写承诺做到什么（至少四个字）和哪一天以前，日子不能早于今天。")
    post = leader.posts.filter(role__in=TAKERS).filter(Q(until=None) | Q(until__gt=timezone.localdate(at))).first()
    if post is None:
        raise BadInput(f"{leader.name}没有领导岗位，不能包案。请换一位。")
    if queries.visible_to(by).filter(pk__in=[order.pk for order in orders]).count() < len(orders):
        raise NotAllowed("有的工单您看不到，不能定包案人。")
    told = {"leader": leader.name, "promise": promise.strip(), "until": until}
    with actions.together() as book:
        book.lock(orders, [])
        steps = [_owned(book.order(order), leader, told, post.unit_id, by, at) for order in orders]
        actions.move(steps, "own", by=by, at=at)


def pass_on(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Raise what nobody took up in time to the next level; returns how many. A rule of the house, run by the worker."""
    top = max((level.rank for level in loaded.pack.joint.levels), default=0)
    waiting = Escalation.objects.filter(taken_at=None, passed_at=None, due__lte=at, rank__lt=top)
    found = waiting.filter(order__state__in=LIVE_ORDER).select_related("order").order_by("due")[:limit]
    orders = [row.order for row in found]
    if not orders:
        return 0
    with actions.together() as book:
        book.lock(orders, [])
        rows = {pk: row for pk, row in _newest(orders).items() if not row.taken_at and row.due and row.due <= at}
        able = _able([o for o in orders if o.pk in rows], {pk: row.rank for pk, row in rows.items()}, loaded)
        Escalation.objects.filter(pk__in=[rows[o.pk].pk for o in able]).update(passed_at=at)
        rule = actors.rule("提级后按时无人接办")
        escalate(able, reason="上一级没有按时接办", by=rule, at=at, loaded=loaded)
    return len(able)


def raise_reworked(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Raise what citizens sent back (单否、双否), once a round, as the pack says; returns how many.

    What the callback has raised already only gets its place on the ladder, so that somebody must take it up.
    """
    before = Escalation.objects.filter(order=OuterRef("pk"), round=OuterRef("round"))
    back = Order.objects.filter(~Exists(before), state=S.REWORK)
    placed = _place(back.filter(escalated=True, escalations=None).order_by("due_at")[:limit], at, loaded)
    said = _after(loaded.pack.joint.raise_after)
    if said is None:
        return placed
    orders = list(back.filter(said).exclude(escalated=True, escalations=None).order_by("due_at")[:limit])
    able = _able(orders, _ranks(orders), loaded)
    rule = actors.rule("市民没认可的提级办理")
    for level in ("", loaded.pack.joint.raise_to):
        some = [order for order in able if order.escalated != bool(level)]
        escalate(some, reason="市民回访没有认可", by=rule, at=at, loaded=loaded, level=level)
    return placed + len(able)


def _place(raised: Iterable[Order], at: datetime, loaded: Loaded) -> int:
    """Give orders that are raised to a unit already the level of the ladder at which that unit receives."""
    orders = [order for order in raised if order.raised_to_id is not None]
    if not orders:
        return 0
    with actions.together() as book:
        book.lock(orders, [])
        leads = _leads(orders)
        said = Entry.objects.filter(order__in=orders, move="escalate").order_by("seq")
        reasons = {entry.order_id: str(entry.records.get("reason", "")) for entry in said}
        ups = [up for order in orders if order.pk in leads and (up := _where(order, leads[order.pk], loaded))]
        rule = actors.rule("回访提级")
        rows = [_row(up, reasons.get(up.order.pk, ""), None, rule, at, loaded) for up in ups]
        Escalation.objects.bulk_create(rows)
    return len(rows)


def _where(order: Order, lead: Assignment, loaded: Loaded) -> _Up | None:
    """The level at which the unit the order is raised to receives, the lowest that does."""
    receiver = loaded.unit_codes.get(order.raised_to_id or 0, "")
    levels = loaded.pack.joint.levels
    fits = (one for one in levels if joint_rules.receiver_of(loaded.pack, one, lead.unit.code) == receiver)
    level = next(fits, None)
    return _Up(order, level, order.raised_to_id or 0) if level else None


def _after(causes: Sequence[str]) -> Q | None:
    tests = {
        "double_no": Q(solved="no", satisfied="no"),
        "single_no": (Q(solved="no") | Q(satisfied="no")) & ~Q(solved="no", satisfied="no"),
    }
    out: Q | None = None
    for cause in causes:
        out = tests[cause] if out is None else out | tests[cause]
    return out


def _able(orders: Sequence[Order], ranks: Mapping[int, int], loaded: Loaded) -> list[Order]:
    """Those above whose present level there is somebody to receive them."""
    leads = _leads(orders)
    units = {pk: lead.unit.code for pk, lead in leads.items()}
    return [
        o for o in orders if o.pk in units and joint_rules.next_level(loaded.pack, units[o.pk], rank=ranks.get(o.pk, 0))
    ]


def _leads(orders: Sequence[Order]) -> dict[int, Assignment]:
    """The first receiver of each order."""
    found = Assignment.objects.filter(order__in=orders, role="lead").exclude(state__in=joint_rules.ENDED)
    out: dict[int, Assignment] = {}
    for part in found.select_related("unit", "section").order_by("no"):
        out.setdefault(part.order_id, part)
    return out


def _ranks(orders: Sequence[Order]) -> dict[int, int]:
    return {pk: row.rank for pk, row in _newest(orders).items()}


def _newest(orders: Sequence[Order]) -> dict[int, Escalation]:
    """The last step up of each order."""
    found = Escalation.objects.filter(order__in=orders).select_related("unit").order_by("pk")
    return {row.order_id: row for row in found}


def _may_raise(by: Actor, order: Order, leads: Mapping[int, Assignment]) -> None:
    if order.pk not in leads:
        raise BadInput(f"{order.number} 还没有单位主办，先派单，再提级。")
    if by.role != Role.RULE and not queries.assignments_of(by).filter(order=order).exists():
        raise NotAllowed(f"{order.number} 不归{by.unit_name or by.name}办，不能由您提级。")


def _up(order: Order, lead: Assignment, rank: int, level: str, loaded: Loaded) -> _Up:
    code = lead.unit.code
    if not level:
        step = joint_rules.next_level(loaded.pack, code, rank=rank)
    else:
        named = loaded.pack.joint.level(level)
        if named is None or named.rank <= rank:
            raise BadInput("这一级不比现在的高，请选更高的一级。")
        step = (named, joint_rules.receiver_of(loaded.pack, named, code))
    if step is None or not step[1]:
        raise BadInput("上面没有能接办的一级了。请用督办，或请包案领导协调。")
    return _Up(order, step[0], loaded.unit_ids[step[1]])


def _check_leader(leader: Person | None, ups: Sequence[_Up], at: datetime) -> None:
    if leader is None:
        return
    for unit in Unit.objects.filter(pk__in={up.receiver for up in ups}):
        if not accounts.sits(leader.pk, unit.path, at=at, roles=ups[0].level.roles):
            raise BadInput(f"{leader.name}在{unit.name}没有能接办的岗位，请换一位，或不指名。")


def _raised(up: _Up, reason: str, leader: Person | None, at: datetime) -> Step:
    told = {"level": up.level.name, "reason": reason, "leader": leader.name if leader else ""}
    notice = outbox.to_unit(up.receiver, "raised", at=at, number=up.order.number, level=up.level.name)
    changes = {"escalated": True, "raised_to_id": up.receiver}
    return Step(up.order, changes=changes, records=told, messages=[notice])


def _row(up: _Up, reason: str, leader: Person | None, by: Actor, at: datetime, loaded: Loaded) -> Escalation:
    return Escalation(
        order=up.order, round=up.order.round, level=up.level.code, rank=up.level.rank, unit_id=up.receiver,
        leader=leader, reason=reason[:500], by_rule=by.role == Role.RULE, raised_at=at,
        due=limits.run_out(loaded.pack, up.level.wait.limit, at=at),
    )  # fmt: skip


def _may_take(by: Actor, order: Order, row: Escalation | None, loaded: Loaded) -> None:
    if row is None:
        raise BadInput(f"{order.number} 没有提级，不用接办。")
    if row.taken_at is not None:
        raise Conflict(f"{order.number} 已经有人接办了。请刷新页面看是谁。")
    level = loaded.pack.joint.level(row.level)
    if by.unit_id != row.unit_id or (level is not None and by.role not in level.roles):
        raise NotAllowed(f"{order.number} 提给了{row.unit.name}，由那里的负责人接办。")


def _taken(row: Escalation, order: Order, lead: Assignment, plan: str, by: Actor, at: datetime) -> Step:
    told = {"level": row.level, "leader": by.name, "plan": plan}
    notice = outbox.to_unit(lead.unit_id, "taken_up", at=at, number=order.number, by=row.unit.name)
    return Step(order, records=told, messages=[notice])


def _owned(order: Order, leader: Person, told: Mapping[str, Any], unit: int, by: Actor, at: datetime) -> Step:
    if order.case_leader_id is not None and order.case_leader_id != by.person_id:
        raise NotAllowed(f"{order.number} 已经有人包案，只有他本人能交给别人。")
    notice = outbox.to_unit(unit, "owned", at=at, number=order.number)
    return Step(order, changes={"case_leader_id": leader.pk}, records=dict(told), messages=[notice])

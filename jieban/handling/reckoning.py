"""Clocks counted anew in the middle of the work: by what was changed, with the moments before and after.

`count_anew` is the one way: it changes what a clock was counted from, counts it, and says what is to be written and
told. What a citizen was promised is the latest promise among the units that hold a part (`Promises`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city import limits
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, NotAllowed
from jieban.orders import actions, outbox
from jieban.orders import queries as orders_of
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Assignment, Order

Change = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """The clocks of an assignment counted anew: the columns to write, what is told of it, and the new promise."""

    columns: dict[str, Any]
    told: dict[str, Any]
    promise: datetime | None


class Promises:
    """What the citizens of some orders are promised by each part that is held, in one query."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        self._known: dict[int, dict[int, datetime]] = defaultdict(dict)
        held = Assignment.objects.filter(order__in={a.order_id for a in assignments}, state__in=HELD_ASSIGNMENT)
        for order_id, no, clock in held.values_list("order_id", "no", "clock"):
            if text := clock.get("due", {}).get("promise"):
                self._known[order_id][no] = datetime.fromisoformat(text)

    def due(self, part: Assignment, moved: Moved) -> datetime:
        """The promise of the whole order once `part` has moved; that of the order where no clock holds one."""
        known = self._known[part.order_id]
        if moved.promise is not None:
            known[part.no] = moved.promise
        return max(known.values(), default=part.order.due_at or moved.columns["handle_due"])


def count_anew(part: Assignment, loaded: Loaded, cause: str, change: Change, *, fresh: bool = False) -> Moved:
    """Change what the clocks of a part are counted from and count them anew, by the version they were begun with.

    `fresh` takes the version in force instead. `told` is {cause, before, after} with the due moments.
    """
    known = dict(part.clock) or begun(part, loaded)
    after = change(known)
    if fresh:
        after = {**after, "version": loaded.number}
    pack = loaded.pack if after["version"] == loaded.number else city.numbered(after["version"]).pack
    counted = limits.recount(pack, after)
    told = {"cause": cause, "before": known["due"], "after": counted.clock["due"]}
    return Moved(counted.columns, told, counted.promise)


def begun(part: Assignment, loaded: Loaded) -> dict[str, Any]:
    """The clock of an assignment from before clocks were kept: as the rules in force count it from its start."""
    order = part.order
    asked = (order.received_at if part.round == 1 else part.sent_at) if part.role == "lead" else None
    return limits.of(
        loaded.pack, loaded.unit_codes.get(part.unit_id, ""), order.category, part.urgency, at=part.sent_at,
        asked=asked, round_no=part.round, version=loaded.number,
    ).clock  # fmt: skip


def reclassify(
    orders: Sequence[Order],
    *,
    cause: str,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    category: str = "",
    urgency: str = "",
) -> None:
    """Category, urgency or both were wrong: every part that is held is counted anew from its original start.

    Pauses and extensions stay; the units and, where the promise moved, the citizen are told. BadInput: no cause, or
    the pack does not know the category or urgency, or nothing would change. NotAllowed: not in the actor's sight.
    """
    _check(orders, category, urgency, cause, by, loaded.pack)
    prefetch_related_objects(orders, "contact")
    with actions.together() as book:
        found = Assignment.objects.filter(order__in=orders, state__in=HELD_ASSIGNMENT).order_by("order", "no")
        parts = list(found.select_related("unit"))
        book.lock(orders, parts)
        promises = Promises(parts)
        wholes, each = [], []
        for order in map(book.order, orders):
            own = [part for part in parts if part.order_id == order.pk]
            whole, steps = _reclassified(order, own, category, urgency, cause.strip(), at, loaded, promises)
            wholes.append(whole)
            each += steps
        actions.move(wholes, "reclassify", by=by, at=at)
        actions.move(each, "reclock", by=by, at=at)


def _check(orders: Sequence[Order], category: str, urgency: str, cause: str, by: Actor, pack: Pack) -> None:
    if len(cause.strip()) < 5:
        raise BadInput("请写明为什么要改，至少 5 个字。")
    if category and category not in pack.categories:
        raise BadInput(f"分类 {category} 不在现行分类表里，请重新选择。")
    if urgency:
        limits.clock(pack, urgency)
    for order in orders:
        if (category or order.category, urgency or order.urgency) == (order.category, order.urgency):
            raise BadInput(f"{order.number} 的分类和紧急程度本来就是这样，没有要改的。")
    if by.role != Role.RULE:
        _must_see(orders, by)


def _must_see(orders: Sequence[Order], by: Actor) -> None:
    seen = set(orders_of.visible_to(by).filter(pk__in=[o.pk for o in orders]).values_list("pk", flat=True))
    for order in orders:
        if order.pk not in seen:
            raise NotAllowed(f"{order.number} 不在您能看到的范围里。")


def _reclassified(
    order: Order,
    parts: Sequence[Assignment],
    category: str,
    urgency: str,
    cause: str,
    at: datetime,
    loaded: Loaded,
    promises: Promises,
) -> tuple[Step, list[Step]]:
    chosen = {"category": category or order.category, "urgency": urgency or order.urgency}
    steps, due = [], order.due_at
    for part in parts:
        part.order = order
        moved = count_anew(part, loaded, "reclassify", lambda known: {**known, **chosen}, fresh=True)
        due = promises.due(part, moved)
        why: dict[str, Any] = {"cause": f"改分类或紧急程度：{cause}", "clock": moved.told}
        changes = {"urgency": chosen["urgency"], **moved.columns}
        if limits.resting(part.clock):
            changes["warn_at"] = None
        notice = outbox.to_unit(part.unit_id, "reclassified", at=at, number=order.number, no=part.no, cause=cause)
        steps.append(Step(order, part, changes=changes, records=why, messages=[notice]))
    before: dict[str, Any] = {"category": order.category, "urgency": order.urgency, "due": order.due_at}
    told: dict[str, Any] = {"chosen": chosen, "cause": cause, "before": before, "due": due}
    messages = _promise(order, due, at) if due != order.due_at else []
    return Step(order, changes={**chosen, "due_at": due}, records=told, messages=messages), steps


def _promise(order: Order, due: datetime | None, at: datetime) -> list[Any]:
    if due is None:
        return []
    local = timezone.localtime(due)
    text = f"您反映的事（{order.number}），办理时限重新核定了，{local.month}月{local.day}日 {local:%H:%M} 前答复您。"
    return outbox.to_citizen(order, "reclassified", text, at=at)

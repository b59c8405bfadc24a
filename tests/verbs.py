"""Orders brought along by the stages' own verbs, in the toy city: where handling, callback and appraisal tests start.

order = verbs.dispatched(toy)                  Mill Parish and the roads office lead, as the line of potholes says
order = verbs.replied(toy)                     every unit has reported
verbs.say(toy, order, solved="no")             the citizen has answered
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor, Role
from jieban.callback import actions as callback
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.handling import rework
from jieban.orders.models import Assignment, Order
from tests import factories
from tests.factories import AT

RULE = actors.rule("test", client="test")
DIFFERENTLY = "换了沥青再填，压实以后看一夜。"
REPLY = "坑已填平，路面恢复通行，有问题请打本街道电话。"


def unit(code: str) -> Unit:
    """A unit of the toy city by its code."""
    return Unit.objects.get(code=code)


def clerk(code: str) -> Actor:
    """A clerk of a unit."""
    return factories.an_actor(Role.CLERK, unit(code))


def dispatched(
    toy: Loaded, *targets: Target, at: datetime = AT, category: str = "0101", urgency: str = "", **columns: object
) -> Order:
    """An order sent to the units given, else to those that the catalogue names."""
    values = {
        "street_id": toy.unit_ids["mill"],
        "district_id": toy.unit_ids["north"],
        "category": category,
        "urgency": urgency,
    }
    order = factories.an_order(state="pending_dispatch", at=at, **{**values, **columns})
    sent = {"by": RULE, "at": at, "loaded": toy}
    if targets:
        dispatch.send([order], targets, "试派给他们", **sent)
    else:
        dispatch.assign([order], **sent)
    return order


def parts(*orders: Order) -> list[Assignment]:
    """The assignments of the orders, as a page would fetch them."""
    return list(Assignment.objects.filter(order__in=orders).select_related("order").order_by("order", "no"))


def answered(toy: Loaded, *targets: Target, at: datetime = AT, hours: float = 1, **columns: object) -> Order:
    """An order whose units have all signed and contacted the citizen, `hours` after it was sent."""
    order = dispatched(toy, *targets, at=at, **columns)
    contact(parts(order), at=at + timedelta(hours=hours))
    return order


def contact(chosen: Sequence[Assignment], *, at: datetime) -> None:
    """Each unit signs and reaches the citizen by phone, at the same moment; one that was only told has read it."""
    for part in chosen:
        by = clerk(part.unit.code)
        if part.role == "notice":
            handling.acknowledge([part], by=by, at=at)
            continue
        handling.sign([part], by=by, at=at)
        handling.respond([part], way="phone", outcome="reached", by=by, at=at)


def finish(chosen: Sequence[Assignment], *, at: datetime) -> None:
    """Each unit reports its work done."""
    for part in (one for one in chosen if one.role != "notice"):
        if part.round > 1:
            rework.plan([part], differently=DIFFERENTLY, by=clerk(part.unit.code), at=at)
        handling.complete([part], result="done", measures="填坑", reply=REPLY, by=clerk(part.unit.code), at=at)


def replied(toy: Loaded, *targets: Target, at: datetime = AT, **columns: object) -> Order:
    """An order that every unit has reported done, two hours after it was sent."""
    order = answered(toy, *targets, at=at, **columns)
    finish(parts(order), at=at + timedelta(hours=2))
    return Order.objects.get(pk=order.pk)


def asked(toy: Loaded, *targets: Target, at: datetime = AT, **columns: object) -> Order:
    """An order whose callback has begun, three hours after it was sent."""
    order = replied(toy, *targets, at=at, **columns)
    callback.open([order], by=RULE, at=at + timedelta(hours=3), loaded=toy)
    return order


def say(
    toy: Loaded,
    order: Order,
    *,
    solved: str = "yes",
    satisfied: str = "yes",
    contacted: bool | None = True,
    at: datetime,
    words: str = "",
) -> str:
    """The citizen answers a call; returns what followed."""
    by = factories.an_actor(Role.CALLBACK, unit("hall"))
    said = Said(contacted=contacted, solved=solved, satisfied=satisfied, attitude="good", words=words)
    return callback.record(order, said, way="phone", by=by, at=at, loaded=toy)


def lead(code: str) -> Target:
    """A unit as lead."""
    return Target(code, LEAD)


def does_not_grow(one: dict[str, int], many: dict[str, int]) -> bool:
    """Whether a batch takes as many statements as one order: at most three more, where the record turns to COPY."""
    return one.keys() == many.keys() and all(one[name] <= many[name] <= one[name] + 3 for name in one)

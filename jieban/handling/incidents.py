"""Several orders, one event: gathered under the oldest, seen in one place, answered together.

The first order of an event points to itself, so that `cluster_of` names the event of every order in it. Each order
keeps its own citizen, its own clock and its own callback: gathering closes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from jieban.accounts.actor import Actor
from jieban.core.errors import BadInput
from jieban.handling import actions as work
from jieban.orders import actions, queries
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment, Order

MOST = 500


def gather(orders: Sequence[Order], *, head: Order, why: str, by: Actor, at: datetime) -> None:
    """Put the orders into the event of `head`; where one of them was in another event, that whole event comes along.

    BadInput: nothing to gather, or no reason.
    """
    if len(why.strip()) < 2:
        raise BadInput("请写明为什么是同一件事，例如“同一工地、同一批人”。")
    top = _top(head)
    others = {order.cluster_of_id for order in orders} - {None, top.pk}
    along = Order.objects.filter(cluster_of__in=others) if others else Order.objects.none()
    wanted = {order.pk: order for order in (*along, *orders, top)}
    loose = [order for order in wanted.values() if order.cluster_of_id != top.pk]
    if not [order for order in loose if order.pk != top.pk]:
        raise BadInput("这几件已经在同一事件里了。")
    told = {"to": top.number, "why": why.strip()}
    steps = [Step(order, changes={"cluster_of_id": top.pk}, records=dict(told)) for order in loose]
    actions.move(steps, "relate", by=by, at=at)


def _top(head: Order) -> Order:
    """The first order of the event that `head` is in, else itself."""
    return head if head.cluster_of_id in (None, head.pk) else Order.objects.get(pk=head.cluster_of_id)


def members(order: Order) -> QuerySet[Order]:
    """All orders of the event of `order`, the oldest first; none where it is in no event."""
    if order.cluster_of_id is None:
        return Order.objects.none()
    return Order.objects.filter(cluster_of=order.cluster_of_id).order_by("received_at", "pk")


def parts(order: Order, by: Actor) -> list[Assignment]:
    """What the actor's unit holds of the event, of all its orders."""
    held = queries.assignments_of(by).filter(order__in=members(order)).exclude(role="notice")
    return list(held.select_related("order").order_by("order__received_at", "no")[:MOST])


def respond_all(order: Order, *, way: str, outcome: str, note: str, by: Actor, at: datetime) -> int:
    """Sign what is not yet signed and record the same contact for every order of the event; returns how many."""
    mine = parts(order, by)
    waiting = [part for part in mine if part.state == A.SENT]
    with actions.together():
        if waiting:
            work.sign(waiting, by=by, at=at)
        meant = [part for part in mine if part.state in (A.SENT, A.SIGNED)]
        if not meant:
            raise BadInput("这一事件里没有等您联系市民的工单。")
        work.respond(meant, way=way, outcome=outcome, note=note, by=by, at=at)
    return len(meant)


def complete_all(
    order: Order, *, result: str, measures: str, reply: str, by: Actor, at: datetime, files: Sequence[Attachment] = ()
) -> int:
    """Report 单位已办结 with one reply for every order of the event that is at work; returns how many.

    BadInput where one of them has not been contacted: each citizen is spoken to before the reply.
    """
    mine = parts(order, by)
    untold = [part.order.number for part in mine if part.state in (A.SENT, A.SIGNED)]
    if untold:
        raise BadInput(f"还有 {len(untold)} 件没联系过市民（{untold[0]}）。请先一起记联系结果。")
    meant = [part for part in mine if part.state in (A.RESPONDED, A.HANDLING)]
    if not meant:
        raise BadInput("这一事件里没有您正在办的工单。")
    work.complete(meant, result=result, measures=measures, reply=reply, files=files, by=by, at=at)
    return len(meant)

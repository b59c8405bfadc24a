"""Handing over: the unit whose objection was upheld stays responsible until the one that takes over has signed.

An assignment that takes over has `came_by` "handover", and in `called_by` the number of the one that hands over. Every
way of opening assignments asks `handing`, every way of signing calls `settle`, so no path leaves two leads or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jieban.accounts import actor as actors
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Order

TAKES_OVER = "handover"
_AT_WORK = (S.DISPATCHED, S.HANDLING, S.REWORK)


def handing(orders: Sequence[Order]) -> dict[int, int]:
    """Of the orders (by id) whose lead is being handed over, the number of the assignment that hands over."""
    saved = [order for order in orders if order.pk is not None]
    found = Assignment.objects.filter(order__in=saved, state=A.HANDOVER, role="lead").order_by("-no")
    return dict(found.values_list("order_id", "no"))


def taking_over(part: Assignment, no: int | None) -> Assignment:
    """The assignment, not yet saved, marked as the one that takes over from number `no` (None: from nobody)."""
    if no is not None:
        part.came_by, part.called_by = TAKES_OVER, no
    return part


def settle(signed: Sequence[Assignment], *, at: datetime, client: str) -> None:
    """Let go those whose successor has signed. Call it in the transaction of the signing.

    Where several leads were to hand over, one successor may stand for all: nobody then waits for a unit that will not
    come. An order that is being consulted about lets nobody else go.
    """
    takers = {(part.order_id, part.called_by): part for part in signed if part.came_by == TAKES_OVER}
    if takers:
        release(takers, at=at, client=client)


def release(takers: Mapping[tuple[int, int | None], Assignment], *, at: datetime, client: str) -> None:
    """Let go those who hand over to one of the takers (by order and number), and leads that hand over to nobody."""
    orders = {order for order, _ in takers}
    handing_over = Assignment.objects.filter(order__in=orders, state=A.HANDOVER).order_by("order", "no")
    coming = Assignment.objects.filter(order__in=orders, came_by=TAKES_OVER, signed_at=None, ended_at=None)
    claimed = set(coming.values_list("order_id", "called_by"))
    with actions.together() as book:
        at_work = [p for p in takers.values() if p.role == "lead" and book.order(p.order).state in _AT_WORK]
        leads = {part.order_id: part for part in at_work}
        steps = []
        for row in map(book.assignment, handing_over):
            key = (row.order_id, row.no)
            spare = leads.get(row.order_id) if row.role == "lead" and key not in claimed else None
            taker = takers.get(key) or spare
            if taker is not None and row.state == A.HANDOVER:
                steps.append(_released(row, taker, at))
        actions.move(steps, "redirect", by=actors.rule("新单位已签收", client=client), at=at)


def _released(row: Assignment, taker: Assignment, at: datetime) -> Step:
    return Step(
        taker.order, row, changes={"ended_at": at},
        records={"decision": "交接完成", "basis": f"{taker.unit.name}已签收", "to": taker.unit.name},
        messages=[outbox.to_unit(row.unit_id, "handed_over", at=at, number=taker.order.number, no=row.no)],
    )  # fmt: skip

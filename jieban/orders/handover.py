"""Handing over: the unit whose objection was upheld stays responsible until the one that takes over has signed.

An assignment that takes over has `came_by` "handover", and in `called_by` the number of the one that hands over. Every
way of opening assignments asks `handing`, every way of signing calls `settle`, so no path leaves two leads or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jieban.accounts import actor as actors
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Order

TAKES_OVER = "handover"


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
    """Let go those whose successor has signed. Call it in the transaction of the signing."""
    takers = {(part.order_id, part.called_by): part for part in signed if part.came_by == TAKES_OVER}
    if not takers:
        return
    handing_over = Assignment.objects.filter(order__in={order for order, _ in takers}, state=A.HANDOVER)
    rows = [(row, takers.get((row.order_id, row.no))) for row in handing_over.order_by("order", "no")]
    steps = [_released(row, taker, at) for row, taker in rows if taker is not None]
    actions.move(steps, "redirect", by=actors.rule("新单位已签收", client=client), at=at)


def _released(row: Assignment, taker: Assignment, at: datetime) -> Step:
    return Step(
        taker.order, row, changes={"ended_at": at},
        records={"decision": "交接完成", "basis": f"{taker.unit.name}已签收", "to": taker.unit.name},
        messages=[outbox.to_unit(row.unit_id, "handed_over", at=at, number=taker.order.number, no=row.no)],
    )  # fmt: skip

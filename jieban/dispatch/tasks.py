"""What a worker runs for dispatch: regulators take over from firms, undecided consultations go to the fallback.

Each takes one batch. Rows are locked by the verb before they are looked at again, so that what a person did in the same
moment stands, and a round that is killed loses nothing.
"""

from __future__ import annotations

from datetime import datetime

from jieban.accounts import actor as actors
from jieban.city.queries import Loaded
from jieban.dispatch import actions as dispatch
from jieban.dispatch import queries, taking_over
from jieban.orders import actions
from jieban.orders.lifecycle import S

BATCH = 200


def take_over(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """绿色通道: the regulator takes over from firms that failed (`taking_over.failed`); returns how many."""
    found = list(queries.green_failed(at=at)[:limit])
    if not found:
        return 0
    with actions.together() as book:
        book.lock((part.order for part in found), found)
        why = {part.pk: taking_over.failed(part, at=at) for part in found if taking_over.is_green(part)}
        parts = [part for part in found if why.get(part.pk)]
        taking_over.take_over(parts, why, by=actors.rule("绿色通道到期接手"), at=at, loaded=loaded)
    return len(parts)


def undecided(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Consultations that nobody decided in time: the orders go to the fallback (兜底); returns how many."""
    found = list(queries.undecided(at=at)[:limit])
    if not found:
        return 0
    with actions.together() as book:
        book.lock(found, ())
        orders = [order for order in found if order.state == S.CONSULTING]
        made = dispatch.fall_back(orders, why="会商到期没有定下", by=actors.rule("会商到期兜底"), at=at, loaded=loaded)
    return len(made)

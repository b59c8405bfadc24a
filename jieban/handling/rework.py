"""A round after the first: the unit writes what it will do differently, and cannot report 单位已办结 before it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jieban.accounts.actor import Actor
from jieban.core.errors import BadInput
from jieban.orders import actions, holding
from jieban.orders.actions import Step
from jieban.orders.models import Assignment

ENOUGH = 8


def plan(assignments: Sequence[Assignment], *, differently: str, by: Actor, at: datetime) -> None:
    """Write down what will differ from the round before (T21). BadInput: a first round, or words that say nothing."""
    text = differently.strip()
    if len(text) < ENOUGH:
        raise BadInput(f"请写清这次和上次有什么不一样，至少 {ENOUGH} 个字，例如“换人上门，先关闸再查漏点”。")
    holding.must_hold(assignments, by)
    if any(part.round == 1 for part in assignments):
        raise BadInput("这是第一轮办理，不用写“这次怎么不一样”。")
    told = {"note": f"这次怎么不一样：{text}", "differently": text}
    steps = [Step(a.order, a, changes={"differently": text}, records=told) for a in assignments]
    actions.move(steps, "note", by=by, at=at)

"""Whose assignment it is: a unit acts only on those that it, or a section of it, holds."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects

from jieban.accounts.actor import Actor, Sight
from jieban.core.errors import NotAllowed
from jieban.orders.models import Assignment


def must_hold(assignments: Sequence[Assignment], by: Actor, *, told: bool = False) -> None:
    """Fetch units, sections, orders and contacts along, and refuse (NotAllowed) what lies outside the actor's unit.

    What a unit was only told about (知会) is refused too, unless `told`.
    """
    prefetch_related_objects(assignments, "unit", "section", "order__contact")
    for part in assignments:
        if not holds(by, part):
            raise NotAllowed(f"{part.order.number} 不归{by.unit_name or by.name}办，请在自己的工作台里选。")
        if part.role == "notice" and not told:
            raise NotAllowed(f"{part.order.number} 只是告知{part.unit.name}，不用办。看过了请点“已阅知”。")


def holds(by: Actor, part: Assignment) -> bool:
    """Whether the actor works on the assignment, whose unit and section must have been fetched."""
    units = [unit for unit in (part.unit, part.section) if unit is not None]
    if by.sight == Sight.UNIT:
        return any(unit.pk == by.unit_id for unit in units)
    return by.sight == Sight.ALL or (
        by.sight == Sight.TREE and any(unit.path.startswith(by.unit_path) for unit in units)
    )

"""Opening assignments: the clocks of each unit from the moment it is sent to, and the notice on its desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jieban.city import limits
from jieban.city.limits import Counted
from jieban.city.queries import Loaded
from jieban.dispatch.rules import LEAD, Target
from jieban.orders import outbox
from jieban.orders.models import Assignment, Message, Order

# News of what must be signed before a night is over comes at night too.
_NIGHT = timedelta(hours=12)


@dataclass(slots=True)
class Batch:
    """What all assignments opened in one moment share: the moment, the pack, and the clocks that begin then."""

    at: datetime
    loaded: Loaded
    _clocks: dict[tuple[str, str, str, datetime | None, datetime | None], Counted] = field(default_factory=dict)

    def clocks(self, order: Order, target: Target, urgency: str) -> Counted:
        """The clocks of a first round that begins now for this unit, worked out once where they are the same.

        With the lead goes the citizen's clock, which began when they called.
        """
        return self._counted(order, target, urgency, order.received_at if target.role == LEAD else None, None)

    def left(self, order: Order, target: Target, urgency: str, due: datetime | None) -> Counted:
        """The clocks of a unit that comes in later: what is left until `due`, half a fresh limit at least.

        The citizen's clock does not hang on it.
        """
        fresh = self._counted(order, target, urgency, None, None)
        by = max(due or fresh.handle, self.at + (fresh.handle - self.at) / 2)
        return fresh if by >= fresh.handle else self._counted(order, target, urgency, None, by)

    def _counted(
        self, order: Order, target: Target, urgency: str, asked: datetime | None, by: datetime | None
    ) -> Counted:
        key = (target.unit, order.category, urgency, asked, by)
        if key not in self._clocks:
            self._clocks[key] = limits.of(
                self.loaded.pack, *key[:3], at=self.at, asked=asked, by=by, version=self.loaded.number
            )
        return self._clocks[key]

    def usual(self) -> str:
        """The clock for an order whose urgency nobody has named: the middle one of the pack."""
        names = list(self.loaded.pack.clocks)
        return names[len(names) // 2]


def assignment(target: Target, own: Counted, *, urgency: str, duty: str, came_by: str, batch: Batch) -> Assignment:
    """An assignment for the unit, not yet saved; `came_by` is remembered of those that lead."""
    return Assignment(
        unit_id=batch.loaded.unit_ids[target.unit],
        role=target.role,
        urgency=urgency,
        duty=duty,
        came_by=came_by if target.role == LEAD else "",
        sent_at=batch.at,
        **own.columns,
    )


def notice(order: Order, target: Target, own: Counted, *, urgency: str, batch: Batch) -> Message:
    """What the unit finds on its desk."""
    body = {"number": order.number, "role": target.role, "urgency": urgency, "sign_due": own.sign.isoformat()}
    pressing = own.sign - batch.at <= _NIGHT
    return outbox.to_unit(batch.loaded.unit_ids[target.unit], "assigned", at=batch.at, urgent=pressing, **body)


def limits_told(urgency: str, own: Counted) -> dict[str, Any]:
    """The limits as an entry records them: they are written on the order (条例)."""
    return {"urgency": urgency, "sign": own.sign, "respond": own.respond, "handle": own.handle}


def units_told(
    targets: tuple[Target, ...], loaded: Loaded, parts: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The units as an entry records them; `parts` is what each of them takes on, by code."""
    out: list[dict[str, Any]] = []
    for target in targets:
        told = {"unit": target.unit, "name": loaded.pack.units[target.unit].name, "role": target.role}
        out.append(told | ({"part": parts[target.unit]} if parts and parts.get(target.unit) else {}))
    return out

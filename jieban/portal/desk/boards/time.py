"""延期和暂停: what units ask of the centre, the oldest first, decided from the list; and what rests now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core import clock as city_clock
from jieban.handling import time
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment
from jieban.portal import clocks
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board

_MOST = 200
_ASKS = Q(state=A.EXTENSION) | Q(state__in=(A.RESPONDED, A.HANDLING), requested__what=time.SUSPENSION)


@dataclass(frozen=True, slots=True)
class Line:
    """One request (or one rest) with what is needed to decide on it, and where the decision goes."""

    part: Assignment
    category: str
    place: str
    bar: clocks.Bar
    kind: str
    reason: str
    who: str
    asked_at: datetime | None
    until: datetime | None
    grant_url: str
    refuse_url: str

    @property
    def until_value(self) -> str:
        """The moment asked for as the field for a moment takes it."""
        return f"{self.until.astimezone(city_clock.zone()):%Y-%m-%dT%H:%M}" if self.until else ""


def waiting(asked: Asked) -> QuerySet[Assignment]:
    """What units in the actor's sight ask for: more time, or rest."""
    return orders.assignments_of(asked.by).filter(_ASKS)


def _values(asked: Asked) -> Mapping[str, Any]:
    found = waiting(asked).select_related("order__contact", "order__street", "order__district", "unit")
    lines = sorted((_line(part, asked) for part in found[:_MOST]), key=lambda line: line.asked_at or asked.at)
    resting = orders.assignments_of(asked.by).filter(state=A.SUSPENDED).select_related("order", "unit")
    return {"lines": lines, "resting": resting.order_by("rest_until", "pk")[:_MOST]}


def _line(part: Assignment, asked: Asked) -> Line:
    extension = part.state == A.EXTENSION
    number, said = part.order.number, part.requested
    grant, refuse = ("extend", "refuse_extension") if extension else ("suspend", "decline_suspension")
    return Line(
        part, rows.category(part.order.category, asked.loaded.pack, deepest=2), rows.place(part.order, asked.loaded),
        clocks.bar("", start=part.sent_at, due=part.handle_due, now=asked.at),
        "extension" if extension else time.SUSPENSION, said.get("reason", ""), said.get("by", ""),
        _moment(said.get("at")), _moment(said.get("until")), reverse("work", args=[number, part.no, grant]),
        reverse("work", args=[number, part.no, refuse]),
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _count(asked: Asked) -> int:
    return waiting(asked).count()


BOARDS = (
    Board(
        "time", "review", lazy("延期和暂停"), frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.DISTRICT}),
        "desk/time_board.html", _values, _count,
    ),
)  # fmt: skip

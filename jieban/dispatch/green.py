"""What the green channel brings, measured: time to 单位已办结 of orders where the firm went first, against the others.

All orders of the categories that the catalogue sends firm first are looked at. Those that fell back count among the
firm's with their whole time, so that the comparison does not flatter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from jieban.accounts.actor import Actor
from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.city.ways import FIRM_FIRST
from jieban.dispatch.taking_over import GREEN
from jieban.orders import queries as orders
from jieban.orders.models import Assignment, Order

# What may be opened behind a number: all, settled by the firm, taken over by the regulator, still under way.
ONLY = ("all", "settled", "back", "open")


@dataclass(slots=True)
class Line:
    """One firm (`unit` its row id), all firms (None), or the orders that went to a unit directly (`unit` 0)."""

    unit: int | None
    count: int = 0
    settled: int = 0
    back: int = 0
    open: int = 0
    times: list[timedelta] = field(default_factory=list)

    @property
    def median(self) -> timedelta | None:
        """The median time from the call to 单位已办结; None where nothing is finished."""
        seconds = [time.total_seconds() for time in self.times]
        return timedelta(seconds=median(seconds)) if seconds else None


@dataclass(frozen=True, slots=True)
class Measured:
    """The firms, the most orders first, all of them together, and the orders of the same categories sent directly."""

    firms: tuple[Line, ...]
    whole: Line
    direct: Line

    def saved(self, enough: int) -> timedelta | None:
        """How much sooner the median order is finished; None below `enough` finished orders on either side."""
        ours, theirs = self.whole.median, self.direct.median
        if ours is None or theirs is None or min(len(self.whole.times), len(self.direct.times)) < enough:
            return None
        return theirs - ours


def measure(actor: Actor, loaded: Loaded, *, at: datetime) -> Measured:
    """The report over the pack's window, of the orders that the post may see: one query."""
    found = _found(actor, loaded, at).values_list("firm", "back", "received_at", "replied_at")
    return summed(found)


def behind(actor: Actor, loaded: Loaded, *, unit: int | None, only: str, at: datetime) -> QuerySet[Order]:
    """The orders behind one number of the report, newest first; `unit` as in `Line`."""
    found = _found(actor, loaded, at)
    found = found.exclude(firm=None) if unit is None else found.filter(firm=unit or None)
    tests = {
        "settled": Q(back=False, replied_at__isnull=False), "back": Q(back=True),
        "open": Q(back=False, replied_at=None),
    }  # fmt: skip
    return found.filter(tests.get(only, Q())).order_by("-received_at", "-pk")


def summed(rows: Iterable[tuple[int | None, bool, datetime, datetime | None]]) -> Measured:
    """Firm, whether the regulator took over, from when, until when (None: not finished), summed up."""
    firms: dict[int, Line] = {}
    whole, direct = Line(None), Line(0)
    for firm, back, since, until in rows:
        lines = [direct] if firm is None else [firms.setdefault(firm, Line(firm)), whole]
        for line in lines:
            _add(line, back, since, until)
    return Measured(tuple(sorted(firms.values(), key=lambda line: (-line.count, line.unit or 0))), whole, direct)


def categories(pack: Pack, day: date) -> list[str]:
    """The categories that the catalogue sends firm first on `day`, with all below them."""
    tops = {duty.category for duty in pack.duties if duty.way == FIRM_FIRST and duty.valid(day)}
    return sorted(code for code in pack.categories if tops & {node.code for node in pack.category_path(code)})


def _add(line: Line, back: bool, since: datetime, until: datetime | None) -> None:
    line.count += 1
    line.back += back
    line.settled += not back and until is not None
    line.open += not back and until is None
    if until is not None:
        line.times.append(until - since)


def _found(actor: Actor, loaded: Loaded, at: datetime) -> QuerySet[Any, Any]:
    parts = Assignment.objects.filter(order=OuterRef("pk"))
    firm = parts.filter(came_by=FIRM_FIRST).order_by("no").values("unit")[:1]
    since = at - timedelta(days=loaded.pack.ways.green_days)
    seen = orders.visible_to(actor).filter(
        category__in=categories(loaded.pack, at.date()), received_at__gte=since, dispatched_at__isnull=False
    )
    return seen.annotate(firm=Subquery(firm), back=Exists(parts.filter(came_by=GREEN)))


def share(part: int, whole: int) -> float | None:
    """A share between 0 and 1; None of nothing."""
    return part / whole if whole else None


def lines(measured: Measured) -> Sequence[Line]:
    """The rows of the report: all firms together first."""
    return (measured.whole, *measured.firms)

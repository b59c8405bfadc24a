"""Who makes and who reads which report, and when the schedule makes which. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics.periodic import spans
from jieban.analytics.periodic.spans import CYCLE, DAY, MONTH, WEEK, Period

READERS: Final = frozenset({Role.LEADER, Role.SUPERVISOR, Role.AUDITOR, Role.DISTRICT, Role.CHIEF, Role.CLERK})
MAKERS: Final = frozenset({Role.LEADER, Role.SUPERVISOR, Role.DISTRICT, Role.CHIEF})
# Own default: before the first meeting of the day, after a night's sync.
FROM: Final = time(6, 0)
# How many periods back a schedule catches up after an outage; older ones are made by hand where somebody needs them.
CAUGHT_UP: Final = {DAY: 3, WEEK: 2, MONTH: 1, CYCLE: 1}


@dataclass(frozen=True, slots=True)
class Plan:
    """A report that is made by itself: its kind, its rhythm and the kind of scope; one each."""

    kind: str
    rhythm: str
    scope: str


# The most read ones first; they are made in this order.
PLANS: Final = (
    *(Plan(kind, DAY, "city") for kind in ("daily", "meeting")),
    *(Plan(kind, WEEK, "city") for kind in ("weekly", "meeting")),
    *(Plan("monthly", rhythm, "city") for rhythm in (MONTH, CYCLE)),
    Plan("enterprise", MONTH, "firms"),
    *(Plan(kind, DAY, "district") for kind in ("daily", "meeting")),
    *(Plan(kind, WEEK, "district") for kind in ("weekly", "meeting")),
    Plan("monthly", MONTH, "district"),
    Plan("trade", MONTH, "category"),
    Plan("street", MONTH, "street"),
)


def due(rhythm: str, at: datetime, *, cycle_start_day: int) -> Iterator[Period]:
    """The periods whose reports are due at the city's own time `at`, newest first, as far back as is caught up."""
    yesterday = at.date() - timedelta(days=1 if at.time() >= FROM else 2)
    if rhythm == CYCLE and cycle_start_day == 1:  # a cycle that is the month is reported as the month
        return
    newest = spans.ending(rhythm, yesterday, cycle_start_day=cycle_start_day)
    for back in range(CAUGHT_UP[rhythm]):
        yield _back(newest, back)


def ready(period: Period, known: datetime) -> bool:
    """Whether a lake that tells the record up to `known` (in the city's own time) holds the whole period."""
    return known.date() > period.until


def sees(actor: Actor, path: str) -> bool:
    """Whether the post may open reports about this unit ("" stands for the city, a trade or all firms)."""
    if actor.role not in READERS:
        return False
    if actor.sight == Sight.ALL:
        return True
    mine = actor.unit_path
    if actor.sight == Sight.TREE:
        return bool(mine) and path.startswith(mine)
    return actor.sight == Sight.UNIT and bool(path) and path == mine


def may_make(actor: Actor, path: str) -> bool:
    """Whether the post may have a report about this unit made."""
    return actor.role in MAKERS and sees(actor, path)


def _back(period: Period, back: int) -> Period:
    if period.rhythm == DAY:
        day: date = period.until - timedelta(days=back)
        return Period(DAY, day, day)
    return period.shifted(back) if back else period

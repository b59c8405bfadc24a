"""What is about to rise: months whose interval lies above what a series is used to.

Usual is the larger of two means: the last twelve months and the last three. Only where even the low end of the 80 %
interval of the better forecast is above it, the month is a rise; where the low end of the 95 % one is, a sure rise. So
by chance alone at most one month in ten may be called a rise, where intervals hold what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jieban.core.deadlines import Calendar

YEAR, BEFORE = 12, 3
# A rise by less than this is not worth a plan, however sure it is. Own default.
WORTH: Final = 0.1


@dataclass(frozen=True, slots=True)
class Rise:
    """One month that is about to be above the usual: `step` from 0, what is usual, expected, and the interval."""

    step: int
    usual: float
    mean: float
    low: float
    high: float
    sure: bool

    @property
    def more(self) -> float:
        """How much above the usual: 0.5 is half as much again."""
        return self.mean / self.usual - 1 if self.usual > 0 else self.mean


def usual(history: Sequence[float]) -> float:
    """What the series is used to, a month."""
    year, before = history[-YEAR:], history[-BEFORE:]
    return max(sum(year) / len(year), sum(before) / len(before))


def rises(
    history: Sequence[float], mean: Sequence[float], low80: Sequence[float], low95: Sequence[float],
    high80: Sequence[float],
) -> list[Rise]:  # fmt: skip
    """The months ahead that rise above the usual; none for a history without a value."""
    if len(history) == 0:
        return []
    level = usual(history)
    found = [
        Rise(step, level, mean[step], low, high80[step], low95[step] > level)
        for step, low in enumerate(low80)
        if low > level
    ]
    return [one for one in found if one.mean >= level * (1 + WORTH)]


def ready_by(month: int, calendar: Calendar) -> date:
    """By when preparations for a month (yyyymm) should stand: the last working day before it begins."""
    day = date(month // 100, month % 100, 1) - timedelta(days=1)
    while not calendar.works(day):
        day -= timedelta(days=1)
    return day

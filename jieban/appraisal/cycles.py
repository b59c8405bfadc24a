"""Cycles of appraisal (考核期): their days, and in which stage one stands. Pure: days in, days out.

A cycle is open while its answers come in. Then late callbacks (about work reported within the cycle) still count for
some days, exclusion may be asked for and decided for some more, and then it is to be frozen and published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jieban.city import schemes
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput

COMING, OPEN, LATE, WINDOW, OVER = "coming", "open", "late", "window", "over"
STAGES: Final = (COMING, OPEN, LATE, WINDOW, OVER)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cycle:
    """From `first` up to, not including, `end`, counted by one scheme.

    Callbacks until `late_end` (not including) about work reported before `end` still belong to it; those until
    `taken_end` about work reported before `first` belong to the cycle before. Exclusion is possible until `window_end`.
    """

    first: date
    end: date
    taken_end: date
    late_end: date
    window_end: date
    scheme: Scheme

    @property
    def code(self) -> str:
        """The month in which it ends, as people call it: 2026-11 for 10-19 to 11-18."""
        return f"{self.end - _DAY:%Y-%m}"

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - _DAY

    def stage(self, day: date) -> str:
        """Where it stands on a day, one of STAGES. Frozen and published are told by its result, not by the calendar."""
        ends = ((self.first, COMING), (self.end, OPEN), (self.late_end, LATE), (self.window_end, WINDOW))
        return next((stage for until, stage in ends if day < until), OVER)


def containing(day: date, known: Sequence[Scheme]) -> Cycle:
    """The cycle that a day lies in. BadInput where no scheme is in force by then."""
    first = _start(day, _in_force(day, known))
    scheme = schemes.at(known, first) or _in_force(day, known)
    end = _next(first, scheme)
    before = schemes.at(known, first - _DAY)
    taken = first + _days(before.model.late_days if before else 0)
    late = end + _days(scheme.model.late_days)
    return Cycle(first, end, taken, late, late + _days(scheme.model.exclusion_days), scheme)


def named(code: str, known: Sequence[Scheme]) -> Cycle:
    """The cycle that ends in a month given as 2026-11. BadInput for another word or a time without scheme."""
    try:
        month = date.fromisoformat(f"{code}-01")
    except ValueError:
        raise BadInput(f"“{code}”不是考核期。请写成 2026-11，即在该月结束的那一期。") from None
    start = _in_force(month, known).model.cycle_start_day
    return containing(_month_end(month) if start == 1 else month.replace(day=start) - _DAY, known)


def counting(day: date, done: date | None, known: Sequence[Scheme]) -> Cycle:
    """The cycle that an answer of `day` about work reported on `done` counts in: late ones count in the one before."""
    own = containing(day, known)
    late = day < own.taken_end and done is not None and done < own.first
    return (before(own, known) if late else None) or own


def before(cycle: Cycle, known: Sequence[Scheme]) -> Cycle | None:
    """The cycle before, None where no scheme reaches so far back."""
    day = cycle.first - _DAY
    return containing(day, known) if schemes.at(known, day) else None


def _in_force(day: date, known: Sequence[Scheme]) -> Scheme:
    found = schemes.at(known, day)
    if found is None:
        raise BadInput(f"{day} 没有生效的考评方案。请在城市规则包的 schemes/ 下放一份，或在页面上发布一份。")
    return found


def _start(day: date, scheme: Scheme) -> date:
    """The last day on or before `day` on which cycles of the scheme begin."""
    start = scheme.model.cycle_start_day
    month = day if day.day >= start else day.replace(day=1) - _DAY
    return month.replace(day=start)


def _next(first: date, scheme: Scheme) -> date:
    """The first start of a cycle after `first`."""
    return (_month_end(first) + _DAY).replace(day=scheme.model.cycle_start_day)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - _DAY


def _days(n: int) -> timedelta:
    return timedelta(days=n)

"""Periods of reports: a day, a week, a month or a cycle of appraisal, and those that they are compared with.

A period is compared with the one before (环比), the same one a year before (同比), and its usual ones: the last eight
of the same weekday, eight weeks or twelve months. Weeks go from Monday to Sunday.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

DAY, WEEK, MONTH, CYCLE = "day", "week", "month", "cycle"
RHYTHMS: Final = (DAY, WEEK, MONTH, CYCLE)
WEEKDAYS: Final = "一二三四五六日"
_USUAL: Final = {DAY: 8, WEEK: 8, MONTH: 12, CYCLE: 12}
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `since` to `until`, both in it."""

    rhythm: str
    since: date
    until: date

    @property
    def before(self) -> Period:
        """The one right before."""
        return self.shifted(1) if self.rhythm != DAY else _day(self.until - timedelta(days=1))

    @property
    def usual(self) -> tuple[Period, ...]:
        """What it is measured against to tell whether it is unusual, newest first."""
        return tuple(self.shifted(n) for n in range(1, _USUAL[self.rhythm] + 1))

    @property
    def last_year(self) -> Period:
        """The same one a year before: the same date, the same month, the week 52 weeks ago."""
        if self.rhythm == WEEK:
            return self.shifted(52)
        return Period(self.rhythm, _months_on(self.since, -12), _end(self, -12))

    def shifted(self, back: int) -> Period:
        """The one `back` periods ago; of days the same weekday so many weeks ago."""
        if self.rhythm in (DAY, WEEK):
            return Period(self.rhythm, self.since - back * _WEEK, self.until - back * _WEEK)
        return Period(self.rhythm, _months_on(self.since, -back), _end(self, -back))

    @property
    def label(self) -> str:
        """How a heading names it, with the year."""
        return f"{self.since.year}年{spoken(self.since) if self.rhythm == DAY else self.days}"

    @property
    def days(self) -> str:
        """How a sentence names it, without the year."""
        a, b = self.since, self.until
        if self.rhythm == DAY:
            return f"{spoken(a)}（星期{WEEKDAYS[a.weekday()]}）"
        if self.rhythm == MONTH:
            return f"{a.month}月"
        if a.year != b.year:
            return f"{spoken(a)}至{b.year}年{spoken(b)}"
        return f"{spoken(a)}至{b.day}日" if a.month == b.month else f"{spoken(a)}至{spoken(b)}"

    @property
    def than_before(self) -> str:
        """The word for the period before."""
        return {DAY: "前一日", WEEK: "前一周", MONTH: "上月", CYCLE: "上期"}[self.rhythm]

    @property
    def than_last_year(self) -> str:
        """The word for the same one a year before."""
        return {DAY: "上年同日", WEEK: "上年同期", MONTH: "上年同月", CYCLE: "上年同期"}[self.rhythm]

    @property
    def usually(self) -> str:
        """What its usual ones are called, after a number."""
        return {DAY: f"个星期{WEEKDAYS[self.since.weekday()]}", WEEK: "周", MONTH: "个月", CYCLE: "期"}[self.rhythm]

    @property
    def this(self) -> str:
        """What it calls itself."""
        return {DAY: "当日", WEEK: "本周", MONTH: "本月", CYCLE: "本期"}[self.rhythm]


def spoken(day: date) -> str:
    """A day without its year."""
    return f"{day.month}月{day.day}日"


def ending(rhythm: str, day: date, *, cycle_start_day: int = 1) -> Period:
    """The last whole period that ends on `day` or before. KeyError for an unknown rhythm."""
    ends: dict[str, Callable[[date], Period]] = {
        DAY: _day,
        WEEK: _week_to,
        MONTH: _month_to,
        CYCLE: partial(_cycle_to, start=cycle_start_day),
    }
    return ends[rhythm](day)


def _day(day: date) -> Period:
    return Period(DAY, day, day)


def _week_to(day: date) -> Period:
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    return Period(WEEK, sunday - timedelta(days=6), sunday)


def _month_to(day: date) -> Period:
    last = (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return Period(MONTH, last.replace(day=1), last)


def _cycle_to(day: date, start: int) -> Period:
    after = day + timedelta(days=1)
    begin = after.replace(day=start)
    end = begin if begin <= after else _months_on(begin, -1)
    return Period(CYCLE, _months_on(end, -1), end - timedelta(days=1))


def _months_on(day: date, months: int) -> date:
    """The same day of another month, its last one where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _end(period: Period, months: int) -> date:
    """The end of the period moved by months: a month or cycle stays whole."""
    if period.rhythm == DAY:
        return _months_on(period.until, months)
    return _months_on(period.until + timedelta(days=1), months) - timedelta(days=1)

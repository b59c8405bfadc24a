"""Deadline arithmetic: limits, working calendars, pauses. Pure functions on aware datetimes; no clock is read here.

Intervals are half-open: a pause [start, end) takes its start and gives back its end. A limit of n working days ends at
the same time of day on the n-th working day after the day of the start, which is not counted itself (Civil Code,
art. 201); working hours run 09:00-12:00 and 13:30-17:30 of each working day. Days are those of the start's own time
zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from jieban.core.errors import BadInput

Unit = Literal["min", "h", "d", "wd", "wh"]
Pause = tuple[datetime, datetime]

_LIMIT = re.compile(r"^([1-9]\d{0,4})(min|wd|wh|h|d)$")
_REAL: dict[str, timedelta] = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SHIFTS = ((time(9), time(12)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time in one of five units: minutes, real hours, natural days, working days, working hours."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: weekends and `holidays` are off, make-up `workdays` (调休) are on."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)

    def works(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)


@lru_cache(maxsize=512)
def limit(text: str) -> Limit:
    """Read a limit such as `2h`, `7d`, `5wd`, `4wh`, `30min`; BadInput says what is allowed."""
    found = _LIMIT.match(text.strip())
    if not found:
        raise BadInput(f"“{text}” is not a limit: write a number and min, h, d, wd or wh, for example 2h or 5wd.")
    return Limit(int(found[1]), found[2])  # type: ignore[arg-type]


def due(start: datetime, span: Limit, *, calendar: Calendar, pauses: Sequence[Pause] = ()) -> datetime:
    """The instant at which `span` runs out when counted from `start`, the pauses left out. All datetimes aware."""
    _must_be_aware(start, *(moment for pause in pauses for moment in pause))
    if span.unit in ("min", "h"):
        return _run_hours(start, span, pauses)
    stops = _merged(pauses, start)
    if span.unit == "d":
        return _run_real(start + _REAL[span.unit] * span.count, stops)
    if span.unit == "wd":
        return _run_working_days(start, span.count, calendar, stops)
    return _run_shifts(start, timedelta(hours=span.count), calendar, stops)


def _run_hours(start: datetime, span: Limit, pauses: Sequence[Pause]) -> datetime:
    """Real minutes and hours: counted on UTC, where no hour is missing or double; told in the zone of the start."""
    begin = start.astimezone(UTC)
    return _run_real(begin + _REAL[span.unit] * span.count, _merged(pauses, begin)).astimezone(start.tzinfo)


def used(start: datetime, now: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """Real time between `start` and `now` outside the pauses (an open pause ends at `now`)."""
    start, now = start.astimezone(UTC), now.astimezone(UTC)
    inside = sum((min(end, now) - begin for begin, end in _merged(pauses, start) if begin < now), timedelta(0))
    return max(now - start - inside, timedelta(0))


def _must_be_aware(*moments: datetime) -> None:
    for moment in moments:
        if moment.tzinfo is None:
            raise BadInput(f"{moment.isoformat()} has no time zone: add one, for example +08:00.")


def _merged(pauses: Iterable[Pause], start: datetime) -> tuple[Pause, ...]:
    """Pauses cut at `start`, in order, overlaps joined, in the time zone of `start`."""
    out: list[Pause] = []
    zone = start.tzinfo
    local = ((begin.astimezone(zone), end.astimezone(zone)) for begin, end in pauses)
    for begin, end in sorted((max(begin, start), end) for begin, end in local if end > start and end > begin):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return tuple(out)


def _run_real(end: datetime, stops: Sequence[Pause]) -> datetime:
    """`end` pushed back by every stop that begins before it."""
    for begin, finish in stops:
        if begin < end:
            end += finish - begin
    return end


def _run_working_days(start: datetime, count: int, calendar: Calendar, stops: Sequence[Pause]) -> datetime:
    """The n-th working day after `start`, pushed back by the worked part of every stop that begins before it."""
    day = start.date()
    for _ in range(count):
        day = _next_working_day(day, calendar)
    end = datetime.combine(day, start.timetz())
    for begin, finish in stops:
        if begin < end:
            end = _later(end, _worked(begin, finish, calendar), calendar)
    return end


def _worked(begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much of [begin, end) lies on working days, each taken as 24 hours."""
    total = timedelta(0)
    while begin < end:
        midnight = _midnight(begin.date() + timedelta(days=1), begin)
        total += (min(end, midnight) - begin) if calendar.works(begin.date()) else timedelta(0)
        begin = midnight
    return total


def _later(moment: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """`moment` moved on by `span` of time on working days."""
    while span > timedelta(0):
        midnight = _midnight(moment.date() + timedelta(days=1), moment)
        if calendar.works(moment.date()):
            step = min(span, midnight - moment)
            moment, span = moment + step, span - step
        else:
            moment = midnight
    return moment


def _next_working_day(day: date, calendar: Calendar) -> date:
    day += timedelta(days=1)
    while not calendar.works(day):
        day += timedelta(days=1)
    return day


def _midnight(day: date, like: datetime) -> datetime:
    return datetime.combine(day, time(0), tzinfo=like.tzinfo)


def _run_shifts(start: datetime, left: timedelta, calendar: Calendar, stops: Sequence[Pause]) -> datetime:
    day = start.date()
    while True:
        for begin, end in _open(day, start, calendar, stops):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        day = _next_working_day(day, calendar)


def _open(day: date, start: datetime, calendar: Calendar, stops: Sequence[Pause]) -> list[Pause]:
    """The worked spans of `day` after `start`, the stops cut out."""
    spans: list[Pause] = []
    if calendar.works(day):
        shifts = ((datetime.combine(day, a, start.tzinfo), datetime.combine(day, b, start.tzinfo)) for a, b in _SHIFTS)
        spans = [(max(begin, start), end) for begin, end in shifts if end > start]
    for pause in stops:
        spans = [piece for span in spans for piece in _without(span, pause)]
    return spans


def _without(span: Pause, pause: Pause) -> list[Pause]:
    pieces = ((span[0], min(span[1], pause[0])), (max(span[0], pause[1]), span[1]))
    return [(begin, end) for begin, end in pieces if begin < end]

"""Deadlines against independent computations: numpy's business days, an independent calendar of China's holidays and
make-up workdays over 2019 to 2026, and counting minute by minute.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.city import reading
from jieban.core import deadlines
from jieban.core.deadlines import Calendar, Limit, due, limit
from jieban.core.errors import BadInput
from tests.city import toy
from tests.factories import ZONE

# Spring Festival 2026 with its make-up workdays, and May Day: weekdays off, weekends on.
HOLIDAYS = frozenset(date(2026, 2, 15) + timedelta(days=n) for n in range(9)) | {date(2026, 5, d) for d in range(1, 6)}
WORKDAYS = frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9)})
CALENDAR = Calendar(HOLIDAYS, WORKDAYS)

minutes = st.integers(0, 150 * 24 * 60).map(lambda n: datetime(2026, 1, 20, tzinfo=ZONE) + timedelta(minutes=n))
lengths = st.integers(1, 4 * 24 * 60).map(lambda n: timedelta(minutes=n))
pauses = st.lists(st.tuples(minutes, lengths).map(lambda p: (p[0], p[0] + p[1])), max_size=4)


def at(text: str) -> datetime:
    """A moment in the city's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def worked_days(first: date, count: int) -> list[date]:
    """Every working day of so many days, by numpy: weekdays that are no holiday, and the make-up days."""
    days = [first + timedelta(days=n) for n in range(count)]
    plain = numpy.is_busday(days, holidays=sorted(HOLIDAYS - WORKDAYS))
    return [day for day, busy in zip(days, plain, strict=True) if busy or day in WORKDAYS]


@given(minutes, st.integers(1, 40))
def test_working_days_are_those_of_numpy(start, count):
    expected = worked_days(start.date() + timedelta(days=1), 120)[count - 1]
    assert due(start, Limit(count, "wd"), calendar=CALENDAR) == datetime.combine(expected, start.timetz())


@given(minutes.filter(lambda m: m.date() not in WORKDAYS), st.integers(1, 20))
def test_working_days_without_make_up_days_are_numpys_offset(start, count):
    offset = numpy.busday_offset(start.date(), count, roll="backward", holidays=sorted(HOLIDAYS))
    bare = Calendar(HOLIDAYS, frozenset())
    assert due(start, Limit(count, "wd"), calendar=bare).date() == offset.astype(date)


def counted(start: datetime, length: int, open_at, stops) -> datetime:
    """Count so many minutes that are open and not paused, one by one; the end of the last one."""
    now = start
    while length:
        length -= open_at(now) and not any(begin <= now < end for begin, end in stops)
        now += timedelta(minutes=1)
    return now


def in_shift(moment: datetime) -> bool:
    """Whether the minute that begins then is worked."""
    clock = moment.time()
    shift = time(9) <= clock < time(12) or time(13, 30) <= clock < time(17, 30)
    return shift and moment.date() in _WORKED


_WORKED = frozenset(worked_days(date(2026, 1, 1), 400))


@settings(max_examples=25)
@given(minutes, st.integers(1, 30), pauses)
def test_working_hours_are_those_counted_minute_by_minute(start, hours, stops):
    assert due(start, Limit(hours, "wh"), calendar=CALENDAR, pauses=stops) == counted(
        start, hours * 60, in_shift, stops
    )


@settings(max_examples=25)
@given(minutes, st.sampled_from(["30min", "2h", "24h", "7d", "15d"]), pauses)
def test_real_time_is_that_counted_minute_by_minute(start, text, stops):
    span = limit(text)
    length = span.count * {"min": 1, "h": 60, "d": 24 * 60}[span.unit]
    assert due(start, span, calendar=CALENDAR, pauses=stops) == counted(start, length, lambda _: True, stops)


@settings(max_examples=25)
@given(minutes, st.integers(1, 6), pauses)
def test_working_days_are_pushed_back_by_the_worked_minutes_of_each_pause(start, count, stops):
    plain = due(start, Limit(count, "wd"), calendar=CALENDAR)
    end, now = plain, start
    while now < end:
        paused = any(begin <= now < finish for begin, finish in stops)
        now += timedelta(minutes=1)
        if paused and (now - timedelta(minutes=1)).date() in _WORKED:
            end = counted(end, 1, lambda m: m.date() in _WORKED, ())
    assert due(start, Limit(count, "wd"), calendar=CALENDAR, pauses=stops) == end


@given(minutes, pauses, st.sampled_from(["2h", "7d", "5wd", "4wh"]))
def test_pauses_in_another_zone_are_the_same_pauses(start, stops, text):
    abroad = [(begin.astimezone(UTC), end.astimezone(UTC)) for begin, end in stops]
    here = due(start, limit(text), calendar=CALENDAR, pauses=stops)
    assert due(start, limit(text), calendar=CALENDAR, pauses=abroad) == here


@given(minutes, lengths, pauses)
def test_used_time_is_that_counted_minute_by_minute(start, length, stops):
    now = start + min(length, timedelta(hours=30))
    span = int((now - start).total_seconds() // 60)
    moments = (start + timedelta(minutes=n) for n in range(span))
    expected = sum(not any(begin <= moment < end for begin, end in stops) for moment in moments)
    assert deadlines.used(start, now, stops) == timedelta(minutes=expected)


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-03-02T09:00", "2h", "2026-03-02T11:00"),
        ("2026-03-02T09:00", "7d", "2026-03-09T09:00"),
        ("2026-03-02T09:00", "5wd", "2026-03-09T09:00"),
        ("2026-03-06T16:00", "1wd", "2026-03-09T16:00"),
        ("2026-02-13T10:00", "1wd", "2026-02-14T10:00"),
        ("2026-02-14T10:00", "1wd", "2026-02-24T10:00"),
        ("2026-03-02T09:00", "3wh", "2026-03-02T12:00"),
        ("2026-03-02T12:00", "1wh", "2026-03-02T14:30"),
        ("2026-03-02T17:30", "1wh", "2026-03-03T10:00"),
        ("2026-03-02T17:29", "1wh", "2026-03-03T09:59"),
        ("2026-03-07T10:00", "4wh", "2026-03-09T14:30"),
        ("2026-02-28T10:00", "30min", "2026-02-28T10:30"),
    ],
)
def test_known_deadlines(start, text, end):
    assert due(at(start), limit(text), calendar=CALENDAR) == at(end)


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-03-02T08:00", "2026-03-02T09:00", "2026-03-02T11:00"),  # over before the start
        ("2026-03-02T08:00", "2026-03-02T09:30", "2026-03-02T11:30"),  # only what lies after the start counts
        ("2026-03-02T11:00", "2026-03-02T12:00", "2026-03-02T11:00"),  # begins at the very end: too late
        ("2026-03-02T10:59", "2026-03-02T12:00", "2026-03-02T12:01"),
        ("2026-03-02T10:00", "2026-03-02T10:00", "2026-03-02T11:00"),  # empty
    ],
)
def test_a_pause_takes_its_start_and_gives_back_its_end(begin, end, expected):
    assert due(at("2026-03-02T09:00"), limit("2h"), calendar=CALENDAR, pauses=[(at(begin), at(end))]) == at(expected)


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1d", "2 h", "2w", "1.5h", "999999h", "2H"])
def test_what_is_no_limit_is_told_the_form(text):
    with pytest.raises(BadInput, match="write a number and min, h, d, wd or wh"):
        limit(text)


@given(st.integers(1, 99999), st.sampled_from(["min", "h", "d", "wd", "wh"]))
def test_a_limit_reads_back_what_it_writes(count, unit):
    assert limit(str(Limit(count, unit))) == Limit(count, unit)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(BadInput, match="has no time zone"):
        due(datetime(2026, 3, 2, 9), limit("2h"), calendar=CALENDAR)  # noqa: DTZ001


BEIJING = reading.read(toy.texts(toy.PACKS.parent.parent / "cities" / "beijing")).calendar
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
anytime = st.integers(0, (date(2026, 11, 1) - FIRST).days * 24 * 60).map(
    lambda n: datetime(2019, 1, 1, tzinfo=ZONE) + timedelta(minutes=n)
)


def test_the_citys_calendar_is_that_of_an_independent_library_for_every_day():
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if BEIJING.works(day) != chinese_calendar.is_workday(day)] == []


@settings(max_examples=400)
@given(anytime, st.integers(1, 30))
def test_working_days_on_any_instant_of_eight_years_are_the_librarys(start, count):
    """The library knows no instants: its working days after the start's day, numbered, at the start's own time."""
    after = chinese_calendar.get_workdays(
        start.date() + timedelta(days=1), min(start.date() + timedelta(days=90), LAST)
    )
    if len(after) >= count:
        assert due(start, Limit(count, "wd"), calendar=BEIJING) == datetime.combine(after[count - 1], start.timetz())


@settings(max_examples=60)
@given(anytime, st.integers(1, 24))
def test_working_hours_on_any_instant_of_eight_years_are_the_librarys(start, hours):
    worked = frozenset(chinese_calendar.get_workdays(start.date(), min(start.date() + timedelta(days=40), LAST)))

    def is_open(moment: datetime) -> bool:
        clock = moment.time()
        return moment.date() in worked and (time(9) <= clock < time(12) or time(13, 30) <= clock < time(17, 30))

    assert due(start, Limit(hours, "wh"), calendar=BEIJING) == counted(start, hours * 60, is_open, ())


@settings(max_examples=60)
@given(anytime, st.integers(1, 5), st.lists(st.tuples(st.integers(0, 9 * 1440), st.integers(1, 5 * 1440)), max_size=3))
def test_pauses_on_any_instant_of_eight_years_push_back_by_what_the_library_calls_worked(start, count, rests):
    stops = [(start + timedelta(minutes=a), start + timedelta(minutes=a + b)) for a, b in rests]
    worked = frozenset(chinese_calendar.get_workdays(start.date(), min(start.date() + timedelta(days=80), LAST)))
    end, now = due(start, Limit(count, "wd"), calendar=BEIJING), start
    while now < end:
        paused, minute = any(begin <= now < finish for begin, finish in stops), now
        now += timedelta(minutes=1)
        if paused and minute.date() in worked:
            end = counted(end, 1, lambda moment: moment.date() in worked, ())
    assert due(start, Limit(count, "wd"), calendar=BEIJING, pauses=stops) == end


@given(st.integers(1, 72), st.integers(-72, 72))
def test_real_hours_are_real_where_the_clocks_are_put_forward_and_back(hours, around):
    """London, the night to 29 March 2026 and that to 25 October: an hour is missing, an hour stands twice."""
    london = ZoneInfo("Europe/London")
    for change in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)):
        start = (change + timedelta(hours=around)).astimezone(london)
        end = due(start, Limit(hours, "h"), calendar=CALENDAR)
        assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)

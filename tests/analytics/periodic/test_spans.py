"""The periods of reports and those that they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.analytics.periodic import spans
from jieban.analytics.periodic.spans import CYCLE, DAY, MONTH, WEEK, Period


@pytest.mark.parametrize(
    ("rhythm", "on", "since", "until"),
    [
        (DAY, "2021-11-30", "2021-11-30", "2021-11-30"),
        (WEEK, "2021-11-28", "2021-11-22", "2021-11-28"),
        (WEEK, "2021-11-30", "2021-11-22", "2021-11-28"),
        (MONTH, "2021-11-30", "2021-11-01", "2021-11-30"),
        (MONTH, "2021-11-29", "2021-10-01", "2021-10-31"),
        (CYCLE, "2021-11-18", "2021-10-19", "2021-11-18"),
        (CYCLE, "2021-11-17", "2021-09-19", "2021-10-18"),
        (CYCLE, "2021-11-30", "2021-10-19", "2021-11-18"),
    ],
)
def test_the_last_whole_period_ends_on_the_day_or_before(rhythm, on, since, until):
    found = spans.ending(rhythm, date.fromisoformat(on), cycle_start_day=19)
    assert found == Period(rhythm, date.fromisoformat(since), date.fromisoformat(until))


def test_a_day_is_compared_with_yesterday_the_same_weekday_and_the_same_date_a_year_before():
    day = spans.ending(DAY, date(2021, 11, 30))
    assert (day.before.since, day.last_year.since) == (date(2021, 11, 29), date(2020, 11, 30))
    assert [one.since for one in day.usual[:2]] == [date(2021, 11, 23), date(2021, 11, 16)]
    assert len(day.usual) == 8


def test_a_week_is_compared_with_the_week_52_weeks_ago():
    week = spans.ending(WEEK, date(2021, 11, 28))
    assert week.last_year == Period(WEEK, date(2020, 11, 23), date(2020, 11, 29))
    assert week.before == week.usual[0] == Period(WEEK, date(2021, 11, 15), date(2021, 11, 21))


def test_months_and_cycles_stay_whole_whatever_their_length():
    march = spans.ending(MONTH, date(2021, 3, 31))
    assert (march.before.since, march.before.until) == (date(2021, 2, 1), date(2021, 2, 28))
    assert (march.last_year.since, march.last_year.until) == (date(2020, 3, 1), date(2020, 3, 31))
    cycle = spans.ending(CYCLE, date(2021, 11, 18), cycle_start_day=19)
    assert (cycle.before.since, cycle.before.until) == (date(2021, 9, 19), date(2021, 10, 18))


def test_the_29th_of_february_is_compared_with_the_28th():
    assert spans.ending(DAY, date(2020, 2, 29)).last_year.since == date(2019, 2, 28)


@pytest.mark.parametrize(
    ("rhythm", "on", "label", "days"),
    [
        (DAY, "2021-11-30", "2021年11月30日", "11月30日（星期二）"),
        (WEEK, "2021-11-28", "2021年11月22日至28日", "11月22日至28日"),
        (WEEK, "2021-12-05", "2021年11月29日至12月5日", "11月29日至12月5日"),
        (WEEK, "2021-01-03", "2020年12月28日至2021年1月3日", "12月28日至2021年1月3日"),
        (MONTH, "2021-11-30", "2021年11月", "11月"),
        (CYCLE, "2021-11-18", "2021年10月19日至11月18日", "10月19日至11月18日"),
    ],
)
def test_periods_have_names(rhythm, on, label, days):
    found = spans.ending(rhythm, date.fromisoformat(on), cycle_start_day=19)
    assert (found.label, found.days) == (label, days)

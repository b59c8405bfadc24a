"""Hours: kinds of day by the calendar, what they bring, and two weeks over a Spring Festival that moves."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from jieban.analytics.forecasts import days
from jieban.core.deadlines import Calendar
from tests.analytics.forecasts.sown import HOURS, WEEK


def run(first: date, count: int) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for n in range(count))


# Spring Festival of 2020 and of 2021, National Day of 2020, with one make-up Sunday.
CALENDAR = Calendar(
    holidays=run(date(2020, 1, 24), 7) | run(date(2021, 2, 11), 7) | run(date(2020, 10, 1), 8),
    workdays=frozenset({date(2020, 9, 27)}),
)
BRINGS = {days.SPRING: 0.3, days.HOLIDAY: 0.6, days.MAKEUP: 1.0}


def counts(first: date, count: int, level: float = 600.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = []
    for n in range(count):
        day = first + timedelta(days=n)
        kind = days.kind(day, CALENDAR)
        out.append(rng.poisson(level * BRINGS.get(kind, WEEK[day.weekday()]) * HOURS / HOURS.sum()))
    return np.array(out, dtype=float)


def test_kind_of_a_day_follows_the_calendar() -> None:
    told = [date(2021, 2, 11), date(2020, 10, 3), date(2020, 9, 27), date(2021, 3, 3)]
    assert [days.kind(day, CALENDAR) for day in told] == [days.SPRING, days.HOLIDAY, days.MAKEUP, 2]


def test_short_holiday_in_february_is_no_spring_festival() -> None:
    assert days.kind(date(2022, 2, 1), Calendar(holidays=run(date(2022, 2, 1), 3))) == days.HOLIDAY


def test_factors_are_medians_against_the_level_around() -> None:
    # Weekdays bring 10, Sundays 5: against the median of the four weeks, 10, these are 1 and 0.5.
    kinds = [n % 7 for n in range(70)]
    totals = np.array([5.0 if kind == 6 else 10.0 for kind in kinds])
    found = days.factors(totals, kinds)
    assert (found[0], found[6]) == (1.0, 0.5)
    # Never seen: a holiday counts like a Sunday, a festival like a holiday, a make-up workday like a Monday.
    assert (found[days.HOLIDAY], found[days.SPRING], found[days.MAKEUP]) == (0.5, 0.5, 1.0)


def test_one_day_short_of_the_least_is_not_forecast() -> None:
    first = date(2020, 3, 1)
    assert days.least() == 91
    assert days.forecast(first, counts(first, 90), CALENDAR).model is None
    assert days.forecast(first, counts(first, 91), CALENDAR).model is not None


def test_festival_of_next_week_is_foreseen_though_it_moved() -> None:
    first = date(2019, 12, 1)
    known = (date(2021, 2, 8) - first).days
    every = counts(first, known + days.AHEAD)
    found = days.forecast(first, every[:known], CALENDAR)
    assert found.model is not None
    assert found.naive is not None
    said = found.model.mean.reshape(days.AHEAD, 24).sum(axis=1)
    festival = slice(3, 10)
    assert [day in CALENDAR.holidays for day in found.days].index(True) == 3
    assert np.abs(said[festival] / (600 * 0.3) - 1).max() < 0.2
    came = every[known:].sum(axis=1)
    last_week = found.naive.mean.reshape(days.AHEAD, 24).sum(axis=1)
    assert np.abs(said - came).mean() < 0.3 * np.abs(last_week - came).mean()


def test_hours_lie_where_calls_lie_and_intervals_are_ordered() -> None:
    first = date(2020, 3, 1)
    found = days.forecast(first, counts(first, 200), CALENDAR)
    band = found.model
    assert band is not None
    assert band.mean.shape == (days.AHEAD * 24,)
    noon, night = band.mean.reshape(days.AHEAD, 24)[:, 10], band.mean.reshape(days.AHEAD, 24)[:, 3]
    assert (noon > 5 * night).all()
    rising = [band.low[95], band.low[80], band.mean, band.high[80], band.high[95]]
    assert all((lower <= upper + 1e-9).all() for lower, upper in pairwise(rising))


def test_intervals_of_hours_hold_about_what_they_say() -> None:
    """Over twelve beginnings, 4,032 hours: 80 % intervals hold from 75 to 92 %, 95 % ones over 92 %."""
    first, inside = date(2020, 3, 1), {80: [], 95: []}
    for seed in range(12):
        every = counts(first, 160 + days.AHEAD, seed=seed)
        band = days.forecast(first, every[:160], CALENDAR).model
        assert band is not None
        came = every[160:].ravel()
        for level, found in inside.items():
            found += ((band.low[level] <= came) & (came <= band.high[level])).tolist()
    assert 0.75 < np.mean(inside[80]) < 0.92
    assert np.mean(inside[95]) > 0.92

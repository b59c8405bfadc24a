"""Calls by hour for the next two weeks: a day's level, times what its kind of day brings, shared out over its hours.

Kinds of day follow the city's calendar, so a moving Spring Festival, a long holiday and a make-up workday each bring
what such days brought before, and not what the same weekday brought last week. Beside it the same hour of last week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from jieban.analytics.forecasts import models, rules
from jieban.analytics.forecasts.rules import ROOT, Band, Trial, Values
from jieban.core.deadlines import Calendar

AHEAD: Final = 14
HOURS: Final = 24
WEEK: Final = 7
# Days from which level and hours are learned; origins of the trial, a week apart.
WINDOW: Final = 56
ORIGINS, FEWEST_ORIGINS = 8, 4
# Fewer calls a day than this and an hour's count is chance alone. Own default: one an hour.
ENOUGH: Final = 24.0
# Kinds of day: Monday to Sunday are 0 to 6.
MAKEUP, HOLIDAY, SPRING = 7, 8, 9
_LIKE: Final = {SPRING: HOLIDAY, HOLIDAY: 6, MAKEUP: 0}
_SEEN_ENOUGH: Final = 3
_FESTIVAL_FROM, _FESTIVAL_TO, _FESTIVAL_DAYS = (1, 20), (2, 22), 6


@dataclass(frozen=True, slots=True)
class Hourly:
    """Bands of the model and of last week's hours, one value an hour from midnight of the first day on; or none."""

    days: list[date]
    model: Band | None = None
    naive: Band | None = None
    model_mae: float | None = None
    naive_mae: float | None = None
    covered: Mapping[int, float] | None = None


def least() -> int:
    """The fewest days from which hours are forecast."""
    return WINDOW + AHEAD + WEEK * (FEWEST_ORIGINS - 1)


def forecast(first: date, counts: Values, calendar: Calendar) -> Hourly:
    """The next two weeks from counts by day (rows, the first one `first`) and hour (24 columns).

    Without bands where days or calls are too few (`least`, `ENOUGH`).
    """
    days = [first + timedelta(days=n) for n in range(len(counts) + AHEAD)]
    ahead = days[len(counts) :]
    if len(counts) < least() or counts[-WINDOW:].sum(axis=1).mean() < ENOUGH:
        return Hourly(ahead)
    kinds = [kind(day, calendar) for day in days]
    at = rules.origins(len(counts), least=WINDOW, steps=AHEAD, every=WEEK)[-ORIGINS:]
    sides = {}
    for name, model in (("model", _model), ("naive", _naive)):
        said = [model(counts[:known], kinds[: known + AHEAD]).ravel() for known in at]
        tried = Trial(np.array([counts[known : known + AHEAD].ravel() for known in at]), np.array(said))
        sides[name] = (_band(model(counts, kinds), tried), tried)
    (band, tried), (naive, naive_tried) = sides["model"], sides["naive"]
    return Hourly(ahead, band, naive, tried.mae, naive_tried.mae, _covered(tried))


def kind(day: date, calendar: Calendar) -> int:
    """The kind of a day: Spring Festival, another holiday, a make-up workday, or its weekday."""
    if day in calendar.holidays:
        return SPRING if _festival(day, calendar) else HOLIDAY
    return MAKEUP if day in calendar.workdays else day.weekday()


def _festival(day: date, calendar: Calendar) -> bool:
    """In a run of six holidays or more that touches the weeks in which Spring Festival falls."""
    run = [day]
    for way in (-1, 1):
        near = day + timedelta(days=way)
        while near in calendar.holidays:
            run.append(near)
            near += timedelta(days=way)
    inside = any(_FESTIVAL_FROM <= (one.month, one.day) <= _FESTIVAL_TO for one in run)
    return inside and len(run) >= _FESTIVAL_DAYS


def factors(totals: Values, kinds: Sequence[int]) -> dict[int, float]:
    """What each kind of day brings beside the level of its four weeks (median of the ratios).

    A kind seen on fewer than three days counts like the next plainer one: Spring Festival like a holiday, a holiday
    like a Sunday, a make-up workday like a Monday.
    """
    middle = _middles(totals)
    ratios: dict[int, list[float]] = {}
    for total, usual, one in zip(totals, middle, kinds, strict=False):
        if usual > 0:
            ratios.setdefault(one, []).append(float(total / usual))
    enough = {one: found for one, found in ratios.items() if len(found) >= _SEEN_ENOUGH or one < MAKEUP}
    known = {one: float(np.median(found)) for one, found in enough.items()}
    for one in (MAKEUP, HOLIDAY, SPRING):
        known.setdefault(one, known.get(_LIKE[one], 1.0))
    return known


def _middles(totals: Values) -> Values:
    """The median of the 29 days around each day, fewer at the ends."""
    reach = 2 * WEEK
    return np.array([np.median(totals[max(0, n - reach) : n + reach + 1]) for n in range(len(totals))])


def _model(counts: Values, kinds: Sequence[int]) -> Values:
    """Hours of the days after the counts, 24 columns; `kinds` also tells those of the days ahead."""
    totals = counts.sum(axis=1)
    brings = factors(totals, kinds)
    plain = totals / np.array([max(brings.get(one, 1.0), 0.05) for one in kinds[: len(totals)]])
    ahead = kinds[len(totals) :]
    days = models.level(plain[-WINDOW:], len(ahead)) * np.array([brings.get(one, 1.0) for one in ahead])
    shares = _shares(counts, kinds)
    return np.array([day * shares[_off(one)] for day, one in zip(days, ahead, strict=True)])


def _shares(counts: Values, kinds: Sequence[int]) -> dict[bool, Values]:
    """How a day's calls lie over its hours, for days on and off, by the newest days of that sort."""
    off = np.array([_off(one) for one in kinds[: len(counts)]])
    found = {}
    for sort in (False, True):
        sums = counts[off == sort][-WINDOW // 2 :].sum(axis=0)
        found[sort] = sums / sums.sum() if sums.sum() > 0 else np.full(HOURS, 1 / HOURS)
    return found


def _off(one: int) -> bool:
    return one in (5, 6, HOLIDAY, SPRING)


def _naive(counts: Values, kinds: Sequence[int]) -> Values:
    """The same hour of the last week known."""
    week = counts[-WEEK:]
    return np.array([week[n % WEEK] for n in range(len(kinds) - len(counts))])


def _band(said: Values, tried: Trial) -> Band:
    """Intervals hour of the day by hour of the day: at noon a forecast errs otherwise than at night."""
    errors = tried.errors(ROOT).reshape(len(tried.said), AHEAD, HOURS)
    parts = [rules.band(said[:, hour], errors[:, :, hour], ROOT) for hour in range(HOURS)]
    sides = [
        {level: np.array([getattr(part, end)[level] for part in parts]).T.ravel() for level in rules.LEVELS}
        for end in ("low", "high")
    ]
    return Band(np.maximum(said.ravel(), 0.0), *sides)


def _covered(tried: Trial) -> dict[int, float]:
    """The share of hours inside their interval, each origin judged by the errors of the others."""
    shape = (len(tried.said), AHEAD, HOURS)
    actual, said = tried.actual.reshape(shape), tried.said.reshape(shape)
    each = [rules.covered(Trial(actual[:, :, hour], said[:, :, hour]), ROOT) for hour in range(HOURS)]
    return {level: float(np.mean([one[level] for one in each])) for level in rules.LEVELS}

"""Monthly series: too short, too few, a season that is found, which side is better, and what is said to be covered."""

from __future__ import annotations

import numpy as np

from jieban.analytics.forecasts import months, rises

SEASON = 1 + 0.6 * np.sin(2 * np.pi * np.arange(12) / 12)


def series(rng: np.random.Generator, level: float, season=SEASON, count: int = 35) -> np.ndarray:
    return rng.poisson(level * np.resize(season, count)).astype(float)


def test_least_is_two_years_and_four_origins() -> None:
    assert (months.least(3), months.least(1)) == (30, 28)


def test_series_one_month_short_is_not_forecast_and_says_so() -> None:
    values = np.full(29, 100.0)
    assert months.forecast(values, 3) == months.Monthly(months.SHORT)
    assert months.forecast(np.append(values, 100.0), 3).status == months.OK


def test_series_with_too_few_contacts_is_not_forecast_and_says_so() -> None:
    assert months.forecast(np.full(35, 2.9), 3) == months.Monthly(months.FEW)
    assert months.flat(months.Monthly(months.FEW))["model"] == []


def test_season_is_found_again() -> None:
    rng = np.random.default_rng(1)
    found = months.forecast(series(rng, 900.0), 3)
    expected = 900 * np.resize(SEASON, 38)[35:]
    assert found.model is not None
    assert np.abs(found.model.band.mean / expected - 1).max() < 0.1
    assert ((found.model.band.low[95] < expected) & (expected < found.model.band.high[95])).all()


def test_series_that_repeats_last_year_exactly_leaves_seasonal_naive_without_error() -> None:
    found = months.forecast(np.resize(np.round(500 * SEASON), 36), 3)
    assert found.naive is not None
    assert found.naive.mae == 0
    assert found.naive.band.mean.tolist() == np.round(500 * SEASON)[:3].tolist()


def test_jump_of_last_year_is_told_by_the_better_side() -> None:
    # The noise differs year by year and the level grows: last year's month is always too low.
    rng = np.random.default_rng(2)
    values = series(rng, 800.0) * np.linspace(1, 2, 35)
    found = months.forecast(values, 3)
    assert (found.better, found.side is found.model) == (months.MODEL, True)


def test_intervals_hold_about_what_they_say_on_noise() -> None:
    """300 series: the true interval of 80 % holds from 72 to 95 % of the next three months, that of 95 % over 92 %."""
    rng = np.random.default_rng(3)
    inside = {80: [], 95: []}
    for _ in range(100):
        values = series(rng, 60.0, count=38)
        side = months.forecast(values[:35], 3).model
        assert side is not None
        for level, found in inside.items():
            found += ((side.band.low[level] <= values[35:]) & (values[35:] <= side.band.high[level])).tolist()
    assert 0.72 < np.mean(inside[80]) < 0.95
    assert np.mean(inside[95]) > 0.92


def test_flat_noise_is_called_a_rise_less_often_than_stated() -> None:
    """Stated: at most one month in ten; of 300 months of pure noise no more than 12 are called."""
    rng = np.random.default_rng(4)
    called = 0
    for _ in range(100):
        values = rng.poisson(60, 35).astype(float)
        side = months.forecast(values, 3).side
        assert side is not None
        band = side.band
        called += len(rises.rises(values.tolist(), band.mean, band.low[80], band.low[95], band.high[80]))
    assert called <= 12


def test_months_follow_over_the_year() -> None:
    assert months.after(202111, 3) == [202112, 202201, 202202]
    assert months.between(202011, 202102) == [202011, 202012, 202101, 202102]
    assert months.between(202102, 202101) == []

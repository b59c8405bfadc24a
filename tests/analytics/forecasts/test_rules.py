"""Seasonal naive, MASE, spread, intervals and cover, each by an answer worked out on paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from jieban.analytics.forecasts import rules
from jieban.analytics.forecasts.rules import LOG, ROOT, Trial


def array(*values: float) -> rules.Values:
    return np.array(values, dtype=float)


def test_seasonal_naive_says_the_last_season_again_and_again() -> None:
    said = rules.seasonal_naive(array(9, 9, 9, 1, 2, 3), 5, 3)
    assert said.tolist() == [1, 2, 3, 1, 2]


def test_origins_leave_the_steps_to_compare_and_the_least_to_learn_from() -> None:
    assert rules.origins(10, least=6, steps=2) == [6, 7, 8]
    assert rules.origins(12, least=5, steps=2, every=3) == [7, 10]


def test_mase_is_the_error_over_that_of_last_season() -> None:
    # Season 2: differences |3-1|, |6-2|, |5-3|, |8-6| = 2, 4, 2, 2, mean 2.5. Errors 1, 0, 3, 1: mean 1.25.
    values = array(1, 2, 3, 6, 5, 8)
    tried = Trial(np.array([[3.0, 6.0], [5.0, 8.0]]), np.array([[2.0, 6.0], [8.0, 7.0]]))
    assert tried.mae == pytest.approx(1.25)
    assert rules.mase(tried, values, 2) == pytest.approx(0.5)


def test_mase_of_a_series_that_repeats_itself_is_not_told() -> None:
    tried = Trial(np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]]))
    assert rules.mase(tried, array(1, 2, 1, 2), 2) is None


def test_trial_lets_the_model_see_only_what_was_known() -> None:
    tried = rules.trial(array(1, 2, 3, 4, 5, 6), lambda known, steps: np.full(steps, known[-1]), at=[2, 4], steps=2)
    assert (tried.actual.tolist(), tried.said.tolist()) == ([[3, 4], [5, 6]], [[2, 2], [4, 4]])


def test_interval_is_students_t_times_the_spread_on_its_scale() -> None:
    # Errors 1 and -1 on the root scale from three origins: spread 1; t with 2 degrees at 90 % is 1.8856.
    found = rules.band(array(100.0), np.array([[1.0], [-1.0], [1.0]]), ROOT)
    reach = float(stats.t.ppf(0.9, 2))
    assert reach == pytest.approx(1.8856, abs=1e-4)
    assert (found.low[80][0], found.high[80][0]) == pytest.approx(((10 - reach) ** 2, (10 + reach) ** 2))


@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_intervals_are_ordered_and_never_below_nothing(scale: rules.Scale) -> None:
    rng = np.random.default_rng(5)
    found = rules.band(rng.uniform(0, 50, 40), rng.normal(0, 2, (6, 3)), scale)
    rising = [found.low[95], found.low[80], found.mean, found.high[80], found.high[95]]
    assert all((lower <= upper + 1e-9).all() for lower, upper in pairwise(rising))
    assert (found.low[95] >= 0).all()


def test_cover_judges_each_origin_by_the_errors_of_the_others() -> None:
    # On the log scale: errors 0.1, -0.1, 0.1 and then 5: three are inside what the others allow, the last is not.
    actual = np.expm1(np.array([[2.1], [1.9], [2.1], [7.0]]))
    found = rules.covered(Trial(actual, np.expm1(np.full((4, 1), 2.0))), LOG)
    assert found == {80: 0.75, 95: 0.75}

"""The two models, from statsforecast. Loading it takes seconds, so only who makes forecasts does."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np

from jieban.analytics.forecasts import rules
from jieban.analytics.forecasts.rules import Values

YEAR = 12


def monthly(values: Values, steps: int) -> Values:
    """Months ahead: the season by loess (MSTL), the level by exponential smoothing. Needs two years of months."""
    return _said(_season(), values, steps)


def last_year(values: Values, steps: int) -> Values:
    """Months ahead by seasonal naive: the same month a year before."""
    return rules.seasonal_naive(values, steps, YEAR)


def level(values: Values, steps: int) -> Values:
    """The level of a series without season, by exponential smoothing with additive errors."""
    return _said(_level(), values, steps)


def _said(model: Any, values: Values, steps: int) -> Values:
    with warnings.catch_warnings():
        # numpy and statsmodels warn of series that do not move at all; the answer is right.
        warnings.simplefilter("ignore", RuntimeWarning)
        mean: Values = np.asarray(model.forecast(values, h=steps)["mean"], dtype=float)
    return np.maximum(mean, 0.0)


@cache
def _season() -> Any:
    from statsforecast.models import MSTL, AutoETS

    return MSTL(season_length=YEAR, trend_forecaster=AutoETS(model="ANN"))


@cache
def _level() -> Any:
    from statsforecast.models import AutoETS

    return AutoETS(model="ANN")

"""A series of months forecast: the model, seasonal naive beside it, which was better in the past, and intervals.

Too short or too small a series is not forecast, and the result says which of the two it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from jieban.analytics.forecasts import models, rules
from jieban.analytics.forecasts.rules import LOG, Band, Trial, Values

OK, SHORT, FEW = "ok", "short", "few"
MODEL, NAIVE = "model", "naive"
# Two years for the season, and at least so many origins on top to learn the errors from.
TRAINING: Final = 24
ORIGINS: Final = 4
# A month must bring so many contacts on average of the last twelve, or chance alone decides.
ENOUGH: Final = 3.0
STEPS, MOST_STEPS = 3, 12


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two forecasts: its band, error in the past (MASE, mean absolute), and the share its intervals held."""

    band: Band
    mase: float | None
    mae: float
    covered: dict[int, float]


@dataclass(frozen=True, slots=True)
class Monthly:
    """What is said about one series. `model` and `naive` are None unless `status` is ok."""

    status: str
    model: Side | None = None
    naive: Side | None = None

    @property
    def better(self) -> str:
        """Which had the smaller error in the past; the model where both had the same."""
        if self.model is None or self.naive is None:
            return ""
        return MODEL if self.model.mae <= self.naive.mae else NAIVE

    @property
    def side(self) -> Side | None:
        """The better one."""
        return self.naive if self.better == NAIVE else self.model


def least(steps: int) -> int:
    """The fewest months from which so many are forecast."""
    return TRAINING + ORIGINS - 1 + steps


def forecast(values: Values, steps: int, *, every: int = 1) -> Monthly:
    """The next months of a series of monthly counts, oldest first; `every` thins out the origins of the trial."""
    if len(values) < least(steps):
        return Monthly(SHORT)
    if values[-models.YEAR :].mean() < ENOUGH:
        return Monthly(FEW)
    at = rules.origins(len(values), least=TRAINING, steps=steps, every=every)
    return Monthly(OK, _side(values, models.monthly, at, steps), _side(values, models.last_year, at, steps))


def _side(values: Values, model: rules.Model, at: list[int], steps: int) -> Side:
    tried: Trial = rules.trial(values, model, at=at, steps=steps)
    band = rules.band(model(values, steps), tried.errors(LOG), LOG)
    return Side(band, rules.mase(tried, values, models.YEAR), tried.mae, rules.covered(tried, LOG))


def after(month: int, steps: int) -> list[int]:
    """The months after one, as yyyymm."""
    first = month // 100 * 12 + month % 100 - 1
    return [(first + n) // 12 * 100 + (first + n) % 12 + 1 for n in range(1, steps + 1)]


def between(first: int, last: int) -> list[int]:
    """All months from one to another, both in, as yyyymm."""
    count = last // 100 * 12 + last % 100 - first // 100 * 12 - first % 100
    return [first, *after(first, count)] if count >= 0 else []


def dense(counts: dict[int, int], months: list[int]) -> Values:
    """A count for every month; 0 where none is."""
    return np.array([float(counts.get(month, 0)) for month in months])


def flat(found: Monthly) -> dict[str, Any]:
    """The result as plain columns of a row."""
    row: dict[str, Any] = {"status": found.status, "better": found.better}
    for name, side in (("model", found.model), ("naive", found.naive)):
        row |= _columns(name, side)
    return row


def _columns(name: str, side: Side | None) -> dict[str, Any]:
    if side is None:
        keys = ("", *(f"_{end}{level}" for end in ("low", "high") for level in rules.LEVELS))
        return {f"{name}{key}": [] for key in keys} | {f"{name}_mase": None, f"{name}_mae": None} | {
            f"{name}_covered{level}": None for level in rules.LEVELS
        }  # fmt: skip
    row: dict[str, Any] = {name: side.band.mean.tolist()}
    for level in rules.LEVELS:
        row[f"{name}_low{level}"] = side.band.low[level].tolist()
        row[f"{name}_high{level}"] = side.band.high[level].tolist()
        row[f"{name}_covered{level}"] = side.covered[level]
    return row | {f"{name}_mase": rules.finite(side.mase), f"{name}_mae": side.mae}

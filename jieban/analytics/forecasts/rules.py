"""How a forecast is judged and how wide its interval is. Plain arithmetic on arrays; nothing here knows a model.

Every forecast is tried on the past first (rolling origin: Tashman 2000, doi:10.1016/S0169-2070(00)00065-0). From what
it got wrong there come its accuracy (MASE: Hyndman and Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001) and its
intervals, so that an interval is as wide as the errors that were really made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Values = npt.NDArray[np.float64]
Model = Callable[[Values, int], Values]

LEVELS = (80, 95)


@dataclass(frozen=True, slots=True)
class Scale:
    """On which scale errors are alike for small and large counts: `to` it and `back`; both take arrays."""

    to: Callable[[Values], Values]
    back: Callable[[Values], Values]


def _log(values: Values) -> Values:
    return np.log1p(np.maximum(values, 0.0))


def _from_log(values: Values) -> Values:
    return np.maximum(np.expm1(values), 0.0)


def _root(values: Values) -> Values:
    return np.sqrt(np.maximum(values, 0.0))


def _from_root(values: Values) -> Values:
    return np.square(np.maximum(values, 0.0))


# Months swing by parts of themselves; single hours swing like counts do.
LOG = Scale(_log, _from_log)
ROOT = Scale(_root, _from_root)


@dataclass(frozen=True, slots=True)
class Trial:
    """A forecast tried on the past: one row an origin, one column a step; what came and what was said."""

    actual: Values
    said: Values

    def errors(self, scale: Scale) -> Values:
        """What came less what was said, on the scale."""
        return scale.to(self.actual) - scale.to(self.said)

    @property
    def mae(self) -> float:
        """Mean absolute error, in the unit of the counts."""
        return float(np.abs(self.actual - self.said).mean())


@dataclass(frozen=True, slots=True)
class Band:
    """A forecast with its intervals; `low` and `high` by level in per cent. One value a step."""

    mean: Values
    low: dict[int, Values]
    high: dict[int, Values]


def seasonal_naive(values: Values, steps: int, season: int) -> Values:
    """The last whole season again. Needs at least one season of values."""
    last = values[-season:]
    return np.array([last[step % season] for step in range(steps)])


def origins(length: int, *, least: int, steps: int, every: int = 1) -> list[int]:
    """How many values are known at each origin of a trial: from `least` on, with `steps` values left to compare."""
    return list(range(length - steps, least - 1, -every))[::-1]


def trial(values: Values, model: Model, *, at: Sequence[int], steps: int) -> Trial:
    """Let the model forecast from each origin what is known by now."""
    actual = np.array([values[known : known + steps] for known in at])
    said = np.array([model(values[:known], steps) for known in at])
    return Trial(actual, np.maximum(said, 0.0))


def mase(tried: Trial, values: Values, season: int) -> float | None:
    """The mean absolute error over that of saying last season's value inside the series; None if that makes none.

    Below 1 is better than last season's value on average.
    """
    usual = float(np.abs(values[season:] - values[:-season]).mean())
    return tried.mae / usual if usual > 0 else None


def spread(errors: Values) -> tuple[float, int]:
    """The root mean square of errors (so also of being too high all the time), and how many origins it rests on."""
    return float(np.sqrt(np.square(errors).mean())), len(errors)


def band(mean: Values, errors: Values, scale: Scale) -> Band:
    """Intervals around a forecast from the errors of its trial, by Student's t with one degree less than origins."""
    size, count = spread(errors)
    middle = scale.to(mean)
    low, high = {}, {}
    for level in LEVELS:
        reach = _reach(level, count) * size
        low[level], high[level] = scale.back(middle - reach), scale.back(middle + reach)
    return Band(np.maximum(mean, 0.0), low, high)


def covered(tried: Trial, scale: Scale) -> dict[int, float]:
    """The share of what came that lay inside the interval, each origin judged by the errors of the others."""
    errors = tried.errors(scale)
    inside: dict[int, list[bool]] = {level: [] for level in LEVELS}
    for out in range(len(errors)):
        size, count = spread(np.delete(errors, out, axis=0))
        for level in LEVELS:
            inside[level].extend(np.abs(errors[out]) <= _reach(level, count) * size)
    return {level: float(np.mean(found)) for level, found in inside.items()}


def _reach(level: int, origins_: int) -> float:
    """Half the width of an interval in units of the spread."""
    return float(stats.t.ppf(0.5 + level / 200, max(origins_ - 1, 1)))


def finite(value: float | None) -> float | None:
    """A number that JSON can hold, or None."""
    return value if value is not None and math.isfinite(value) else None

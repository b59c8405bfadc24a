"""Draws that keep to their shares: of `n` rows as many get each value as its share says, to within one row."""

from __future__ import annotations

import numpy as np

from simulation.lake.city import Floats, Ints


def even(rng: np.random.Generator, n: int) -> Floats:
    """Numbers between 0 and 1 spread evenly, in random sequence: any share of them is hit to one row."""
    return (rng.permutation(n) + rng.random()) / max(n, 1)


def pick(chances: Floats, u: Floats) -> Ints:
    """The place of each `u` in one row of running chances."""
    found: Ints = np.minimum(np.searchsorted(chances, u, side="right"), len(chances) - 1)
    return found


def pick_rows(chances: Floats, rows: Ints, u: Floats) -> Ints:
    """The place of each `u` in the row of running chances that is named for it."""
    laid = (chances + np.arange(len(chances))[:, None]).ravel()
    found = np.searchsorted(laid, rows + u, side="right") - rows * chances.shape[1]
    inside: Ints = np.clip(found, 0, chances.shape[1] - 1)
    return inside


def parted(rng: np.random.Generator, n: int, weights: Floats) -> Ints:
    """`n` places in random sequence, each as often as its weight says to within one, with a random start."""
    sums = np.floor(np.cumsum(weights) / weights.sum() * n + rng.random()).astype(np.int64)
    sums[-1] = n
    return rng.permutation(np.repeat(np.arange(len(weights)), np.maximum(np.diff(sums, prepend=0), 0)))[:n]


def lognormal(rng: np.random.Generator, n: int, median: Floats | float, sigma: float) -> Floats:
    """Durations around a median."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(n)))

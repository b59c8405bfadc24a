"""Tables of numbers that keep to given sums: scaling in turn until every sum lies within its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.lake.city import Floats, Ints


@dataclass(frozen=True, slots=True)
class Bound:
    """The cells at these flat places add up to at least `low` and at most `high`."""

    cells: Ints
    low: float
    high: float


def fit(table: Floats, bounds: Sequence[Bound], *, rounds: int = 400, within: float = 1e-4) -> Floats:
    """The table scaled until each bound holds; the nearest in the sense of relative entropy where all can hold.

    ValueError where they do not hold to `within` (relative) after so many rounds: they contradict each other.
    """
    flat = table.astype(float).ravel().copy()
    worst = np.inf
    for _ in range(rounds):
        worst = max(_scale(flat, bound) for bound in bounds)
        if worst < within:
            return flat.reshape(table.shape)
    raise ValueError(f"The sums contradict each other: still {worst:.4f} apart after {rounds} rounds.")


def _scale(flat: Floats, bound: Bound) -> float:
    now = float(flat[bound.cells].sum())
    aim = min(max(now, bound.low), bound.high)
    if aim == now:
        return 0.0
    flat[bound.cells] *= aim / max(now, 1e-12)
    return abs(aim - now) / max(aim, 1.0)


def rake(table: Floats, sums: Sequence[tuple[int, Floats]], rounds: int = 60) -> Floats:
    """A stack of tables whose sums over one axis each become those given: (axis, sums without that axis), in turn."""
    out = table.astype(float).copy()
    for _ in range(rounds):
        for axis, aim in sums:
            now = out.sum(axis=axis)
            out *= np.expand_dims(np.divide(aim, now, out=np.zeros_like(aim, dtype=float), where=now > 0), axis)
    return out


def whole(numbers: Floats) -> Ints:
    """Whole numbers whose running sums are the rounded running sums of these, in the sequence of the array."""
    sums = np.rint(np.cumsum(numbers.ravel()) + 1e-9).astype(np.int64)
    return np.diff(sums, prepend=0).reshape(numbers.shape)

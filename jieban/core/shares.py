"""Exact intervals for a share of few cases. Pure."""

from __future__ import annotations

from scipy.special import betaincinv


def exact(hits: int, out_of: int, *, sure: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval of `hits` in `out_of` (Clopper and Pearson 1934); 0 to 1 where there is no case."""
    if out_of == 0:
        return (0.0, 1.0)
    tail = (1 - sure) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, out_of - hits + 1, tail))
    high = 1.0 if hits == out_of else float(betaincinv(hits + 1, out_of - hits, 1 - tail))
    return (low, high)

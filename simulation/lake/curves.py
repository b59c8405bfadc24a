"""Accepted items by month and second level of category, in 万, as the report prints and tells them."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.figures import Figures
from simulation.lake import fitting
from simulation.lake.city import ONLY, City, Floats

# Half a printed unit, less what whole numbers of items may cost.
_ROUNDING = 0.45


def accepted(city: City, figures: Figures) -> Floats:
    """(35 months, second levels and none). The month sums are the chosen ones, the category sums the printed ones."""
    months = np.array(figures.accepted, dtype=float)
    table = np.zeros((len(months), len(city.two) + 1))
    table[:, -1] = months
    for index, code in enumerate(city.one):
        mine = np.flatnonzero(city.two_of[:-1] == index)
        volumes = level2(city, figures, code, [city.two[n] for n in mine])
        by_month = curve(figures, city.names[code]) * volumes.sum()
        waves = np.array([wave(figures, city.names[city.two[n]]) for n in mine]).T
        table[:, mine] = fitting.rake(waves * by_month[:, None] * volumes, [(0, volumes), (1, by_month)])
    volumes = table.sum(axis=0)
    volumes[-1] = months.sum() - volumes[:-1].sum()
    return fitting.rake(table, [(0, volumes), (1, months)])


def level2(city: City, figures: Figures, code: str, codes: list[str]) -> Floats:
    """The volumes of the second levels of a category: those printed; the rest is parted by the sequence of codes."""
    name = city.names[code]
    printed = figures.printed["categories_top10_accepted"].get(name)
    whole = printed["accepted"] if printed else figures.chosen["volumes"][name]
    known = printed["level2"] if printed else {}
    parts: dict[str, float] = figures.chosen["level2"].get(name, {})
    named = np.array([known.get(city.names[c], 0.0) for c in codes], dtype=float)
    only = np.array([c.endswith(ONLY) for c in codes])
    open_ = (named == 0) & ~only
    if not open_.any() and whole > named.sum():
        open_ = only
    weights = np.array([parts.get(city.names[c], (n + 1.0) ** -0.7) for n, c in enumerate(codes)]) * open_
    rest = max(whole - named.sum(), 0.3 * open_.sum())
    volumes = named + (weights / weights.sum() * rest if open_.any() else 0)
    return _within(volumes, named, whole)


def _within(volumes: Floats, named: Floats, whole: float) -> Floats:
    """Taken down, each by less than it is rounded by, where they add up to more than is printed for the whole."""
    over = volumes.sum() - (whole + _ROUNDING)
    less: Floats = volumes - (named > 0) * max(over, 0) / max((named > 0).sum(), 1)
    return less


def curve(figures: Figures, name: str) -> Floats:
    """Shares of the 35 months in a category's volume; they add up to 1."""
    said: dict[str, Any] = figures.chosen["curve"][name]
    at = [_count(month) for month, _ in said["level"]]
    heights = np.interp([_count(m) for m in figures.months], at, [height for _, height in said["level"]])
    season = np.array([said.get("season", [1] * 12)[month % 100 - 1] for month in figures.months])
    shape: Floats = heights * season / (heights * season).sum()
    return shape


def wave(figures: Figures, name: str) -> Floats:
    """How much more than usual a second level is heard in each month."""
    out = np.ones(len(figures.months))
    for first, last, times in figures.chosen["wave"].get(name, []):
        for n, month in enumerate(figures.months):
            if first <= (month if first > 12 else month % 100) <= last:
                out[n] = times
    return np.maximum(out, 1e-6)


def _count(month: int) -> int:
    return month // 100 * 12 + month % 100

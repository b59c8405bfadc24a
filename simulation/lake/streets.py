"""How much each street handles over the three years and what it led in 2021.

Printed are the ends, and the governance streets with their ranks in the city; a smooth curve goes through the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.figures import Figures
from simulation.lake.city import City, Floats, Ints

# What part of what it handles a unit leads, and the least and most that may have fallen into 2021.
_TAIL = (900.0, 40.0)
_SWAPS = 40_000


@dataclass(frozen=True, slots=True)
class Volumes:
    """In items at full size: `whole` handled over the three years, `led` in 2021 as annex 1 counts, by street."""

    whole: Floats
    led: Floats


def volumes(city: City, figures: Figures, handled: Floats, led_share: float) -> Volumes:
    """Volumes by street. `handled` are the districts' street sums (items), `led_share` leads per assignment."""
    led = _led(city, figures, handled)
    whole = np.zeros(len(city.streets))
    for d in range(len(city.districts)):
        mine = city.streets_of(d)
        whole[mine] = _whole(city, figures, mine, led[mine] / led_share, handled[d])
    return Volumes(whole, led)


def _led(city: City, figures: Figures, handled: Floats) -> Floats:
    """What each street led in 2021: printed for the governance streets, by rank for the others."""
    rows = figures.printed["governance_streets"]["rows"]
    known = {city.streets.index(row["code"]): row for row in rows}
    by_rank = _curve(city, rows)
    least = city.streets.index(figures.printed["extremes"]["street_min"]["code"])
    taken = {row["volume_rank_city"] for row in rows} | {len(city.streets)}
    free = [rank for rank in range(1, len(city.streets) + 1) if rank not in taken]
    out = np.zeros(len(city.streets))
    for street, row in known.items():
        out[street] = row["volume_2021_01_11_items"]
    out[least] = by_rank[-1]
    open_ = np.array([s for s in range(len(out)) if s not in known and s != least])
    aims = handled / handled.sum() * by_rank.sum()
    out[open_] = _deal(city, by_rank[np.array(free) - 1], open_, aims - _sums(city, out))
    return out


def _sums(city: City, values: Floats) -> Floats:
    sums: Floats = np.bincount(city.street_district, values, minlength=len(city.districts)).astype(float)
    return sums


def _curve(city: City, rows: list[dict[str, float]]) -> Floats:
    """Volume by rank, through the printed ones; the tail falls to that of the least."""
    at = sorted((int(row["volume_rank_city"]), float(row["volume_2021_01_11_items"])) for row in rows)
    end = len(city.streets)
    ranks = [rank for rank, _ in at] + [end - 20, end - 19, end - 1, end]
    logs = np.log([volume for _, volume in at] + [1650, 1200, 420, 255])
    return np.exp(np.interp(np.arange(1, end + 1), ranks, logs))


def _deal(city: City, values: Floats, streets: Ints, aims: Floats) -> Floats:
    """Hand the values out to the streets so that each district's sum comes near its aim: dealt, then swapped."""
    rng = np.random.default_rng(20211130)
    order = rng.permutation(len(values))
    dealt, district = values[order], city.street_district[streets]
    over = np.bincount(district, dealt, minlength=len(aims)) - aims
    for a, b in rng.integers(0, len(dealt), (_SWAPS, 2)):
        i, j, change = district[a], district[b], dealt[b] - dealt[a]
        better = abs(over[i] + change) + abs(over[j] - change) < abs(over[i]) + abs(over[j])
        if i != j and better:
            dealt[a], dealt[b] = dealt[b], dealt[a]
            over[i] += change
            over[j] -= change
    return dealt


def _whole(city: City, figures: Figures, mine: Ints, in_2021: Floats, handled: float) -> Floats:
    """Three years of a district's streets: their 2021 times one factor, but for the printed ends."""
    sizes = figures.chosen["sizes"]
    codes = [city.streets[s] for s in mine]
    fixed = np.array([float(sizes.get(code, 0)) for code in codes])
    # Exactly twenty streets stay under 4,000: those that come last.
    small = in_2021 < _SMALL
    out = np.where(fixed > 0, fixed, in_2021)
    free = (fixed == 0) & ~small
    small = small & (fixed == 0)
    out[small] = in_2021[small] * 2.1
    for _ in range(60):
        out[free] *= (handled - out[~free].sum()) / out[free].sum()
        out[free] = np.clip(out[free], np.maximum(in_2021[free] * 1.15, 4_300), sizes["most"])
    return out


_SMALL = 1600.0


def weights(city: City, sizes: Volumes, led: float) -> Floats:
    """(before 2021 and in it, streets): each street's part of what the streets of its district handle."""
    late = sizes.led / led
    out = np.array([np.maximum(sizes.whole - late, 1.0), late])
    parts: Floats = out / np.array([_sums(city, row)[city.street_district] for row in out])
    return parts

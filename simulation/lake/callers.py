"""Who calls: as many numbers in each year as printed, as many of them known from before, and few that call often.

A year's numbers count from 0. The first are those heard in all three years, so that frequent callers, who have low
numbers, are mostly those who come back. Every number calls at least once in its year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.figures import Figures
from simulation.lake.city import Ints


@dataclass(frozen=True, slots=True)
class Year:
    """`sets`: (how many, first identity) of the parts that the year's numbers are made of; `contacts` by month."""

    numbers: int
    sets: list[tuple[int, int]]
    contacts: dict[int, tuple[int, int]]
    whole: int


@dataclass(frozen=True, slots=True)
class Callers:
    """The years of a city and the seed of its keys."""

    years: dict[int, Year]
    seed: int


def plan(figures: Figures, months: list[tuple[int, int]], seed: int) -> Callers:
    """The numbers of each year. `months`: (yyyymm, contacts)."""
    parts = _parts(figures)
    years: dict[int, Year] = {}
    for year in sorted({month // 100 for month, _ in months}):
        mine = {m: n for m, n in months if m // 100 == year}
        like = min(year, 2021)
        printed = next(y["accepted"] for y in figures.printed["annual_accepted"] if y["year"] == like)
        times = sum(mine.values()) / (printed * 1e4)
        sets = [(round(size * 1e4 * times), _identity(name, year)) for name, size in parts[like]]
        ends = np.cumsum([0, *mine.values()])
        spans = {m: (int(a), int(b)) for m, a, b in zip(mine, ends, ends[1:], strict=False)}
        years[year] = Year(sum(n for n, _ in sets), sets, spans, int(ends[-1]))
    return Callers(years, seed)


def _parts(figures: Figures) -> dict[int, list[tuple[str, float]]]:
    """Sizes of the sets of numbers, in 万, so that totals, returning shares and those of all years are as printed."""
    said, chosen = figures.printed["caller_numbers"], figures.chosen["callers"]
    a, b, c, always, ends = said["2019"], said["2020"], said["2021"], chosen["always"], chosen["first_and_last"]
    known_b = b * (100 - said["new_number_share_2020_pct"]) / 100
    known_c = c * (100 - said["new_number_share_2021_pct"]) / 100
    ab, bc = known_b - always, known_c - always - ends
    return {
        2019: [("abc", always), ("ab", ab), ("ac", ends), ("a", a - always - ab - ends)],
        2020: [("abc", always), ("ab", ab), ("bc", bc), ("b", b - always - ab - bc)],
        2021: [("abc", always), ("bc", bc), ("ac", ends), ("c", c - always - bc - ends)],
    }


_SETS = ("abc", "ab", "ac", "bc", "a", "b", "c")


def _identity(name: str, year: int) -> int:
    """Where the identities of a set begin; numbers new in a year after the printed ones are new in each such year."""
    place = _SETS.index(name) + (10 * (year - 2021) if name == "c" else 0)
    return place << 32


def draw(callers: Callers, month: int, n: int, rng: np.random.Generator) -> Ints:
    """Keys of the callers of a month's `n` contacts, in random sequence."""
    year = callers.years[month // 100]
    start, end = year.contacts[month]
    numbers = min(year.numbers, year.whole)
    low, high = numbers * start // year.whole, numbers * end // year.whole
    once = _shuffled(np.arange(low, high), numbers)
    often = (numbers * rng.random(n - len(once)) ** 2.0).astype(np.int64)
    return _keys(callers.seed, _who(year, rng.permutation(np.concatenate([once, often]))))


def _shuffled(places: Ints, size: int) -> Ints:
    """Places of a fixed permutation, so that each number has its sure call in some month or other."""
    step = 2_654_435_761
    while np.gcd(step, size) != 1:
        step += 2
    return (places * (step % size)) % size


def _who(year: Year, numbers: Ints) -> Ints:
    sizes = np.cumsum([size for size, _ in year.sets])
    part = np.minimum(np.searchsorted(sizes, numbers, side="right"), len(sizes) - 1)
    firsts = np.array([first for _, first in year.sets])
    who: Ints = firsts[part] + numbers - np.concatenate([[0], sizes])[part]
    return who


def _keys(seed: int, who: Ints) -> Ints:
    """Each identity scattered over 63 bits (splitmix64)."""
    x = who.astype(np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)

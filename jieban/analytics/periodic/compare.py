"""What explains a change, and what is out of the usual: plain sums on lists of numbers. Pure functions.

What moved a volume is the difference of each part; the parts add up to the whole difference. What moved a rate is, of
each unit, how far it pulled the whole above or below the earlier rate; these too add up to the whole difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from jieban.analytics.periodic.words import Rate

# Below these it is not asked what moved a volume: that many cases, and that share of what was before.
WORTH, WORTH_SHARE = 10, 0.03
# So many usual periods are needed to call anything unusual; so many cases more than usual; so far off the mean.
KNOWN: Final = 4
_LEAST, _WIDTH = 5, 2.0
# A part of at least this share of the difference is said to drive it.
_MAIN = 0.1
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One number now, in the period before, a year before, and in the usual ones; None where the lake is too young."""

    now: int
    before: int | None
    last_year: int | None
    usual: tuple[int, ...]
    week_ago: int | None = None


ZERO: Final = Line(0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Drivers:
    """A difference, the parts that go with it and those against it (largest first), and what is left of it."""

    total: int
    along: tuple[tuple[str, int], ...]
    against: tuple[tuple[str, int], ...]

    @property
    def rest(self) -> int:
        """The difference of all parts that are not in `along`."""
        return self.total - sum(step for _, step in self.along)


def drivers(parts: Mapping[str, Line]) -> Drivers | None:
    """What moved the sum of the parts; None where it hardly moved or what was before is not known."""
    known = {key: line for key, line in parts.items() if line.before is not None}
    if not known or len(known) < len(parts):
        return None
    steps = {key: line.now - (line.before or 0) for key, line in known.items()}
    total, base = sum(steps.values()), sum(line.before or 0 for line in known.values())
    if abs(total) < max(WORTH, WORTH_SHARE * base):
        return None
    sign = 1 if total > 0 else -1
    ordered = sorted(steps.items(), key=lambda one: (-abs(one[1]), one[0]))
    along = [one for one in ordered if one[1] * sign > 0 and abs(one[1]) >= _MAIN * abs(total)]
    against = [one for one in ordered if one[1] * sign < 0 and abs(one[1]) >= max(_LEAST, abs(total) / 5)]
    return Drivers(total, tuple(along[:_NAMED]), tuple(against[:2]))


@dataclass(frozen=True, slots=True)
class Unusual:
    """A number far off its usual ones: their mean, least and most, and how many they are."""

    key: str
    now: int
    mean: float
    least: int
    most: int
    known: int

    @property
    def high(self) -> bool:
        """Above the usual."""
        return self.now > self.mean


def unusual(key: str, line: Line) -> Unusual | None:
    """Whether now is out of the usual: more than two standard deviations off the mean, and beyond all usual ones.

    The standard deviation is never taken as less than the root of the mean, which chance alone brings. None as well
    with fewer than `KNOWN` usual periods, a difference of fewer than five cases, or a year before that was like it.
    """
    if len(line.usual) < KNOWN:
        return None
    mean = fmean(line.usual)
    width = _WIDTH * max(stdev(line.usual), sqrt(mean), 1.0)
    far = abs(line.now - mean) > max(width, _LEAST)
    beyond = line.now > max(line.usual) or line.now < min(line.usual)
    if not (far and beyond) or _of_the_season(line, line.now > mean):
        return None
    return Unusual(key, line.now, mean, min(line.usual), max(line.usual), len(line.usual))


def _of_the_season(line: Line, high: bool) -> bool:
    """Whether it was about as high (or low) a year before: what comes every year is not unusual."""
    if line.last_year is None:
        return False
    width = _WIDTH * sqrt(line.last_year)
    return line.now <= line.last_year + width if high else line.now >= line.last_year - width


def all_unusual(lines: Mapping[str, Line], *, high: bool = True, most: int = _NAMED) -> list[Unusual]:
    """The parts that are out of the usual, those furthest from it first."""
    found = [one for key, line in lines.items() if (one := unusual(key, line)) and one.high == high]
    return sorted(found, key=lambda one: (-abs(one.now - one.mean), one.key))[:most]


@dataclass(frozen=True, slots=True)
class Pull:
    """How far one unit pulled a rate from what it was before, from -1 to 1, and its own rate now."""

    key: str
    by: float
    now: Rate


def pulls(now: Mapping[str, Rate], before: Mapping[str, Rate]) -> list[Pull]:
    """What each unit did to the rate of all; they add up to the difference of the two rates. Empty without a base."""
    n1, n0 = sum(r.out_of for r in now.values()), sum(r.out_of for r in before.values())
    if not n1 or not n0:
        return []
    was = sum(r.top for r in before.values()) / n0
    none = Rate(0, 0)
    found = [
        Pull(key, _over(now.get(key, none), was, n1) - _over(before.get(key, none), was, n0), now.get(key, none))
        for key in sorted({*now, *before})
    ]
    return sorted(found, key=lambda one: (one.by, one.key))


def _over(found: Rate, usual: float, everybody: int) -> float:
    return (found.top - usual * found.out_of) / everybody

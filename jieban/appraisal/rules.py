"""The three rates, their uncertainty and the composite. Pure functions on counts; nothing here is an official formula.

For a unit and a period, over the assignments whose callback result fell in the period (the last one where there were
several), without excluded and terminated ones:

    response      contacted in time, unless the citizen says nobody came   /  all of them
    resolution    each answer by the score of the city's pack              /  those who answered that question
    satisfaction  each answer by the score of the city's pack              /  those who answered that question

没解决，但解释清楚了 is counted beside the rates as a result of its own, whatever it scores.

A citizen who could not be reached gives no valid answer to the last two. The share of those is shown beside the rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from jieban.city.terms import Callbacks

RESPONSE, RESOLUTION, SATISFACTION = "response", "resolution", "satisfaction"
RATES = (RESPONSE, RESOLUTION, SATISFACTION)
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Scheme:
    """How answers are scored and the rates weighted. No scheme here is official: no public weights were found."""

    name: str
    note: str
    weights: dict[str, float]
    solved: Mapping[str, float] = field(default_factory=lambda: Callbacks().solved)
    satisfied: Mapping[str, float] = field(default_factory=lambda: Callbacks().satisfied)


def scored_by(terms: Callbacks) -> Scheme:
    """The demo scheme with the scores that the city's pack gives to answers."""
    return replace(DEMO, solved=terms.solved, satisfied=terms.satisfied)


DEMO = Scheme("demo", "示例，非官方", {RESPONSE: 0.10, RESOLUTION: 0.45, SATISFACTION: 0.45})


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate: the score reached out of how many cases, of which `full` count wholly and `part` in part.

    `explained` of them are 没解决，但解释清楚了. `share` is None where there is no case.
    """

    reached: float
    out_of: int
    full: int
    part: int = 0
    explained: int = 0

    @property
    def share(self) -> float | None:
        """The rate from 0 to 1."""
        return self.reached / self.out_of if self.out_of else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval (Wilson 1927); 0 to 1 where there is no case."""
        return wilson(self.reached, self.out_of)


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's rates in a period. `rank` is None where answers are too few (样本不足); `unreached` found nobody."""

    unit_id: int
    unit: str
    name: str
    group: str
    n: int
    unreached: int
    response: Rate
    resolution: Rate
    satisfaction: Rate
    composite: float | None
    enough: bool
    rank: int | None = None

    def rate(self, name: str) -> Rate:
        """One of the three by its name."""
        return {RESPONSE: self.response, RESOLUTION: self.resolution, SATISFACTION: self.satisfaction}[name]


def wilson(reached: float, out_of: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of `reached` in `out_of`; partial scores count as the fraction they are."""
    if out_of == 0:
        return (0.0, 1.0)
    p, zz = reached / out_of, z * z
    middle = (p + zz / (2 * out_of)) / (1 + zz / out_of)
    half = z * sqrt(p * (1 - p) / out_of + zz / (4 * out_of * out_of)) / (1 + zz / out_of)
    return (max(0.0, middle - half), min(1.0, middle + half))


def composite(rates: Sequence[Rate], scheme: Scheme = DEMO) -> float | None:
    """100 times the weighted rates, in the order of RATES; None where one of them has no case."""
    shares = [rate.share for rate in rates]
    if any(share is None for share in shares):
        return None
    return 100 * sum(scheme.weights[name] * (share or 0.0) for name, share in zip(RATES, shares, strict=True))


def ranked(standings: Iterable[Standing]) -> list[Standing]:
    """The standings, best first, ranked 1, 2, 2, 4 …; those with too few answers come last, most first, without rank.

    Equal composites are told apart by resolution, then satisfaction, then share a rank (domain.md §6.3).
    """
    held = sorted(standings, key=lambda s: (not s.enough, *_before(s), s.unit))
    out: list[Standing] = []
    for place, one in enumerate(held, start=1):
        tied = out and out[-1].rank and _key(out[-1]) == _key(one)
        rank = (out[-1].rank if tied else place) if one.enough else None
        out.append(_with_rank(one, rank))
    return out


def _before(one: Standing) -> tuple[float, ...]:
    """What puts a standing before others: its rates; of too few answers only how many, for they tell nothing."""
    return tuple(-part for part in _key(one)) if one.enough else (-one.n, 0.0, 0.0)


def _key(one: Standing) -> tuple[float, float, float]:
    return (one.composite or 0.0, one.resolution.share or 0.0, one.satisfaction.share or 0.0)


def _with_rank(one: Standing, rank: int | None) -> Standing:
    return Standing(
        one.unit_id, one.unit, one.name, one.group, one.n, one.unreached, one.response, one.resolution,
        one.satisfaction, one.composite, one.enough, rank,
    )  # fmt: skip

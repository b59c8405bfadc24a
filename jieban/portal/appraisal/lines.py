"""A board in words and drawings: every number already told, with what opens it. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal import recompute, standings
from jieban.appraisal.recompute import Table
from jieban.city.schemes import Model
from jieban.portal.words import Word

RATES: dict[str, Word] = {
    "response": lazy("响应"), "resolution": lazy("解决"), "satisfaction": lazy("满意"),
}  # fmt: skip
PARTS: dict[str, Word] = {
    "first_duty": lazy("首接负责"), "proactive": lazy("主动治理"), "joint": lazy("双考核"),
}  # fmt: skip
_FLOOR: Final = 80.0


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale of the drawings, in points of the composite."""

    low: float
    high: float

    def x(self, score: float) -> float:
        """Per cent of the width at which a score lies."""
        return round(max(0.0, min(1.0, (score - self.low) / (self.high - self.low))) * 100, 2)

    @property
    def ticks(self) -> tuple[float, float, float]:
        """Both ends and the middle."""
        return (self.low, (self.low + self.high) / 2, self.high)


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate as it counts and as it would without leaving out (剔除前), what it weighs and what it adds."""

    code: str
    word: Word
    n: int
    share: float | None
    low: float
    high: float
    raw_n: int
    raw: float | None
    counts: Mapping[str, int]
    weight: float
    points: float | None


@dataclass(frozen=True, slots=True)
class Extra:
    """A part (its rate over `n`, weighed) or points, by name."""

    code: str
    word: Word
    share: float | None
    n: int
    weight: float
    points: float | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interval on the axis, in per cent of its width."""

    low: float
    width: float
    at: float


@dataclass(frozen=True, slots=True)
class Line:
    """One unit of a board. `change` is positive where it climbed, None where there is nothing to compare with."""

    code: str
    name: str
    rank: int | None
    possible: tuple[int, int] | None
    change: int | None
    n: int
    unreached: int
    unreached_share: float | None
    rates: tuple[Rate, ...]
    score: float | None
    low: float | None
    high: float | None
    score_change: float | None
    drawn: Drawn | None
    parts: tuple[Extra, ...]
    points: tuple[Extra, ...]
    spread_thin: bool
    excluded: int
    filed: int
    grounds: tuple[tuple[str, str, int], ...]
    mix: Mapping[str, float] | None
    appeals: int
    per_residents: float | None
    per_base: float | None

    @property
    def fallen(self) -> int:
        """By how many ranks it fell."""
        return -(self.change or 0)

    @property
    def over(self) -> float | None:
        """By how many points of a percentage it resolved more than its mix would let expect."""
        return 100 * self.mix["over"] if self.mix else None

    @property
    def enough(self) -> bool:
        """Whether it has answers enough to be ranked."""
        return self.rank is not None


@dataclass(frozen=True, slots=True)
class Frame:
    """What all lines of a board share."""

    scheme: Model
    axis: Axis
    places: Mapping[str, tuple[int, int]]
    before: Mapping[str, tuple[int | None, str | None]]
    grounds: Mapping[str, str]


def axis(rows: Sequence[Table]) -> Axis:
    """From the next ten below the lowest interval of a ranked unit to 100, or to the next five above the highest."""
    ranked = [row["composite"] for row in rows if row["rank"] is not None]
    low = min((float(one["low"]) for one in ranked), default=_FLOOR)
    high = max((float(one["high"]) for one in ranked), default=100.0)
    return Axis(min(90.0, float(low // 10 * 10)), 100.0 if high <= 100 else float(-(-high // 5) * 5))


def frame(
    rows: Sequence[Table],
    scheme: Model,
    before: Mapping[str, tuple[int | None, str | None]],
    grounds: Mapping[str, str],
) -> Frame:
    """The frame of all rows of a board, also of those that the reader does not see."""
    return Frame(scheme, axis(rows), standings.possible(rows), before, grounds)


def line(row: Table, beside: Table, unit: Table, shared: Frame) -> Line:
    """One row of a result with what stands beside it."""
    whole, known = row["composite"], row["rank"] is not None
    score, low, high = (_number(whole[key]) for key in ("score", "low", "high"))
    counts = beside.get("counts", {})
    rank_before, score_before = shared.before.get(row["unit"], (None, None))
    asked = row["n"] + row["unreached"]
    weights, total = _weights(row, shared.scheme)
    return Line(
        code=row["unit"], name=str(unit.get("name", row["unit"])), rank=row["rank"],
        possible=shared.places.get(row["unit"]),
        change=rank_before - row["rank"] if known and rank_before is not None else None,
        n=row["n"], unreached=row["unreached"], unreached_share=row["unreached"] / asked if asked else None,
        rates=tuple(_rate(code, row, counts, weights, total) for code in recompute.RATES),
        score=score, low=low, high=high,
        score_change=score - float(score_before) if known and score is not None and score_before is not None else None,
        drawn=_drawn(shared.axis, score, low, high) if known else None,
        parts=tuple(_part(code, row, weights, total) for code in shared.scheme.parts),
        points=tuple(_points(code, row, shared.scheme) for code in shared.scheme.points),
        spread_thin=total < 1, excluded=row["excluded"], filed=row["filed"],
        grounds=tuple((code, shared.grounds.get(code, code), n) for code, n in beside.get("grounds", {}).items()),
        mix=beside.get("mix"), appeals=int(unit.get("appeals") or 0),
        per_residents=_number(row["per"]["residents"]), per_base=_number(row["per"]["base"]),
    )  # fmt: skip


def _weights(row: Table, scheme: Model) -> tuple[dict[str, float], float]:
    """The weights of the rates and of the parts that have cases, and what they come to together."""
    weights = {k: float(w) for k, w in dict(scheme.rates).items()}
    weights |= {k: float(w) for k, w in scheme.parts.items() if k in row["parts"]}
    return weights, round(sum(weights.values()), 2)


def _rate(code: str, row: Table, counts: Mapping[str, int], weights: Mapping[str, float], total: float) -> Rate:
    mine, raw = row["adjusted"][code], row["raw"][code]
    share = _number(mine["share"])
    head = f"adjusted_{code}_"
    return Rate(
        code, RATES[code], mine["n"], share, float(mine["low"] or 0), float(mine["high"] or 1), raw["n"],
        _number(raw["share"]), {k.removeprefix(head): n for k, n in counts.items() if k.startswith(head)},
        weights[code], None if share is None else 100 * share * weights[code] / total,
    )  # fmt: skip


def _part(code: str, row: Table, weights: Mapping[str, float], total: float) -> Extra:
    found = row["parts"].get(code)
    share = _number(found["share"]) if found else None
    points = None if share is None else 100 * share * weights[code] / total
    return Extra(code, PARTS.get(code, code), share, found["n"] if found else 0, weights.get(code, 0.0), points)


def _points(code: str, row: Table, scheme: Model) -> Extra:
    return Extra(code, scheme.points[code].name, None, 0, 0.0, _number(row["points"].get(code)))


def _drawn(on: Axis, score: float | None, low: float | None, high: float | None) -> Drawn | None:
    if score is None or low is None or high is None:
        return None
    return Drawn(on.x(low), round(on.x(high) - on.x(low), 2), on.x(score))


def _number(text: Any) -> float | None:
    return None if text is None else float(text)

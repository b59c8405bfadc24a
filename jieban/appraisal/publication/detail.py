"""What is behind a unit's score: its matters beside those of its group, and the assignments that cost most.

Counted from the cases of the cycle (`cases.of`, or the frozen file) by the very functions that scored them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from jieban.analytics.engines import Source
from jieban.appraisal import cases, recompute
from jieban.appraisal.publication.standing import Board, Published, Rate, Row
from jieban.appraisal.publication.wording import by_chance
from jieban.appraisal.recompute import Case

# A kind of matter with fewer answers is not held against the group.
LEAST: Final = 10
NAMED: Final = 3
COSTLY: Final = 10
_KEYS: Final = (*cases.PROFILE, *cases.OUTCOME)


@dataclass(frozen=True, slots=True)
class Matter:
    """Answers of a second-level category: of the unit (so many, solved), and the group's share without the unit."""

    code: str
    name: str
    n: int
    solved: int
    group: Rate

    @property
    def share(self) -> float:
        """What part citizens called solved."""
        return self.solved / self.n

    @property
    def more(self) -> float:
        """How many more were solved than at the group's share; below 0: fewer."""
        return self.solved - self.n * (self.group.share or 0.0)

    @property
    def by_chance(self) -> bool:
        """Whether chance alone would often bring such a difference."""
        return by_chance(Rate(self.n, self.share, None, None), self.group)


@dataclass(frozen=True, slots=True)
class Cost:
    """An assignment and how many points of the unit's score it cost; `solved` and `satisfied` as the citizen said."""

    assignment: int
    order: int
    category: str
    solved: str
    satisfied: str
    responded: bool
    points: float


@dataclass(frozen=True, slots=True)
class Detail:
    """Where a unit is strong and weak, points lost by rate, and what cost most, the dearest first."""

    strong: tuple[Matter, ...]
    weak: tuple[Matter, ...]
    lost: Mapping[str, float]
    costs: tuple[Cost, ...]


def of(
    source: Source, facts: ir.Table, now: Published, board: Board, unit: str, names: Mapping[str, str]
) -> Detail:  # fmt: skip
    """The detail of a unit on a board (by unit, section or district); `names` are those of categories by code."""
    mine = facts.filter(facts[board.by] == unit)
    lost, costs = _costs(source, mine, now, board, board.row(unit))
    strong, weak = _matters(source, facts, board, unit, names)
    return Detail(strong, weak, lost, costs)


def _matters(
    source: Source, facts: ir.Table, board: Board, unit: str, names: Mapping[str, str]
) -> tuple[tuple[Matter, ...], tuple[Matter, ...]]:
    peers = facts.filter(facts[board.by].isin([row.unit for row in board.rows]))
    said = peers.filter((peers["reached"] == "1") & (peers["solved"] != "") & (peers["ground"] == ""))
    own, yes = said[board.by] == unit, said["solved"] == "yes"
    sums = {"n": own, "solved": own & yes, "peers": ~own, "peers_solved": ~own & yes}
    counted = said.group_by("category2").aggregate(**{key: said.count(where=test) for key, test in sums.items()})
    known = [row for row in source.rows(counted) if row["category2"] and row["n"] >= LEAST and row["peers"]]
    found = [
        Matter(row["category2"], names.get(row["category2"], row["category2"]), row["n"], row["solved"],
               Rate(row["peers"], row["peers_solved"] / row["peers"], None, None))
        for row in known
    ]  # fmt: skip
    ordered = sorted(found, key=lambda one: (-one.more, one.code))
    strong = tuple(one for one in ordered if one.more > 0)[:NAMED]
    return strong, tuple(one for one in reversed(ordered) if one.more < 0)[:NAMED]


def _costs(
    source: Source, mine: ir.Table, now: Published, board: Board, row: Row | None
) -> tuple[dict[str, float], tuple[Cost, ...]]:
    """Points lost by rate, and the dearest assignments; what is left out or filed costs nothing."""
    scored = mine.filter(mine["ground"] == "")
    held = recompute.plan(now.scheme.values, board.code, str(now.first))
    cells = source.rows(scored.group_by(*_KEYS).aggregate(cases=scored.count()))
    weighed = [(cell, *recompute.weigh(held, cell)) for cell in cells]
    judged = [(cell, weight, recompute.judge(cell, worth)) for cell, weight, worth in weighed if weight]
    out_of = {
        rate: sum(cell["cases"] * weight for cell, weight, said in judged if said[rate] is not None)
        for rate in recompute.RATES
    }
    parts = _parts(held, row, out_of)
    each = [(cell, {r: _loss(weight, said[r], parts[r], out_of[r]) for r in parts}) for cell, weight, said in judged]
    lost = {rate: float(sum(cell["cases"] * loss[rate] for cell, loss in each)) for rate in parts}
    dear = sorted(((sum(loss.values()), cell) for cell, loss in each), key=lambda one: (-one[0], str(one[1])))
    return lost, tuple(_named(source, scored, [(float(points), cell) for points, cell in dear if points]))


def _parts(held: recompute.Table, row: Row | None, out_of: Mapping[str, int]) -> dict[str, Fraction]:
    """What each rate weighs, in points of 100, among the rates and parts that count for the unit."""
    known = {rate: Fraction(held["rates"][rate]) for rate, of in out_of.items() if of}
    others = sum((Fraction(held["parts"][part]) for part in (row.parts if row else ())), Fraction(0))
    whole = sum(known.values(), others)
    return {rate: 100 * weight / whole for rate, weight in known.items()}


def _loss(weight: int, said: int | None, part: Fraction, out_of: int) -> Fraction:
    return Fraction(0) if said is None else part * Fraction(weight * (100 - said), 100 * out_of)


def _named(source: Source, scored: ir.Table, dear: list[tuple[float, Case]]) -> Iterable[Cost]:
    """The assignments of the dearest cells, the newest first within a cell."""
    left = COSTLY
    for points, cell in dear:
        if left <= 0:
            return
        same = scored.filter([scored[key] == cell[key] for key in _KEYS])
        newest = same.order_by(ibis.desc("day"), "assignment").limit(left)
        for row in source.rows(newest.select("assignment", "order")):
            left -= 1
            yield _cost(row, cell, points)


def _cost(row: Mapping[str, Any], cell: Case, points: float) -> Cost:
    responded = cell["in_time"] == "1" and cell["contacted"] != "0"
    ids = int(row["assignment"]), int(row["order"])
    return Cost(*ids, cell["category"], cell["solved"], cell["satisfied"], responded, points)

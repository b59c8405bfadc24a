"""Lines over cycles: a unit's score, rates and rank, and the scores of a board. Frozen cycles and the open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jieban.appraisal.publication import wording
from jieban.appraisal.publication.standing import Published, Row

# So many lines of a board are drawn besides the unit's own: its first, its last.
ENDS: Final = 3


@dataclass(frozen=True, slots=True)
class Point:
    """A unit in a cycle: its row (None without a case), of how many ranked, the board's mean, and if it is frozen."""

    cycle: str
    frozen: bool
    row: Row | None
    ranked: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's scores over the same cycles; None where it was not ranked."""

    unit: str
    name: str
    scores: tuple[float | None, ...]


def points(results: Sequence[tuple[Published, bool]], board: str, unit: str) -> list[Point]:
    """A unit over the cycles, given the oldest first with whether each is frozen."""
    out = []
    for result, frozen in results:
        found = result.board(board)
        row = found.row(unit) if found else None
        ranked, mean = (len(found.ranked), wording.average(found)) if found else (0, None)
        out.append(Point(result.cycle, frozen, row, ranked, mean))
    return out


def lines(results: Sequence[tuple[Published, bool]], board: str, *, ends: int = ENDS) -> list[Line]:
    """The first and the last units of the newest cycle that ranks any, over all cycles, in the order of their ranks."""
    known = [found.ranked for one, _ in reversed(results) if (found := one.board(board)) and found.ranked]
    ranked = known[0] if known else ()
    chosen = ranked if len(ranked) <= 2 * ends else (*ranked[:ends], *ranked[-ends:])
    return [Line(row.unit, row.name, tuple(_score(one, board, row.unit) for one, _ in results)) for row in chosen]


def _score(result: Published, board: str, unit: str) -> float | None:
    row = result.row(board, unit)
    return row.score if row and row.rank is not None else None

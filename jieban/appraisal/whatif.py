"""What if (试算): one cycle by two schemes on the same cases, or the last cycles one by one. Nothing is stored.

Both schemes are counted by `scoring` from cells that are counted once. The days of the cycle are those of the scheme in
force also for the tried one, since the same cases are compared; `unshown` names what the tried one has otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jieban.analytics.engines import Source
from jieban.appraisal import cases, cycles, marks, recompute, scoring, sensitivity
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table
from jieban.appraisal.sensitivity import Board as Noise
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput

_DAYS: Final = ("cycle_start_day", "late_days", "exclusion_days")
# The city publishes so many at either end of a board.
ENDS: Final = 10
Given = Callable[[Cycle], Sequence[Case]]


def _none(cycle: Cycle) -> Sequence[Case]:
    return ()


@dataclass(frozen=True, slots=True)
class Move:
    """A unit on a board by both schemes: rank (None: too few answers, or not on the board) and composite in points."""

    unit: str
    name: str
    before: int | None
    after: int | None
    score_before: float | None
    score_after: float | None

    @property
    def places(self) -> int | None:
        """By how many places it rises (falls, below 0); None where it is ranked by one scheme only."""
        return None if self.before is None or self.after is None else self.before - self.after

    @property
    def points(self) -> float | None:
        """By how many points its composite rises."""
        if self.score_before is None or self.score_after is None:
            return None
        return round(self.score_after - self.score_before, 6)


@dataclass(frozen=True, slots=True)
class Board:
    """The moves on one board, in the ranking of the tried scheme; `only` names the scheme where one alone has it."""

    code: str
    name: str
    moves: tuple[Move, ...]
    only: str = ""

    @property
    def ranked(self) -> tuple[Move, ...]:
        """Those that both schemes rank."""
        return tuple(move for move in self.moves if move.places is not None)

    @property
    def winners(self) -> tuple[Move, ...]:
        """Those that rise, the furthest first."""
        return tuple(sorted((m for m in self.ranked if (m.places or 0) > 0), key=_furthest))

    @property
    def losers(self) -> tuple[Move, ...]:
        """Those that fall, the furthest first."""
        return tuple(sorted((m for m in self.ranked if (m.places or 0) < 0), key=_furthest))

    @property
    def largest(self) -> int:
        """The longest way of any unit, in places."""
        return max((abs(move.places or 0) for move in self.ranked), default=0)

    @property
    def mean(self) -> float:
        """The mean way, in places."""
        return sum(abs(move.places or 0) for move in self.ranked) / len(self.ranked) if self.ranked else 0.0

    @property
    def gained(self) -> int:
        """How many are ranked by the tried scheme only."""
        return sum(move.before is None and move.after is not None for move in self.moves)

    @property
    def lost(self) -> int:
        """How many are ranked by the scheme in force only."""
        return sum(move.before is not None and move.after is None for move in self.moves)

    def into_top(self, most: int = ENDS) -> int:
        """How many come into the first places that were not there before."""
        return sum(_within(m.after, most) and not _within(m.before, most) for m in self.moves)

    def into_bottom(self, most: int = ENDS) -> int:
        """How many come into the last places that were not there before."""
        ranks = [[m.before for m in self.moves], [m.after for m in self.moves]]
        before, after = (sum(rank is not None for rank in some) - most for some in ranks)
        return sum((m.after or 0) > max(after, 0) and not (m.before or 0) > max(before, 0) for m in self.moves)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A cycle by two schemes: how many cases, the boards, and the noise in the tried one's ranks by board code."""

    cycle: Cycle
    tried: Scheme
    cases: int
    boards: tuple[Board, ...]
    noise: dict[str, Noise]
    unshown: tuple[str, ...]

    def board(self, code: str) -> Board:
        """The board of that code, the first for no code. BadInput for one that neither scheme has."""
        found = next((one for one in self.boards if not code or one.code == code), None)
        if found is None:
            raise BadInput(f"两份方案里都没有“{code}”这个榜。请从列出的里面选。")
        return found


def compare(
    source: Source, cycle: Cycle, tried: Scheme, *, given: Given = _none, noise: bool = True, only: str = ""
) -> WhatIf:
    """The cycle by its own scheme and by the tried one, all boards or one `only`.

    `given` tells the marks that the record holds. With `noise` also how sure the tried scheme's ranks are.
    """
    cells, units = scoring.counted(source, cases.of(source, cycle)), scoring.units_of(source, cycle)
    sides, unsure = list[list[Table]](), dict[str, Noise]()
    for by in (cycle, replace(cycle, scheme=tried)):
        known, rows = [*marks.counted(source, by), *given(by)], list[Table]()
        for board in (one for one in by.scheme.values["boards"] if only in ("", one["code"])):
            told = scoring.weighed(cells, scoring.planned(by, board), board)
            ranked = scoring.ranked(source, told, by, board, units, known)
            rows.append({"code": board["code"], "name": board["name"], "rows": ranked})
            if noise and by is not cycle:
                unsure[board["code"]] = sensitivity.board(source, told, by, board, ranked)
        sides.append(rows)
    boards = _boards(sides[0], sides[1], units)
    return WhatIf(cycle, tried, _cases(source, cells), boards, unsure, differing(cycle.scheme, tried))


def dry_run(
    source: Source, tried: Scheme, known: Sequence[Scheme], most: int, *, given: Given = _none, only: str = ""
) -> list[WhatIf]:
    """The last whole cycles of the lake by the scheme of their time and by the tried one, newest first."""
    return [compare(source, cycle, tried, given=given, noise=False, only=only) for cycle in whole(source, known, most)]


def whole(source: Source, known: Sequence[Scheme], most: int) -> list[Cycle]:
    """The last cycles, at most so many, of which the lake has every day and a scheme was in force; newest first."""
    days = source["answers"]["day"]
    [row] = source.rows(source["answers"].aggregate(first=days.min(), last=days.max()))
    if row["last"] is None:
        return []
    found: list[Cycle] = []
    cycle: Cycle | None = cycles.containing(row["last"], known)
    while cycle is not None and len(found) < most and cycle.end > row["first"]:
        if cycle.last <= row["last"]:
            found.append(cycle)
        cycle = cycles.before(cycle, known)
    return found


def differing(scheme: Scheme, tried: Scheme) -> tuple[str, ...]:
    """The keys about days in which the two differ: what a what-if on the same cases does not show."""
    return tuple(key for key in _DAYS if getattr(scheme.model, key) != getattr(tried.model, key))


def _cases(source: Source, cells: scoring.Cells) -> int:
    [row] = source.rows(cells.table.aggregate(n=cells.table["cases"].sum()))
    return int(row["n"] or 0)


def _boards(before: Sequence[Table], after: Sequence[Table], units: dict[str, Case]) -> tuple[Board, ...]:
    names = {board["code"]: board["name"] for board in (*before, *after)}
    old, new = ({board["code"]: board["rows"] for board in boards} for boards in (before, after))
    return tuple(
        Board(code, name, _moves(old.get(code, []), new.get(code, []), units), _only(code, old, new))
        for code, name in names.items()
    )


def _only(code: str, old: dict[str, list[Table]], new: dict[str, list[Table]]) -> str:
    return "before" if code not in new else "after" if code not in old else ""


def _moves(old: Sequence[Table], new: Sequence[Table], units: dict[str, Case]) -> tuple[Move, ...]:
    was = {row["unit"]: row for row in old}
    now = {row["unit"]: row for row in new}
    codes = [*now, *(code for code in was if code not in now)]
    return tuple(
        Move(code, units[code]["name"], *(_rank(rows.get(code)) for rows in (was, now)),
             *(_score(rows.get(code)) for rows in (was, now)))
        for code in codes
    )  # fmt: skip


def _rank(row: Table | None) -> int | None:
    return row["rank"] if row else None


def _score(row: Table | None) -> float | None:
    """As it is printed."""
    printed = recompute.printed(row["composite"]["score"]) if row else None
    return None if printed is None else float(printed)


def _furthest(move: Move) -> tuple[int, float, str]:
    return -abs(move.places or 0), -abs(move.points or 0), move.unit


def _within(rank: int | None, most: int) -> bool:
    return rank is not None and rank <= most

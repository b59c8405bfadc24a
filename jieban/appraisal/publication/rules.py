"""Which units the rules of a pack put on the lists of a cycle (奖励名单, 约谈名单). Pure: frozen results in, units out.

A unit with too few answers is on no list. Full marks count only where there were enough answers; that nobody appealed
is told by the facts of the result and needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jieban.appraisal.publication.standing import Board, Published, Row
from jieban.city.rewards import BELOW, FELL, FIRST, FULL, LAST, QUIET, Rule

# A composite of 100 and more (bonus) is full marks.
FULL_MARKS: Final = 100.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """A unit that no order was sent or handed down to in the cycle."""

    unit: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """A unit on a list: by which rule, of which board, its row, and its rows in the cycles before that the rule read.

    `ranks` are its ranks and how many were ranked with it, this cycle first; `value` is the rate or score it was held
    against, in per cent or points; `places` how many ranks it fell.
    """

    rule: Rule
    board: Board
    unit: str
    name: str
    row: Row | None = None
    before: Row | None = None
    ranks: tuple[tuple[int, int], ...] = ()
    value: float | None = None
    places: int = 0

    @property
    def by_chance(self) -> bool:
        """Whether it fell, but within the intervals of both cycles."""
        return self.places > 0 and self.row is not None and self.before is not None and self.row.overlaps(self.before)


def lists(rules: Sequence[Rule], results: Sequence[Published], quiet: Sequence[Quiet] = ()) -> list[Found]:
    """Every unit on every list of the newest result, by rule and then by rank.

    `results` are of cycles that follow each other, the newest first; a rule that reads more cycles than there are finds
    nobody. `quiet` are the units of the newest that nothing was sent to.
    """
    if not results:
        return []
    boards = [(rule, results[0].board(code)) for rule in rules for code in rule.boards]
    return [
        found
        for rule, board in boards
        if board is not None
        for found in (_quiet(rule, board, quiet) if rule.what == QUIET else _KINDS[rule.what](rule, board, results))
    ]


def _first(rule: Rule, board: Board, _results: Sequence[Published]) -> Iterator[Found]:
    for row in board.ranked:
        if row.rank is not None and row.rank <= rule.count:
            yield _found(rule, board, row, ranks=((row.rank, len(board.ranked)),))


def _full(rule: Rule, board: Board, _results: Sequence[Published]) -> Iterator[Found]:
    for row in board.ranked:
        if row.score is not None and row.score >= FULL_MARKS:
            yield _found(rule, board, row, value=row.score)


def _last(rule: Rule, board: Board, results: Sequence[Published]) -> Iterator[Found]:
    """The last so many of each of the last cycles."""
    if len(results) < rule.cycles:
        return
    boards = [result.board(board.code) for result in results[: rule.cycles]]
    for row in board.ranked:
        ranks = [_rank(one, row.unit) for one in boards]
        known = [one for one in ranks if one is not None and one[0] > one[1] - rule.count]
        if len(known) == rule.cycles:
            yield _found(rule, board, row, ranks=tuple(known))


def _below(rule: Rule, board: Board, _results: Sequence[Published]) -> Iterator[Found]:
    for row in board.ranked:
        value = _value(rule, row)
        if value is not None and value < rule.below:
            yield _found(rule, board, row, value=value)


def _fell(rule: Rule, board: Board, results: Sequence[Published]) -> Iterator[Found]:
    if len(results) < 2:
        return
    then = results[1].board(board.code)
    for row in board.ranked:
        was = then.row(row.unit) if then else None
        places = row.rank - was.rank if was and was.rank and row.rank else 0
        if was and places >= rule.places:
            yield Found(rule, board, row.unit, row.name, row, was, places=places)


def _quiet(rule: Rule, board: Board, quiet: Sequence[Quiet]) -> Iterator[Found]:
    there = {row.unit for row in board.rows}
    for one in quiet:
        if one.kind in board.kinds and one.unit not in there:
            yield Found(rule, board, one.unit, one.name)


_KINDS: Final[Mapping[str, Callable[[Rule, Board, Sequence[Published]], Iterator[Found]]]] = {
    FIRST: _first, FULL: _full, LAST: _last, BELOW: _below, FELL: _fell,
}  # fmt: skip


def _found(
    rule: Rule, board: Board, row: Row, *, ranks: tuple[tuple[int, int], ...] = (), value: float | None = None
) -> Found:
    return Found(rule, board, row.unit, row.name, row, ranks=ranks, value=value)


def _rank(board: Board | None, unit: str) -> tuple[int, int] | None:
    """A unit's rank and of how many."""
    row = board.row(unit) if board else None
    return None if board is None or row is None or row.rank is None else (row.rank, len(board.ranked))


def _value(rule: Rule, row: Row) -> float | None:
    if rule.rate == "composite":
        return row.score
    share = row.rates[rule.rate].share
    return None if share is None else share * 100

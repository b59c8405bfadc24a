"""Which counts of a table are withheld so that no small one can be read or worked out. Pure.

A count from 1 to `least` - 1 is small. Leaving it out alone is no use: its line less the others gives it back. So
others are left out with it, chosen so that for every small count there is a second table of whole numbers that agrees
with all that is published and has `least` or more in its place. Nobody can tell the two tables apart.

The total of a table is taken to be public, zeros are published, and whoever reads knows that what is withheld is not
zero. Where no choice protects a count, the table is withheld as a whole, with its zeros.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
Cell = tuple[str, str]
# The line that holds the sums of the others.
ALL: Final = "*"
_TOTAL: Final = (ALL, ALL)


@dataclass(slots=True)
class Hidden:
    """The cells that are withheld, sums among them as (row, ALL) and (ALL, column); `whole` where all of them are."""

    cells: set[Cell] = field(default_factory=set)
    whole: bool = False

    def __contains__(self, cell: Cell) -> bool:
        return self.whole or cell in self.cells


def small(count: int, least: int) -> bool:
    """Whether a count is too small to be told."""
    return 0 < count < least


def line(counts: Mapping[Key, int], least: int) -> set[Key]:
    """The keys that are withheld of counts whose sum is public; all of them where no fewer will do."""
    if small(sum(counts.values()), least):
        return set(counts)
    hidden = {key for key, count in counts.items() if small(count, least)}
    for key in sorted(hidden, key=lambda one: (-counts[one], str(one))):
        lent = least - counts[key]
        lenders = [one for one, count in counts.items() if one != key and count > lent]
        if not lenders:
            return set(counts)
        hidden.add(min(lenders, key=lambda one: (one not in hidden, counts[one], str(one))))
    return hidden


def table(counts: Mapping[Cell, int], least: int) -> Hidden:
    """What is withheld of a table by (row, column) that is published with the sums of its rows and columns."""
    values = summed(counts)
    if small(values[_TOTAL], least):
        return Hidden(whole=True)
    hidden: set[Cell] = set()
    few = sorted((cell for cell, value in values.items() if small(value, least)), key=lambda one: (values[one], one))
    hidden.update(few)
    for cell in few:
        cover = _cheapest(cell, values, hidden, least)
        if cover is None:
            return Hidden(whole=True)
        hidden.update(cover)
    return Hidden(hidden)


def summed(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """The whole table, zeros and sums included."""
    rows, columns = sorted({row for row, _ in counts}), sorted({column for _, column in counts})
    values = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    values |= {(row, ALL): sum(values[row, column] for column in columns) for row in rows}
    values |= {(ALL, column): sum(values[row, column] for row in rows) for column in (*columns,)}
    values[_TOTAL] = sum(values[row, ALL] for row in rows)
    return values


def _cheapest(cell: Cell, values: Mapping[Cell, int], hidden: set[Cell], least: int) -> tuple[Cell, ...] | None:
    """The cells to withhold with this one that cost the fewest counts; None where nothing protects it."""
    lent = least - values[cell]
    best: tuple[int, tuple[Cell, ...]] | None = None
    for up, down in _shifts(cell, values):
        if any(values[one] <= lent for one in down) or any(values[one] == 0 for one in up):
            continue
        cost = sum(values[one] for one in (*up, *down) if one not in hidden)
        if best is None or cost < best[0]:
            best = cost, (*up, *down)
    return best[1] if best else None


def _shifts(cell: Cell, values: Mapping[Cell, int]) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Ways to raise a cell and keep every sum true: the cells that rise and those that fall by as much.

    A rectangle whose corners rise and fall in turn, sums being counted the other way; or, of a cell inside, its row and
    column rise with it and another cell falls with its own. The total never moves.
    """
    rows, columns = {row for row, _ in values}, {column for _, column in values}
    for row in sorted(rows - {cell[0]}):
        for column in sorted(columns - {cell[1]}):
            corners = (cell, (cell[0], column), (row, column), (row, cell[1]))
            if _TOTAL not in corners:
                yield _turns(corners, cell)
            if ALL not in (*cell, row, column):
                yield [cell, (cell[0], ALL), (ALL, cell[1])], [(row, column), (row, ALL), (ALL, column)]


def _turns(corners: Iterable[Cell], cell: Cell) -> tuple[list[Cell], list[Cell]]:
    way: dict[bool, list[Cell]] = {True: [], False: []}
    for number, corner in enumerate(corners):
        turned = (number % 2 == 1) != (_is_sum(corner) != _is_sum(cell))
        way[not turned].append(corner)
    return way[True], way[False]


def _is_sum(cell: Cell) -> bool:
    return (cell[0] == ALL) != (cell[1] == ALL)

"""No small count can be read, and none can be worked out: whoever tries, with every published number, finds a range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jieban.analytics.opendata import hiding
from jieban.analytics.opendata.hiding import ALL, Cell, Hidden

LEAST = 10
counts = st.one_of(st.integers(0, 12), st.integers(0, 400))


@st.composite
def tables(draw) -> dict[Cell, int]:
    """Tables of up to six rows and five columns, sparse, small or large."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    kind = draw(st.sampled_from([counts, st.integers(0, 3), st.sampled_from([0, 0, 0, 5, 900])]))
    return {(f"r{r}", f"c{c}"): draw(kind) for r in range(height) for c in range(width)}


def highest(values: dict[Cell, int], hidden: Hidden, cell: Cell) -> float:
    """The most that a cell may be for all that is published: the answer of a solver that knows every published sum."""
    if hidden.whole:  # only the total is known, and that nothing is negative
        return values[ALL, ALL]
    unknown = sorted(one for one in values if one in hidden)
    place = {one: number for number, one in enumerate(unknown)}
    left, right = [], []
    for axis in (0, 1):
        for name in sorted({one[axis] for one in values}):
            row, known = np.zeros(len(unknown)), 0
            for one, value in values.items():
                if one[axis] == name:
                    sign = -1 if one[1 - axis] == ALL else 1
                    if one in hidden:
                        row[place[one]] += sign
                    else:
                        known += sign * value
            left.append(row)
            right.append(-known)
    goal = np.zeros(len(unknown))
    goal[place[cell]] = -1
    found = linprog(goal, A_eq=np.array(left), b_eq=right, bounds=[(1, None)] * len(unknown))
    assert found.status in (0, 3)  # solved, or without any bound
    return float("inf") if found.status == 3 else -found.fun


@given(tables())
@settings(max_examples=150)
def test_no_small_count_of_a_table_can_be_worked_out(table):
    hidden, values = hiding.table(table, LEAST), hiding.summed(table)
    small = [cell for cell, value in values.items() if 0 < value < LEAST]
    assert [cell for cell in small if cell not in hidden] == []
    if 0 < values[ALL, ALL] < LEAST:
        assert hidden.whole
        return
    assert (ALL, ALL) not in hidden.cells
    assert [cell for cell in small if highest(values, hidden, cell) < LEAST - 1e-6] == []


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), counts, min_size=1, max_size=8))
def test_no_small_count_of_a_line_can_be_worked_out(line):
    hidden, total = hiding.line(line, LEAST), sum(line.values())
    small = [key for key, count in line.items() if 0 < count < LEAST]
    assert set(small) <= hidden
    if hidden == set(line):
        return  # at best the total is known, and it is no small one or is not told either
    rest = sum(count for key, count in line.items() if key in hidden)
    # What is withheld adds up to `rest`; each of it is at least 1.
    assert [key for key in small if rest - (len(hidden) - 1) < LEAST] == []
    assert total - rest == sum(count for key, count in line.items() if key not in hidden)


def test_a_table_without_small_counts_is_published_whole():
    assert hiding.table({("a", "x"): 10, ("a", "y"): 0, ("b", "x"): 999, ("b", "y"): 50}, LEAST) == Hidden()


def test_the_counts_that_give_a_small_one_away_go_with_it():
    table = {("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 50, ("b", "y"): 60, ("c", "x"): 900, ("c", "y"): 901}
    assert hiding.table(table, LEAST).cells == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_two_small_counts_of_one_line_do_not_hide_each_other():
    """3 + 1 = 4: whoever knows that neither is zero knows too much; a third count must go."""
    assert hiding.line({"a": 3, "b": 1, "c": 70, "d": 90}, LEAST) == {"a", "b", "c"}


def test_what_nothing_can_hide_is_withheld_whole():
    assert hiding.table({("a", "x"): 4, ("a", "y"): 4, ("b", "x"): 4, ("b", "y"): 4}, LEAST).whole
    assert hiding.line({"a": 5, "b": 5, "c": 0}, LEAST) == {"a", "b", "c"}
    assert hiding.line({"a": 5, "b": 0}, LEAST) == {"a", "b"}


def test_a_guess_that_leaves_a_count_alone_in_its_line_is_found_out():
    """The solver of this test does its work: with the small count alone withheld it finds it."""
    values = hiding.summed({("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 50, ("b", "y"): 60})
    assert highest(values, Hidden({("a", "x")}), ("a", "x")) == pytest.approx(3)
    assert highest(values, Hidden({("a", "x"), ("a", "y")}), ("a", "x")) == pytest.approx(3)

"""Who sees which row, how a board lies without names, which ranks are possible, and both ends of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.accounts.actor import Actor, Role, Sight
from jieban.appraisal import standings
from jieban.core.errors import BadInput
from tests.appraisal import small

DISTRICT, STREET = "d1/", "d1/u1/"


def row(unit: str, rank: int | None, score: float, half: float = 1.0):
    return {"unit": unit, "rank": rank,
            "composite": {"score": str(score), "low": str(score - half), "high": str(score + half)}}  # fmt: skip


def board(*scores: float, half: float = 1.0):
    return [row(f"u{n}", n, score, half) for n, score in enumerate(scores, start=1)]


@pytest.mark.parametrize(
    ("sight", "own", "path", "published", "seen"),
    [
        (Sight.ALL, "", "d2/u3/", False, True),
        (Sight.TREE, DISTRICT, STREET, False, True),
        (Sight.TREE, DISTRICT, DISTRICT, False, True),
        (Sight.TREE, DISTRICT, "d2/u3/", False, False),
        (Sight.UNIT, STREET, STREET, False, True),
        (Sight.UNIT, STREET, "d1/u1/c1/", False, True),
        (Sight.UNIT, STREET, DISTRICT, False, False),
        (Sight.UNIT, STREET, "d1/u2/", False, False),
        (Sight.UNIT, STREET, "d1/u2/", True, True),
        (Sight.NONE, "", "", False, False),
        (Sight.UNIT, "", STREET, False, False),
    ],
)
def test_who_sees_which_row(sight, own, path, published, seen):
    actor = Actor(Role.CLERK, "somebody", unit_path=own, sight=sight)
    assert standings.may_see(actor, path, published=published) is seen


def test_a_board_without_names_by_hand():
    rows = [*board(99, 97, 94, 90, 80), row("few", None, 100)]
    assert standings.spread(rows) == standings.Spread(5, 80.0, 90.0, 94.0, 97.0, 99.0)
    assert standings.spread(board(90, 80)) == standings.Spread(2, 80.0, 82.5, 85.0, 87.5, 90.0)
    assert standings.spread([row("few", None, 100)]) is None


def test_possible_ranks_by_hand():
    """97 reaches 98, as far as 99 falls; 90 meets nobody."""
    assert standings.possible([*board(99, 97, 90), row("few", None, 99)]) == {"u1": (1, 2), "u2": (1, 2), "u3": (3, 3)}


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 20)), min_size=1, max_size=12))
def test_a_rank_is_always_possible(found):
    ordered = sorted(found, reverse=True)
    rows = [row(f"u{n}", n, score, half) for n, (score, half) in enumerate(ordered, start=1)]
    for unit, (best, worst) in standings.possible(rows).items():
        assert 1 <= best <= int(unit[1:]) <= worst <= len(rows)


@pytest.mark.parametrize(
    ("n", "red", "black"), [(5, ["u1", "u2"], ["u5", "u4"]), (4, ["u1", "u2"], ["u4", "u3"]), (1, [], []), (0, [], [])]
)
def test_both_ends_name_nobody_twice(n, red, black):
    rows = [*board(*range(90, 90 - n, -1)), row("few", None, 100)]
    best, last = standings.ends(rows, 2)
    assert ([one["unit"] for one in best], [one["unit"] for one in last]) == (red, black)


def test_a_board_that_the_scheme_lacks_is_refused():
    assert standings.board(small.cycle(), "streets")["name"] == "街道"
    with pytest.raises(BadInput, match="2026-11"):
        standings.board(small.cycle(), "planets")

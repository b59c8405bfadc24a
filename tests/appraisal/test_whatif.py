"""What if: a worked example that a reader can follow (docs/appraisal-schemes.md has the same), and past cycles."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.appraisal import whatif, whatif_told
from jieban.appraisal.whatif import Board, Move, WhatIf
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput
from tests.appraisal import small, small_lake

# u1 solves everything and pleases nobody much; u2 solves half and pleases everybody; u3 has one answer only.
CASES = small.cases(
    *["u1 yes yes", "u1 yes no", "u1 yes no", "u1 yes no"], *["u2 yes yes", "u2 yes yes", "u2 no yes", "u2 no yes"],
    "u3 yes yes",
)  # fmt: skip
BEFORE = small.cases(
    *["u1 yes yes day=2026-10-01 done_day=2026-09-30"] * 2, *["u2 no no day=2026-10-01 done_day=2026-09-30"] * 2
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    numbered = [{**case, "assignment": str(n), "order": str(n)} for n, case in enumerate([*CASES, *BEFORE], start=1)]
    with engines.duckdb(small_lake.lay(tmp_path_factory.mktemp("lake") / "small", numbered)) as found:
        yield found


def tried(*swaps: tuple[str, str]) -> Scheme:
    return small.scheme(swaps=[('code = "small"', 'code = "tried"'), *swaps])


RATES = "response = 0.10, resolution = 0.40, satisfaction = 0.40"
PLEASING = (RATES, "response = 0.10, resolution = 0.10, satisfaction = 0.70")


@pytest.fixture(scope="module")
def found(source: Source) -> WhatIf:
    return whatif.compare(source, small.cycle(), tried(PLEASING))


def test_the_worked_example(found: WhatIf):
    """Weights over 0.90, since nobody has cases of the part: u1 (0.1 + 0.4 + 0.4 × 0.25) / 0.9 = 66.67, then 41.67."""
    streets = found.board("streets")
    assert streets.moves == (
        # u2: (0.1 + 0.4 × 0.5 + 0.4) / 0.9 = 77.78, then (0.1 + 0.1 × 0.5 + 0.7) / 0.9 = 94.44
        Move("u2", "u2（示例）", 1, 1, 77.777778, 94.444444),
        Move("u1", "u1（示例）", 2, 2, 66.666667, 41.666667),
        Move("u3", "u3（示例）", None, None, 100.0, 100.0),
    )
    assert (streets.ranked, streets.winners, streets.losers) == (streets.moves[:2], (), ())
    assert [move.points for move in streets.moves] == [16.666666, -25.0, 0.0]
    assert found.cases == len(CASES)


def test_solving_alone_turns_them_round(source: Source):
    """Resolution 0.80: u1 (0.1 + 0.8 × 1) / 0.9 = 100, u2 (0.1 + 0.8 × 0.5) / 0.9 = 55.56."""
    solving = (RATES, "response = 0.10, resolution = 0.80, satisfaction = 0.00")
    streets = whatif.compare(source, small.cycle(), tried(solving)).board("streets")
    assert [(m.unit, m.before, m.after, m.places, m.score_after) for m in streets.ranked] == [
        ("u1", 2, 1, 1, 100.0), ("u2", 1, 2, -1, 55.555556),
    ]  # fmt: skip
    assert ([m.unit for m in streets.winners], [m.unit for m in streets.losers]) == (["u1"], ["u2"])
    assert (streets.largest, streets.mean) == (1, 1.0)


def test_a_smaller_sample_gains_and_a_greater_loses(source: Source):
    lower = whatif.compare(source, small.cycle(), _enough(1)).board("streets")
    assert (lower.gained, lower.lost) == (1, 0)
    higher = whatif.compare(source, small.cycle(), _enough(5)).board("streets")
    assert (higher.gained, higher.lost, higher.ranked) == (0, 2, ())


def _enough(n: int) -> Scheme:
    text = 'kinds = ["street"]\nenough = 2'
    return tried((text, text.replace("2", str(n))))


def test_the_same_scheme_moves_nobody(source: Source):
    same = whatif.compare(source, small.cycle(), small.scheme())
    assert [(move.places or 0, move.points or 0.0) for board in same.boards for move in board.moves] == [
        (0, 0.0) for board in same.boards for _move in board.moves
    ]


def test_a_board_that_one_scheme_alone_has_is_said(source: Source):
    named = ('code = "trades"', 'code = "whole_trades"')
    boards = {board.code: board.only for board in whatif.compare(source, small.cycle(), tried(named)).boards}
    assert boards == {"streets": "", "districts": "", "communities": "", "trades": "before", "whole_trades": "after"}


def test_days_that_differ_are_not_tried_and_said(source: Source):
    late = whatif.compare(source, small.cycle(), tried(("late_days = 3", "late_days = 9")))
    assert late.unshown == ("late_days",)


def test_a_board_that_nobody_has_is_refused(found: WhatIf):
    with pytest.raises(BadInput, match="没有“moon”这个榜"):
        found.board("moon")


def test_whole_cycles_of_the_lake_newest_first(source: Source):
    known = [small.scheme()]
    # The last answer is of 11-01, so the cycle that ends on 11-18 is not whole.
    assert [cycle.code for cycle in whatif.whole(source, known, 5)] == ["2026-10"]
    assert whatif.whole(source, known, 0) == []


def test_dry_run_over_past_cycles(source: Source):
    [october] = whatif.dry_run(source, tried(PLEASING), [small.scheme()], 3)
    assert (october.cycle.code, october.cycle.first, october.cases) == ("2026-10", date(2026, 9, 19), 4)
    assert [(m.unit, m.before, m.after) for m in october.board("streets").moves] == [("u1", 1, 1), ("u2", 2, 2)]


def test_ends_count_who_comes_into_them():
    moves = tuple(Move(f"u{n}", "", n, 13 - n, 0.0, 0.0) for n in range(1, 13))
    board = Board("b", "b", moves)
    assert (board.into_top(10), board.into_bottom(10)) == (2, 2)
    assert (board.into_top(3), board.into_bottom(3)) == (3, 3)


def test_the_document_says_everything(found: WhatIf):
    said = whatif_told.document(found)
    assert (said["note"], said["cycle"], said["in_force"]["code"], said["tried"]["code"]) == (
        "示例，非官方", "2026-11", "small", "tried",
    )  # fmt: skip
    streets = said["boards"][0]
    assert (streets["code"], streets["ranked"], streets["up"], streets["down"], streets["unsure"]) == (
        "streets",
        2,
        0,
        0,
        0,
    )
    first = streets["moves"][0]
    assert {name: first[name] for name in ("unit", "before", "after", "places", "points", "best", "worst")} == {
        "unit": "u2", "before": 1, "after": 1, "places": 0, "points": 16.666666, "best": 1, "worst": 2,
    }  # fmt: skip

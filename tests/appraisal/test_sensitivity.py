"""How sure ranks are: a standard error worked out by hand, and the rule of tilting beside the rule of scoring."""

from __future__ import annotations

import random
from fractions import Fraction
from math import sqrt

import ibis
import ibis.expr.types as ir
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.appraisal import cases as facts
from jieban.appraisal import recompute, scoring, sensitivity
from jieban.appraisal.recompute import Case
from jieban.appraisal.sensitivity import Board
from jieban.city.schemes import Scheme
from tests.analytics import ten
from tests.appraisal import small


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(ten.lay(tmp_path_factory.mktemp("lake") / "ten")) as found:
        yield found


RATES = "response = 0.10, resolution = 0.40, satisfaction = 0.40"
PLAIN = small.scheme(
    swaps=[
        ("parts = { first_duty = 0.10 }", "parts = {}"),
        (RATES, "response = 0, resolution = 1, satisfaction = 0"),
    ]
)


def a_table(source: Source, cases: list[Case]) -> ir.Table:
    """The cases in the engine, under a name of their own: what is kept goes by the name of the table."""
    columns = ibis.schema(dict.fromkeys(facts.COLUMNS, "string"))
    rows = ibis.memtable([tuple(case.values()) for case in cases], schema=columns)
    return source.connection.create_table(ibis.util.gen_name("cases"), rows, temp=True)


def board(source: Source, cases: list[Case], scheme: Scheme, marks: list[Case] | None = None) -> Board:
    """The streets of these cases."""
    cycle = small.cycle(scheme)
    cells = scoring.counted(source, a_table(source, cases))
    about = scheme.values["boards"][0]
    told = scoring.weighed(cells, scoring.planned(cycle, about), about)
    rows = scoring.ranked(source, told, cycle, about, small.UNITS, marks or [])
    return sensitivity.board(source, told, cycle, about, rows)


def test_standard_error_by_hand(source: Source):
    """Eight of ten solved, resolution alone; with two made-up yes and two no 10 of 14: √(10/14 · 4/14 / 14)."""
    found = board(source, small.cases(*["u1 yes yes"] * 8, *["u1 no yes"] * 2), PLAIN)
    [only] = found.units
    assert only.error == pytest.approx(100 * sqrt(10 / 14 * 4 / 14 / 14), abs=1e-6)
    assert (only.rank, only.best, only.worst, only.real) == (1, 1, 1, None)


def test_three_answers_of_one_citizen_are_one_citizen(source: Source):
    """Resolution and satisfaction that always agree are as unsure as one of them alone, not less by √2."""
    both = small.scheme(
        swaps=[
            ("parts = { first_duty = 0.10 }", "parts = {}"),
            (
                "response = 0.10, resolution = 0.40, satisfaction = 0.40",
                "response = 0, resolution = 0.5, satisfaction = 0.5",
            ),
        ]
    )
    cases = small.cases(*["u1 yes yes"] * 8, *["u1 no no"] * 2)
    assert board(source, cases, both).units[0].error == pytest.approx(board(source, cases, PLAIN).units[0].error)


def test_thirty_yes_of_thirty_are_not_certain(source: Source):
    found = board(source, small.cases(*["u1 yes yes"] * 30, *["u2 yes yes"] * 29, "u2 no yes"), PLAIN)
    first, second = found.units
    assert 0 < first.error < second.error
    assert first.real is not None
    assert 0.5 < first.real < 0.95
    assert found.unsure == 1


def test_a_wide_gap_of_many_answers_is_real(source: Source):
    cases = small.cases(*["u1 yes yes"] * 90, *["u1 no no"] * 10, *["u2 yes yes"] * 60, *["u2 no no"] * 40)
    first, second = board(source, cases, PLAIN).units
    assert (first.unit, first.worst, second.best) == ("u1", 1, 2)
    # 30 points apart; each error as by hand: √(.885·.115/104) = 3.13 %, √(.596·.404/104) = 4.81 %; z = 5.2.
    assert first.real == pytest.approx(1.0, abs=1e-5)


def test_equal_units_are_even(source: Source):
    first, _second = board(source, small.cases(*["u1 yes yes"] * 5, *["u2 yes yes"] * 5), PLAIN).units
    assert first.real == 0.5


def test_nobody_is_ranked_without_answers_enough(source: Source):
    assert board(source, small.cases("u1 yes yes"), PLAIN) == Board((), ())


def test_tilting_by_hand(source: Source):
    """u1: all solved, half satisfied; u2 the other way round, of four each. Equal weights tie, resolution wins ties."""
    cases = small.cases(*["u1 yes yes", "u1 yes no"] * 2, *["u2 yes yes", "u2 no yes"] * 2)
    found = board(source, cases, small.scheme())
    assert [(one.unit, one.tilted_best, one.tilted_worst) for one in found.units] == [("u1", 1, 2), ("u2", 1, 2)]
    moved = {(tilt.rate, tilt.by): tilt.moved for tilt in found.tilts}
    # Less weight on resolution, or more on satisfaction, and they change places.
    assert moved == {
        ("response", -0.05): 0, ("response", 0.05): 0, ("resolution", -0.05): 2, ("resolution", 0.05): 0,
        ("satisfaction", -0.05): 0, ("satisfaction", 0.05): 2,
    }  # fmt: skip


@given(small.many(least=8, most=30), st.sampled_from(recompute.RATES), st.sampled_from([-0.05, 0.05]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tilted_ranks_are_those_of_the_rule_with_tilted_weights(
    source: Source, cases: list[Case], rate: str, by: float
):
    """The fast way of tilting and `recompute` agree, with a part that only one unit has."""
    scheme = small.scheme()
    marks = [
        {"unit": "u1", "name": "first_duty", "got": "3", "of": "4"},
        {"unit": "u2", "name": "late", "got": "1", "of": ""},
    ]
    weights = {**scheme.values["rates"], **scheme.values["parts"]}
    exact = {name: Fraction(value) for name, value in weights.items()}
    mine = exact[rate] + Fraction(round(by * 100), 100)
    scale = (1 - mine) / (1 - exact[rate])
    tilted = {name: mine if name == rate else value * scale for name, value in exact.items()}
    values = scheme.values | {
        "rates": {name: tilted[name] for name in scheme.values["rates"]},
        "parts": {name: tilted[name] for name in scheme.values["parts"]},
    }
    rows = recompute.recompute(values, str(small.FIRST), small.UNITS, cases, marks)[0]["rows"]
    wanted = {row["unit"]: row["rank"] for row in rows if row["rank"] is not None}
    found = board(source, cases, scheme, marks)
    moved = sum(unit.rank != wanted[unit.unit] for unit in found.units)
    [tilt] = [one for one in found.tilts if (one.rate, one.by) == (rate, by)] or [None]
    assert (tilt.moved if tilt else 0) == moved


def test_the_error_is_that_of_cases_drawn_anew(source: Source):
    """A bootstrap of 4,000 draws with a fixed seed gives the same error, to a tenth of it."""
    rng = random.Random(7)
    answers = [("yes", "yes")] * 120 + [("part", "mostly")] * 40 + [("no", "no")] * 50 + [("no", "yes")] * 20
    found = board(source, small.cases(*[f"u1 {a} {b}" for a, b in answers]), small.scheme())
    worth = {"yes": 1.0, "part": 0.5, "mostly": 0.8, "no": 0.0}
    scores = []
    for _ in range(4000):
        drawn = rng.choices(answers, k=len(answers))
        solved, satisfied = (sum(worth[one[n]] for one in drawn) / len(drawn) for n in (0, 1))
        scores.append(100 * (0.1 + 0.4 * solved + 0.4 * satisfied) / 0.9)
    assert found.units[0].error == pytest.approx(float(np.std(scores)), rel=0.1)

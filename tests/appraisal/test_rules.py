"""Rates, intervals, composite and ranks, against figures worked out elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.appraisal import rules
from jieban.appraisal.rules import Rate, Standing


def a_standing(unit: str, composite: float | None, *, solved: int = 80, of: int = 100, enough: bool = True) -> Standing:
    rate = Rate(solved, of, solved)
    return Standing(1, unit, unit, "street", of, 0, rate, rate, rate, composite, enough)


@pytest.mark.parametrize(
    ("reached", "out_of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (90, 100, 0.8256, 0.9448),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_interval_agrees_with_published_values(reached, out_of, low, high):
    assert rules.wilson(reached, out_of) == pytest.approx((low, high), abs=5e-5)


def test_rate_without_cases_has_no_share_and_says_nothing():
    empty = Rate(0, 0, 0)
    assert (empty.share, empty.interval) == (None, (0.0, 1.0))


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_rate_and_stays_between_none_and_all(case):
    reached, out_of = case
    low, high = rules.wilson(reached, out_of)
    assert 0.0 <= low <= reached / out_of + 1e-12
    assert reached / out_of - 1e-12 <= high <= 1.0


def test_composite_weighs_response_least():
    rates = (Rate(100, 100, 100), Rate(90, 100, 90), Rate(80, 100, 80))
    assert rules.composite(rates) == pytest.approx(10 + 40.5 + 36)
    assert rules.composite((rates[0], Rate(0, 0, 0), rates[2])) is None


def test_demo_scheme_weighs_to_one_and_calls_itself_unofficial():
    assert sum(rules.DEMO.weights.values()) == pytest.approx(1.0)
    assert rules.DEMO.note == "示例，非官方"


def test_ranks_share_ties_and_leave_small_samples_out():
    found = rules.ranked(
        [
            a_standing("c", 90.0),
            a_standing("small", 100.0, enough=False),
            a_standing("a", 95.0),
            a_standing("d", 80.0),
            a_standing("b", 90.0),
        ]
    )
    assert [(one.unit, one.rank) for one in found] == [("a", 1), ("b", 2), ("c", 2), ("d", 4), ("small", None)]


def test_equal_composites_are_told_apart_by_resolution():
    found = rules.ranked([a_standing("low", 90.0, solved=70), a_standing("high", 90.0, solved=85)])
    assert [(one.unit, one.rank) for one in found] == [("high", 1), ("low", 2)]


def test_small_samples_stand_by_how_many_they_are():
    few, more = a_standing("few", 100.0, solved=1, of=1, enough=False), a_standing("more", 60.0, of=9, enough=False)
    assert [one.unit for one in rules.ranked([few, more])] == ["more", "few"]

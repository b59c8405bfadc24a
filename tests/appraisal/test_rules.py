"""One rate of many answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.appraisal import rules
from jieban.appraisal.rules import Rate

SOLVED = {"yes": Decimal("1.00"), "part": Decimal("0.25"), "explained": Decimal("0.50"), "no": Decimal("0.00")}


@pytest.mark.parametrize(
    ("got", "out_of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (500, 10, 0.2366, 0.7634),
        (1000, 10, 0.7225, 1.0),
        (9000, 100, 0.8256, 0.9448),
        (100, 1, 0.2065, 1.0),
    ],
)
def test_wilson_interval_agrees_with_published_values(got, out_of, low, high):
    assert Rate(got, out_of, 0).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("rate", [Rate(0, 0, 0), Rate(None, 10, 4)])
def test_rate_without_cases_or_without_scheme_says_nothing(rate):
    assert (rate.share, rate.interval) == (None, (0.0, 1.0))


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_rate_and_stays_between_none_and_all(case):
    reached, out_of = case
    low, high = Rate(100 * reached, out_of, reached).interval
    assert -1e-12 <= low <= reached / out_of + 1e-12
    assert reached / out_of - 1e-12 <= high <= 1.0 + 1e-12


def test_answers_are_worth_what_the_scheme_says():
    counts = {"yes": 1, "part": 1, "explained": 1, "no": 3}
    assert rules.worth(counts, SOLVED) == 175
    assert rules.worth(counts, None) is None
    assert Rate(175, 6, 1, 1, 1).share == pytest.approx(1.75 / 6)

"""The exact interval against the sums that define it."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core.shares import exact


def at_most(k: int, n: int, p: float) -> float:
    """The chance of at most k in n."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@given(n=st.integers(1, 60), share=st.floats(0, 1))
def test_bounds_leave_a_fortieth_on_each_side(n, share):
    k = round(n * share)
    low, high = exact(k, n)
    assert low <= k / n <= high
    assert k == 0 or 1 - at_most(k - 1, n, low) == pytest.approx(0.025, abs=1e-6)
    assert k == n or at_most(k, n, high) == pytest.approx(0.025, abs=1e-6)


def test_no_case_says_nothing():
    assert exact(0, 0) == (0.0, 1.0)


def test_rule_of_three():
    assert exact(0, 100) == (0.0, pytest.approx(0.0362, abs=1e-4))

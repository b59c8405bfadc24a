"""What counts as a rise, worked out by hand, and by when to be ready."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.analytics.forecasts import rises
from jieban.core.deadlines import Calendar


def test_usual_is_the_larger_of_a_year_and_a_quarter() -> None:
    assert rises.usual([0.0] * 5 + [12.0] * 12) == 12
    # The year's mean is (9 · 10 + 3 · 30) / 12 = 15, the last quarter's is 30.
    assert rises.usual([10.0] * 9 + [30.0] * 3) == 30


def test_month_is_a_rise_only_where_its_low_end_is_above_the_usual() -> None:
    found = rises.rises([100.0] * 12, [150, 150, 150], [101, 100, 120], [90, 80, 101], [200, 200, 180])
    assert [(one.step, one.usual, one.sure) for one in found] == [(0, 100, False), (2, 100, True)]
    assert found[0].more == pytest.approx(0.5)


def test_rise_of_a_few_per_cent_is_not_worth_a_plan() -> None:
    assert rises.rises([100.0] * 12, [109.5, 110.5], [101, 101], [101, 101], [115, 115])[0].step == 1


def test_no_history_gives_no_rise() -> None:
    assert rises.rises([], [], [], [], []) == []


def test_ready_is_the_last_working_day_before() -> None:
    # 2021-02-01 is a Monday: the Friday before. With that Friday off and Saturday worked, the Saturday.
    assert rises.ready_by(202102, Calendar()) == date(2021, 1, 29)
    moved = Calendar(holidays=frozenset({date(2021, 1, 29)}), workdays=frozenset({date(2021, 1, 30)}))
    assert rises.ready_by(202102, moved) == date(2021, 1, 30)

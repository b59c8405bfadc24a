"""Cycles: their days, their names, and where one stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.appraisal import cycles
from jieban.city import schemes
from jieban.core.errors import BadInput
from tests.appraisal import small

KNOWN = [small.scheme()]


def starting(day: int) -> schemes.Scheme:
    return small.scheme(swaps=[("cycle_start_day = 19", f"cycle_start_day = {day}")])


@pytest.mark.parametrize(
    ("day", "first", "end", "code"),
    [
        (date(2026, 11, 18), date(2026, 10, 19), date(2026, 11, 19), "2026-11"),
        (date(2026, 11, 19), date(2026, 11, 19), date(2026, 12, 19), "2026-12"),
        (date(2026, 12, 31), date(2026, 12, 19), date(2027, 1, 19), "2027-01"),
    ],
)
def test_a_day_lies_in_the_cycle_from_the_nineteenth_to_the_eighteenth(day, first, end, code):
    found = cycles.containing(day, KNOWN)
    assert (found.first, found.end, found.code, found.last) == (first, end, code, end - timedelta(days=1))


@given(st.dates(date(2026, 3, 1), date(2040, 1, 1)), st.integers(1, 28))
def test_cycles_follow_each_other_without_gap_and_their_names_find_them(day, start):
    known = [starting(start)]
    mine = cycles.containing(day, known)
    assert mine.first <= day < mine.end
    assert cycles.containing(mine.end, known).first == mine.end
    assert cycles.named(mine.code, known) == mine
    before = cycles.before(mine, known)
    assert before is None or before.end == mine.first


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2026, 10, 18), cycles.COMING),
        (date(2026, 10, 19), cycles.OPEN),
        (date(2026, 11, 18), cycles.OPEN),
        (date(2026, 11, 19), cycles.LATE),
        (date(2026, 11, 21), cycles.LATE),
        (date(2026, 11, 22), cycles.WINDOW),
        (date(2026, 11, 26), cycles.WINDOW),
        (date(2026, 11, 27), cycles.OVER),
    ],
)
def test_stages_by_hand(day, stage):
    """Three days of late callbacks from 11-19, five days of exclusion from 11-22."""
    assert cycles.named("2026-11", KNOWN).stage(day) == stage


def test_a_scheme_holds_for_cycles_that_begin_on_its_first_day_or_later():
    newer = small.scheme(swaps=[("from = 2026-01-19", "from = 2026-11-01"), ('code = "small"', 'code = "newer"')])
    known = [*KNOWN, newer]
    assert cycles.named("2026-11", known).scheme.model.code == "small"
    assert cycles.named("2026-12", known).scheme.model.code == "newer"


def test_no_scheme_and_no_word_of_a_month_are_said_clearly():
    with pytest.raises(BadInput, match="没有生效的考评方案"):
        cycles.containing(date(2020, 1, 1), KNOWN)
    with pytest.raises(BadInput, match="不是考核期"):
        cycles.named("十一月", KNOWN)


@pytest.mark.parametrize(
    ("day", "done", "code"),
    [
        (date(2026, 11, 18), None, "2026-11"),
        (date(2026, 11, 19), None, "2026-12"),
        (date(2026, 11, 21), date(2026, 11, 18), "2026-11"),
        (date(2026, 11, 21), date(2026, 11, 19), "2026-12"),
        (date(2026, 11, 22), date(2026, 11, 18), "2026-12"),
    ],
)
def test_an_answer_counts_in_one_cycle(day, done, code):
    assert cycles.counting(day, done, [small.scheme()]).code == code

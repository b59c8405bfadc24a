"""When a scheme may be published or withdrawn."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.appraisal import scheme_rules as rules
from jieban.appraisal.scheme_rules import Past
from jieban.city.schemes import Scheme
from tests.appraisal import small

TODAY = date(2026, 11, 25)


def a_scheme(code: str = "new", first: str = "2026-12-19", start: int = 19) -> Scheme:
    return small.scheme(
        swaps=[
            ('code = "small"', f'code = "{code}"'),
            ("from = 2026-01-19", f"from = {first}"),
            ("cycle_start_day = 19", f"cycle_start_day = {start}"),
        ]
    )


OTHERS = [a_scheme("small", "2026-01-19")]


def said(scheme: Scheme, frozen: date | None = None, consulted: int = 1) -> list[str]:
    return rules.hindrances(scheme, OTHERS, Past(frozen, TODAY), consulted)


def test_a_scheme_of_a_coming_cycle_about_which_somebody_was_asked_may_be_published():
    assert said(a_scheme()) == []


@pytest.mark.parametrize(
    ("first", "frozen", "may"),
    [
        ("2026-12-19", None, True),
        ("2026-11-19", None, True),  # the cycle that runs, nothing frozen
        ("2026-10-19", None, False),
        ("2026-10-19", date(2026, 10, 19), True),  # the cycle before ended on that day and is frozen
        ("2026-10-19", date(2026, 11, 19), False),
        ("2026-09-19", date(2026, 10, 19), False),
    ],
)
def test_a_scheme_never_rewrites_what_is_frozen_or_past(first: str, frozen: date | None, may: bool):
    assert (said(a_scheme(first=first), frozen) == []) is may


@pytest.mark.parametrize(
    ("scheme", "word"),
    [
        (a_scheme(first="2026-12-20"), "不是考核期的第一天"),
        (a_scheme(first="2026-12-01", start=1), "两期会重叠"),
        (a_scheme("small"), "已经有一份方案在用"),
    ],
)
def test_each_hindrance_is_one_sentence(scheme: Scheme, word: str):
    [only] = said(scheme)
    assert word in only


def test_nobody_asked_is_a_hindrance():
    assert said(a_scheme(), consulted=0) == ["还没有征求意见的记录。请先登记征求了谁的意见、说了什么、怎么处理的。"]


def test_the_first_scheme_of_all_begins_today_at_the_earliest():
    assert rules.earliest_day([], Past(None, TODAY)) == TODAY


def test_who_wrote_is_whoever_made_or_edited():
    steps = [("made", 1), ("consulted", 2), ("edited", 3), ("edited", None)]
    assert rules.writers(steps) == {1, 3}


@pytest.mark.parametrize(
    ("state", "first", "may"),
    [
        ("draft", None, True), ("published", date(2026, 11, 26), True), ("published", TODAY, False),
        ("withdrawn", date(2027, 1, 19), False),
    ],
)  # fmt: skip
def test_only_what_never_held_may_be_withdrawn(state: str, first: date | None, may: bool):
    assert rules.may_withdraw(state, first, TODAY) is may

"""What answers lead to, and when to call again."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jieban.callback import rules
from jieban.callback.rules import Said
from jieban.core.errors import BadInput

WINDOWS = [("09:00", "12:00"), ("14:00", "20:00")]
GAP = timedelta(hours=4)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("solved", "satisfied", "told", "what"),
    [
        ("yes", "yes", "", "close"),
        ("yes", "", "", "close"),
        ("part", "mostly", "", "close"),
        ("yes", "none", "", "close"),
        ("no", "yes", "市民：没解决", "rework"),
        ("yes", "no", "市民：不满意", "rework"),
        ("part", "no", "市民：不满意", "rework"),
        ("no", "no", "市民：没解决，不满意", "rework"),
    ],
)
def test_plain_no_to_either_question_starts_a_new_round(solved, satisfied, told, what):
    said = Said(True, solved, satisfied)
    assert (rules.cause(said), rules.verdict(said, round_no=1)) == (told, what)


def test_rounds_end_with_the_no_on_record():
    said = Said(True, "no", "no")
    assert [rules.verdict(said, round_no=n) for n in (1, 2, 3)] == ["rework", "rework", "close"]
    assert rules.result(said) == "市民：没解决"


@pytest.mark.parametrize(
    "said", [Said(True), Said(True, "maybe"), Said(True, "yes", "great"), Said(True, "yes", attitude="x")]
)
def test_answer_that_is_no_choice_is_refused(said):
    with pytest.raises(BadInput):
        rules.check(said)


@pytest.mark.parametrize(
    ("tried", "again"),
    [
        (at(2, 9, 30), at(2, 14)),
        (at(2, 11, 59), at(2, 15, 59)),
        (at(2, 15), at(3, 9)),
        (at(2, 19), at(3, 9)),
        (at(2, 12, 30), at(2, 16, 30)),
        (at(2, 21), at(3, 9)),
        (at(2, 7), at(2, 11)),
    ],
)
def test_next_try_waits_the_gap_and_changes_the_window(tried, again):
    assert rules.next_try(tried, GAP, WINDOWS) == again


def test_next_try_with_one_window_is_in_the_same_one():
    assert rules.next_try(at(2, 9, 30), GAP, [("09:00", "17:00")]) == at(2, 13, 30)
    assert rules.next_try(at(2, 16), GAP, [("09:00", "17:00")]) == at(3, 9)


def test_calls_are_made_inside_the_windows_only():
    moments = (at(2, 8, 59), at(2, 9), at(2, 12), at(2, 14), at(2, 19, 59), at(2, 20))
    assert [rules.callable_now(moment, WINDOWS) for moment in moments] == [False, True, False, True, True, False]

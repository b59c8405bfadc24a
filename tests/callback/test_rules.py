"""What answers lead to, and when to call again."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.callback import rules
from jieban.callback.rules import Said
from jieban.city.terms import Callbacks
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
        ("part", "mostly", "市民：部分解决", "close"),
        ("explained", "yes", "", "close"),
        ("explained", "", "", "close"),
        ("explained", "no", "市民：没解决，但解释清楚了，不满意", "rework"),
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


@pytest.mark.parametrize(
    ("solved", "satisfied", "kind"),
    [
        ("no", "no", "double_no"), ("explained", "no", "double_no"), ("no", "mostly", "single_no"),
        ("no", "", "single_no"), ("yes", "no", "single_no"), ("part", "no", "single_no"), ("part", "yes", "part"),
        ("explained", "yes", ""), ("yes", "none", ""),
    ],
)  # fmt: skip
def test_each_no_has_its_kind(solved, satisfied, kind):
    assert rules.no_kind(Said(True, solved, satisfied)) == kind


def test_pack_says_what_starts_a_round_and_how_many_there_are():
    strict = Callbacks(rounds=2, starts=frozenset({"double_no", "part"}))
    answers = [Said(True, "part", "yes"), Said(True, "no", "yes"), Said(True, "no", "no")]
    assert [rules.verdict(said, round_no=1, terms=strict) for said in answers] == ["rework", "close", "rework"]
    assert [rules.verdict(said, round_no=2, terms=strict) for said in answers] == ["close"] * 3


def test_units_judged_apart_make_the_graver_whole_and_each_its_own_round():
    good, bad = Said(True, "yes", "yes"), Said(False, "part", "no")
    said = rules.whole(Said(words="一个好一个不好", each={1: good, 2: bad}))
    assert (said.contacted, said.solved, said.satisfied, said.words) == (False, "part", "no", "一个好一个不好")
    assert (said.about(1), said.about(2), said.about(3)) == (good, bad, said)
    assert rules.verdict(said, round_no=1) == "rework"
    apart = Said(each={1: Said(True, "no", "yes"), 2: Said(True, "yes", "no")})
    both = Callbacks(starts=frozenset({"double_no"}))
    assert rules.verdict(rules.whole(apart), round_no=1, terms=both) == "close"


@pytest.mark.parametrize(
    ("solved", "satisfied", "next_round", "reason"),
    [
        ("no", "no", 2, "双否：市民说没解决，也不满意"), ("no", "yes", 2, ""), ("no", "yes", 3, "已经是第 3 轮办理"),
        ("explained", "no", 2, "双否：市民说没解决，也不满意"),
    ],
)  # fmt: skip
def test_double_no_and_late_rounds_are_raised(solved, satisfied, next_round, reason):
    assert rules.raises(Said(True, solved, satisfied), next_round=next_round) == reason


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


@st.composite
def windows(draw) -> list[tuple[str, str]]:
    """One to three windows of a day, in order and apart."""
    edges = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True)))
    marks = [f"{n // 4:02d}:{n % 4 * 15:02d}" for n in edges]
    return list(zip(marks[::2], marks[1::2], strict=False))


@given(
    spans=windows(),
    tried=st.integers(0, 7 * 1440),
    gap=st.integers(0, 9 * 1440),
    wish=st.none() | st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda w: w[0] < w[1]),
)
def test_next_try_is_never_outside_the_windows_nor_before_the_gap(spans, tried, gap, wish):
    moment, wait = at(2, 0) + timedelta(minutes=tried), timedelta(minutes=gap)
    named = wish and (f"{wish[0]:02d}:00", f"{wish[1]:02d}:00")
    again = rules.next_try(moment, wait, spans, named)
    assert again >= moment + wait
    assert rules.callable_now(again, spans)
    shared = named and any(max(a, named[0]) < min(b, named[1]) for a, b in spans)
    assert not shared or rules.callable_now(again, [named])


@pytest.mark.parametrize(
    ("text", "window"), [("09:00-12:00", ("09:00", "12:00")), ("", None), ("晚上", None), ("12:00-09:00", None)]
)
def test_wished_time_is_read_or_left_alone(text, window):
    assert rules.wished(text) == window

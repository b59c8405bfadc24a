"""When a letter is due: each trigger on both sides of its edge, and groups that do not depend on the order of rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city.oversight import Trigger
from jieban.core.errors import BadInput
from jieban.handling import supervision_rules as rules
from jieban.handling.supervision_rules import Group, Matter, Sighting
from tests.factories import AT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVERDUE = Trigger("late", "overdue", "超期", "Late", "{number}", over="2h")
CLUSTER = Trigger("many", "cluster", "多件", "Many", "{count}", within="1d", times=3, callers=2)


def test_overdue_from_the_very_minute_on():
    matter = Matter(due_at=AT)
    assert [rules.due(OVERDUE, matter, at=AT + 2 * HOUR + d) for d in (timedelta(seconds=-1), timedelta(0))] == [
        False,
        True,
    ]


def test_replied_in_between_is_not_overdue():
    assert rules.due(OVERDUE, Matter(due_at=AT, replied_at=AT + HOUR), at=AT + DAY) is False


@pytest.mark.parametrize(
    ("solved", "satisfied", "double", "single"),
    [
        ("no", "no", True, False),
        ("no", "mostly", False, True),
        ("part", "no", False, True),
        ("yes", "yes", False, False),
        ("", "", False, False),
    ],
)
def test_two_nos_and_one_no_are_told_apart(solved, satisfied, double, single):
    matter = Matter(solved=solved, satisfied=satisfied)
    found = [rules.due(Trigger(w, w, "", "", ""), matter, at=AT) for w in ("double_no", "single_no")]
    assert found == [double, single]


def test_words_and_channels_are_looked_for():
    words = Trigger("w", "words", "", "", "", words=("煤气味", "着火"))
    assert rules.due(words, Matter(words="楼道里有煤气味"), at=AT)
    assert not rules.due(words, Matter(words="楼道灯坏了"), at=AT)
    board = Trigger("c", "channel", "", "", "", channels=("people_board",))
    assert [rules.due(board, Matter(channel=c), at=AT) for c in ("people_board", "phone")] == [True, False]


def test_trigger_is_narrowed_by_category_and_urgency():
    narrow = replace(OVERDUE, categories=("01",), urgencies=("24h",))
    late = Matter(category="0102", urgency="24h", due_at=AT)
    assert rules.due(narrow, late, at=AT + DAY)
    assert not rules.due(narrow, replace(late, category="02"), at=AT + DAY)
    assert not rules.due(narrow, replace(late, urgency="7d"), at=AT + DAY)


def seen(n: int, point: str = "e1|0101", *, caller: str = "", hours: int = 1) -> Sighting:
    return Sighting(n, point, caller, AT - hours * HOUR)


def test_three_in_a_day_at_one_point_from_two_callers():
    rows = [seen(1, caller="a", hours=24), seen(2, caller="b", hours=2), seen(3, caller="a")]
    assert rules.groups(rows, CLUSTER, at=AT) == [Group("e1|0101", (1, 2, 3), 2)]
    assert rules.groups([replace(rows[0], at=AT - 25 * HOUR), *rows[1:]], CLUSTER, at=AT) == []
    assert rules.groups([replace(row, caller="a") for row in rows], CLUSTER, at=AT) == []
    assert rules.groups([rows[0], rows[1], replace(rows[2], point="e2|0101")], CLUSTER, at=AT) == []


def test_calls_without_a_number_count_together_as_one_caller():
    assert rules.groups([seen(1), seen(2), seen(3)], CLUSTER, at=AT) == []
    assert [g.callers for g in rules.groups([seen(1), seen(2), seen(3, caller="a")], CLUSTER, at=AT)] == [2]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["p", "q", ""]), st.integers(0, 40)), max_size=25),
    st.randoms(),
)
def test_groups_are_the_same_in_any_order_and_keep_what_they_promise(drawn, rnd):
    rows = [Sighting(i, point, caller, AT - hours * HOUR) for i, (caller, point, hours) in enumerate(drawn)]
    mixed = list(rows)
    rnd.shuffle(mixed)
    found = rules.groups(rows, CLUSTER, at=AT)
    assert sorted(found, key=lambda g: g.point) == sorted(rules.groups(mixed, CLUSTER, at=AT), key=lambda g: g.point)
    by_id = {row.order: row for row in rows}
    for group in found:
        held = [by_id[pk] for pk in group.orders]
        assert len(held) >= 3
        assert len({row.caller for row in held}) == group.callers >= 2
        assert {row.point for row in held} == {group.point}
        assert [row.at for row in held] == sorted(row.at for row in held)
        assert all(AT - DAY <= row.at <= AT for row in held)


def test_letter_fills_in_what_the_rule_counted():
    trigger = replace(CLUSTER, text="{number}：{days} 天 {count} 件 {callers} 个号码，{due} 前")
    assert rules.text(trigger, number="JB-1", due="3月2日 13:00", count=4, callers=3) == (
        "JB-1：1 天 4 件 3 个号码，3月2日 13:00 前"
    )


def test_answers_and_opinions_must_say_something():
    assert rules.check_reply("  已派人到场，今晚修好。 ") == "已派人到场，今晚修好。"
    for call in (
        lambda: rules.check_reply("办了"),
        lambda: rules.check_effect("good", "很好"),
        lambda: rules.check_effect("helped", " "),
    ):
        with pytest.raises(BadInput):
            call()

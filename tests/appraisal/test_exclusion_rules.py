"""Who may take which step of a request to be left out of scoring, and what it must say: values in, values out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.appraisal import exclusion_rules as rules
from jieban.core.errors import BadInput, Conflict, NotAllowed
from tests.factories import AT

STREET = (7, "north/mill/")


@pytest.mark.parametrize(
    ("role", "unit", "path", "may"),
    [
        (Role.CLERK, 7, "north/mill/", True),
        (Role.CHIEF, 7, "north/mill/", True),
        (Role.CLERK, 8, "north/mill/c1/", False),  # a community that does the work: the street answers for it
        (Role.CHIEF, 9, "north/hill/", False),
        (Role.DISTRICT, 1, "north/", True),
        (Role.DISTRICT, 2, "south/", False),
        (Role.SUPERVISOR, 7, "north/mill/", False),
        (Role.DISTRICT, None, "", False),
    ],
)
def test_only_the_unit_itself_and_its_district_ask(role, unit, path, may):
    assert rules.may_ask(role, unit, path, STREET) is may


def test_time_ends_with_its_last_moment():
    rules.check_time("N", AT, at=AT)
    rules.check_time("N", None, at=AT + timedelta(days=999))
    with pytest.raises(BadInput, match="到 2026-03-02 09:00 为止"):
        rules.check_time("N", AT, at=AT + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("before", "error"),
    [
        ([], None),
        ([("withdrawn", "storm")], None),
        ([("refused", "flood")], None),
        ([("refused", "storm")], BadInput),
        ([("granted", "storm")], BadInput),
        ([("asked", "flood")], Conflict),
        ([("withdrawn", "storm"), ("appealed", "flood")], Conflict),
    ],
)
def test_what_was_decided_is_not_asked_again_on_the_same_ground(before, error):
    if error is None:
        rules.check_asked_before("N", "storm", before)
        return
    with pytest.raises(error):
        rules.check_asked_before("N", "storm", before)


@pytest.mark.parametrize(
    ("role", "ground", "filed", "why"),
    [("notice", "", False, "只是告知"), ("lead", "storm", False, "已经剔除"), ("lead", "", True, "另行公布")],
)
def test_only_what_counts_is_left_out(role, ground, filed, why):
    with pytest.raises(BadInput, match=why):
        rules.check_counts("N", role=role, ground=ground, filed=filed)
    rules.check_counts("N", role="assist", ground="", filed=False)


@pytest.mark.parametrize(
    ("person", "handled", "own", "why"),
    [
        (1, False, False, "另一个人"),
        (None, False, False, "另一个人"),
        (3, True, False, "您办过"),
        (3, False, True, "任职"),
    ],
)
def test_nobody_decides_on_their_own_work(person, handled, own, why):
    with pytest.raises(NotAllowed, match=why):
        rules.check_decider("N", person, (1, 2, None), handled=handled, own=own)
    rules.check_decider("N", 3, (1, 2, None), handled=False, own=False)


def test_a_post_at_the_unit_below_it_or_at_its_district_is_its_own():
    own = [rules.own([rules.Seat(role, path)], "north/mill/") for role, path in (
        ("clerk", "north/mill/"), ("clerk", "north/mill/c1/"), ("district", "north/"), ("leader", "north/"),
        ("clerk", "north/hill/"), ("auditor", "watch/"),
    )]  # fmt: skip
    assert own == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("before", "grant", "stage", "step", "move"),
    [
        (False, True, "granted", "uphold", "leave_out"),
        (False, False, "refused", "reject", "refuse_exclusion"),
        (True, False, "refused", "uphold", "take_in"),
        (True, True, "granted", "reject", ""),
    ],
)
def test_the_second_decision_is_the_last(before, grant, stage, step, move):
    assert rules.decided_again(before, grant) == rules.Outcome(stage, grant, step, move)


def test_the_unit_appeals_a_refusal_and_the_city_a_grant():
    sides = [(role, mine, granted) for granted in (True, False) for role, mine in (
        (Role.CLERK, True), (Role.CLERK, False), (Role.SUPERVISOR, False), (Role.SUPERVISOR, True),
    )]  # fmt: skip
    assert [side for side in sides if rules.may_appeal(side[0], mine=side[1], granted=side[2])] == [
        (Role.SUPERVISOR, False, True), (Role.SUPERVISOR, True, True), (Role.CLERK, True, False),
        (Role.SUPERVISOR, True, False),
    ]  # fmt: skip


def test_appeal_is_made_once():
    rules.check_once("N", None)
    with pytest.raises(BadInput, match="只有一次"):
        rules.check_once("N", AT)


def test_words_are_trimmed_and_bounded():
    assert rules.check_words("  政策不允许，已经解释过  ") == "政策不允许，已经解释过"
    for words in ("太短了", "长" * 2001):
        with pytest.raises(BadInput):
            rules.check_words(words)

"""The arithmetic of joint work on values alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city import reading
from jieban.core.errors import BadInput
from jieban.handling import joint_rules
from tests.city import toy
from tests.factories import AT

PACK = reading.read(toy.files())
HOURS = st.integers(1, 24 * 40).map(lambda n: timedelta(hours=n))


@dataclass(frozen=True, slots=True)
class Part:
    no: int
    role: str
    state: str


@pytest.mark.parametrize(
    ("parts", "first"),
    [
        ([], None),
        ([Part(1, "assist", "signed")], None),
        ([Part(2, "lead", "signed"), Part(1, "lead", "handling")], 1),
        ([Part(1, "lead", "redirected"), Part(2, "assist", "signed"), Part(3, "lead", "sent")], 3),
        ([Part(1, "lead", "handover"), Part(2, "lead", "sent")], 1),
    ],
)
def test_first_receiver_is_the_first_lead_not_handed_over(parts: list[Part], first: int | None) -> None:
    assert joint_rules.first_receiver(parts) == first


@given(HOURS, HOURS)
def test_a_time_agreed_holds_where_it_lies_ahead_and_within_the_callers_limit(meet, due) -> None:
    def at(moment):
        return joint_rules.arrive_by(PACK, "7d", at=AT, meet=moment, handle_due=AT + due)

    if meet <= due:
        assert at(AT + meet) == AT + meet
    else:
        with pytest.raises(BadInput):
            at(AT + meet)
    with pytest.raises(BadInput):
        at(AT)


def test_caller_that_is_late_already_may_still_agree_a_time() -> None:
    meet = AT + timedelta(hours=3)
    late = AT - timedelta(hours=1)
    assert joint_rules.arrive_by(PACK, "7d", at=AT, meet=meet, handle_due=late) == meet


@pytest.mark.parametrize(("urgency", "limit"), [("2h", "30min"), ("24h", "2h"), ("7d", "1d")])
def test_without_a_limit_of_its_own_coming_has_that_of_the_first_response(urgency: str, limit: str) -> None:
    assert joint_rules.arrival_limit(PACK, urgency) == limit


def test_a_whistle_crosses_where_both_lie_in_districts_and_these_differ() -> None:
    units = PACK.units
    south = reading.UnitSpec("south-x", "X", "X", "street", district="south")
    cases = {("mill", "hill"): False, ("mill", "water"): False, ("north", "mill"): False}
    assert {pair: joint_rules.crosses(units[pair[0]], units[pair[1]]) for pair in cases} == cases
    assert joint_rules.crosses(units["mill"], south) is True
    assert joint_rules.crosses(None, units["mill"]) is False


@pytest.mark.parametrize(
    ("unit", "rank", "level", "receiver"),
    [
        ("mill", 0, "leader", "mill"),
        ("mill", 1, "ward", "north"),
        ("water", 1, "hall", "hall"),
        ("mill", 2, "hall", "hall"),
    ],
)
def test_next_level_is_the_nearest_with_a_receiver(unit: str, rank: int, level: str, receiver: str) -> None:
    found = joint_rules.next_level(PACK, unit, rank=rank)
    assert found is not None
    assert (found[0].code, found[1]) == (level, receiver)


def test_above_the_top_there_is_nobody() -> None:
    assert joint_rules.next_level(PACK, "mill", rank=3) is None

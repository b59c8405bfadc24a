"""The centre hears of each stage of a cycle once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from jieban.appraisal import proof, timetable
from jieban.appraisal.result_models import CycleStep
from jieban.orders.models import Message
from tests import factories
from tests.appraisal import frozen, small

KNOWN = [small.scheme()]


def at(month: int, day: int) -> datetime:
    return datetime.combine(date(2026, month, day), time(9), factories.AT.tzinfo)


@pytest.fixture
def centre(city):
    return city.centre


def told(centre) -> list[tuple[str, str]]:
    found = Message.objects.filter(topic="cycle_stage", unit=centre).order_by("pk")
    return [(one.body["cycle"], one.body["stage"]) for one in found]


def test_each_stage_is_told_once_while_the_days_go_by(centre):
    day = at(11, 10)
    while day < at(12, 1):
        timetable.tell(KNOWN, at=day)
        timetable.tell(KNOWN, at=day + timedelta(hours=1))
        day += timedelta(days=1)
    assert told(centre) == [
        ("2026-11", "open"), ("2026-10", "over"), ("2026-09", "over"),
        ("2026-12", "open"), ("2026-11", "late"), ("2026-11", "window"), ("2026-11", "over"),
    ]  # fmt: skip
    assert {step.name for step in CycleStep.objects.all()} == {"考核期日程"}
    assert CycleStep.objects.get(cycle="2026-11", what="late").words == (
        "2026-10-19 至 2026-11-18，补访到 2026-11-21，剔除申请到 2026-11-26"
    )
    assert proof.flaws() == []


def test_what_is_frozen_already_is_not_to_be_frozen(centre):
    frozen.result(small.cases("u1 yes yes"))
    timetable.tell(KNOWN, at=at(11, 28))
    assert ("2026-11", "over") not in told(centre)


def test_without_a_scheme_in_force_nothing_is_told(centre):
    assert timetable.tell(KNOWN, at=datetime(2025, 1, 1, 9, tzinfo=factories.AT.tzinfo)) == 0
    assert timetable.tell([], at=at(11, 28)) == 0

"""When the schedule makes which report, and who may open it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics import periodic
from jieban.analytics.periodic import schedule
from jieban.analytics.periodic.spans import CYCLE, DAY, MONTH, WEEK, Period
from tests.factories import ZONE

# A Tuesday.
SIX, BEFORE = datetime(2021, 11, 30, 6, 0, tzinfo=ZONE), datetime(2021, 11, 30, 5, 59, tzinfo=ZONE)


def due(rhythm: str, at: datetime, start: int = 19) -> list[str]:
    return [one.until.isoformat() for one in schedule.due(rhythm, at, cycle_start_day=start)]


def test_yesterday_is_reported_from_six_in_the_morning_and_three_days_are_caught_up():
    assert due(DAY, SIX) == ["2021-11-29", "2021-11-28", "2021-11-27"]
    assert due(DAY, BEFORE) == ["2021-11-28", "2021-11-27", "2021-11-26"]


def test_the_week_is_reported_on_monday():
    assert due(WEEK, datetime(2021, 11, 29, 5, 59, tzinfo=ZONE)) == ["2021-11-21", "2021-11-14"]
    assert due(WEEK, datetime(2021, 11, 29, 6, 0, tzinfo=ZONE)) == ["2021-11-28", "2021-11-21"]


def test_the_month_on_the_first_and_the_cycle_on_its_own_day():
    assert due(MONTH, datetime(2021, 12, 1, 6, 0, tzinfo=ZONE)) == ["2021-11-30"]
    assert due(MONTH, SIX) == ["2021-10-31"]
    assert due(CYCLE, datetime(2021, 11, 19, 6, 0, tzinfo=ZONE)) == ["2021-11-18"]
    assert due(CYCLE, datetime(2021, 11, 18, 23, 0, tzinfo=ZONE)) == ["2021-10-18"]


def test_a_cycle_that_is_the_month_is_not_reported_twice():
    assert due(CYCLE, SIX, start=1) == []


def test_a_period_waits_until_the_lake_holds_all_of_it():
    day = Period(DAY, date(2021, 11, 29), date(2021, 11, 29))
    assert not schedule.ready(day, datetime(2021, 11, 29, 23, 59, tzinfo=ZONE))
    assert schedule.ready(day, datetime(2021, 11, 30, 0, 0, tzinfo=ZONE))


def test_every_plan_is_one_that_its_kind_allows():
    for plan in schedule.PLANS:
        kind = periodic.KINDS[plan.kind]
        assert (plan.rhythm in kind.rhythms, plan.scope in kind.scopes) == (True, True), plan


CITY, NORTH, MILL, SOUTH = "", "north/", "north/mill/", "south/"


@pytest.mark.parametrize(
    ("role", "sees", "path", "opens", "makes"),
    [
        (Role.LEADER, Sight.ALL, "hall/", {CITY, NORTH, MILL, SOUTH}, {CITY, NORTH, MILL, SOUTH}),
        (Role.SUPERVISOR, Sight.ALL, "hall/", {CITY, NORTH, MILL, SOUTH}, {CITY, NORTH, MILL, SOUTH}),
        (Role.AUDITOR, Sight.ALL, "hall/", {CITY, NORTH, MILL, SOUTH}, set()),
        (Role.DISTRICT, Sight.TREE, NORTH, {NORTH, MILL}, {NORTH, MILL}),
        (Role.LEADER, Sight.TREE, NORTH, {NORTH, MILL}, {NORTH, MILL}),
        (Role.CHIEF, Sight.TREE, MILL, {MILL}, {MILL}),
        (Role.CLERK, Sight.TREE, MILL, {MILL}, set()),
        (Role.CHIEF, Sight.UNIT, MILL, {MILL}, {MILL}),
        (Role.CHIEF, Sight.TREE, "", set(), set()),
        (Role.AGENT, Sight.ALL, "hall/", set(), set()),
        (Role.ADMIN, Sight.NONE, "hall/", set(), set()),
    ],
)
def test_posts_open_and_make_what_lies_in_their_reach(role, sees, path, opens, makes):
    actor = Actor(role, "周静", unit_path=path, sight=sees)
    every = (CITY, NORTH, MILL, SOUTH)
    assert {one for one in every if schedule.sees(actor, one)} == opens
    assert {one for one in every if schedule.may_make(actor, one)} == makes

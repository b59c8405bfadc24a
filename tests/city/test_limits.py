"""When a unit must have signed, called and finished: the pack's clocks on the city's own calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jieban.city import limits, reading
from jieban.city.limits import Limits
from jieban.core.errors import BadInput
from tests.city import toy

HERE = ZoneInfo("Europe/London")
AT = datetime(2026, 12, 18, 16, 0, tzinfo=HERE)


@pytest.fixture(scope="module")
def pack():
    return reading.read(toy.files())


def test_first_round_counts_each_limit_from_the_same_moment(pack) -> None:
    assert limits.first(pack, "2h", at=AT) == Limits(
        sign=datetime(2026, 12, 18, 16, 30, tzinfo=HERE),
        respond=datetime(2026, 12, 18, 17, 0, tzinfo=HERE),
        handle=datetime(2026, 12, 18, 18, 0, tzinfo=HERE),
    )


def test_rework_takes_the_pack_limit_where_half_the_first_is_longer(pack) -> None:
    assert limits.again(pack, "7d", at=AT).handle == datetime(2026, 12, 21, 16, 0, tzinfo=HERE)


def test_rework_takes_half_the_first_limit_where_that_is_shorter(pack) -> None:
    assert limits.again(pack, "2h", at=AT) == Limits(
        sign=datetime(2026, 12, 18, 16, 30, tzinfo=HERE),
        respond=datetime(2026, 12, 18, 17, 0, tzinfo=HERE),
        handle=datetime(2026, 12, 18, 17, 0, tzinfo=HERE),
    )


def test_working_days_follow_the_calendar_of_the_pack(pack) -> None:
    # Friday the 18th; Saturday the 19th is worked, Friday the 25th is a holiday.
    assert limits.run_out(pack, "1wd", at=AT) == datetime(2026, 12, 19, 16, 0, tzinfo=HERE)
    assert limits.run_out(pack, "6wd", at=AT) == datetime(2026, 12, 28, 16, 0, tzinfo=HERE)


def test_moment_is_read_on_the_clock_of_the_city(pack) -> None:
    in_beijing = datetime(2026, 12, 19, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert limits.run_out(pack, "1wd", at=in_beijing) == limits.run_out(pack, "1wd", at=AT)


def test_urgency_the_pack_does_not_know_names_those_it_has(pack) -> None:
    with pytest.raises(BadInput, match="没有“3h”这一档时限。可以选：2h、24h、7d。"):
        limits.first(pack, "3h", at=AT)


def test_another_city_counts_by_its_own_rework_limit(pack) -> None:
    slower = replace(pack, settings=replace(pack.settings, rework_limit="5d"))
    assert limits.again(slower, "7d", at=AT).handle == datetime(2026, 12, 22, 4, 0, tzinfo=HERE)


@pytest.mark.parametrize(("limit", "half"), [("5wd", "3wd"), ("8wh", "4wh"), ("1wd", "1wd")])
def test_half_of_working_time_is_working_time(pack, limit, half) -> None:
    week = pack.clocks["7d"]
    slow = replace(pack, clocks={"7d": replace(week, handle=replace(week.handle, limit=limit))})
    slow = replace(slow, settings=replace(slow.settings, rework_limit="90d"))
    assert limits.again(slow, "7d", at=AT).handle == limits.run_out(pack, half, at=AT)

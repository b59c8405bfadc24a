"""Which period a run is about: months and cycles that are over, days as written, on from where it was left."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from jieban.analytics.exports import rules
from jieban.core.errors import BadInput

ZONE = ZoneInfo("Asia/Shanghai")


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "begin", "until"),
    [
        (moment(2021, 11, 25, 9), moment(2021, 10, 1), moment(2021, 11, 1)),
        (moment(2022, 1, 1), moment(2021, 12, 1), moment(2022, 1, 1)),
        (moment(2021, 3, 31, 23, 59), moment(2021, 2, 1), moment(2021, 3, 1)),
    ],
)
def test_a_month_is_the_last_whole_one(at, begin, until):
    assert rules.period(rules.MONTH, at=at) == (begin, until)


@pytest.mark.parametrize(
    ("at", "begin", "until"),
    [
        (moment(2021, 11, 25), moment(2021, 10, 19), moment(2021, 11, 19)),
        (moment(2021, 11, 19), moment(2021, 10, 19), moment(2021, 11, 19)),
        (moment(2021, 11, 18), moment(2021, 9, 19), moment(2021, 10, 19)),
        (moment(2022, 1, 5), moment(2021, 11, 19), moment(2021, 12, 19)),
    ],
)
def test_a_cycle_is_the_last_whole_one_of_the_pack(at, begin, until):
    assert rules.period(rules.CYCLE, at=at, cycle_day=19) == (begin, until)


def test_days_are_both_included():
    days = {"first": date(2021, 11, 1), "last": date(2021, 11, 3)}
    found = rules.period(rules.DATES, at=moment(2021, 11, 25), **days)
    assert found == (moment(2021, 11, 1), moment(2021, 11, 4))


def test_a_series_goes_on_where_the_last_run_ended():
    at, first = moment(2021, 11, 25, 9), date(2021, 11, 1)
    assert rules.period(rules.SINCE, at=at, first=first) == (moment(2021, 11, 1), at)
    done = moment(2021, 11, 20, 8, 30)
    assert rules.period(rules.SINCE, at=at, first=first, done=done) == (done, at)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (rules.DATES, {}),
        (rules.DATES, {"first": date(2021, 11, 2), "last": date(2021, 11, 1)}),
        (rules.SINCE, {}),
        ("weekly", {}),
    ],
)
def test_a_period_that_is_none_is_refused(rule, days):
    with pytest.raises(BadInput):
        rules.period(rule, at=moment(2021, 11, 25), **days)


def test_personal_columns_are_named_once():
    assert rules.personal(["number", "phone", "text"]) == ["phone", "text"]
    assert rules.OPENERS <= rules.MAKERS
    assert not rules.MAKERS & rules.WATCHERS

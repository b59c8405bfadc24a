"""Which clock runs, how the desk is grouped, and what a unit may not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jieban.core.errors import BadInput
from jieban.handling import rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


@dataclass
class Part:
    state: str = "sent"
    sent_at: datetime = NOW
    sign_due: datetime = NOW + HOUR
    respond_due: datetime = NOW + 2 * HOUR
    handle_due: datetime = NOW + 24 * HOUR
    signed_at: datetime | None = None
    responded_at: datetime | None = None
    completed_at: datetime | None = None
    rest_until: datetime | None = None


def test_running_clock_follows_the_state():
    names = {state: rules.running(Part(state)).name for state in ("sent", "signed", "responded", "completed")}
    assert names == {"sent": "签收", "signed": "响应", "responded": "办理", "completed": "办理"}


def test_clock_stops_when_the_deed_is_done():
    sign, respond, handle = rules.clocks(Part("signed", signed_at=NOW + HOUR / 2))
    assert (sign.done, respond.done, handle.done) == (NOW + HOUR / 2, None, None)
    assert sign.share(NOW + 9 * HOUR) == 0.5
    assert respond.share(NOW + HOUR) == 0.5


def test_clock_is_late_only_after_its_last_moment():
    sign = rules.running(Part())
    assert [sign.late(NOW + HOUR), sign.late(NOW + HOUR + timedelta(seconds=1))] == [False, True]
    assert sign.share(NOW + 3 * HOUR) == 3.0


def test_only_the_handling_clock_rests_while_suspended_or_hung():
    for state in ("suspended", "hung"):
        assert [clock.paused for clock in rules.clocks(Part(state))] == [False, False, True]


def test_groups_of_the_desk_are_by_time_left():
    hours = (-0.1, 0, 4, 4.1, 14.9, 15, 48)
    found = [rules.group(NOW + h * HOUR, NOW) for h in hours]
    assert found == ["late", "soon", "soon", "today", "today", "later", "later"]


def test_news_is_urgent_when_the_limit_ends_within_a_night():
    assert [rules.urgent(NOW + h * HOUR, NOW) for h in (-1, 2, 12, 13)] == [True, True, True, False]


def test_no_result_of_a_unit_claims_that_it_is_solved():
    assert [words for words in rules.RESULTS.values() if "解决" in words or "满意" in words] == []


@pytest.mark.parametrize(
    ("result", "measures", "reply", "told"),
    [
        ("solved", "填坑", "x" * 10, "办理结果请从"),
        ("done", " ", "x" * 10, "请写明做了什么"),
        ("done", "填坑", "好了", "给市民的答复至少 10 个字"),
    ],
)
def test_completion_that_tells_nothing_is_refused(result, measures, reply, told):
    with pytest.raises(BadInput) as caught:
        rules.check_result(result, measures, reply)
    assert str(caught.value).startswith(told)


def test_contact_of_an_unknown_way_is_refused():
    with pytest.raises(BadInput):
        rules.check_contact("pigeon", "reached")
    rules.check_contact("visit", "no_answer")


def test_every_clock_that_runs_rests_before_the_court():
    part = Part("objection_pending")
    assert [clock.paused for clock in rules.clocks(part)] == [True, True, True]
    part = Part("handover", signed_at=NOW)
    assert [clock.paused for clock in rules.clocks(part)] == [False, True, True]

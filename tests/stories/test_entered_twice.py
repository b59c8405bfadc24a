"""395 平台重复录入: a firm's complaint on the enterprise line becomes a reform, 最多填一次.

After the reform report of 2021: in March 2021 a manager of a building site in 朝阳 complains that the same data must be
entered into the city's platform and the district's; on 1 April the two authorities meet, on 2 April the district's is
stopped, later the city's pushes its data to it; some 2,000 firms fill in half as much. Words and hours are invented.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from stdnum.cn import uscc

from jieban.accounts.actor import Role
from jieban.accounts.models import Person
from jieban.analytics import engines, lake, sync
from jieban.appraisal import firms
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.core import crypto
from jieban.core.errors import BadInput
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.handling import forces, whistle
from jieban.handling.forces import Todo
from jieban.intake.rules import Filing
from jieban.orders.verify import verify
from tests.stories import life
from tests.stories.life import moment

CITY, DISTRICT = "bj-housing", "110105-zjw"
CODE = "91110105MA0000395"
CALL = moment("2021-03-23 10:12")
SAID = Filing(
    channel="enterprise", source="seat", source_id="story-395", at=CALL,
    content="施工现场的人员信息，市里的平台要录一遍，朝阳区的平台还要再录一遍，内容一样，费时费力，能不能统一成一个？",
    name="岳峰", phone="13800003950", firm="京岚建筑工程有限公司", credit_code=CODE + uscc.calc_check_digit(CODE),
    kind="suggestion",
)  # fmt: skip


@pytest.mark.django_db
def test_firm_that_enters_everything_twice_starts_a_reform(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=CALL + timedelta(minutes=6)).taken
    assert (order.contact.appellant, crypto.unseal(order.contact.firm)) == ("firm", "京岚建筑工程有限公司")
    assert order.state == "pending_dispatch", "no line of the catalogue names two platforms"
    dispatch.send(
        [order], [Target(CITY, LEAD)], "395 平台由市住建委主管", by=life.somebody(Role.DISPATCHER),
        at=moment("2021-03-23 11:00"), loaded=beijing, urgency="15d",
    )  # fmt: skip
    [city] = life.parts(order)
    clerk, chief = life.somebody(Role.CLERK, CITY), life.somebody(Role.CHIEF, CITY)
    handling.sign([city], by=clerk, at=moment("2021-03-23 11:30"))
    handling.respond(
        [city], way="phone", outcome="reached", by=clerk, at=moment("2021-03-23 15:00"), note="两个平台字段一样"
    )

    # The first receiver does not pass it on: it calls the district to the table.
    there = moment("2021-04-01 14:00")
    call = whistle.Call(
        [Unit.objects.get(code=DISTRICT)], "区级平台由你委建设，一起定怎么不重复填", "市住建委会议室", there
    )
    [district] = whistle.whistle([city], call, by=clerk, at=moment("2021-03-30 09:00"), loaded=beijing)
    theirs = life.somebody(Role.CLERK, DISTRICT)
    handling.sign([district], by=theirs, at=moment("2021-03-30 10:00"))
    whistle.report_in([district], who="朝阳区住建委负责人", result="同意先停区级平台", by=theirs, at=there)

    leader = Person.objects.get(pk=chief.person_id)
    at = moment("2021-04-01 17:00")
    force = forces.open_force(name="市区平台对接专班", purpose="企业最多填一次", leader=leader, by=chief, at=at)
    member = forces.add_member(force, unit=district.unit, duty="区级平台", by=chief, at=at)
    own = force.members.get(unit=city.unit)
    forces.muster(force, [order], by=chief, at=at)
    forces.meet(
        force, held=there, present="市、区住建委", decided="先停区级平台，再由市级平台向区级推送数据", by=chief, at=at,
        tasks=[Todo("发通知停用区级平台", member, date(2021, 4, 2)), Todo("市级平台推送数据", own, date(2021, 4, 30))],
    )  # fmt: skip
    stop, push = force.tasks.order_by("due")
    forces.finish(stop, result="4月2日通知已发，企业只填市级平台", by=theirs, at=moment("2021-04-02 11:00"))
    with pytest.raises(BadInput, match="没销的任务"):
        forces.close_force(force, result="企业最多填一次", by=chief, at=moment("2021-04-02 12:00"))

    # What the citizen asked for is there; the force goes on until the data flow.
    for part, by in ((district, theirs), (city, clerk)):
        life.report(
            part, by=by, at=moment("2021-04-02 15:00"), measures="停用区级平台，全区施工项目只用市级平台",
            reply="今天起朝阳区施工项目只填市级平台，不用再填区级平台；以后由市级平台把数据推给区里。",
        )  # fmt: skip
    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good")
    assert life.ask(order, yes, at=moment("2021-04-06 10:00"), loaded=beijing) == "close"
    forces.finish(push, result="市级平台开始推送", by=chief, at=moment("2021-04-29 10:00"))
    forces.close_force(force, result="企业最多填一次，两千余家受益", by=chief, at=moment("2021-04-29 11:00"))

    # It stands in the enterprise line's report, the reform on the order's own record.
    sync.sync(lake.home(), at=moment("2021-05-01 00:00"), loaded=beijing)
    with engines.duckdb(lake.home()) as source:
        found = firms.report(source, date(2021, 3, 1), date(2021, 5, 1), None)
    assert [(m.first, m.firms, m.everybody) for m in found.months] == [(date(2021, 3, 1), 1, 1)]
    whole = found.firms
    assert (whole.n, whole.unreached) == (2, 0), "lead and called unit each have their answer"
    entry = order.entries.get(move="muster")
    assert entry.records["members"] == ["北京市住房和城乡建设委员会", "朝阳区住房和城乡建设委员会"]
    assert verify().broken == []

"""桥一社区夜间噪声: seven people, forty calls; the street fails, a deputy secretary owns it until all say it is quiet.

After the report on 新村街道 (丰台区): an old man of over ninety knocked on walls at night; his sons were won over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.core.errors import NotAllowed
from jieban.handling import actions as handling
from jieban.handling import joint_queries, raising
from jieban.handling.joint_models import Escalation
from jieban.intake.rules import Filing
from jieban.orders.models import Order
from jieban.orders.verify import verify
from jieban.portal import filing, worker
from tests import factories
from tests.stories import life
from tests.stories.life import moment

FENGTAI, XINCUN = "110106", "110106010"
PEOPLE = ("季敏", "郑兰", "吴凯", "孙梅", "钱立", "周宁", "冯雪")
CALLS = 40
FIRST = moment("2026-03-02 05:20")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-noise-0",
    at=FIRST,
    content="近三年来邻居每天夜里，尤其凌晨三点到五点，用力敲门敲墙，一家人睡不成觉。",
    name=PEOPLE[0],
    phone="13800005500",
    category="070504",
    kind="complaint",
    place=XINCUN,
    address="桥一社区某号楼",
)
NO = Said(contacted=True, solved="no", satisfied="no", attitude="fair", words="来过几次，夜里还是敲")
YES = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="夜里安静了")


def forty_calls() -> list[Order]:
    """Seven people call in turn, forty times, one every six hours."""
    agent = life.somebody(Role.AGENT)
    out = []
    for n in range(CALLS):
        at, who = FIRST + timedelta(hours=6 * n), n % len(PEOPLE)
        said = replace(SAID, source_id=f"story-noise-{n}", at=at, name=PEOPLE[who], phone=f"1380000550{who}")
        [outcome] = filing.file([said], by=agent, at=at + timedelta(minutes=6))
        assert outcome.problems == ()
        out.append(outcome.taken)
    return out


def work(order: Order, *, at, note: str) -> None:
    """Street and police each sign and come to the door."""
    for part in life.parts(order):
        if part.state == "sent":
            by = life.somebody(Role.CLERK, part.unit.code)
            life.visit(part, by=by, signed=at, met=at + timedelta(minutes=30), note=note)


def report(order: Order, *, at, reply: str) -> None:
    """Everybody at work on it says that it is done, the lead last."""
    for part in sorted(life.parts(order), key=lambda part: part.role == "lead"):
        if part.state in ("responded", "handling"):
            by = life.somebody(Role.CLERK, part.unit.code)
            life.report(part, by=by, at=at, measures="上门劝导", reply=reply)


@pytest.mark.django_db
def test_a_case_that_forty_calls_did_not_move_is_owned_until_seven_people_say_it_is_quiet(beijing):
    orders = forty_calls()
    first = orders[0]
    assert {life.parts(order)[0].unit.code for order in orders} == {XINCUN}
    assert len({order.contact.phone_index for order in orders}) == 7

    begun = moment("2026-03-02 08:00")
    work(first, at=begun, note="社区、派出所一同上门")
    report(first, at=begun + timedelta(hours=8), reply="社区和派出所已经上门劝导，请您夜里再留意。")
    asked = moment("2026-03-03 10:00")
    assert life.ask(first, NO, at=asked, loaded=beijing) == "rework"
    worker.once(at=asked + timedelta(minutes=1), sealing_too=False)
    raised = Escalation.objects.get(order=first)
    assert (raised.level, raised.by_rule, raised.unit.code) == ("district", True, FENGTAI)
    assert life.now(first).escalated is True
    centre, taken = life.somebody(Role.DISTRICT, FENGTAI), moment("2026-03-03 11:00")
    [row] = raising.take_up([life.now(first)], plan="请街道工委副书记包案", by=centre, at=taken, loaded=beijing)
    assert (row.taken_at, row.taken_by_id) == (taken, centre.person_id)

    street = Unit.objects.get(code=XINCUN)
    post = factories.a_post(Role.LEADER, street, person=factories.a_person("顾副书记"))
    deputy = accounts.at_post(post)

    own = moment("2026-03-13 09:00")
    live = [life.now(order) for order in orders]
    promise = {"promise": "让老人夜里不再敲墙，大家睡好觉", "until": moment("2026-05-31 00:00").date()}
    raising.own(live, leader=post.person, by=deputy, at=own, **promise)
    assert joint_queries.owned(deputy).count() == CALLS
    other = accounts.at_post(factories.a_post(Role.LEADER, street))
    with pytest.raises(NotAllowed):
        raising.own(live[:1], leader=post.person, by=other, at=own, **promise)

    chief = life.somebody(Role.CHIEF, XINCUN)
    work(life.now(first), at=own + timedelta(hours=1), note="副书记入户，了解各家情况")
    lead = life.parts(first)[0]
    for day, text in (
        (14, "安抚各家，请大家善待老人，不直接起冲突；现场建了微信群"),
        (18, "联系老人子女，几次谈心，取得信任"),
        (30, "长子带老人去医院问诊，晚上在家陪伴"),
    ):
        handling.note([lead], text=text, by=chief, at=moment(f"2026-03-{day} 16:00"))
    done = moment("2026-04-10 17:00")
    reply = "老人的家人夜里陪着他，医院也看过了，这半个月夜里没有再敲。有反复请在群里说或打街道电话。"
    for n, order in enumerate(orders):
        work(life.now(order), at=done - timedelta(days=1), note="副书记挨家走访")
        report(life.now(order), at=done + timedelta(minutes=n), reply=reply)
    assert {life.now(order).state for order in orders} == {"replied"}

    calls = moment("2026-04-13 09:30")
    for n, order in enumerate(orders):
        assert joint_queries.owned(deputy).count() == CALLS - n
        assert life.ask(order, YES, at=calls + timedelta(minutes=6 * n), loaded=beijing) == "close"
    assert joint_queries.owned(deputy).count() == 0
    assert {(o.solved, o.case_leader_id) for o in map(life.now, orders)} == {("yes", deputy.person_id)}
    assert [e.records["leader"] for e in first.entries.filter(move="own")] == ["顾副书记"]
    assert verify().broken == []

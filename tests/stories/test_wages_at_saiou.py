"""赛欧公寓欠薪: a dozen workers call within the hour, one event, one letter, and the money is in their hands by night.

After the case of 新村街道 (提级办理) in the street's own report: paid the same evening; the callers were told at once
that there is no need to call again.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import actions as callback
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.handling import incidents, supervision, supervision_queries
from jieban.handling.letters import Letter
from jieban.intake.rules import Filing
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from jieban.portal import worker
from tests.stories import life
from tests.stories.life import moment

AFTERNOON = moment("2026-08-12 14:00")
WORDS = (
    "我在首都经贸大学赛欧公寓项目工地干活，没有合同，工资一直没发，十几个人一共十五万多，大家都在现场。",
    "赛欧公寓工地拖欠农民工工资，包工头不接电话，我们十几个人等着回家，请帮帮忙。",
    "工地欠薪，干了三个月一分钱没给，人都围在项目部门口，情绪很激动。",
)
YES = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="当晚就拿到钱了")
STREET = "110106010"


def caller(n: int) -> Filing:
    """One of the workers."""
    return Filing(
        channel="phone", source="seat", source_id=f"story-wages-{n}", at=AFTERNOON + timedelta(minutes=4 * n),
        content=WORDS[n % 3], name=f"工友{n}", phone=f"1380001{n:04}", category="100102", kind="complaint",
        place="110106010-c1e1",
    )  # fmt: skip


@pytest.mark.django_db
def test_twelve_workers_one_event_and_paid_the_same_evening(beijing):
    agent = life.somebody(Role.AGENT)
    orders = [life.call(caller(n), by=agent, at=AFTERNOON + timedelta(minutes=4 * n + 3)).taken for n in range(12)]
    worker.once(at=moment("2026-08-12 15:00"))

    events = set(Order.objects.values_list("cluster_of", flat=True))
    letter = Letter.objects.get(trigger="cluster_day")
    assert (events, letter.order_id, letter.basis) == (
        {orders[0].pk}, orders[0].pk, {"count": 12, "callers": 12},
    )  # fmt: skip
    assert letter.due_at == moment("2026-08-12 19:00")
    district = Unit.objects.get(code="110106")
    assert Message.objects.filter(topic__startswith="supervis", unit=district, body__letter=letter.number).count() == 1

    head = life.now(orders[0])
    holders = {part.unit.code for part in life.parts(head) if part.role != "notice"}
    assert STREET in holders
    # A thirteenth calls while they are already on their way: it joins the same event, and no second letter is written.
    late = life.call(caller(13), by=agent, at=moment("2026-08-12 15:30")).taken
    worker.once(at=moment("2026-08-12 15:31"))
    assert (life.now(late).cluster_of_id, Letter.objects.filter(trigger="cluster_day").count()) == (head.pk, 1)

    people = {code: life.somebody(Role.CLERK, code) for code in holders}
    for clerk in people.values():
        n = incidents.respond_all(
            head, way="visit", outcome="reached", note="提级办理，不用再打热线", by=clerk, at=moment("2026-08-12 15:40")
        )
        assert n == 13
    for mine in supervision_queries.to_answer(people[STREET]):
        supervision.report(
            [mine], text="武装部长带平安办、民生办到场，正在约谈总包方，今晚发放。", by=people[STREET],
            at=moment("2026-08-12 17:00"),
        )  # fmt: skip
    for clerk in people.values():
        incidents.complete_all(
            head, result="done", measures="约谈总包方，当晚足额发放 15 万余元，要求健全支付机制",
            reply="拖欠的工资今晚已经全部发到工人代表手里。以后有欠薪请直接找街道民生办。", by=clerk,
            at=moment("2026-08-12 21:30"),
        )  # fmt: skip
    assert set(Order.objects.values_list("state", flat=True)) == {"replied"}
    told = Message.objects.filter(topic="completed", way="sms")
    assert told.values("order").distinct().count() == 13

    worker.once(at=moment("2026-08-13 09:00"), sealing_too=False)
    phone = life.somebody(Role.CALLBACK)
    for order in Order.objects.order_by("pk"):
        callback.record(order, YES, way="phone", by=phone, at=moment("2026-08-13 10:00"), loaded=beijing)
    assert set(Order.objects.values_list("state", "solved")) == {("closed", "yes")}

    centre = life.somebody(Role.SUPERVISOR)
    supervision.judge(
        list(Letter.objects.filter(lifted_at=None)), effect="helped", opinion="当晚发放到位", by=centre,
        at=moment("2026-08-13 11:00"), loaded=beijing,
    )  # fmt: skip
    assert Order.objects.filter(supervised=True).count() == 0
    assert verify().broken == []

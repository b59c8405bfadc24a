"""Repeats and the abuse procedure over HTTP: on every order, at the seat, on the boards, from proposal to end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from jieban.core import clock, crypto
from jieban.intake import caller_queries
from jieban.intake.callers import AbuseCase
from jieban.orders.models import Order
from tests import factories, verbs
from tests.portal.pages import browser, statements, text

MILL = verbs.lead("mill")
DAY = timedelta(days=1)
ONE, TWO = "13800000001", "13800000002"


def came(toy, days: float, phone: str = ONE, *, done: bool = True, **columns: object) -> Order:
    """A call about the hole at Weaver Court so many days ago, answered."""
    at = clock.now() - timedelta(days=days)
    contact = factories.a_contact(phone=phone, at=at)
    make = verbs.replied if done else verbs.dispatched
    return make(toy, MILL, at=at, contact=contact, **{"place": "e1", "title": f"Hole {days}", **columns})


@pytest.fixture
def agent(toy) -> Client:
    return browser("agent")


def test_every_order_page_says_whether_it_came_before(toy, agent) -> None:
    first = came(toy, 40)
    page = text(agent.get(f"/orders/{first.number}"))
    assert ("一年里没有别的工单" in page, "一年里这一处没有别的同类工单" in page) == (True, True)
    second, other = came(toy, 1), came(toy, 2, TWO)
    page = text(agent.get(f"/orders/{second.number}"))
    assert re.findall(r"<b>(30 天[^<]*)</b>", page) == [
        "30 天 0 件，90 天 1 件，一年 1 件",
        "30 天 1 件，90 天 2 件，一年 2 件",
    ]
    assert {first.number, other.number} <= set(re.findall(r'href="/orders/([^"/?]+)"', page))


def test_order_page_takes_the_same_statements_for_few_and_many_repeats(toy, agent) -> None:
    order = came(toy, 1)
    came(toy, 2)
    few = statements(agent, f"/orders/{order.number}")
    for n in range(8):
        came(toy, n + 3), came(toy, n + 3, f"1380000100{n}")
    assert statements(agent, f"/orders/{order.number}") == few


def test_numbers_are_joined_on_the_page_with_a_reason(toy, agent) -> None:
    one, two = came(toy, 2), came(toy, 1, TWO)
    said = {"link_caller-number": one.number, "link_caller-reason": "两次自报同一姓名住址"}
    assert agent.post(f"/orders/{two.number}/acts/link_caller", said).status_code == 302
    page = text(agent.get(f"/orders/{two.number}"))
    assert "2 个号码记为同一人" in page
    assert "30 天 1 件，90 天 1 件，一年 1 件" in page
    pane = text(agent.post("/seat/caller", {"phone": TWO}))
    assert ("2 个号码记为同一人" in pane, one.title in pane) == (True, True)
    wrong = {"unlink_caller-reason": "是邻居的电话"}
    statuses = [
        c.post(f"/orders/{two.number}/acts/unlink_caller", wrong).status_code for c in (agent, browser("supervisor"))
    ]
    assert statuses == [403, 302]
    assert "个号码记为同一人" not in text(agent.get(f"/orders/{two.number}"))


def test_link_needs_a_reason_and_a_real_order(toy, agent) -> None:
    one = came(toy, 2)
    for said in (
        {"link_caller-number": "L-1", "link_caller-reason": "同一姓名住址"},
        {"link_caller-number": one.number},
    ):
        assert agent.post(f"/orders/{one.number}/acts/link_caller", said).status_code == 422


def test_boards_of_repeats_list_open_and_narrow(toy) -> None:
    boss = browser("supervisor")
    for name in ("repeats", "callers", "returned", "signals"):
        assert "jb-blank" in text(boss.get(f"/boards/watch/{name}"))
    orders = [came(toy, n + 1) for n in range(5)]
    page = text(boss.get("/boards/watch/repeats"))
    assert '<a href="/orders?place=e1&amp;category=0101">5 件</a>' in page
    listed = text(boss.get("/orders?place=e1&category=0101"))
    assert {o.number for o in orders} <= set(re.findall(r'href="/orders/([^"/?]+)"', listed))
    callers = text(boss.get("/boards/watch/callers"))
    assert ("138****0001" in callers, ONE in callers, "5 件" in callers) == (True, False, True)
    assert "data-row" in text(boss.get(f"/orders?same={orders[0].number}"))
    came(toy, 1, TWO, place="r1")
    assert len(re.findall(r"<tr data-row", text(boss.get(f"/orders?same={orders[0].number}")))) == 5


def test_came_back_rate_opens_its_orders(toy) -> None:
    boss = browser("supervisor")
    at = clock.now() - 30 * DAY
    order = verbs.asked(toy, MILL, at=at, contact=factories.a_contact(phone=ONE, at=at), place="e1", title="Old hole")
    verbs.say(toy, order, at=at + DAY)
    came(toy, 2, TWO)
    page = text(boss.get("/boards/watch/returned"))
    unit = re.findall(r'href="\?unit=(\d+)">1 件', page)
    assert (len(unit), "样本不足" in page) == (1, True)
    assert "Old hole" in text(boss.get(f"/boards/watch/returned?unit={unit[0]}"))


def test_boards_take_the_same_statements_for_few_and_many(toy) -> None:
    boss = browser("supervisor")
    paths = [f"/boards/watch/{name}" for name in ("repeats", "callers", "returned", "signals")]
    for n in range(5):
        came(toy, n + 1)
    few = [statements(boss, path) for path in paths]
    for n in range(20):
        came(toy, n + 1), came(toy, n + 1, f"1380000100{n % 3}", place="r1")
    assert [statements(boss, path) for path in paths] == few


def proposed(agent: Client, orders: list[Order]) -> AbuseCase:
    fields = {
        "ground": "again", "orders": [str(o.pk) for o in orders[:2]], "others": orders[2].number.lower(),
        "reason": "三次自报同一姓名住址", "statement": "每次都答复过，坑已填平，仍天天打来",
    }  # fmt: skip
    answer = agent.post(f"/abuse/new?from={orders[0].number}", fields)
    assert answer.status_code == 302, text(answer)
    return AbuseCase.objects.get()


def step(client: Client, case: AbuseCase, verb: str, **said: object) -> int:
    fields = {f"{verb}-{key}": value for key, value in said.items()}
    return client.post(f"/abuse/{case.pk}/{verb}", fields).status_code


def test_procedure_from_proposal_to_appeal_on_the_pages(toy, agent) -> None:
    orders = [came(toy, 9), came(toy, 6), came(toy, 3, TWO)]
    case = proposed(agent, orders)
    page = text(agent.get(f"/abuse/{case.pk}"))
    assert ("本人可以陈述到" in page, verbs.REPLY in page, "来电从不拦截" in page) == (True, True, True)
    first, second, leader = browser("supervisor"), browser("supervisor"), browser("leader")
    yes = {"yes": "yes", "words": "证据充分，同意"}
    assert step(first, case, "decide", days=30, minutes=5, **yes) == 422
    assert step(agent, case, "hear", words="我要当面谈一次") == 302
    assert step(first, case, "decide", days=900, minutes=5, **yes) == 422
    assert step(first, case, "decide", days=30, minutes=5, **yes) == 302
    assert [step(client, case, "confirm", **yes) for client in (first, second)] == [422, 302]
    assert step(agent, case, "appeal", words="我不服这个认定") == 302
    assert [step(client, case, "decide_appeal", yes="no", words="事实清楚") for client in (second, leader)] == [
        422,
        302,
    ]
    assert "生效中" in text(browser("auditor").get(f"/abuse/{case.pk}"))
    assert "生效中" in text(first.get("/boards/review/abuse"))
    assert step(first, case, "end", words="市民已经来说明") == 302
    assert AbuseCase.objects.get().stage == "ended"


def test_roles_and_unknown_steps_are_refused(toy, agent) -> None:
    case = proposed(agent, [came(toy, 9), came(toy, 6), came(toy, 3, TWO)])
    assert [step(browser("auditor"), case, "hear", words="想说一句"), step(agent, case, "decide", words="同意")] == [
        403,
        403,
    ]
    assert step(agent, case, "vanish", words="没有这步") == 404
    assert browser("clerk", "mill").get(f"/abuse/{case.pk}").status_code == 404


def test_proposal_comes_back_with_what_is_missing(toy, agent) -> None:
    one = came(toy, 2)
    page = agent.get(f"/abuse/new?from={one.number}")
    assert (page.status_code, one.number in text(page)) == (200, True)
    few = {"ground": "again", "orders": [str(one.pk)], "reason": "同一姓名住址", "statement": "天天打来电话"}
    told = text(agent.post(f"/abuse/new?from={one.number}", few))
    assert ("至少要 3 件" in told, "天天打来电话" in told) == (True, True)
    strange = {**few, "others": "L-9"}
    assert "没有找到编号 L-9" in text(agent.post(f"/abuse/new?from={one.number}", strange))


def test_seat_shows_what_applies_and_the_agent_decides(toy, agent) -> None:
    orders = [came(toy, 9), came(toy, 6), came(toy, 3, TWO)]
    case = proposed(agent, orders)
    now = clock.now()
    AbuseCase.objects.filter(pk=case.pk).update(stage="in_force", since=now - DAY, until=now + DAY, minutes=5)
    pane = text(agent.post("/seat/caller", {"phone": TWO}))
    assert ("由您决定" in pane, verbs.REPLY in pane, 'name="do" value="again"' in pane) == (True, True, True)
    assert "由您决定" not in text(agent.post("/seat/caller", {"phone": "13800000009"}))
    call = {
        "key": "k1", "phone": TWO, "content": "还是那个坑，我要求再填一次，请马上派人来。", "kind": "complaint",
        "cat1": "01", "cat2": "0101", "place": "e1", "touched": "kind cat1 cat2 place", "sms": "1",
    }  # fmt: skip
    assert agent.post("/seat/take", {**call, "do": "again"}).status_code == 302
    assert Order.objects.latest("pk").state == "closed"
    new = {**call, "key": "k2", "cat2": "0102", "do": "again"}
    refused = agent.post("/seat/take", new)
    assert (refused.status_code, "请照常登记派单" in text(refused)) == (422, True)
    assert agent.post("/seat/take", {**new, "do": "dispatch"}).status_code == 302
    assert Order.objects.latest("pk").state == "dispatched"
    assert caller_queries.measures([crypto.index(TWO)], at=now) != {}

"""Down the tree on the pages: to a grid and back, questions to the citizen, and how the desk shows both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from jieban.core import clock
from jieban.orders.models import Assignment, Order
from tests import verbs
from tests.portal.citizens import opened
from tests.portal.pages import browser, statements, text
from tests.verbs import lead, parts


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


@pytest.fixture
def order(toy) -> Order:
    return verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3))


def url(order: Order, verb: str) -> str:
    return f"/orders/{order.number}/parts/1/{verb}"


def part(order: Order) -> Assignment:
    return parts(order)[0]


def test_work_goes_down_to_the_grid_and_comes_back_with_its_trail(order, clerk):
    clerk.post(url(order, "hand_down"), {"hand_down-to": "c1", "hand_down-instruction": "社区看看"})
    community = browser("clerk", "c1")
    community.post(url(order, "hand_down"), {"hand_down-to": "c1-g1", "hand_down-instruction": "网格去现场"})
    assert part(order).section.code == "c1-g1"
    assert "Weaver Green › Weaver Grid" in text(clerk.get("/desk"))
    grid = browser("clerk", "c1-g1")
    assert order.number in text(grid.get("/desk"))
    up = {"hand_up-outcome": "cannot", "hand_up-text": "要吊车"}
    assert "交回上一级了" in text(grid.post(url(order, "hand_up"), up, follow=True))
    page = text(clerk.get(f"/orders/{order.number}"))
    assert [word in page for word in ("交给了谁", "网格去现场", "办不了，退回", "要吊车")] == [True] * 4
    assert part(order).section.code == "c1"


def test_question_is_asked_answered_on_the_citizens_page_and_seen_on_the_desk(order, clerk, client):
    clerk.post(url(order, "question"), {"question-text": "请说清是哪一段路", "question-days": "2"})
    assert "等市民补充" in text(clerk.get("/desk"))
    web = opened(client, order)
    page = text(web.get(f"/track/{order.number}"))
    assert ("单位请您补充" in page, "请说清是哪一段路" in page) == (True, True)
    empty = web.post(f"/track/{order.number}/supplement", {"words": " "})
    assert (empty.status_code, "请写一句要补充的话" in text(empty)) == (422, True)
    web.post(f"/track/{order.number}/supplement", {"words": "学校门口"})
    assert "市民已补充" in text(clerk.get("/desk"))
    assert "学校门口" in text(clerk.get(f"/orders/{order.number}"))
    assert "单位请您补充" not in text(web.get(f"/track/{order.number}"))


def test_agent_takes_the_answer_by_phone(order, clerk):
    clerk.post(url(order, "question"), {"question-text": "请说清是哪一段路", "question-days": "2"})
    agent = browser("agent")
    assert "记市民补充的" in text(agent.get(f"/orders/{order.number}"))
    agent.post(f"/orders/{order.number}/acts/supplement", {"supplement-words": "学校门口"})
    assert "市民电话里补充" in text(clerk.get(f"/orders/{order.number}"))


def test_answer_without_proof_or_question_changes_nothing(order, client):
    assert client.post(f"/track/{order.number}/supplement", {"words": "x"}).url == f"/track?number={order.number}"
    assert opened(client, order).post(f"/track/{order.number}/supplement", {"words": "想说"}).status_code == 409


def test_record_and_desk_take_the_same_statements_with_and_without(toy, order, clerk):
    plain = statements(clerk, f"/orders/{order.number}")
    clerk.post(url(order, "hand_down"), {"hand_down-to": "c1-g1", "hand_down-instruction": "去看"})
    for n in range(3):
        until = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%d")
        clerk.post(
            url(order, "entrust"),
            {"entrust-to": f"公司{n}", "entrust-purpose": "修", "entrust-instruction": "请修", "entrust-until": until},
        )
    first = statements(clerk, f"/orders/{order.number}")
    clerk.post(url(order, "hand_up"), {"hand_up-outcome": "done", "hand_up-text": "收回"})
    clerk.post(url(order, "hand_down"), {"hand_down-to": "c1", "hand_down-instruction": "再看"})
    assert statements(clerk, f"/orders/{order.number}") == first
    assert first - plain <= 1

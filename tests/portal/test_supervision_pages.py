"""Supervision over HTTP: a letter by hand, its answer, its effect, the boards, and events of several orders."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from jieban.core import clock
from jieban.handling.letters import Addressee, Letter
from jieban.orders.models import Order
from tests import verbs
from tests.portal.pages import browser, statements, text

MILL = verbs.lead("mill")
ANSWER = "已派两人到场，今晚修好，明早告诉市民。"


@pytest.fixture
def boss(toy) -> Client:
    return browser("supervisor")


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


def fresh(toy, **columns: object) -> Order:
    return verbs.dispatched(toy, MILL, at=clock.now() - timedelta(hours=1), **columns)


def issue(boss: Client, order: Order, **said: str) -> Letter:
    fields = {"supervise-text": "今天修好", "supervise-limit": "4h", "supervise-level": "1", **said}
    answer = boss.post(f"/orders/{order.number}/acts/supervise", fields)
    assert answer.status_code == 302
    return Letter.objects.get(order=order)


def test_letter_by_hand_is_answered_and_judged(toy, boss, clerk) -> None:
    order = fresh(toy)
    letter = issue(boss, order)
    waiting = text(clerk.get("/boards/joint/letters"))
    assert re.findall(r'href="(/orders/[^"]+)">去回复', waiting) == [f"/orders/{order.number}#{letter.number}"]
    short = clerk.post(f"/orders/{order.number}/acts/answer_letter", {"answer_letter-text": "办了"})
    assert (short.status_code, "办了" in text(short)) == (422, True)
    given = clerk.post(f"/orders/{order.number}/acts/answer_letter", {"answer_letter-text": ANSWER})
    assert (given.status_code, Addressee.objects.get().reply) == (302, ANSWER)
    page = text(boss.get(f"/orders/{order.number}"))
    assert (ANSWER in page, f'action="/orders/{order.number}/acts/judge_letter"' in page) == (True, True)
    judged = {"judge_letter-letter": letter.pk, "judge_letter-effect": "helped", "judge_letter-opinion": "修好了"}
    assert boss.post(f"/orders/{order.number}/acts/judge_letter", judged).status_code == 302
    assert Letter.objects.get().effect == "helped"
    assert "没有等您回复的督办单" in text(clerk.get("/boards/joint/letters"))


def test_leaders_note_is_written_into_the_letter(toy) -> None:
    order = fresh(toy)
    leader = browser("leader")
    said = {"leader_note-leader": "李区长", "leader_note-text": "查清原因", "leader_note-limit": "24h",
            "leader_note-level": "1"}  # fmt: skip
    assert leader.post(f"/orders/{order.number}/acts/leader_note", said).status_code == 302
    letter = Letter.objects.get()
    assert (letter.trigger, letter.text, letter.basis) == ("leader_note", "李区长批示：查清原因", {"leader": "李区长"})


def test_second_letter_of_the_same_kind_comes_back_with_the_reason(toy, boss) -> None:
    order = fresh(toy)
    issue(boss, order)
    again = boss.post(
        f"/orders/{order.number}/acts/supervise",
        {"supervise-text": "再催一次", "supervise-limit": "4h", "supervise-level": "1"},
    )
    assert (again.status_code, Letter.objects.count()) == (409, 1)


def test_clerk_cannot_issue_and_auditor_cannot_either(toy, clerk) -> None:
    order = fresh(toy)
    fields = {"supervise-text": "今天修好", "supervise-limit": "4h", "supervise-level": "1"}
    for client in (clerk, browser("auditor")):
        assert client.post(f"/orders/{order.number}/acts/supervise", fields).status_code == 403
    assert Letter.objects.count() == 0


def test_unit_without_a_letter_is_told_so(toy, boss) -> None:
    order = verbs.dispatched(toy, MILL, verbs.Target("water", "assist"), at=clock.now() - timedelta(hours=1))
    letter = issue(boss, order)
    Addressee.objects.filter(letter=letter, unit__code="water").delete()
    answer = browser("clerk", "water").post(
        f"/orders/{order.number}/acts/answer_letter", {"answer_letter-text": ANSWER}
    )
    assert (answer.status_code, "没有等您单位回复的督办单" in text(answer)) == (422, True)


def test_board_shows_late_letters_and_narrows_to_a_unit(toy, boss) -> None:
    one, two = fresh(toy, title="First hole"), fresh(toy, title="Second hole")
    for order in (one, two):
        boss.post(
            f"/orders/{order.number}/acts/supervise",
            {"supervise-text": "今天修好", "supervise-limit": "4h", "supervise-level": "1"},
        )
    Letter.objects.filter(order=one).update(due_at=clock.now() - timedelta(hours=1))
    late = text(boss.get("/boards/watch/letters?only=late"))
    assert ("First hole" in late, "Second hole" in late, "jb-lv-late" in late) == (True, False, True)
    assert "Second hole" in text(boss.get("/boards/watch/letters?unit=mill"))
    assert "这里没有督办单" in text(boss.get("/boards/watch/letters?unit=water"))
    assert "First hole" in text(browser("auditor").get("/boards/watch/letters"))


def test_boards_take_the_same_statements_for_two_and_for_twelve(toy, boss, clerk) -> None:
    paths = [(boss, "/boards/watch/letters"), (clerk, "/boards/joint/letters")]
    for _ in range(2):
        issue(boss, fresh(toy))
    few = [statements(client, path) for client, path in paths]
    for _ in range(10):
        issue(boss, fresh(toy))
    assert [statements(client, path) for client, path in paths] == few


def test_order_page_takes_the_same_statements_for_one_letter_and_many(toy, boss, clerk) -> None:
    order = fresh(toy)
    issue(boss, order)
    few = statements(boss, f"/orders/{order.number}")
    for n in range(6):
        Letter.objects.filter(order=order, lifted_at=None).update(lifted_at=clock.now(), effect="helped")
        boss.post(
            f"/orders/{order.number}/acts/supervise",
            {"supervise-text": f"第 {n} 次", "supervise-limit": "4h", "supervise-level": "1"},
        )
    assert (Letter.objects.count(), statements(boss, f"/orders/{order.number}")) == (7, few)


def test_event_is_gathered_and_answered_together_on_the_page(toy, clerk) -> None:
    first, second = fresh(toy, title="First"), fresh(toy, title="Second")
    joined = {"relate-number": first.number.lower(), "relate-why": "同一个坑"}
    assert clerk.post(f"/orders/{second.number}/acts/relate", joined).status_code == 302
    page = text(clerk.get(f"/orders/{second.number}"))
    assert ("同一事件" in page, f'href="/orders/{first.number}"' in page) == (True, True)
    met = {"respond_all-way": "visit", "respond_all-outcome": "reached"}
    assert clerk.post(f"/orders/{second.number}/acts/respond_all", met).status_code == 302
    done = {"complete_all-result": "done", "complete_all-measures": "填坑", "complete_all-reply": verbs.REPLY}
    assert clerk.post(f"/orders/{second.number}/acts/complete_all", done).status_code == 302
    assert {o.state for o in Order.objects.all()} == {"replied"}


def test_unknown_number_is_no_event(toy, clerk) -> None:
    order = fresh(toy)
    for number in ("L-20200101-000001-0", order.number):
        answer = clerk.post(f"/orders/{order.number}/acts/relate", {"relate-number": number, "relate-why": "同一个坑"})
        assert (answer.status_code, "没有找到编号" in text(answer)) == (422, True)

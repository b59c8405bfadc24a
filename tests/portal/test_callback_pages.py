"""The callback console over HTTP, in the toy city: the queue, one call, what is recorded, the number behind its log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from jieban.accounts.models import Reading
from jieban.callback import actions as callback
from jieban.callback import dial
from jieban.callback.models import Attempt, Claim
from jieban.city.models import PackFile, PackVersion
from jieban.city.terms import Script
from jieban.core import clock
from jieban.orders.models import Answer, Entry, Order
from tests import factories, verbs
from tests.exchange import Exchange, running

NOW = {"contacted": "yes", "solved": "yes", "satisfied": "yes", "attitude": "good"}


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """No page leaves its language behind for the next test."""
    yield
    translation.activate("zh-hans")


@pytest.fixture
def agent(toy, client: Client) -> Client:
    """A callback agent's browser."""
    return logged_in(client, "callback")


@pytest.fixture
def exchange(settings) -> Iterator[Exchange]:
    """A telephone system to dial with."""
    with running(settings) as server:
        yield server


def logged_in(client: Client, role: str, unit: str = "hall") -> Client:
    """The browser of somebody at a post."""
    person = factories.a_post(role, verbs.unit(unit)).person
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response) -> str:
    """The page as text."""
    return response.content.decode()


def test_next_call_is_the_longest_waiting_and_nobody_elses(agent, toy) -> None:
    later = verbs.asked(toy, title="Second")
    first = verbs.asked(toy, at=factories.AT - timedelta(days=1), title="First")
    page = text(agent.get("/callback"))
    assert re.findall(r'href="/callback/(JB-[^"?]+)', page) == [first.number, later.number]
    assert page.count("/record") == 0
    taken = text(agent.post("/callback/next", follow=True))
    assert taken.count(f'action="/callback/{first.number}/record') == 1
    colleague = logged_in(Client(), "callback")
    assert text(colleague.post("/callback/next", follow=True)).count(f'action="/callback/{later.number}/record') == 1
    assert re.findall(r'href="/callback/(JB-[^"?]+)', text(colleague.get("/callback"))) == [later.number]


def test_call_that_somebody_has_in_hand_is_refused_with_the_words_kept(agent, toy) -> None:
    order = verbs.asked(toy)
    agent.post("/callback/next")
    colleague = logged_in(Client(), "callback")
    assert text(colleague.get(f"/callback/{order.number}")).count("周静正在打这一件") == 1
    answer = colleague.post(f"/callback/{order.number}/record", NOW | {"words": "Mine."})
    assert (answer.status_code, text(answer).count("Mine.")) == (409, 1)
    assert Answer.objects.count() == 0


def test_units_judged_apart_are_recorded_apart(agent, toy) -> None:
    order = verbs.asked(toy)
    page = text(agent.get(f"/callback/{order.number}"))
    assert page.count("几个单位办的，分开说") == 1
    said = NOW | {"solved_2": "no", "satisfied_2": "no", "words": "One came."}
    agent.post(f"/callback/{order.number}/record", said)
    answers = Answer.objects.order_by("assignment__no").values_list("solved", "satisfied")
    assert list(answers) == [("yes", "yes"), ("no", "no")]
    assert [part.state for part in verbs.parts(order)] == ["completed", "sent"]


def test_script_of_the_category_is_read_out_and_its_question_kept(toy, client) -> None:
    script = Script("01", "Hello, the roads.", "Is it flat?", "Look at the photos.")
    scripted(script)
    agent, order = logged_in(client, "callback"), verbs.asked(toy)
    page = text(agent.get(f"/callback/{order.number}"))
    assert [page.count(said) for said in (script.opening, script.question, script.check)] == [1, 2, 1]
    agent.post(f"/callback/{order.number}/record", NOW | {"question": script.question, "extra": "quite"})
    assert {a.words for a in Answer.objects.all()} == {"Is it flat?quite"}


def scripted(script: Script) -> None:
    """Give the city in force a script, as its next version would have it."""
    line = f'{script.category},"{script.opening}",{script.question},{script.check},own'
    version = PackVersion.objects.get()
    body = f"category,opening,question,check,source\n{line}\n"
    PackFile.objects.create(version=version, name="scripts.csv", sha256="2" * 64, body=body)
    PackVersion.objects.update(sha256="1" * 64)


def test_number_is_dialled_without_being_shown(agent, toy, exchange) -> None:
    order = verbs.asked(toy)
    assert text(agent.get(f"/callback/{order.number}")).count("号码不显示，交换机来接通") == 1
    answer = agent.post(f"/callback/{order.number}/ring")
    [(body, _mark)] = exchange.asked
    assert dial.opened(json.loads(body)["sealed"]) == "13800001234"
    assert (answer.status_code, text(answer).count("13800001234")) == (200, 0)
    assert (Reading.objects.get().purpose, Claim.objects.get().order) == ("拨打回访", order)


def test_dialling_that_fails_says_so(agent, toy, exchange) -> None:
    exchange.status = 500
    answer = agent.post(f"/callback/{verbs.asked(toy).number}/ring")
    assert (answer.status_code, text(answer).count("没有拨出")) == (409, 1)


def test_empty_queue_says_so(agent) -> None:
    assert "现在没有要回访的市民" in text(agent.get("/callback"))


def test_console_is_for_callback_agents_supervisors_and_leaders(toy) -> None:
    codes = {role: logged_in(Client(), role).get("/callback").status_code for role in ("supervisor", "agent", "leader")}
    assert codes == {"supervisor": 200, "agent": 403, "leader": 200}


def test_unit_cannot_read_or_record_callbacks(toy) -> None:
    order, clerk = verbs.asked(toy), logged_in(Client(), "clerk", "mill")
    assert clerk.get(f"/callback/{order.number}").status_code == 403
    assert clerk.post(f"/callback/{order.number}/record", NOW).status_code == 403
    assert Answer.objects.count() == 0


def test_answers_are_recorded_and_the_next_call_opens(agent, toy) -> None:
    order = verbs.asked(toy)
    answer = agent.post(f"/callback/{order.number}/record?part=due", NOW | {"words": "The road is flat."})
    order.refresh_from_db()
    assert answer.url == "/callback?part=due"
    assert (order.state, order.solved, order.satisfied, order.contacted) == ("closed", "yes", "yes", True)
    assert {a.words for a in Answer.objects.all()} == {"The road is flat."}
    assert Entry.objects.get(order=order, move="ask").role == "callback"
    assert f"{order.number} 已记下市民的回答，结案。" in text(agent.get(answer.url))


def test_no_begins_a_new_round_with_its_cause(agent, toy) -> None:
    order = verbs.asked(toy)
    said = {"contacted": "no", "solved": "no", "satisfied": "no", "causes": ["0", "1"], "words": "Nobody came."}
    agent.post(f"/callback/{order.number}/record", said)
    order.refresh_from_db()
    assert (order.state, order.round, order.contacted) == ("rework", 2, False)
    assert {a.words for a in Answer.objects.all()} == {"又发生了、没来人。Nobody came."}


def test_causes_go_only_with_what_is_not_solved(agent, toy) -> None:
    order = verbs.asked(toy)
    agent.post(f"/callback/{order.number}/record", NOW | {"causes": ["0"]})
    assert {a.words for a in Answer.objects.all()} == {""}


def test_whether_it_is_solved_must_be_asked_and_nothing_is_lost(agent, toy) -> None:
    order = verbs.asked(toy)
    answer = agent.post(f"/callback/{order.number}/record", {"satisfied": "mostly", "words": "So so."})
    page = text(answer)
    assert answer.status_code == 422
    assert "第 2 题还没有选" in page
    assert "So so." in page
    assert re.search(r'name="satisfied" value="mostly" checked', page) is not None
    assert Answer.objects.count() == 0


def test_answer_after_somebody_elses_says_who_was_first_and_keeps_the_words(agent, toy) -> None:
    order = verbs.asked(toy)
    verbs.say(toy, order, at=clock.now())
    answer = agent.post(f"/callback/{order.number}/record", NOW | {"words": "Late words."})
    page = text(answer)
    assert answer.status_code == 409
    assert "Late words." in page
    assert "已结案" in page
    assert Answer.objects.count() == 2


def test_try_without_an_answer_waits_in_another_part(agent, toy) -> None:
    order = verbs.asked(toy)
    agent.post(f"/callback/{order.number}/attempt", {"outcome": "no_answer"})
    made = Attempt.objects.get()
    assert (made.no, made.outcome, made.by.name) == (1, "no_answer", "周静")
    assert "没人接" in text(agent.get(f"/callback/{order.number}"))
    assert f'href="/callback/{order.number}' in text(agent.get("/callback?part=unreached"))
    assert f'href="/callback/{order.number}' not in text(agent.get("/callback?part=due"))


def test_agreed_time_is_kept_and_shown(agent, toy) -> None:
    order = verbs.asked(toy)
    when = timezone.localtime(clock.now() + timedelta(days=1)).replace(hour=10, minute=30, second=0, microsecond=0)
    agent.post(f"/callback/{order.number}/attempt", {"outcome": "later", "again_at": f"{when:%Y-%m-%dT%H:%M}"})
    assert Attempt.objects.get().again_at == when
    assert f"约在 明天 {when:%H:%M}" in text(agent.get("/callback?part=appointments"))


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"outcome": "later", "again_at": "2020-01-01T09:00"}, "这个时间已经过了"),
        ({"outcome": "later"}, "改约要写约好的时间"),
        ({}, "请选这次为什么没有问成"),
    ],
)
def test_attempt_that_cannot_be_kept_says_why(agent, toy, sent, told) -> None:
    order = verbs.asked(toy)
    answer = agent.post(f"/callback/{order.number}/attempt", sent)
    assert answer.status_code == 422
    assert told in text(answer)
    assert Attempt.objects.count() == 0


def test_number_is_masked_until_a_purpose_is_logged(agent, toy) -> None:
    order = verbs.asked(toy)
    page = text(agent.get(f"/callback/{order.number}"))
    assert ("13800001234" in page, "138****1234" in page) == (False, True)
    refused = agent.post(f"/callback/{order.number}/phone", {"purpose": "看"})
    assert (refused.status_code, "13800001234" in text(refused), Reading.objects.count()) == (422, False, 0)
    shown = agent.post(f"/callback/{order.number}/phone", {"purpose": "拨打回访"})
    log = Reading.objects.get()
    assert "13800001234" in text(shown)
    assert (log.subject, log.what, log.purpose, log.address) == (order.number, "phone", "拨打回访", "127.0.0.1")


def test_console_tells_what_the_units_said_and_what_deserves_a_look(agent, toy) -> None:
    order = verbs.asked(toy)
    page = text(agent.get(f"/callback/{order.number}"))
    assert page.count(verbs.REPLY) == 2
    assert "单位没有交现场照片" in page
    assert "上一轮市民说没解决" not in page


def test_second_round_is_shown_as_one(agent, toy) -> None:
    order = verbs.asked(toy)
    verbs.say(toy, order, solved="no", satisfied="no", at=factories.AT + timedelta(days=1))
    order = Order.objects.get(pk=order.pk)
    verbs.contact(verbs.parts(order), at=factories.AT + timedelta(days=1, hours=1))
    verbs.finish(verbs.parts(order), at=factories.AT + timedelta(days=1, hours=2))
    callback.open([Order.objects.get(pk=order.pk)], by=verbs.RULE, at=factories.AT + timedelta(days=1, hours=3))
    assert "第 2 轮：上一轮市民说没解决或不满意" in text(agent.get(f"/callback/{order.number}"))


def test_order_not_waiting_can_only_be_looked_at(agent, toy) -> None:
    order = verbs.dispatched(toy)
    page = text(agent.get(f"/callback/{order.number}"))
    assert "这一件现在不在等回访" in page
    assert re.search(r'form="answers"[^>]*disabled', page) is not None


def test_unknown_order_is_not_found(agent) -> None:
    assert agent.get("/callback/L-20260302-000001-0").status_code == 404


def test_console_takes_a_constant_number_of_queries(agent, toy) -> None:
    counts = []
    for more in (1, 6):
        for _ in range(more):
            verbs.asked(toy)
        agent.post("/callback/next", follow=True)
        with CaptureQueriesContext(connection) as seen:
            agent.get("/callback")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_console_is_english_for_english_readers(agent, toy) -> None:
    verbs.asked(toy, title="Pothole", content="A hole.")
    page = text(agent.get("/callback", headers={"accept-language": "en"}))
    shown = page.replace(verbs.REPLY, "").replace("林晓", "").replace("周静", "").replace("周", "")
    assert set(re.findall(r"[\u4e00-\u9fff]+", shown)) == set()

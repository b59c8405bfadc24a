"""What the centre watches: second calls, signs, SMS left over, leaders' calls; and that units see nothing of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Role
from jieban.accounts.models import ApiKey, Reading
from jieban.callback import daily, inbox, leaders, second, watching
from jieban.callback.models import Draw, Lot, Reply, SecondAnswer, Sign
from jieban.callback.rules import Said
from jieban.city.terms import Callbacks, LeadersDay
from jieban.core import clock, crypto
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from jieban.portal.desk import boards
from tests import factories, verbs
from tests.factories import AT
from tests.portal.pages import browser, statements, text

pytestmark = pytest.mark.django_db
MILL = Target("mill", LEAD)
CALL = AT + timedelta(hours=4)
NIGHT = AT + timedelta(days=1)
LATER = AT + timedelta(days=5)
SECRET = "an-invented-secret"
HIDDEN = ("jieban_lot", "jieban_draw", "jieban_secondanswer", "jieban_sign")


def answered(toy, **said) -> Order:
    """An order closed with an answer."""
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, at=CALL, **said)
    return Order.objects.get(pk=order.pk)


def drawn(toy) -> Lot:
    """The first lot of a night in which everybody was drawn."""
    everybody = replace(toy, pack=replace(toy.pack, callbacks=Callbacks(sample_share=1.0)))
    daily.close_day(AT.date(), at=NIGHT, loaded=everybody)
    return Lot.objects.order_by("pk")[0]


def looked(client: Client, path: str, headers: dict[str, str] | None = None) -> tuple[str, list[str]]:
    """A page without its tokens and times, and the statements it took."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path, headers=headers)
    if answer.status_code != 200:  # such a page says a code of its own each time, and nothing else
        return str(answer.status_code), []
    page = text(answer)
    plain = re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*|nonce="[^"]*"|name="jb-token" content="[^"]*"',
        "",
        page,
    )
    plain = re.sub(r"\d{1,2}:\d{2}(:\d{2})?|\d+ (分|小时|天)|[\d.]+%", "T", plain)
    return plain, [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in seen.captured_queries]


@pytest.mark.parametrize(
    ("role", "unit"),
    [("clerk", "mill"), ("chief", "mill"), ("leader", "mill"), ("district", "north"), ("dispatcher", "hall")],
)
def test_being_sampled_changes_no_byte_and_no_statement_of_what_a_unit_sees(toy, role, unit) -> None:
    order = answered(toy)
    key = ApiKey.objects.create(
        name="app", channel="web", since=factories.SINCE, fingerprint=crypto.fingerprint(SECRET), per_minute=0
    )
    Order.objects.get(pk=order.pk).contact.__class__.objects.update(source=f"api:{key.pk}")
    client, machine = browser(role, unit), {"Authorization": f"Bearer {SECRET}"}
    own = [board.url for board in boards.TABLE if Role(role) in board.roles and board.name != "leaders"]
    paths = [f"/orders/{order.number}", "/orders", "/overview", "/appraisal", "/desk", "/knowledge", "/me", *own]
    before = [looked(client, path) for path in paths] + [looked(Client(), f"/api/v1/orders/{order.number}", machine)]
    lot, agent = drawn(toy), factories.an_actor(Role.CALLBACK, verbs.unit("hall"))
    second.record(lot, Said(True, "no", "no", "bad"), way="phone", by=agent, at=LATER, loaded=toy)
    after = [looked(client, path) for path in paths] + [looked(Client(), f"/api/v1/orders/{order.number}", machine)]
    assert (SecondAnswer.objects.count(), Sign.objects.count() > 0) == (1, True)
    for path, one, other in zip([*paths, "api"], before, after, strict=True):
        assert one[1] == other[1], path
        assert one[0].splitlines() == other[0].splitlines(), path
        assert [name for name in HIDDEN for query in other[1] if f'"{name}"' in query] == [], path


@pytest.mark.parametrize("role", ["clerk", "chief", "district", "leader", "dispatcher", "agent"])
@pytest.mark.parametrize("path", ["/boards/watch/second", "/boards/watch/signs", "/callback/second"])
def test_hidden_pages_are_closed_to_units(toy, role, path) -> None:
    assert browser(role, "mill" if role != "agent" else "hall").get(path).status_code == 403


def test_second_call_is_made_from_its_own_page(toy) -> None:
    order = answered(toy)
    lot, agent = drawn(toy), browser("callback")
    page = text(agent.get("/callback/second"))
    assert (page.count(order.number), page.count("13800001234")) == (1, 0)
    assert text(agent.post(f"/callback/second/{lot.pk}/phone")).count("tel:13800001234") == 1
    assert Reading.objects.get().purpose == "抽样复核"
    assert agent.post(f"/callback/second/{lot.pk}/record", {}).status_code == 422
    said = {"contacted": "yes", "solved": "no", "satisfied": "no", "attitude": "bad"}
    page = text(agent.post(f"/callback/second/{lot.pk}/record", said, follow=True))
    assert (page.count("复核记下了，单位看不到。"), page.count("现在没有要复核的")) == (1, 1)
    board = text(browser("auditor").get("/boards/watch/second"))
    assert re.search(r"<td>Mill Parish</td><td[^>]*>1</td><td[^>]*>1</td>", board) is not None
    assert board.count(Draw.objects.get().seed) == 1


def test_second_call_that_reached_nobody_waits(toy) -> None:
    answered(toy)
    lot, agent = drawn(toy), browser("callback")
    agent.post(f"/callback/second/{lot.pk}/missed")
    assert Lot.objects.get().tries == 1


def test_sign_is_shown_with_its_reason_until_a_human_has_looked(toy) -> None:
    order = answered(toy, contacted=False)
    drawn(toy)
    auditor = browser("auditor")
    page = text(auditor.get("/boards/watch/signs"))
    assert (page.count(order.number), page.count("几项回答互相矛盾")) == (1, 1)
    sign = Sign.objects.get()
    refused = auditor.post(f"/callback/signs/{sign.pk}", {"finding": "coached"}, follow=True)
    assert text(refused).count("请写一句您看到了什么") == 1
    auditor.post(f"/callback/signs/{sign.pk}", {"finding": "unclear", "words": "录音听不清"})
    page = text(auditor.get("/boards/watch/signs"))
    assert (page.count("现在没有要看的迹象"), page.count("说不清，先记着：录音听不清")) == (1, 1)


def test_text_that_could_not_be_read_waits_for_a_person(toy) -> None:
    order = verbs.asked(toy, MILL)
    inbox.take("13800001234", "修是修了，又漏", source="api:1", source_id="1", at=CALL, loaded=toy)
    agent = browser("callback")
    page = text(agent.get("/boards/review/texts"))
    assert (page.count("“修是修了，又漏”"), page.count(f"/callback/{order.number}"), page.count("138****1234")) == (
        1,
        1,
        1,
    )
    agent.post(f"/callback/texts/{Reply.objects.get().pk}")
    assert text(agent.get("/boards/review/texts")).count("没有读不准的短信") == 1


def test_who_was_reached_is_shown_by_unit_with_its_interval(toy) -> None:
    answered_now = verbs.asked(toy, MILL, at=clock.now() - timedelta(days=1))
    verbs.say(toy, answered_now, at=clock.now())
    lost = verbs.asked(toy, MILL, at=clock.now() - timedelta(days=1))
    verbs.callback.give_up([lost], by=verbs.RULE, at=clock.now())
    page = text(browser("supervisor").get("/boards/watch/reached"))
    assert re.search(r"<td>Mill Parish</td><td[^>]*>2</td><td[^>]*>1</td>", page) is not None
    assert page.count("1.3–98.7") == 1
    assert text(browser("clerk", "mill").get("/boards/watch/reached")).count("Mill Parish") == 0


def test_leader_calls_those_drawn_and_nobody_else(toy) -> None:
    now = clock.now()
    orders = [verbs.asked(toy, MILL, at=now - timedelta(days=1)) for _ in range(3)]
    post = factories.a_post(Role.LEADER, verbs.unit("mill"))
    leader = Client()
    leader.force_login(post.person, backend="django.contrib.auth.backends.ModelBackend")
    assert leader.get(f"/callback/{orders[0].number}").status_code == 404
    today = LeadersDay(timezone.localdate(now).day, 2)
    day = replace(toy, pack=replace(toy.pack, callbacks=Callbacks(leaders=today)))
    leaders.draw(by=accounts.at_post(post), at=now, loaded=day)
    shown = re.findall(r'href="/callback/(JB-[^"?]+)', text(leader.get("/callback")))
    assert shown == [lot.order.number for lot in Lot.objects.order_by("order__replied_at", "order")]
    other = next(order for order in orders if order.number not in shown)
    assert leader.get(f"/callback/{other.number}").status_code == 404
    said = {"contacted": "yes", "solved": "explained", "satisfied": "yes", "attitude": "good"}
    assert leader.post(f"/callback/{shown[0]}/record", said).status_code == 302
    assert Order.objects.get(number=shown[0]).solved == "explained"
    board = text(browser("district", "north").get("/boards/watch/leaders"))
    assert (board.count("3 件里抽 2 件，问到 1 件"), board.count(Draw.objects.get().seed)) == (1, 1)


def test_leader_is_told_when_it_is_not_the_day(toy) -> None:
    answer = browser("leader", "mill").post("/callback/leaders")
    assert (answer.status_code, text(answer).count("今天不是领导回访日")) == (400, 1)


@pytest.mark.parametrize("name", ["second", "signs", "reached", "leaders"])
def test_boards_take_a_constant_number_of_statements(toy, name) -> None:
    path, supervisor = f"/boards/watch/{name}", browser("supervisor")
    answered(toy, contacted=False)
    drawn(toy)
    few = statements(supervisor, path)
    for _ in range(4):
        order = answered(toy, contacted=False)
        watching.add(order, 1, "no_proof", at=NIGHT)
    assert statements(supervisor, path) == few

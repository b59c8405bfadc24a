"""The centre's pages over HTTP: the seat, the dispatcher's desk, lists, knowledge, appraisal, overview and people."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from jieban.accounts.actor import Role
from jieban.accounts.models import Person, Post
from jieban.core import clock
from jieban.knowledge import actions as knowledge
from jieban.knowledge.models import Article
from jieban.orders.models import Contact, Entry, Order
from jieban.portal import syncing
from tests import factories, verbs
from tests.portal.pages import browser, statements, text

CALL = {"key": "call-1", "phone": "13800001234", "name": "王芳", "hide_name": "1", "sms": "1", "pick": "1",
        "content": "A pothole, a deep hole in the road, in Weaver Court. Please mend the pothole."}  # fmt: skip


@pytest.fixture
def seat(toy) -> Client:
    return browser("agent")


@pytest.fixture
def dispatcher(toy) -> Client:
    return browser("dispatcher")


@pytest.fixture
def article(toy) -> Article:
    by = factories.an_actor(Role.KNOWLEDGE, verbs.unit("hall"))
    draft = knowledge.Draft(
        code="K1", title="When is the library open", body="The library is open from nine to five.", owner="hall",
        review_by=clock.now().date() + timedelta(days=90), keywords="library opening hours",
    )  # fmt: skip
    return knowledge.publish([draft], by=by, at=clock.now())[0]


def waiting(toy, **columns: object) -> Order:
    """An order the catalogue could not place."""
    values = {"street_id": toy.unit_ids["mill"], "district_id": toy.unit_ids["north"], "category": "0101"}
    return factories.an_order(state="pending_dispatch", at=clock.now() - timedelta(minutes=5), **{**values, **columns})


def test_call_is_registered_and_sent_to_the_units_of_the_catalogue(seat) -> None:
    response = seat.post("/seat/take", {**CALL, "do": "dispatch"}, follow=True)
    order = Order.objects.get()
    assert order.state == "dispatched"
    assert set(order.assignments.values_list("unit__code", flat=True)) == {"mill", "north-roads"}
    assert order.number in text(response)
    contact = Contact.objects.get()
    assert (contact.source, contact.source_id, contact.hide_name, contact.sms) == ("seat", "call-1", True, True)


def test_call_sent_twice_is_registered_once(seat) -> None:
    seat.post("/seat/take", {**CALL, "do": "dispatch"})
    page = text(seat.post("/seat/take", {**CALL, "do": "dispatch"}, follow=True))
    assert (Order.objects.count(), "没有重复登记" in page) == (1, True)


def test_call_that_cannot_be_taken_keeps_every_word(seat) -> None:
    response = seat.post("/seat/take", {**CALL, "phone": "1380000123", "do": "dispatch"})
    page = text(response)
    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert ("还没有登记上，您写的都在" in page, escape(CALL["content"]) in page, 'value="1380000123"' in page) == (
        True, True, True,
    )  # fmt: skip


def test_suggestion_shows_category_place_units_and_reason(seat) -> None:
    page = text(seat.post("/seat/suggest", CALL))
    assert re.findall(r'<option value="(\d+)" selected', page) == ["01", "0101"]
    assert "Mill Parish" in page
    assert 'id="proposal" hx-swap-oob="innerHTML"' in page


def test_suggestion_never_overwrites_what_was_touched(seat) -> None:
    given = {**CALL, "cat1": "01", "cat2": "0102", "touched": "cat1 cat2 urgency", "urgency": "7d"}
    page = text(seat.post("/seat/suggest", given))
    assert re.findall(r'<option value="(\d+)" selected', page) == ["01", "0102"]
    assert re.findall(r'name="urgency" id="urg-7d" value="7d" checked', page) != []
    seat.post("/seat/take", {**given, "do": "dispatch"})
    order = Order.objects.get()
    assert (order.category, order.suggested["category"]["value"]) == ("0102", "0101")


def test_category_below_another_branch_is_not_taken(seat) -> None:
    seat.post("/seat/take", {**CALL, "cat1": "01", "cat2": "", "cat3": "010101", "touched": "cat1", "do": "dispatch"})
    assert Order.objects.get().category == "01"


def test_caller_is_known_by_the_number_without_showing_it(seat, toy) -> None:
    order = verbs.dispatched(toy, title="Seen before")
    page = text(seat.post("/seat/caller", {"phone": "138 0000 1234"}))
    assert (order.number in page, "来过 1 次" in page) == (True, True)
    assert "第一次来电" in text(seat.post("/seat/caller", {"phone": "13900009999"}))


def test_consultation_is_answered_from_an_article_and_closed(seat, article) -> None:
    asked = {**CALL, "content": "When is the library open?", "do": "answer"}
    response = seat.post("/seat/take", asked)
    assert (response.status_code, "请先在右边选一条知识" in text(response)) == (422, True)
    seat.post("/seat/take", {**asked, "article": "K1"})
    order = Order.objects.get()
    assert order.state == "closed"
    told = Entry.objects.get(order=order, move="answer").records
    assert (told["article"]["code"], told["text"]) == ("K1", article.body)


def test_guiding_needs_a_ground(seat) -> None:
    response = seat.post("/seat/take", {**CALL, "do": "guide"})
    assert (response.status_code, Order.objects.count()) == (422, 0)


def test_place_names_are_found_as_they_are_typed(seat) -> None:
    assert "Weaver Court" in text(seat.get("/seat/places", {"address": "Weaver"}))


def test_dispatcher_sends_by_the_way_that_was_picked(dispatcher, toy) -> None:
    order = waiting(toy)
    page = text(dispatcher.get("/dispatch"))
    assert order.number in page
    response = dispatcher.post(f"/dispatch/{order.number}", {"pick": "1", "urgency": "7d", "reason": ""}, follow=True)
    order.refresh_from_db()
    assert (order.state, order.dispatch["by"]) == ("dispatched", "person")
    assert f"{order.number} 已派给" in text(response)


def test_dispatcher_names_other_units_with_a_reason(dispatcher, toy) -> None:
    order = waiting(toy)
    path, other = f"/dispatch/{order.number}", {"pick": "other", "lead_name": "Littleton Water", "urgency": "24h"}
    refused = dispatcher.post(path, {**other, "reason": ""})
    assert (refused.status_code, "请写明为什么" in text(refused), "Littleton Water" in text(refused)) == (
        422,
        True,
        True,
    )
    dispatcher.post(path, {**other, "assist_name": "Hill Parish", "reason": "pipes below the road"})
    parts = order.assignments.order_by("no").values_list("unit__code", "role")
    assert list(parts) == [("water", "lead"), ("hill", "assist")]


def test_dispatcher_who_picks_and_names_is_asked_which(dispatcher, toy) -> None:
    order = waiting(toy)
    response = dispatcher.post(f"/dispatch/{order.number}", {"pick": "1", "lead_name": "Littleton Water"})
    assert (response.status_code, "请留一样" in text(response)) == (422, True)
    assert order.assignments.count() == 0


def test_dispatcher_cannot_send_to_nobody(dispatcher, toy) -> None:
    order = waiting(toy)
    other = {"pick": "other", "lead_name": "Nobody", "reason": "because"}
    response = dispatcher.post(f"/dispatch/{order.number}", other)
    order.refresh_from_db()
    assert (response.status_code, order.state) == (422, "pending_dispatch")
    assert "没有叫“Nobody”的单位" in text(response)


def test_dispatched_order_leaves_the_desk(dispatcher, toy) -> None:
    order = verbs.dispatched(toy)
    assert dispatcher.get(f"/dispatch/{order.number}").status_code == 404
    assert "现在没有等人派的工单" in text(dispatcher.get("/dispatch"))


def test_dispatch_desk_takes_the_same_statements_for_five_and_for_fifty(dispatcher, toy) -> None:
    for _ in range(5):
        waiting(toy)
    few = statements(dispatcher, "/dispatch")
    for _ in range(45):
        waiting(toy)
    assert statements(dispatcher, "/dispatch") == few


def test_orders_take_the_same_statements_for_five_and_for_fifty(dispatcher, toy) -> None:
    for _ in range(5):
        verbs.dispatched(toy)
    few = statements(dispatcher, "/orders")
    for _ in range(45):
        verbs.dispatched(toy)
    assert statements(dispatcher, "/orders") == few


def found(client: Client, query: str) -> list[str]:
    """The numbers a search finds; an exact number leads straight to its order."""
    response = client.get("/orders", {"q": query})
    if response.status_code == 302:
        return ["→ " + response.headers["Location"].rsplit("/", 1)[1]]
    return re.findall(r'href="/orders/(JB-[\d-]+)" data-open', text(response))


def test_orders_are_found_by_number_phone_tail_and_words(dispatcher, toy) -> None:
    here = factories.an_order(title="Pothole", address="Weaver Court 5")
    there = factories.an_order(title="Leak", contact=factories.a_contact(phone="13900005678"))
    assert found(dispatcher, here.number) == [f"→ {here.number}"]
    assert found(dispatcher, here.number.replace("-", " ").lower()) == [here.number]
    assert found(dispatcher, "13900005678") == [there.number]
    assert found(dispatcher, "5678") == [there.number]
    assert found(dispatcher, "Weaver") == [here.number]
    assert found(dispatcher, "no such thing") == []


def test_orders_are_narrowed_and_only_those_in_sight(toy) -> None:
    verbs.dispatched(toy, verbs.lead("water"), street_id=toy.unit_ids["hill"])
    mine = verbs.dispatched(toy, urgency="7d")
    clerk = browser("clerk", "mill")
    assert re.findall(r'href="/orders/(JB-[\d-]+)" data-open', text(clerk.get("/orders?group=working"))) == [
        mine.number
    ]
    assert "没有找到这样的工单" in text(clerk.get("/orders?group=over"))
    assert "没有找到这样的工单" in text(clerk.get("/orders?urgency=2h"))


def test_overview_counts_open_their_orders(toy) -> None:
    verbs.dispatched(toy)
    waiting(toy)
    supervisor = browser("supervisor")
    page = text(supervisor.get("/overview"))
    counts = dict(re.findall(r'href="/orders\?([^"]+)"[^>]*><b>(\d+)</b>', page))
    assert (counts["late=1"], counts["group=pending"]) == ("1", "1")
    for query in ("late=1", "group=pending"):
        assert len(re.findall("data-row", text(supervisor.get(f"/orders?{query}")))) == 1


def test_overview_has_its_figures_from_the_lake(toy) -> None:
    at = clock.now() - timedelta(hours=8)
    for category in ("0101", "0101", "0102"):
        order = verbs.asked(toy, verbs.lead("mill"), at=at, category=category)
    verbs.say(toy, order, at=at + timedelta(hours=4))
    supervisor = browser("supervisor")
    page = text(supervisor.get("/overview"))
    assert ("统计数还没有整理好" in page, "哪类事多" in page) == (True, False)
    syncing.once(at=clock.now())
    page = text(supervisor.get("/overview"))
    counts = dict(re.findall(r'href="/orders\?((?:street|category|solved)=[^"&]+)[^"]*">.*?<b>(\d+)</b>', page))
    assert counts == {
        "street=mill": "3", "category=01": "3",
        "solved=yes": "1", "solved=part": "0", "solved=no": "0", "solved=explained": "0",
    }  # fmt: skip
    assert "统计数截至 今天" in page
    urgent = verbs.dispatched(toy, verbs.lead("mill"), at=at, urgency="2h")
    assert "超期" not in re.findall(r"<h2.*?</ul>", page, re.DOTALL)[0].split("</h2>")[1]
    page = text(supervisor.get("/overview"))
    late = re.findall(r'href="(/orders\?street=mill[^"]+late=1)">超期 (\d+)<', page)
    assert [n for _, n in late] == ["1"]
    assert urgent.number in text(supervisor.get(html.unescape(late[0][0])))
    verbs.dispatched(toy, verbs.lead("mill"))
    assert "<b>3</b>" in text(supervisor.get("/overview"))
    other = text(browser("leader", "hill").get("/overview"))
    assert re.findall(r'href="/orders\?((?:street|category)=[^"]+)"', other) == []


def test_overview_takes_the_same_statements_for_five_and_for_fifty(toy) -> None:
    supervisor = browser("supervisor")
    for _ in range(5):
        verbs.dispatched(toy)
    few = statements(supervisor, "/overview")
    for _ in range(45):
        verbs.dispatched(toy)
    assert statements(supervisor, "/overview") == few


def test_knowledge_is_searched_and_read_with_its_versions(article) -> None:
    keeper = browser("knowledge")
    assert article.title in text(keeper.get("/knowledge?q=library hours"))
    assert "没有对得上的知识" in text(keeper.get("/knowledge?q=zebra"))
    page = text(keeper.get("/knowledge/K1"))
    assert (article.body in page, "第 1 版" in page) == (True, True)
    assert keeper.get("/knowledge/none").status_code == 404


NEW = {
    "username": "new.clerk",
    "name": "方文",
    "unit": "Mill Parish",
    "role": "clerk",
    "password": "a-long-invented-one",
}


def test_admin_appoints_somebody_who_can_then_log_in(toy, client: Client) -> None:
    admin = browser("admin")
    page = text(admin.post("/people", NEW, follow=True))
    assert "方文 现在是Mill Parish的承办员" in page
    client.post("/login", {"username": "new.clerk", "password": NEW["password"]})
    assert client.get("/home").headers["Location"] == "/desk"
    post = Post.objects.get(person__username="new.clerk")
    assert (post.unit.code, post.role, post.person.check_password(NEW["password"])) == ("mill", "clerk", True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": ""}, "请写初始密码"),
        ({"password": "short"}, "10"),
        ({"unit": "Nowhere"}, "没有叫“Nowhere”的单位"),
        ({"role": "agent"}, "不设"),
        ({"username": "A B"}, "登录名用小写字母"),
    ],
)
def test_admin_is_told_why_a_post_cannot_be_made(toy, change: dict[str, str], said: str) -> None:
    before = Person.objects.count()
    admin = browser("admin")
    response = admin.post("/people", {**NEW, **change})
    assert (response.status_code, said in text(response)) == (422, True)
    assert Person.objects.count() == before + 1


def test_admin_ends_a_post_but_not_the_own(toy) -> None:
    post, admin = factories.a_post(Role.CLERK, verbs.unit("mill")), browser("admin")
    admin.post(f"/people/{post.pk}/end")
    post.refresh_from_db()
    assert post.until == clock.now().date()
    own = Post.objects.get(role="admin")
    assert admin.post(f"/people/{own.pk}/end").status_code == 400


def test_leader_sees_the_city_from_the_centre_and_the_ward_from_the_ward(toy) -> None:
    here = verbs.dispatched(toy)
    elsewhere = factories.an_order(state="pending_dispatch", at=clock.now())
    shown = {unit: text(browser("leader", unit).get("/orders")) for unit in ("hall", "north")}
    assert [order.number in shown["hall"] for order in (here, elsewhere)] == [True, True]
    assert [order.number in shown["north"] for order in (here, elsewhere)] == [True, False]

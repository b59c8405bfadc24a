"""The enterprise line, from the firm's own form to its report: in, queue, knowledge, page, numbers."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from stdnum.cn import uscc

from jieban.accounts.actor import Role
from jieban.core import clock, crypto
from jieban.knowledge import actions as knowledge
from jieban.orders.models import Contact, Order
from jieban.portal import syncing
from tests import factories, verbs
from tests.portal.pages import browser, statements, text

FIRM, BOARD = "河湾纸业有限公司", reverse("board", args=["rules", "enterprise"])
CODE = "91110105MA0000001" + uscc.calc_check_digit("91110105MA0000001")
CALL = {"key": "call-9", "phone": "13800001234", "name": "王芳", "pick": "1", "sms": "1", "do": "dispatch",
        "content": "A pothole, a deep hole in the road, in Weaver Court. Please mend the pothole."}  # fmt: skip


def of_firm(**columns: object) -> Contact:
    """A contact of a firm, not yet saved."""
    values = {"firm": crypto.seal(FIRM), "credit_code": crypto.seal(CODE), "hide_name": False}
    return factories.a_contact(appellant="firm", name="王芳", **{**values, **columns})


def recent(toy, *, firm: bool = True, **columns: object) -> Order:
    """An order of the last hours, sent to the units of its line."""
    at = clock.now() - timedelta(hours=5)
    contact = of_firm(at=at) if firm else factories.a_contact(at=at)
    return verbs.dispatched(toy, at=at, contact=contact, **columns)


@pytest.fixture
def letter(web) -> dict[str, str]:
    """The public form filled in for a firm."""
    page = text(web.get("/file"))
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    return {"once": once[1], "content": "A deep pothole before our gate.", "address": "Weaver Court", "name": "王芳",
            "phone": "13800001234", "firm": FIRM, "credit_code": CODE.lower()}  # fmt: skip


def test_a_firm_files_in_public_with_name_code_and_contact(web, letter):
    assert web.post("/file", letter).status_code == 302
    contact = Contact.objects.get()
    assert contact.appellant == "firm"
    kept = [crypto.unseal(value) for value in (contact.firm, contact.credit_code, contact.name)]
    assert kept == [FIRM, CODE, "王芳"]
    assert FIRM.encode() not in bytes(contact.firm)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"credit_code": CODE[:-1] + ("A" if CODE[-1] != "A" else "B")}, "credit_code", "最后一位是校验码"),
        ({"credit_code": ""}, "credit_code", "请写营业执照上的 18 位统一社会信用代码"),
        ({"firm": ""}, "firm", "写了信用代码，请把企业名称也写上"),
        ({"name": ""}, "name", "请写联系人怎么称呼"),
        ({"anonymous": "on"}, "firm", "匿名就不能以企业名义提"),
        ({"firm": "纸" * 65}, "firm", "企业名称超过 64 字"),
    ],
)
def test_what_a_firm_leaves_out_is_said_under_its_field(web, letter, changed, field, said):
    answer = web.post("/file", {**letter, **changed})
    assert answer.status_code == 422
    assert said in text(answer)
    assert f'id="id_{field}-err"' in text(answer)
    assert not Order.objects.exists()


def test_a_person_needs_none_of_it(web, letter):
    assert web.post("/file", {**letter, "firm": "", "credit_code": "", "name": ""}).status_code == 302
    assert Contact.objects.get().appellant == "person"


def test_the_seat_takes_a_firm_and_checks_its_code(toy):
    seat = browser("agent")
    bad = seat.post("/seat/take", {**CALL, "firm": FIRM, "credit_code": "123"})
    assert (bad.status_code, FIRM in text(bad), "最后一位是校验码" in text(bad)) == (422, True, True)
    seat.post("/seat/take", {**CALL, "firm": FIRM, "credit_code": CODE})
    contact = Contact.objects.get()
    assert (contact.appellant, crypto.unseal(contact.firm)) == ("firm", FIRM)


def test_answers_for_firms_are_offered_first_when_a_firm_calls(toy):
    common = {"owner": "hall", "review_by": clock.now().date()}
    drafts = [
        knowledge.Draft(code="all", title="公共停车场怎么收费", body="按牌子上的价格收费，不清楚可以问。", **common),
        knowledge.Draft(code="firm", title="企业停车场怎么备案", body="开停车场要备案。", audience="firm", **common),
    ]
    knowledge.publish(drafts, by=factories.an_actor(Role.KNOWLEDGE, verbs.unit("hall")), at=clock.now())
    seat = browser("agent")
    said = {"content": "停车场怎么收费"}
    pages = [text(seat.post("/seat/suggest", {**said, **more})) for more in ({}, {"firm": FIRM})]
    found = [re.findall(r'name="article" value="(\w+)"', page) for page in pages]
    assert found == [["all", "firm"], ["firm", "all"]]
    own = text(seat.get("/knowledge", {"for": "firm"}))
    assert ("企业停车场怎么备案" in own, "公共停车场怎么收费" in own) == (True, False)


@pytest.mark.parametrize(
    ("role", "unit", "path"),
    [("dispatcher", "hall", "/dispatch?who=firm"), ("clerk", "mill", "/desk?only=firms"),
     ("supervisor", "hall", "/orders?who=firm"), ("callback", "hall", "/callback?part=firms")],
)  # fmt: skip
def test_every_queue_can_be_narrowed_to_firms(toy, role, unit, path):
    for firm, title in ((True, "企业门前路坏"), (False, "居民门前路坏")):
        contact = of_firm() if firm else factories.a_contact(phone="13800009876")
        if role == "dispatcher":
            factories.an_order(state="pending_dispatch", title=title, contact=contact, category="0101",
                               street_id=toy.unit_ids["mill"], district_id=toy.unit_ids["north"])  # fmt: skip
        elif role == "callback":
            verbs.asked(toy, title=title, contact=contact)
        else:
            verbs.dispatched(toy, title=title, contact=contact)
    page = text(browser(role, unit).get(path))
    assert ("企业门前路坏" in page, "居民门前路坏" in page) == (True, False)


def test_the_units_page_names_the_firm_and_hides_most_of_its_code(toy):
    order = recent(toy)
    page = text(browser("clerk", "mill").get(reverse("record", args=[order.number])))
    assert FIRM in page
    assert f"{'*' * 14}{CODE[-4:]}" in page
    assert CODE not in page
    assert "王芳" not in page


def test_a_firm_that_wishes_is_not_named_to_anybody_without_a_purpose(toy):
    at = clock.now() - timedelta(hours=5)
    order = verbs.dispatched(toy, at=at, contact=of_firm(at=at, hide_name=True))
    clerk, agent = browser("clerk", "mill"), browser("agent")
    assert FIRM not in text(clerk.get(reverse("record", args=[order.number])))
    url = reverse("reveal", args=[order.number])
    shown = [text(client.post(url, {"purpose": "约时间看现场"})) for client in (clerk, agent)]
    assert [FIRM in page for page in shown] == [False, True]
    assert [CODE in page for page in shown] == [False, True]


def test_the_report_counts_firms_beside_everybody_and_every_number_opens_its_orders(toy):
    mine, other = recent(toy, title="企业门前路坏"), recent(toy, firm=False, title="居民门前路坏")
    client = browser("supervisor")
    assert "统计数还没有整理好" in text(client.get(BOARD))
    syncing.once(at=clock.now())
    page = unescape(text(client.get(BOARD)))
    assert "截至 今天" in page
    assert '<b>1</b><span><span class="jb-n">企业诉求</span><span class="jb-d">全部 2 件</span>' in page
    links = re.findall(r'href="(/orders\?who=firm[^"]+)">1</a>', page)
    kinds = [("category=" in url, "district=" in url) for url in links]
    assert kinds == [(False, False), (True, False), (False, True)]
    for url in links:
        listed = text(client.get(url))
        assert (mine.title in listed, other.title in listed) == (True, False)


def test_the_rates_of_firms_stand_beside_those_of_all_and_open_their_orders(toy):
    at = clock.now() - timedelta(days=1)
    for firm, solved in ((True, "yes"), (True, "no"), (False, "yes")):
        contact = of_firm(at=at) if firm else factories.a_contact(at=at)
        order = verbs.asked(toy, at=at, contact=contact, title=f"{'企业' if firm else '居民'}{solved}")
        verbs.say(toy, order, solved=solved, satisfied=solved, at=at + timedelta(hours=6))
    syncing.once(at=clock.now())
    client = browser("supervisor")
    page = unescape(text(client.get(BOARD)))
    links = re.findall(r'href="(/orders\?line_rate=resolution&which=full[^"]+)">(\d+)</a>', page)
    assert [count for _url, count in links] == ["2", "4"]
    firms, everybody = (text(client.get(url)) for url, _count in links)
    assert [title in firms for title in ("企业yes", "企业no", "居民yes")] == [True, False, False]
    assert [title in everybody for title in ("企业yes", "企业no", "居民yes")] == [True, False, True]
    assert "1 小时" in page


def test_a_number_nobody_knows_is_refused(toy):
    assert browser("supervisor").get("/orders", {"line_rate": "speed"}).status_code == 400


def test_the_report_is_taken_along_as_a_table(toy):
    recent(toy)
    syncing.once(at=clock.now())
    answer = browser("leader").get(reverse("enterprise_csv"))
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    month = (clock.now() - timedelta(hours=5)).astimezone(clock.zone()).strftime("%Y-%m")
    assert table[1] == ["每个月", month, "1", "1"]
    assert table[2] == ["什么事", "Streets", "1", "1"]
    assert table[3] == ["在哪个区", "North Ward", "1", "1"]
    assert len(table) == 4 + 8


@pytest.mark.parametrize("role", ["clerk", "agent"])
def test_the_report_is_for_those_who_lead(toy, role):
    client = browser(role, "mill" if role == "clerk" else "hall")
    assert [client.get(path).status_code for path in (BOARD, reverse("enterprise_csv"))] == [403, 403]


def test_the_report_is_read_from_the_lake_alone(toy):
    """Ten orders take no statement more than one, and what nobody has synced is not counted."""
    client: Client = browser("supervisor")
    recent(toy)
    syncing.once(at=clock.now())
    one = statements(client, BOARD)
    for _ in range(9):
        recent(toy)
    assert statements(client, BOARD) == one
    assert "<b>1</b>" in text(client.get(BOARD))
    syncing.once(at=clock.now())
    assert "<b>10</b>" in text(client.get(BOARD))

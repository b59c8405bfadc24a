"""Leaving out of scoring over HTTP: a unit asks, an auditor decides with the record beside it, all is published."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jieban.accounts.models import Reading
from jieban.appraisal.models import Exclusion
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.portal.pages import browser, statements, text
from tests.portal.test_unit_pages import PNG

pytestmark = pytest.mark.django_db
WORDS = "暴雨冲毁路面，应急部门已经发布灾情公告。"
WHY = "公告和现场照片对得上，同意按灾害剔除。"


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


@pytest.fixture
def auditor(toy) -> Client:
    return browser("auditor")


def scored(toy: Loaded, *, hours: int = 10) -> Order:
    """An order answered at callback some hours ago, led by Mill Parish."""
    at = clock.now() - timedelta(hours=hours)
    order = verbs.asked(toy, verbs.lead("mill"), at=at, place="e1")
    verbs.say(toy, order, at=at + timedelta(hours=4))
    return Order.objects.get(pk=order.pk)


def ask(client: Client, order: Order, **said: object):
    data = {"exclusion-ground": "storm", "exclusion-statement": WORDS,
            "exclusion-attached": SimpleUploadedFile("flood.png", PNG, "image/png"), **said}  # fmt: skip
    return client.post(f"/orders/{order.number}/parts/1/exclusion", data, follow=True)


def asked(toy: Loaded, clerk: Client, *, hours: int = 10) -> Exclusion:
    order = scored(toy, hours=hours)
    assert ask(clerk, order).status_code == 200
    return Exclusion.objects.get(order=order)


def decide(client: Client, case: Exclusion, grant: str = "yes", words: str = WHY):
    return client.post(f"/exclusions/{case.pk}/decide", {"grant": grant, "words": words}, follow=True)


def now(case: Exclusion) -> tuple[str, str]:
    """Where the request stands, and the ground of the assignment."""
    return Exclusion.objects.get(pk=case.pk).stage, Assignment.objects.get(pk=case.assignment_id).ground


def test_a_unit_asks_from_the_page_of_its_order_and_finds_its_request(toy, clerk):
    order = scored(toy)
    assert f'action="/orders/{order.number}/parts/1/exclusion"' in text(clerk.get(f"/orders/{order.number}"))
    page = text(ask(clerk, order))
    case = Exclusion.objects.get()
    assert ("申请交上去了，等审核" in page, f'href="/exclusions/{case.pk}"' in page) == (True, True)
    board = text(clerk.get("/boards/joint/exclusions"))
    assert (f'href="/exclusions/{case.pk}"' in board, "材料 1 份" in board) == (True, True)
    assert f"/exclusions/{case.pk}" not in text(clerk.get("/boards/joint/exclusions?only=granted"))
    own = text(clerk.get(f"/exclusions/{case.pk}"))
    assert (WORDS in own, "定之前照常计入考评" in own, "/withdraw" in own, "/decide" in own) == (
        True,
        True,
        True,
        False,
    )


def test_what_was_typed_comes_back_with_the_reason(toy, clerk):
    order = scored(toy)
    answer = ask(clerk, order, **{"exclusion-attached": ""})
    page = text(answer)
    assert (answer.status_code, "要有材料" in page, WORDS in page) == (422, True, True)
    assert Exclusion.objects.count() == 0


def test_other_units_neither_see_nor_ask(toy, clerk):
    case = asked(toy, clerk)
    other = browser("clerk", "hill")
    assert other.get(f"/exclusions/{case.pk}").status_code == 404
    assert ask(other, case.order).status_code == 404
    assert other.post("/exclusions/-/decide", {"case": case.pk}).status_code == 403
    assert browser("agent").get(f"/exclusions/{case.pk}").status_code == 403


def test_an_auditor_decides_with_the_record_beside_and_goes_to_the_next(toy, clerk, auditor):
    first, second = asked(toy, clerk, hours=30), asked(toy, clerk)
    board = text(auditor.get("/boards/review/exclusions"))
    assert re.findall(r'href="/exclusions/(\d+)" data-open', board) == [str(first.pk), str(second.pk)]
    page = text(auditor.get(f"/exclusions/{first.pk}"))
    part = first.assignment
    assert all(words in page for words in (WORDS, "flood.png", part.reply, first.order.content, 'data-key="2"'))
    assert Reading.objects.get().purpose == "审核剔除申请"
    answer = decide(auditor, first)
    assert answer.redirect_chain == [(f"/exclusions/{second.pk}", 302)]
    assert (now(first), now(second)) == (("granted", "storm"), ("asked", ""))
    short = decide(auditor, second, "no", "不行")
    assert (short.status_code, "至少 10 个字" in text(short), "不行" in text(short)) == (422, True, True)
    assert decide(auditor, second, "no").redirect_chain == [("/boards/review/exclusions", 302)]
    assert now(second) == ("refused", "")
    told = text(clerk.get(f"/orders/{first.order.number}"))
    assert all(words in told for words in ("剔除，不计入考评：Storm", WHY, "已剔除"))


def test_the_unit_asks_for_a_second_person_who_is_somebody_else(toy, clerk, auditor):
    case = asked(toy, clerk)
    decide(auditor, case, "no")
    assert "/appeal" in text(clerk.get(f"/exclusions/{case.pk}"))
    clerk.post(f"/exclusions/{case.pk}/appeal", {"words": "公告当时没有附全，现在补上请再看。"})
    assert now(case) == ("appealed", "")
    page = text(auditor.get(f"/exclusions/{case.pk}"))
    assert ("要由没有经手过它的另一个人来定" in page, "/decide" in page) == (True, False)
    assert decide(auditor, case).status_code == 403
    decide(browser("auditor"), case)
    assert now(case) == ("granted", "storm")
    assert "/appeal" not in text(clerk.get(f"/exclusions/{case.pk}"))


def test_a_unit_takes_its_request_back(toy, clerk, auditor):
    case = asked(toy, clerk)
    assert auditor.post(f"/exclusions/{case.pk}/withdraw", {"words": "不申请了"}).status_code == 403
    clerk.post(f"/exclusions/{case.pk}/withdraw", {"words": "不申请了"})
    assert now(case) == ("withdrawn", "")
    assert clerk.post(f"/exclusions/{case.pk}/nothing").status_code == 404


def test_sure_ones_are_decided_together_and_words_come_back(toy, clerk, auditor):
    cases = [asked(toy, clerk, hours=10 + n) for n in range(3)]
    picked = {"case": [case.pk for case in cases[:2]], "grant": "yes"}
    short = auditor.post("/exclusions/-/decide", {**picked, "words": "都行"})
    page = text(short)
    assert (short.status_code, "至少 10 个字" in page, "都行" in page, page.count(" checked")) == (422, True, True, 2)
    none = auditor.post("/exclusions/-/decide", {"words": WHY})
    assert (none.status_code, "先勾上" in text(none), WHY in text(none)) == (422, True, True)
    answer = auditor.post("/exclusions/-/decide", {**picked, "words": WHY}, follow=True)
    assert "2 件定了：已剔除" in text(answer)
    assert sorted(now(case) for case in cases) == [("asked", ""), ("granted", "storm"), ("granted", "storm")]


def test_the_supervisor_of_a_city_that_leaves_it_to_the_auditor_sees_and_appeals(toy, clerk, auditor):
    case, boss = asked(toy, clerk), browser("supervisor")
    board = text(boss.get("/boards/review/exclusions"))
    assert ("本市由纪检监察定剔除申请" in board, "data-bulk" in board) == (True, False)
    assert "可以定的岗位：auditor" in text(boss.get(f"/exclusions/{case.pk}"))
    decide(auditor, case)
    boss.post(f"/exclusions/{case.pk}/appeal", {"words": "公告的日期不是这一天，请再看一遍。"})
    assert now(case) == ("appealed", "storm")


def test_the_rate_is_published_and_every_number_opens_its_list(toy, clerk, auditor):
    granted, refused = asked(toy, clerk, hours=30), asked(toy, clerk)
    asked(toy, clerk, hours=12)
    decide(auditor, granted)
    decide(auditor, refused, "no")
    other = browser("clerk", "hill")
    page = text(other.get("/appraisal/left-out"))
    assert "<b>33.3</b> %" in page
    links = re.findall(r'href="(/appraisal/left-out\?[^"]+)#behind">(?:<b>)?(\d+)<', page)
    assert len(links) == 17  # six each of the city and of the unit, five of the ground
    for link, n in links:
        opened = text(other.get(link.replace("&amp;", "&")))
        assert opened.count('class="jb-art"') == int(n), link
        assert "/orders/" not in opened  # not theirs: the number is shown, the order does not open
    mine = text(clerk.get("/appraisal/left-out?which=left_out&unit=mill"))
    assert f'href="/orders/{granted.order.number}"' in mine
    assert 'href="/appraisal/left-out"' in text(other.get("/appraisal"))
    assert other.get("/appraisal/left-out?which=everything").status_code == 400


def test_pages_take_as_many_statements_however_long_the_lists(toy, clerk, auditor):
    said = []
    for n in (1, 3):
        for k in range(n):
            case = asked(toy, clerk, hours=10 + n + k)
        paths = ("/boards/review/exclusions", "/appraisal/left-out?which=asked")
        said.append([statements(auditor, path) for path in paths] + [statements(clerk, "/boards/joint/exclusions")])
    assert said[0] == said[1]
    assert statements(auditor, f"/exclusions/{case.pk}") < 40


def test_the_pages_are_all_there_in_english(toy, clerk, auditor):
    case = asked(toy, clerk)
    for client in (clerk, auditor):
        client.post("/language", {"language": "en"})
    kept = {"中文", "周静", "周", WORDS}
    for client, path in (
        (clerk, "/boards/joint/exclusions"), (auditor, "/boards/review/exclusions"), (auditor, "/appraisal/left-out"),
    ):  # fmt: skip
        words = re.sub(r'<[^>]*>|"[^"]*"', " ", text(client.get(path)))
        left = {one for one in re.findall(r"[\u4e00-\u9fff]+", words) if one not in kept and one not in WORDS}
        assert left - set(re.findall(r"[\u4e00-\u9fff]+", case.order.title)) == set(), path


def test_a_confirmed_abuse_case_puts_its_orders_to_the_auditor(toy, monkeypatch):
    from dataclasses import replace

    from jieban.city import queries as city
    from jieban.intake import abuse

    own = replace(toy.pack.oversight, abuse=replace(toy.pack.oversight.abuse, exclusion="storm"))
    loaded = replace(toy, pack=replace(toy.pack, oversight=own))
    monkeypatch.setattr(city, "current", lambda *, at: loaded)
    orders = [scored(toy, hours=40 + n) for n in range(3)]
    at, hall = clock.now() - timedelta(hours=9), verbs.unit("hall")
    people = [factories.an_actor(role, hall) for role in ("agent", "supervisor")]
    case = abuse.propose(
        orders, ground="again", statement="同一件事答复过三次，每次都来。", reason="同一个号码",
        by=people[0], at=at, loaded=loaded,
    )  # fmt: skip
    abuse.hear(case, view="我就是不满意。", by=people[0], at=at)
    abuse.decide(
        case, uphold=True, days=30, minutes=0, exclude=True, reason="证据充分", by=people[1], at=at, loaded=loaded
    )
    browser("supervisor").post(f"/abuse/{case.pk}/confirm", {"confirm-yes": "yes", "confirm-words": "复核同意"})
    assert sorted(one.order_id for one in Exclusion.objects.all()) == sorted(order.pk for order in orders)
    assert {(one.stage, one.ground) for one in Exclusion.objects.all()} == {("asked", "storm")}

"""Signs by unit on their pages: searched by the city's own posts, read by few, looked at by one and then by another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from jieban.accounts import queries as accounts
from jieban.analytics import lake as lakes
from jieban.analytics import sync
from jieban.appraisal import integrity_looks
from jieban.appraisal.integrity_models import SignLook, SignSearch, UnitSign
from jieban.appraisal.scheme_models import PUBLISHED, SchemeText
from jieban.core import clock
from jieban.core.errors import BadInput, NotAllowed
from jieban.portal.desk import integrity_words
from tests import factories, verbs
from tests.appraisal import signs_city, small
from tests.portal.pages import browser, statements, text

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
PAGE, SEARCH = "/appraisal/integrity?cycle=2026-11", "/appraisal/integrity/search"
SAID = {"finding": "unexplained", "words": "听了五段录音，旁边有人教"}


@pytest.fixture
def city(toy, monkeypatch: pytest.MonkeyPatch):
    """The toy city with the small scheme, one order of its own, and the lake of `signs_city`."""
    order = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=clock.now())
    SchemeText.objects.create(
        code="small", name="小城方案", text=small.SCHEME, sha256=small.scheme().sha256, state=PUBLISHED,
        valid_from=small.scheme().model.first, made_at=AT, published_at=AT,
    )  # fmt: skip
    signs_city.lay(lakes.home().folder, orders=[order.pk])
    monkeypatch.setattr(sync, "until", lambda lake: AT)
    return order


@pytest.fixture
def found(city) -> list[UnitSign]:
    """What the auditor's search finds."""
    answer = browser("auditor").post(SEARCH, {"cycle": "2026-11"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    return list(UnitSign.objects.order_by("chance"))


def look(client: Client, sign: UnitSign, **said: str):
    return client.post(f"/appraisal/integrity/{sign.pk}/look", {**SAID, **said})


def test_before_a_search_the_page_says_so_and_offers_one(city):
    page = text(browser("auditor").get(PAGE))
    assert "这一期还没有查找过" in page
    assert "查找这一期的迹象" in page
    assert "查找这一期的迹象" not in text(browser("leader").get(PAGE))


def test_what_is_found_stands_in_words_with_what_is_usual_and_chance(found):
    assert [(one.unit, one.sign, one.got, one.of) for one in found] == [
        ("s03", "soon", 30, 40),
        ("s03", "number", 30, 40),
    ]
    page = text(browser("supervisor").get(PAGE))
    assert "本期有 30 件在单位联系市民后 30 分钟内作答，同组同样的 40 件里通常 1.1 件，纯属巧合的可能" in page
    assert "s03街道" in page
    assert "还没有人看" in page
    assert SignSearch.objects.get().answers == 480


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.0004812, "纯属巧合的可能约 1/2000"),
        (0.5, "纯属巧合的可能约 1/2"),
        (3e-9, "纯属巧合的可能不到百万分之一"),
        (0.0, "纯属巧合的可能不到百万分之一"),
    ],
)
def test_chance_is_told_to_one_digit_and_no_finer_than_anybody_knows(chance, said):
    assert integrity_words.by_chance(chance) == said


def test_a_sign_opens_the_orders_behind_it(city, found):
    page = text(browser("auditor").get(f"/appraisal/integrity/{found[0].pk}"))
    assert page.count(f'href="/orders/{city.number}"') == 30
    assert "联系后几分钟" in page
    stranger = text(browser("leader").get(f"/appraisal/integrity/{found[0].pk}"))
    assert "记下看过了" not in stranger


def test_one_looks_and_another_looks_again_and_nothing_is_overwritten(found):
    sign, first, second = found[0], browser("auditor"), browser("supervisor")
    assert look(first, sign).status_code == 302
    assert "等另一个人复看" in text(first.get(PAGE))
    again = look(first, sign, finding="explained")
    assert (again.status_code, "复看要由另一个人来做" in text(again)) == (400, True)
    assert look(second, sign, finding="investigate", words="再查一周").status_code == 302
    assert [(one.no, one.finding) for one in SignLook.objects.order_by("no")] == [
        (1, "unexplained"),
        (2, "investigate"),
    ]
    page = text(second.get(PAGE))
    assert "需要调查，复看过" in page


def test_words_are_asked_for_and_what_was_typed_stays(found):
    answer = look(browser("auditor"), found[0], words="嗯")
    page = text(answer)
    assert answer.status_code == 400
    assert "至少四个字" in page
    assert ">嗯</textarea>" in page
    assert 'value="unexplained" required checked' in page
    assert look(browser("auditor"), found[0], finding="guilty").status_code == 400
    assert SignLook.objects.count() == 0


def test_a_later_search_keeps_what_was_said(found):
    look(browser("auditor"), found[0])
    browser("supervisor").post(SEARCH, {"cycle": "2026-11"})
    assert SignSearch.objects.count() == 2
    page = text(browser("auditor").get(PAGE))
    assert "说不清原因，等另一个人复看" in page
    new = integrity_looks.latest("2026-11")
    assert new is not None
    actor = accounts.actor(SignLook.objects.get().person_id, post=None, at=clock.now())
    with pytest.raises(NotAllowed, match="由另一个人"):
        integrity_looks.look(new.signs.get(sign="soon"), **SAID, by=actor, at=AT)


def test_rows_are_written_once(found):
    sign = found[0]
    look(browser("auditor"), sign)
    said = SignLook.objects.get()
    for change in (sign.save, sign.delete, said.save, said.delete, UnitSign.objects.all().delete,
                   lambda: SignLook.objects.update(words="")):  # fmt: skip
        with pytest.raises(NotAllowed, match="只加不改"):
            change()
    twice = {
        name: getattr(said, name) for name in ("no", "at", "role", "finding", "words", "cycle", "board", "unit", "sign")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        SignLook.objects.create(**twice, shown=sign, person=said.person)


@pytest.mark.parametrize("role", ["clerk", "chief", "agent", "callback", "district", "admin"])
def test_others_see_nothing_of_it(found, role):
    client = browser(role)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"/appraisal/integrity/{found[0].pk}").status_code == 403
    assert client.post(SEARCH, {"cycle": "2026-11"}).status_code == 403
    assert look(client, found[0]).status_code == 403


def test_a_post_that_sees_part_of_the_city_may_not_search(city):
    part = factories.an_actor("district", verbs.unit("mill"))
    with pytest.raises(NotAllowed, match="全市"):
        integrity_looks.search(None, small.cycle(), [], None, by=part, at=AT, lake_at=AT)  # type: ignore[arg-type]


def test_without_a_lake_or_a_cycle_the_page_says_what_to_do(toy, city, monkeypatch):
    monkeypatch.setattr(sync, "until", lambda lake: None)
    client = browser("auditor")
    assert "数据湖还没有同步过" in text(client.post(SEARCH, {"cycle": "2026-11"}, follow=True))
    assert "不是考核期" in text(client.post(SEARCH, {"cycle": "soon"}, follow=True))
    assert client.get("/appraisal/integrity?cycle=soon").status_code == 400


def test_a_finding_that_is_none_is_refused(found):
    actor = factories.an_actor("auditor")
    with pytest.raises(BadInput, match="请选一项"):
        integrity_looks.look(found[0], finding="", words="看过了录音", by=actor, at=AT)


def test_the_page_takes_as_many_statements_for_many_signs_as_for_one(found):
    client = browser("auditor")
    before = statements(client, PAGE)
    kept = [field.attname for field in UnitSign._meta.fields if field.name not in ("id", "unit")]
    UnitSign.objects.bulk_create(
        UnitSign(**{name: getattr(one, name) for name in kept}, unit=f"x{n}") for one in found for n in range(8)
    )
    assert statements(client, PAGE) == before

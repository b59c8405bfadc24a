"""The objection court over HTTP: a unit objects, its chief lets it go, the centre decides, and all is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jieban.core import clock
from jieban.dispatch.court import actions
from jieban.dispatch.court.models import Objection
from jieban.orders.models import Assignment, Order
from jieban.orders.progress import progress
from tests import verbs
from tests.dispatch.court import cases
from tests.portal.pages import browser, statements, text
from tests.portal.test_unit_pages import PNG

pytestmark = pytest.mark.django_db
SAID = {"object-ground": "not_mine", "object-facts": cases.FACTS, "object-proposed": "Hill Parish"}
VERDICT = {"basis": cases.BASIS, "reason": cases.REASON, "to": "", "change": ""}


@pytest.fixture
def order(toy) -> Order:
    """An order sent to Mill Parish a minute ago."""
    return verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(minutes=1), urgency="7d")


def objection(order: Order) -> Objection:
    return Objection.objects.filter(order=order).latest("pk")


def state(order: Order, unit: str = "mill") -> str:
    return Assignment.objects.filter(order=order, unit__code=unit).latest("no").state


def put(client: Client, order: Order, **said: object):
    """The form of the order's page, sent with a map."""
    data = {**SAID, "object-attached": SimpleUploadedFile("map.png", PNG, "image/png"), **said}
    return client.post(f"/orders/{order.number}/parts/1/object", data, follow=True)


def asked(toy, order: Order, *, to: str = "hill") -> Objection:
    """A case before the court."""
    return cases.objected(toy, cases.part(order, "mill"), to=to, at=clock.now())


def test_clerk_sees_the_time_left_and_drafts(toy, order):
    clerk = browser("clerk", "mill")
    page = text(clerk.get(f"/orders/{order.number}"))
    assert "提出派单异议" in page
    assert "负责人批也算在内" in page
    assert "异议起草好了，等本单位负责人批" in text(put(clerk, order))
    assert (objection(order).stage, state(order)) == ("draft", "sent")


def test_what_was_typed_comes_back_with_the_reason(toy, order):
    response = put(browser("clerk", "mill"), order, **{"object-proposed": "Nowhere"})
    page = text(response)
    assert (response.status_code, "没有叫“Nowhere”的单位" in page, cases.FACTS in page) == (422, True, True)
    response = put(browser("clerk", "mill"), order, **{"object-attached": ""})
    assert (response.status_code, "要有材料" in text(response)) == (422, True)


def test_chief_finds_the_draft_and_lets_it_go(toy, order):
    put(browser("clerk", "mill"), order)
    chief, case = browser("chief", "mill"), objection(order)
    board = text(chief.get("/boards/joint/objections"))
    assert f'href="/objections/{case.pk}"' in board
    assert "批，提出去" in text(chief.get(f"/objections/{case.pk}"))
    assert "市民的时限不停" in text(chief.post(f"/objections/{case.pk}/approve", {"go": "1"}, follow=True))
    assert (objection(order).stage, state(order)) == ("review", "objection_pending")


def test_chief_sends_it_back_with_a_reason(toy, order):
    put(browser("clerk", "mill"), order)
    chief, case = browser("chief", "mill"), objection(order)
    bare = chief.post(f"/objections/{case.pk}/approve", {"back": "1", "reason": ""})
    assert (bare.status_code, "请写一句为什么不提异议" in text(bare)) == (422, True)
    chief.post(f"/objections/{case.pk}/approve", {"back": "1", "reason": "图看错了"})
    assert objection(order).stage == "returned"


def test_approving_is_not_for_others(toy, order):
    put(browser("clerk", "mill"), order)
    case = objection(order)
    assert browser("clerk", "mill").post(f"/objections/{case.pk}/approve", {"go": "1"}).status_code == 403
    assert browser("chief", "water").post(f"/objections/{case.pk}/approve", {"go": "1"}).status_code == 404
    assert objection(order).stage == "draft"


def test_reviewer_sees_both_views_and_decides(toy, order):
    case, reviewer = asked(toy, order), browser("supervisor")
    assert f'href="/objections/{case.pk}"' in text(reviewer.get("/boards/review/objections"))
    page = text(reviewer.get(f"/objections/{case.pk}"))
    assert [
        words in page for words in (cases.FACTS, "Mill Parish怎么说", "派的时候怎么想的", "试派给他们", "就这么定")
    ] == [True] * 5
    said = {**VERDICT, "verdict": "uphold", "to": "Hill Parish", "change": "0101 在对岸的归 Hill"}
    response = reviewer.post(f"/objections/{case.pk}/decide", said, follow=True)
    assert "它签收以前，Mill Parish仍然负责" in text(response)
    assert (state(order), state(order, "hill"), objection(order).change) == ("handover", "sent", "0101 在对岸的归 Hill")
    assert "待交接" in text(browser("clerk", "mill").get(f"/orders/{order.number}"))


def test_verdict_without_next_unit_comes_back(toy, order):
    case, reviewer = asked(toy, order), browser("supervisor")
    response = reviewer.post(f"/objections/{case.pk}/decide", {**VERDICT, "verdict": "uphold"})
    page = text(response)
    assert (response.status_code, "要写明接下来由哪个单位办" in page, cases.REASON in page) == (422, True, True)


def test_second_reviewer_is_told_who_was_first(toy, order):
    case = asked(toy, order)
    browser("supervisor").post(f"/objections/{case.pk}/decide", {**VERDICT, "verdict": "keep"})
    response = browser("supervisor").post(f"/objections/{case.pk}/decide", {**VERDICT, "verdict": "keep"})
    assert (response.status_code, "已经有人先处理了" in text(response)) == (409, True)


def test_unit_does_not_decide(toy, order):
    case = asked(toy, order)
    for role, unit in (("chief", "mill"), ("clerk", "mill"), ("leader", "hall")):
        assert (
            browser(role, unit).post(f"/objections/{case.pk}/decide", {**VERDICT, "verdict": "keep"}).status_code == 403
        )
    assert objection(order).stage == "review"


def test_hand_over_is_taken_back_from_the_orders_page(toy, order):
    actions.uphold([asked(toy, order)], cases.verdict(toy, at=clock.now()), to="hill")
    page = browser("supervisor").post(
        f"/orders/{order.number}/parts/1/take_back",
        {"take_back-1-reason": "", "take_back-reason": "查明不归他"},
        follow=True,
    )
    assert ("退回Mill Parish了" in text(page), state(order), state(order, "hill")) == (True, "signed", "terminated")


def test_unit_that_hands_over_can_still_write_down_what_it_does(toy, order):
    actions.uphold([asked(toy, order)], cases.verdict(toy, at=clock.now()), to="hill")
    clerk = browser("clerk", "mill")
    clerk.post(f"/orders/{order.number}/parts/1/meanwhile", {"meanwhile-text": "先围挡起来"})
    assert Order.objects.get(pk=order.pk).entries.latest("seq").records == {"note": "先围挡起来"}


def test_like_verdicts_are_shown_before_objecting_and_to_the_reviewer(toy, order):
    actions.keep([asked(toy, order)], cases.verdict(toy, at=clock.now()))
    later = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(minutes=1), urgency="7d")
    assert cases.BASIS in text(browser("clerk", "mill").get(f"/orders/{later.number}"))
    case = asked(toy, later)
    page = text(browser("supervisor").get(f"/objections/{case.pk}"))
    assert (cases.BASIS in page, f'href="/orders/{order.number}"' in page) == (True, True)


def test_citizen_hears_nothing_of_it(toy, order):
    def seen() -> str:
        whole = Order.objects.get(pk=order.pk)
        parts = list(whole.assignments.select_related("unit", "section").order_by("no"))
        view = progress(whole, parts, list(whole.entries.order_by("seq")))
        return f"{view.headline} {view.holder} {view.until}"

    before = seen()
    case = asked(toy, order)
    assert seen() == before
    actions.uphold([case], cases.verdict(toy, at=clock.now()), to="hill")
    assert seen() == before


def test_counts_open_their_orders(toy, order):
    actions.keep([asked(toy, order)], cases.verdict(toy, at=clock.now()))
    other = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(minutes=1), urgency="7d")
    actions.uphold([asked(toy, other)], cases.verdict(toy, at=clock.now(), change="改目录"), to="hill")
    auditor = browser("auditor")
    page = text(auditor.get("/boards/watch/objections"))
    assert ("单位提错的" in page, "what=kept&amp;key=mill" in page, "改目录" in page) == (True, True, True)
    behind = text(auditor.get("/boards/watch/objections?what=kept&key=mill"))
    assert (order.number in behind, other.number in behind) == (True, False)


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "²"])
def test_strange_keys_open_nothing(toy, key):
    page = text(browser("auditor").get(f"/boards/watch/objections?what=wrong&key={key}"))
    assert "没有您能看的工单" in page


def test_boards_take_the_same_statements_for_two_and_for_twelve(toy):
    def add(count: int) -> None:
        for n in range(count):
            one = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(minutes=1), urgency="7d")
            case = asked(toy, one)
            if n % 2:
                actions.uphold([case], cases.verdict(toy, at=clock.now()), to="hill")

    paths = ("/boards/review/objections", "/boards/watch/objections?what=decided&key=mill")
    client = browser("supervisor")
    add(2)
    few = [statements(client, path) for path in paths]
    add(10)
    assert [statements(client, path) for path in paths] == few


def test_order_page_takes_the_same_statements_however_many_verdicts(toy, order):
    clerk = browser("clerk", "mill")

    def decide(count: int) -> None:
        for _ in range(count):
            one = verbs.dispatched(toy, verbs.lead("mill"), at=clock.now() - timedelta(minutes=1), urgency="7d")
            actions.keep([asked(toy, one)], cases.verdict(toy, at=clock.now()))

    decide(1)
    few = statements(clerk, f"/orders/{order.number}")
    decide(6)
    assert statements(clerk, f"/orders/{order.number}") == few

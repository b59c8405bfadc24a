"""A second round on the order's page: why it began, what differs, and no 单位已办结 before that is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Assignment, Order
from tests import verbs
from tests.factories import AT
from tests.portal.pages import browser, statements, text

pytestmark = pytest.mark.django_db
MILL = Target("mill", LEAD)
WHOLE = {"complete-result": "done", "complete-measures": "填坑", "complete-reply": verbs.REPLY}


def again(toy, *units: Target) -> Order:
    """An order whose citizen said a double no; every unit has contacted the citizen again."""
    order = verbs.asked(toy, *(units or (MILL,)))
    verbs.say(toy, order, solved="no", satisfied="no", at=AT + timedelta(hours=4), words="又塌了")
    verbs.contact(verbs.parts(order), at=AT + timedelta(days=1))
    return order


def test_page_says_why_and_that_nothing_is_planned_yet(toy) -> None:
    order = again(toy)
    page = text(browser("clerk", "mill").get(f"/orders/{order.number}"))
    assert page.count("为什么重办") == 1
    assert page.count("市民：没解决，不满意：又塌了") == 1
    assert page.count("单位还没有写，没写不能报单位已办结") == 1
    assert page.count("已提级，区里也看着") == 1


def test_report_without_it_comes_back_with_what_was_typed(toy) -> None:
    order, clerk = again(toy), browser("clerk", "mill")
    answer = clerk.post(f"/orders/{order.number}/parts/1/complete", WHOLE)
    assert (answer.status_code, text(answer).count(verbs.REPLY) > 0) == (422, True)
    assert Assignment.objects.get(order=order).state == "responded"


def test_report_with_it_is_one_step(toy) -> None:
    order, clerk = again(toy), browser("clerk", "mill")
    said = WHOLE | {"complete-differently": "换大车去，当天填完压实"}
    assert clerk.post(f"/orders/{order.number}/parts/1/complete", said).status_code == 302
    part = Assignment.objects.get(order=order)
    assert (part.state, part.differently) == ("completed", "换大车去，当天填完压实")


def test_it_can_be_written_before_the_work(toy) -> None:
    order, clerk = again(toy), browser("clerk", "mill")
    said = {"differently-differently": "换大车去，当天填完压实"}
    assert clerk.post(f"/orders/{order.number}/parts/1/differently", said).status_code == 302
    page = text(clerk.get(f"/orders/{order.number}"))
    assert (page.count("complete-differently"), page.count("换大车去，当天填完压实") > 0) == (0, True)


def test_first_round_shows_nothing_of_it(toy) -> None:
    order = verbs.answered(toy, MILL)
    page = text(browser("clerk", "mill").get(f"/orders/{order.number}"))
    assert (page.count("为什么重办"), page.count("这次怎么不一样")) == (0, 0)


def test_page_takes_as_many_statements_for_one_unit_as_for_two(toy) -> None:
    one, two = again(toy), again(toy, MILL, Target("north-roads", LEAD))
    clerk = browser("clerk", "mill")
    assert statements(clerk, f"/orders/{one.number}") == statements(clerk, f"/orders/{two.number}")

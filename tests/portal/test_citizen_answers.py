"""A citizen says whether it was solved: on the order's page, or by the one-time link; no login either way."""

from __future__ import annotations

import re
from datetime import timedelta

from jieban.callback import links
from jieban.core import clock
from jieban.orders.models import Answer, Order
from tests import verbs
from tests.portal.citizens import opened, text

YES = {"contacted": "yes", "solved": "yes", "satisfied": "yes", "attitude": "good", "said": "Thank you"}
NO = {"contacted": "yes", "solved": "no", "satisfied": "no", "said": "The hole is there again."}


def test_citizen_answers_on_the_page_and_it_closes(web, toy) -> None:
    order = verbs.asked(toy)
    answer = opened(web, order).post(f"/track/{order.number}/rate", YES)
    order.refresh_from_db()
    assert answer.url == f"/track/{order.number}"
    assert (order.state, order.solved, order.satisfied) == ("closed", "yes", "yes")
    assert [(a.way, a.solved, a.words) for a in Answer.objects.all()] == [("web", "yes", "Thank you")] * 2
    assert "您确认已解决" in text(web.get(answer.url))


def test_citizen_says_no_and_the_units_go_on(web, toy) -> None:
    order = verbs.asked(toy)
    page = text(opened(web, order).post(f"/track/{order.number}/rate", NO, follow=True))
    order.refresh_from_db()
    assert (order.state, order.round) == ("rework", 2)
    assert "已经让单位接着办" in page
    assert "上一轮的答复" in page


def test_answers_left_out_are_asked_and_the_rest_is_kept(web, toy) -> None:
    order = verbs.asked(toy)
    answer = opened(web, order).post(f"/track/{order.number}/rate", {"solved": "part", "said": "Half of it."})
    page = text(answer)
    assert answer.status_code == 422
    assert page.count("这一题还没有选") == 2
    assert re.search(r'name="solved" value="part" checked', page) is not None
    assert "Half of it." in page
    assert Answer.objects.count() == 0


def invited(order: Order, *, days: int = 7, at=None) -> str:
    """The path of a fresh one-time link."""
    invite, address = links.make(order, days=days, at=at or clock.now())
    invite.save()
    return "/survey/" + address.rsplit("/", 1)[-1]


def test_link_asks_once(web, toy) -> None:
    order = verbs.asked(toy)
    path = invited(order)
    assert verbs.REPLY in text(web.get(path))
    done = web.post(path, YES)
    order.refresh_from_db()
    assert (done.status_code, order.state, order.solved) == (200, "closed", "yes")
    assert "您的回答记下了" in text(done)
    assert (web.get(path).status_code, web.post(path, NO).status_code) == (410, 410)


def test_link_that_is_old_or_wrong_says_what_to_do(web, toy) -> None:
    order = verbs.asked(toy)
    old = invited(order, days=1, at=clock.now() - timedelta(days=2))
    pages = [web.get(path) for path in (old, "/survey/" + "x" * 43)]
    assert [page.status_code for page in pages] == [410, 410]
    assert ["/track" in text(page) for page in pages] == [True, True]


def test_link_with_an_answer_left_out_is_not_used_up(web, toy) -> None:
    path = invited(verbs.asked(toy))
    assert web.post(path, {"solved": "yes"}).status_code == 422
    assert web.post(path, YES).status_code == 200


def test_survey_tells_which_answers_go_on(web, toy) -> None:
    page = text(web.get(invited(verbs.asked(toy))))
    found = re.search(r'data-rework="([^"]*)"', page)
    assert found is not None
    assert "no-yes" in found[1].split()
    assert "yes-yes" not in found[1].split()

"""SMS from citizens: equal to the other ways, the first answer counts, the unclear is left to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import inbox
from jieban.callback.models import Reply
from jieban.core.errors import Conflict
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

MILL = Target("mill", LEAD)
NOW = AT + timedelta(hours=5)
PHONE = "13800001234"


def send(toy, text: str, *, no: str = "1", at=NOW, phone: str = PHONE) -> inbox.Taken:
    return inbox.take(phone, text, source="api:1", source_id=no, at=at, loaded=toy)


def test_figures_are_an_answer_like_any_other(toy):
    order = verbs.asked(toy)
    taken = send(toy, "1 3 3")
    order = Order.objects.get(pk=order.pk)
    assert (taken.outcome, taken.number) == ("recorded", order.number)
    assert (order.state, order.solved, order.satisfied, order.round) == ("rework", "no", "no", 2)
    assert {answer.way for answer in order.answers.all()} == {"sms"}
    assert (order.entries.get(move="ask").role, order.entries.get(move="ask").client) == ("citizen", "sms")


def test_second_answer_is_refused_kindly_and_the_first_stands(toy):
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, at=NOW)
    taken = send(toy, "1 3 3", at=NOW + timedelta(minutes=5))
    assert taken.outcome == "late"
    assert taken.reply == f"这件事（{order.number}）您已经评价过了，以第一次为准。想补充请拨 12345。"
    assert Order.objects.get(pk=order.pk).solved == "yes"


def test_same_sms_twice_is_taken_once(toy):
    order = verbs.asked(toy, MILL)
    assert [send(toy, "1 1 1").outcome for _ in range(2)] == ["recorded", "recorded"]
    assert (Reply.objects.count(), order.answers.count()) == (1, 1)


def test_unclear_text_is_left_to_a_person_as_it_came(toy):
    order = verbs.asked(toy, MILL)
    taken = send(toy, "修是修了，又漏")
    agent = factories.an_actor(Role.CALLBACK, verbs.unit("hall"))
    [left] = inbox.left(agent)
    assert (taken.outcome, left.text, left.order) == ("unclear", "修是修了，又漏", order)
    assert Order.objects.get(pk=order.pk).state == "callback_pending"
    inbox.settle(left, by=agent, at=NOW)
    assert inbox.left(agent).count() == 0
    with pytest.raises(Conflict):
        inbox.settle(left, by=agent, at=NOW)


def test_of_two_matters_only_the_named_one_is_answered(toy):
    first, second = verbs.asked(toy, MILL), verbs.asked(toy, MILL)
    assert send(toy, "1 1 1").outcome == "unclear"
    assert send(toy, f"{second.number.lower()} 1 1 1", no="2").outcome == "recorded"
    states = [Order.objects.get(pk=order.pk).state for order in (first, second)]
    assert states == ["callback_pending", "closed"]


def test_number_nobody_knows_is_told_so_and_nothing_is_kept(toy):
    verbs.asked(toy, MILL)
    assert send(toy, "1 1 1", phone="13900009999").outcome == "unknown"
    assert Reply.objects.count() == 0

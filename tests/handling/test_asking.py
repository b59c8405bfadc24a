"""The citizen is asked and answers by web or phone; the clock runs on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import asking
from jieban.handling.models import Question
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, does_not_grow, lead, parts

HOUR = timedelta(hours=1)


@pytest.fixture
def order(toy):
    return verbs.answered(toy, lead("mill"))


def ask(order, toy, **given):
    """Ask for a photo."""
    values = {"text": "请拍一张漏水位置的照片", "days": 2, "by": clerk("mill"), "at": AT + 2 * HOUR, "loaded": toy}
    return asking.ask(parts(order), **{**values, **given})


def test_citizen_gets_a_message_without_the_question_and_the_limit_stays(order, toy):
    [before] = parts(order)
    ask(order, toy)
    [after] = parts(order)
    sms = Message.objects.get(topic="question")
    assert sms.body["text"] == (
        f"Mill Parish办您反映的事（{order.number}），需要您补充一点情况。3月4日前请打开 {{link}}，或拨 12345 报编号。"
    )
    assert crypto.unseal(bytes.fromhex(sms.body["link"])).endswith(f"/track?number={order.number}")
    assert (after.state, after.handle_due) == (before.state, before.handle_due)


def test_answer_by_web_ends_the_question_and_tells_the_unit(order, toy):
    ask(order, toy)
    asking.answer([order], words="在厨房", by=actors.citizen(), at=AT + 5 * HOUR)
    assert list(asking.waiting(order)) == []
    assert Message.objects.get(topic="supplement").unit.code == "mill"
    entry = order.entries.order_by("-seq")[0]
    assert (entry.move, entry.role, entry.records["words"]) == ("supplement", "citizen", "在厨房")
    assert verify().broken == []


def test_answer_by_phone_is_taken_by_an_agent(order, toy):
    ask(order, toy)
    agent = factories.an_actor(Role.AGENT, verbs.unit("hall"))
    asking.answer([order], words="在厨房", way="phone", by=agent, at=AT + 5 * HOUR)
    assert order.entries.order_by("-seq")[0].records["way"] == "phone"


def test_one_question_at_a_time(order, toy):
    ask(order, toy)
    with pytest.raises(Conflict) as caught:
        ask(order, toy)
    assert str(caught.value) == f"{order.number} 已经在等市民补充。请等回话，或给市民打电话记下来。"


def test_answer_without_a_question_is_a_conflict(order):
    with pytest.raises(Conflict):
        asking.answer([order], words="想多说一句", by=actors.citizen(), at=AT + 5 * HOUR)


@pytest.mark.parametrize("given", [{"text": "照片"}, {"days": 0}, {"days": 4}])
def test_question_that_asks_nothing_or_waits_too_long_is_refused(order, toy, given):
    with pytest.raises(BadInput):
        ask(order, toy, **given)
    assert not Question.objects.exists()


def test_unit_cannot_answer_for_the_citizen(order, toy):
    ask(order, toy)
    with pytest.raises(NotAllowed):
        asking.answer([order], words="在厨房", by=clerk("mill"), at=AT + 5 * HOUR)


def test_without_a_phone_nothing_is_sent(toy):
    order = verbs.answered(toy, lead("mill"), contact=factories.a_contact(phone="", sms=False))
    ask(order, toy)
    assert not Message.objects.filter(topic="question").exists()


def test_asking_ten_takes_as_many_statements_as_asking_one(toy, django_assert_max_num_queries):
    def asked(n: int) -> int:
        orders = [verbs.answered(toy, lead("mill")) for _ in range(n)]
        chosen, by = parts(*orders), clerk("mill")
        with django_assert_max_num_queries(60) as seen:
            asking.ask(chosen, text="请补充地点", days=1, by=by, at=AT + 2 * HOUR, loaded=toy)
        return len(seen)

    assert does_not_grow({"all": asked(1)}, {"all": asked(10)})
    assert Order.objects.count() == 11

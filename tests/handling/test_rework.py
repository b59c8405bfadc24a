"""A round after the first: what differs is written before 单位已办结, and is asked for anew in every round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions, rework
from jieban.orders.models import Assignment, Order
from jieban.orders.verify import verify
from tests import verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
DAY = AT + timedelta(days=1)
MILL = Target("mill", LEAD)
SAID = "换大车去，当天填完压实"


def again(toy) -> Assignment:
    """A part whose citizen said no and was contacted again."""
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, solved="no", satisfied="mostly", at=AT + 4 * HOUR)
    verbs.contact(verbs.parts(order), at=DAY)
    return verbs.parts(order)[0]


def done(part: Assignment) -> None:
    """The unit reports its work done."""
    by = verbs.clerk("mill")
    actions.complete([part], result="done", measures="填坑", reply=verbs.REPLY, by=by, at=DAY + HOUR)


def test_second_round_is_not_reported_before_it_says_what_differs(toy):
    part = again(toy)
    with pytest.raises(BadInput, match="这次怎么不一样"):
        done(part)
    assert Assignment.objects.get(pk=part.pk).state == "responded"
    rework.plan([part], differently=f" {SAID} ", by=verbs.clerk("mill"), at=DAY)
    done(part)
    part = Assignment.objects.get(pk=part.pk)
    assert (part.state, part.differently) == ("completed", SAID)
    entry = part.order.entries.get(move="note")
    assert entry.records == {"note": f"这次怎么不一样：{SAID}", "differently": SAID}
    assert verify().broken == []


def test_third_round_asks_anew(toy):
    part = again(toy)
    rework.plan([part], differently=SAID, by=verbs.clerk("mill"), at=DAY)
    done(part)
    order = Order.objects.get(pk=part.order_id)
    verbs.callback.open([order], by=verbs.RULE, at=DAY + HOUR, loaded=toy)
    verbs.say(toy, order, solved="no", satisfied="no", at=DAY + 2 * HOUR)
    part = verbs.parts(order)[0]
    assert (part.round, part.differently) == (3, "")


def test_words_that_say_nothing_are_refused(toy):
    with pytest.raises(BadInput, match="至少 8 个字"):
        rework.plan([again(toy)], differently="认真办", by=verbs.clerk("mill"), at=DAY)


def test_first_round_has_nothing_to_differ_from(toy):
    order = verbs.answered(toy, MILL)
    with pytest.raises(BadInput, match="第一轮"):
        rework.plan(verbs.parts(order), differently=SAID, by=verbs.clerk("mill"), at=DAY)


def test_other_units_write_nothing(toy):
    with pytest.raises(NotAllowed):
        rework.plan([again(toy)], differently=SAID, by=verbs.clerk("hill"), at=DAY)

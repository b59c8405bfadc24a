"""Any life the verbs allow: in whatever order people do things, the record replays and only citizens say 解决."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.callback import actions as callback
from jieban.callback.rules import Said
from jieban.core.errors import JiebanError
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import actions as handling
from jieban.orders.models import Answer, Assignment, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

WAYS_TO_SEND = (
    (Target("mill", LEAD),),
    (Target("mill", LEAD), Target("hill", ASSIST)),
    (Target("mill", LEAD), Target("hill", LEAD), Target("water", NOTICE)),
)
SAYINGS = (
    Said(True, "yes", "yes"),
    Said(False, "no", "no", "bad"),
    Said(None, "part", "none"),
    Said(True, "yes", "no"),
)


class People:
    """Those who act in the toy city."""

    def __init__(self, toy, dice: random.Random) -> None:
        self.toy, self.dice = toy, dice
        self.clerks = {code: verbs.clerk(code) for code in ("mill", "hill", "water")}
        self.caller = factories.an_actor(Role.CALLBACK, verbs.unit("hall"))

    def part(self) -> tuple[list[Assignment], dict]:
        """Any assignment, and a clerk of its unit."""
        part = self.dice.choice(list(Assignment.objects.select_related("order", "unit").order_by("pk")))
        return [part], {"by": self.clerks[part.unit.code], "at": self.now()}

    def order(self) -> Order:
        """Any order."""
        return self.dice.choice(list(Order.objects.order_by("pk")))

    def now(self):
        """Some later moment."""
        self.hours = getattr(self, "hours", 1) + self.dice.random() * 5
        return AT + timedelta(hours=self.hours)

    def send(self) -> None:
        verbs.dispatched(self.toy, *self.dice.choice(WAYS_TO_SEND), at=self.now())

    def sign(self) -> None:
        rows, who = self.part()
        handling.sign(rows, **who)

    def respond(self) -> None:
        rows, who = self.part()
        handling.respond(rows, way="phone", outcome=self.dice.choice(["reached", "reached", "busy"]), **who)

    def note(self) -> None:
        rows, who = self.part()
        handling.note(rows, text="去看过", **who)

    def complete(self) -> None:
        rows, who = self.part()
        handling.complete(rows, result="done", measures="填坑", reply=verbs.REPLY, **who)

    def open(self) -> None:
        callback.open([self.order()], by=verbs.RULE, at=self.now(), loaded=self.toy)

    def attempt(self) -> None:
        callback.attempt([self.order()], way="phone", outcome="busy", by=self.caller, at=self.now(), loaded=self.toy)

    def say(self) -> None:
        said = self.dice.choice(SAYINGS)
        callback.record(self.order(), said, way="phone", by=self.caller, at=self.now(), loaded=self.toy)

    def give_up(self) -> None:
        callback.give_up([self.order()], by=actors.rule("test"), at=self.now())


DEEDS = ("sign", "respond", "note", "complete", "open", "attempt", "say", "give_up")


@pytest.mark.django_db
@settings(max_examples=4)
@given(seed=st.integers(0, 10_000))
def test_any_life_replays_and_only_citizens_say_solved(toy, seed):
    people = People(toy, random.Random(seed))
    done = 0
    for _ in range(2):
        people.send()
    for _ in range(80):
        try:
            getattr(people, people.dice.choice(DEEDS))()
            done += 1
        except JiebanError:
            continue
    assert done > 10
    assert verify().broken == []
    for order in Order.objects.prefetch_related("assignments", "answers"):
        acting = [a for a in order.assignments.all() if a.role != "notice"]
        reported = order.state in ("replied", "callback_pending", "callback_done", "closed")
        assert reported == all(a.state == "completed" for a in acting)
        assert bool(order.solved) == any(answer.solved for answer in order.answers.all())
    assert not Answer.objects.exclude(solved="").filter(reached=False).exists()

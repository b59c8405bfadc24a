"""Calls in hand: the next call is one agent's alone, what presses comes first, and a lease ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from jieban.accounts.actor import Actor, Role, Sight
from jieban.callback import actions, claims, queries
from jieban.core.errors import Conflict, NotAllowed
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

MILL = Target("mill", LEAD)
NOW = AT + timedelta(days=1)


def agent():
    return factories.an_actor(Role.CALLBACK, verbs.unit("hall"))


def test_two_agents_never_get_the_same_order(toy):
    [verbs.asked(toy, MILL) for _ in range(2)]
    one, two, three = agent(), agent(), agent()
    got = [claims.take_next(who, part="due", at=NOW, loaded=toy) for who in (one, two, three)]
    assert len({order.pk for order in got if order}) == 2
    assert got[2] is None


def test_lease_ends_and_the_call_goes_to_the_next(toy):
    order = verbs.asked(toy, MILL)
    claims.take_next(agent(), part="due", at=NOW, loaded=toy)
    other = agent()
    assert claims.take_next(other, part="due", at=NOW + timedelta(minutes=19), loaded=toy) is None
    assert claims.take_next(other, part="due", at=NOW + timedelta(minutes=21), loaded=toy) == order


def test_taking_the_next_lets_the_one_before_go(toy):
    [verbs.asked(toy, MILL) for _ in range(2)]
    who = agent()
    claims.take_next(who, part="due", at=NOW, loaded=toy)
    claims.take_next(who, part="due", at=NOW, loaded=toy)
    assert claims.mine(who, at=NOW).count() == 1


def test_what_somebody_has_in_hand_is_refused_with_the_name(toy):
    order = verbs.asked(toy, MILL)
    claims.take(order, by=agent(), at=NOW, loaded=toy)
    with pytest.raises(Conflict, match="周静正在打"):
        claims.take(order, by=agent(), at=NOW, loaded=toy)


def test_answer_lets_go(toy):
    order, who = verbs.asked(toy, MILL), agent()
    claims.take(order, by=who, at=NOW, loaded=toy)
    verbs.say(toy, order, at=NOW)
    assert claims.mine(who, at=NOW).count() == 0


def test_only_people_take_calls(toy):
    verbs.asked(toy, MILL)
    nobody = Actor(Role.SUPERVISOR, "班长", sight=Sight.ALL)
    with pytest.raises(NotAllowed):
        claims.take_next(nobody, part="due", at=NOW, loaded=toy)


def test_appointments_then_supervised_then_rework_then_the_longest_waiting(toy):
    plain = verbs.asked(toy, MILL, at=AT - timedelta(days=2))
    again = verbs.asked(toy, MILL, at=AT - timedelta(days=1))
    verbs.say(toy, again, solved="no", satisfied="no", at=AT)
    verbs.contact(verbs.parts(again), at=AT + timedelta(hours=1))
    verbs.finish(verbs.parts(again), at=AT + timedelta(hours=2))
    actions.open([Order.objects.get(pk=again.pk)], by=verbs.RULE, at=AT + timedelta(hours=3), loaded=toy)
    watched = verbs.asked(toy, MILL)
    factories.walk(watched, "supervise", changes={"supervised": True})
    agreed = verbs.asked(toy, MILL)
    actions.attempt(
        [agreed], way="phone", outcome="later", again_at=NOW, by=agent(), at=AT + timedelta(hours=5), loaded=toy
    )
    found = [order.pk for order in queries.queue(agent(), at=NOW)]
    assert found == [agreed.pk, watched.pk, again.pk, plain.pk]


@pytest.mark.parametrize(("hour", "due"), [(10, 0), (11, 1), (12, 0)])
def test_who_named_an_hour_is_due_in_it_alone(toy, hour, due):
    verbs.asked(toy, MILL, contact=factories.a_contact(call_window="11:00-12:00"))
    at = NOW.astimezone(factories.ZONE).replace(hour=hour)
    assert queries.queue(agent(), at=at).count() == due


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_agents_at_the_same_moment_get_different_orders(toy):
    for _ in range(8):
        verbs.asked(toy, MILL)
    agents, gate = [agent() for _ in range(8)], threading.Barrier(8)

    def take(who):
        gate.wait()
        try:
            got = claims.take_next(who, part="due", at=NOW, loaded=toy)
            return got.pk if got else None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(take, agents))
    assert sorted(got) == sorted(Order.objects.values_list("pk", flat=True))

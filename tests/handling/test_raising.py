"""提级 and 包案 through the door: up the ladder until somebody takes it up, and owned until the citizen says so."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.accounts.models import Person
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import joint_queries, raising
from jieban.handling.joint_models import Escalation
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead

HOUR = timedelta(hours=1)
NOON = AT + 4 * HOUR


def order_of(toy) -> Order:
    return verbs.parts(verbs.answered(toy, lead("mill")))[0].order


def up(toy, *orders: Order, by=None, at=NOON, **said: object) -> list[Escalation]:
    return raising.escalate(orders, reason="两家都不肯出钱", by=by or clerk("mill"), at=at, loaded=toy, **said)


def leader(code: str = "mill", role: Role = Role.LEADER):
    return factories.an_actor(role, verbs.unit(code))


def test_a_case_goes_to_the_next_level_with_a_limit_to_take_it_up(toy) -> None:
    order = order_of(toy)
    [row] = up(toy, order)
    order.refresh_from_db()
    assert (row.level, row.unit.code, row.due, row.by_rule) == ("leader", "mill", NOON + 4 * HOUR, False)
    assert (order.escalated, order.raised_to.code, order.state) == (True, "mill", "handling")
    assert Message.objects.get(topic="raised").unit.code == "mill"
    [again] = up(toy, order, at=NOON + HOUR)
    assert (again.level, again.unit.code) == ("ward", "north")
    assert verify().broken == []


@pytest.mark.parametrize("level", ["nowhere", "leader"])
def test_a_level_must_be_higher_than_the_present_one(toy, level: str) -> None:
    order = order_of(toy)
    up(toy, order)
    with pytest.raises(BadInput) as caught:
        up(toy, order, level=level)
    assert str(caught.value) == "这一级不比现在的高，请选更高的一级。"


def test_above_the_city_there_is_nobody(toy) -> None:
    order = order_of(toy)
    up(toy, order, level="hall")
    with pytest.raises(BadInput) as caught:
        up(toy, order)
    assert str(caught.value) == "上面没有能接办的一级了。请用督办，或请包案领导协调。"


def test_only_who_works_on_it_raises_and_says_why(toy) -> None:
    order = order_of(toy)
    with pytest.raises(NotAllowed):
        up(toy, order, by=clerk("hill"))
    with pytest.raises(BadInput):
        raising.escalate([order], reason="难", by=clerk("mill"), at=NOON, loaded=toy)
    with pytest.raises(BadInput):
        up(toy, factories.an_order(state="pending_dispatch"), by=leader("hall", Role.SUPERVISOR))


def test_a_leader_named_must_hold_a_post_that_receives(toy) -> None:
    order, post = order_of(toy), factories.a_post(Role.LEADER, verbs.unit("mill"))
    stranger = factories.a_post(Role.LEADER, verbs.unit("hill")).person
    with pytest.raises(BadInput):
        up(toy, order, leader=stranger)
    [row] = up(toy, order, leader=post.person)
    assert row.leader == post.person


def test_receiving_side_takes_up_once_with_a_plan(toy) -> None:
    order, first = order_of(toy), leader()
    up(toy, order)
    with pytest.raises(NotAllowed):
        raising.take_up([order], plan="区里开会", by=leader("north", Role.DISTRICT), at=NOON + HOUR, loaded=toy)
    [row] = raising.take_up([order], plan="周五开会，街道先垫付", by=first, at=NOON + HOUR, loaded=toy)
    assert (row.taken_at, row.taken_by_id, row.plan) == (NOON + HOUR, first.person_id, "周五开会，街道先垫付")
    with pytest.raises(Conflict):
        raising.take_up([order], plan="我也来办一次", by=leader(), at=NOON + 2 * HOUR, loaded=toy)
    assert Message.objects.filter(topic="taken_up").count() == 1


def test_nothing_raised_is_nothing_to_take_up(toy) -> None:
    with pytest.raises(BadInput):
        raising.take_up([order_of(toy)], plan="我来办这件", by=leader(), at=NOON, loaded=toy)


def test_what_nobody_takes_up_goes_on_by_rule(toy) -> None:
    order = order_of(toy)
    [first] = up(toy, order)
    assert raising.pass_on(at=first.due - HOUR, loaded=toy) == 0
    assert raising.pass_on(at=first.due, loaded=toy) == 1
    first.refresh_from_db()
    second = Escalation.objects.order_by("pk").last()
    assert (first.passed_at, second.level, second.by_rule) == (first.due, "ward", True)
    assert raising.pass_on(at=first.due, loaded=toy) == 0
    assert raising.pass_on(at=second.due, loaded=toy) == 1
    assert raising.pass_on(at=AT + timedelta(days=30), loaded=toy) == 0
    assert verify().broken == []


def test_passing_on_one_and_ten_takes_the_same_statements(toy) -> None:
    def cost(n: int, at) -> int:
        Escalation.objects.update(taken_at=NOON)
        up(toy, *[order_of(toy) for _ in range(n)], at=at)
        with CaptureQueriesContext(connection) as seen:
            assert raising.pass_on(at=at + 5 * HOUR, loaded=toy) == n
        return len(seen)

    cost(1, NOON)
    one, ten = cost(1, NOON + timedelta(days=10)), cost(10, NOON + timedelta(days=20))
    assert one <= ten <= one + 3  # PostgreSQL turns to COPY for many rows


@pytest.mark.parametrize(
    ("solved", "satisfied", "level"), [("no", "no", "ward"), ("no", "yes", "leader"), ("yes", "no", "leader")]
)
def test_what_citizens_send_back_is_raised_once_a_round(toy, solved: str, satisfied: str, level: str) -> None:
    """The callback itself lays a double no before the district; the ladder then asks for somebody to take it up."""
    order = verbs.asked(toy, lead("mill"))
    verbs.say(toy, order, solved=solved, satisfied=satisfied, at=NOON)
    assert raising.raise_reworked(at=NOON, loaded=toy) == 1
    assert raising.raise_reworked(at=NOON + HOUR, loaded=toy) == 0
    assert [(row.level, row.by_rule, row.round) for row in Escalation.objects.all()] == [(level, True, 2)]
    assert [e.move for e in order.entries.order_by("seq")].count("escalate") == 1
    assert verify().broken == []


def owner(code: str = "mill"):
    person = factories.a_person("秦副书记")
    return person, factories.accounts.at_post(factories.a_post(Role.LEADER, verbs.unit(code), person=person))


def test_owner_promises_by_name_and_only_the_owner_hands_on(toy) -> None:
    order = order_of(toy)
    person, actor = owner()
    day = AT.date() + timedelta(days=30)
    raising.own([order], leader=person, promise="夜里不再敲墙", until=day, by=actor, at=NOON)
    order.refresh_from_db()
    assert (order.case_leader, list(joint_queries.owned(actor))) == (person, [order])
    other, by_other = owner()
    with pytest.raises(NotAllowed):
        raising.own([order], leader=other, promise="我来接着包", until=day, by=by_other, at=NOON + HOUR)
    raising.own([order], leader=other, promise="请他接着包", until=day, by=actor, at=NOON + HOUR)
    order.refresh_from_db()
    assert order.case_leader == other
    assert verify().broken == []


@pytest.mark.parametrize(("promise", "days"), [("好", 3), ("夜里不再敲墙", -1)])
def test_a_promise_needs_words_and_a_day_ahead(toy, promise: str, days: int) -> None:
    order = order_of(toy)
    person, actor = owner()
    with pytest.raises(BadInput):
        raising.own([order], leader=person, promise=promise, until=AT.date() + timedelta(days=days), by=actor, at=NOON)


def test_who_leads_nothing_owns_nothing_and_nobody_owns_out_of_sight(toy) -> None:
    order, day = order_of(toy), AT.date()
    agent = factories.a_post(Role.AGENT, verbs.unit("hall")).person
    person, actor = owner("hill")
    with pytest.raises(BadInput):
        raising.own([order], leader=agent, promise="夜里不再敲墙", until=day, by=leader(), at=NOON)
    with pytest.raises(NotAllowed):
        raising.own([order], leader=person, promise="夜里不再敲墙", until=day, by=actor, at=NOON)


def test_ownership_ends_when_the_citizen_says_solved(toy) -> None:
    order = verbs.asked(toy, lead("mill"))
    person, actor = owner()
    raising.own([order], leader=person, promise="夜里不再敲墙", until=AT.date(), by=actor, at=NOON)
    verbs.say(toy, order, solved="no", satisfied="no", at=NOON + HOUR)
    assert list(joint_queries.owned(actor)) == [order]
    Order.objects.filter(pk=order.pk).update(solved="yes", closed_at=NOON)
    assert list(joint_queries.owned(actor)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_take_up_at_once_are_not_both_first() -> None:
    toy = factories.a_loaded_city("toy")
    order = order_of(toy)
    up(toy, order)
    people, failed = [leader(), leader()], []
    start = threading.Barrier(2)

    def take(by) -> None:
        try:
            start.wait(10)
            mine = Order.objects.get(pk=order.pk)
            raising.take_up([mine], plan="周五开会，先垫付", by=by, at=NOON + HOUR, loaded=toy)
        except Conflict as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1
    assert [e.move for e in order.entries.order_by("seq")].count("take_up") == 1
    assert Person.objects.filter(pk__in=Escalation.objects.values("taken_by")).count() == 1

"""The caller's queue, what the worker opens and what it gives up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import actions, queries
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR


@pytest.fixture
def caller(toy):
    return factories.an_actor(Role.CALLBACK, verbs.unit("hall"))


def tried(toy, caller, *orders: Order, at=CALL, outcome: str = "no_answer", **agreed) -> None:
    actions.attempt(orders, way="phone", outcome=outcome, by=caller, at=at, loaded=toy, **agreed)


def test_queue_holds_what_is_due_and_keeps_appointments_apart(toy, caller):
    fresh, later, vain = (verbs.asked(toy, title=title) for title in ("fresh", "later", "vain"))
    verbs.asked(toy, title="no number", contact=factories.a_contact(phone=""))
    verbs.replied(toy, title="not yet opened")
    tried(toy, caller, later, outcome="later", again_at=CALL + 30 * HOUR)
    tried(toy, caller, vain)
    soon, tomorrow = CALL + HOUR, CALL + 29 * HOUR
    assert list(queries.queue(caller, at=soon)) == [fresh]
    assert list(queries.queue(caller, at=tomorrow)) == [vain, fresh]
    assert list(queries.queue(caller, at=soon, part="appointments")) == [vain, later]
    assert list(queries.queue(caller, at=soon, part="unreached")) == [vain, later]
    counts = queries.counts(caller, at=soon)
    assert (counts.waiting, counts.due, counts.appointments, counts.unreached) == (3, 1, 2, 2)


def test_tries_of_a_round_are_told_in_order(toy, caller):
    order = verbs.asked(toy)
    tried(toy, caller, order)
    tried(toy, caller, order, at=CALL + 5 * HOUR, outcome="busy")
    order.refresh_from_db()
    assert [(a.no, a.outcome, a.by.name) for a in queries.attempts(order)] == [
        (1, "no_answer", caller.name), (2, "busy", caller.name),
    ]  # fmt: skip


def test_callback_begins_on_completion_or_when_the_limit_has_run_out(toy):
    order = verbs.replied(toy, urgency="24h")
    by_limit = replace(toy, pack=replace(toy.pack, settings=replace(toy.pack.settings, callback_starts="limit")))
    assert list(queries.ripe(at=CALL, loaded=toy)) == [order]
    assert list(queries.ripe(at=AT + 23 * HOUR, loaded=by_limit)) == []
    assert list(queries.ripe(at=AT + 24 * HOUR, loaded=by_limit)) == [order]


def test_order_is_lost_one_gap_after_its_last_try(toy, caller):
    order = verbs.asked(toy)
    tried(toy, caller, order)
    assert list(queries.lost(at=CALL + timedelta(days=9), loaded=toy)) == []
    tried(toy, caller, order, at=CALL + 5 * HOUR)
    assert list(queries.lost(at=CALL + 8 * HOUR, loaded=toy)) == []
    assert list(queries.lost(at=CALL + 9 * HOUR, loaded=toy)) == [order]


def test_order_with_an_appointment_is_not_lost(toy, caller):
    order = verbs.asked(toy)
    tried(toy, caller, order)
    tried(toy, caller, order, outcome="later", again_at=CALL + timedelta(days=2))
    assert list(queries.lost(at=CALL + timedelta(days=1), loaded=toy)) == []


def test_citizen_without_a_number_has_until_the_link_expires(toy):
    order = verbs.asked(toy, contact=factories.a_contact(phone=""))
    opened = AT + 3 * HOUR
    assert list(queries.lost(at=opened + timedelta(days=6), loaded=toy)) == []
    assert list(queries.lost(at=opened + timedelta(days=7), loaded=toy)) == [order]


def test_queries_do_not_grow_with_the_queue(toy, caller, django_assert_num_queries):
    for size in (1, 11):
        for _ in range(size):
            verbs.asked(toy)
        with django_assert_num_queries(3):
            rows = [
                (o.contact.channel, o.street.name, o.again_at, [a.unit.name for a in o.assignments.all()])
                for o in queries.queue(caller, at=CALL)
            ]
        with django_assert_num_queries(1):
            queries.counts(caller, at=CALL)
    assert len(rows) == 12

"""The orders of an export: its trade, its area, its period, and nothing that the post may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.analytics.exports import queries
from jieban.orders.models import Order
from tests import factories, verbs
from tests.analytics.exports.units import PERIOD, saved
from tests.factories import AT


@pytest.fixture
def chief(toy):
    return factories.an_actor(Role.CHIEF, verbs.unit("mill"))


def numbers(export, by) -> list[str]:
    return sorted(queries.orders(export, PERIOD, by=by).values_list("number", flat=True))


def test_only_orders_the_post_may_see_are_in_it(toy, chief):
    mine = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")
    verbs.dispatched(toy, verbs.lead("hill"), urgency="7d", street_id=toy.unit_ids["hill"])
    assert numbers(saved(chief), chief) == [mine.number]
    supervisor = factories.an_actor(Role.SUPERVISOR)
    assert len(numbers(saved(supervisor), supervisor)) == 2


def test_trade_area_and_units_narrow_it(toy):
    by = factories.an_actor(Role.SUPERVISOR)
    pothole = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", category="010101")
    leak = verbs.dispatched(toy, verbs.lead("hill"), urgency="7d", category="0102", street_id=toy.unit_ids["hill"])
    every = sorted([pothole.number, leak.number])
    assert numbers(saved(by, name="a", categories=["0101"]), by) == [pothole.number]
    assert numbers(saved(by, name="b", categories=["01"]), by) == every
    assert numbers(saved(by, name="c", areas=["hill"]), by) == [leak.number]
    assert numbers(saved(by, name="d", areas=["north"]), by) == every
    assert numbers(saved(by, name="e", units=["mill"]), by) == [pothole.number]
    assert numbers(saved(by, name="f", units=["north"]), by) == every


def test_the_end_of_a_period_does_not_belong_to_it(toy, chief):
    first = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=PERIOD[0])
    verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=PERIOD[1])
    assert numbers(saved(chief), chief) == [first.number]


def test_an_order_of_the_area_is_not_the_units_own(toy, chief):
    own = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")
    told = verbs.dispatched(toy, verbs.lead("hill"), urgency="7d")  # on Mill's ground, Hill's work
    found = {order.number: order.own for order in queries.orders(saved(chief), PERIOD, by=chief)}
    assert found == {own.number: True, told.number: False}


def test_chunks_hold_every_order_once_also_those_of_one_moment(toy, chief):
    for minutes in (0, 0, 0, 5, 5, 9, 9):
        verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=AT + timedelta(minutes=minutes))
    found = queries.orders(saved(chief), PERIOD, by=chief)
    chunks = list(queries.chunks(found, size=2))
    read = [order for chunk in chunks for order, _parts in chunk]
    assert [len(chunk) for chunk in chunks] == [2, 2, 2, 1]
    assert [order.pk for order in read] == list(
        Order.objects.order_by("received_at", "pk").values_list("pk", flat=True)
    )
    assert [len(chunk) for chunk in queries.chunks(found, size=2, most=3)] == [2, 1]


def test_a_chunk_takes_two_statements_whatever_it_holds(toy, chief):
    for _n in range(6):
        verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")
    found = queries.orders(saved(chief), PERIOD, by=chief)

    def statements(size: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            for chunk in queries.chunks(found, size=size):
                _ = [[part.unit.name for part in parts] + [order.contact.words] for order, parts in chunk]
        return len(seen)

    assert statements(100) == 2
    assert statements(2) == 7  # three full chunks, and the question that finds no more


def test_a_unit_opens_its_own_exports_and_the_auditor_all(toy, chief):
    export = saved(chief)
    hill = factories.an_actor(Role.CHIEF, verbs.unit("hill"))
    saved(hill, name="别处的")
    clerk = factories.an_actor(Role.CLERK, verbs.unit("mill"))
    assert [list(queries.of(by)) for by in (chief, clerk)] == [[export], [export]]
    assert queries.of(factories.an_actor(Role.AUDITOR)).count() == 2
    assert queries.of(factories.an_actor(Role.AGENT)).count() == 0

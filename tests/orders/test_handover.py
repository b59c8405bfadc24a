"""Handing over: nobody is let go before the next unit has signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.handling import actions as handling
from jieban.orders import handover
from jieban.orders.models import Assignment
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

pytestmark = pytest.mark.django_db


def handing_over(toy):
    """An order whose first unit waits to hand over to a second, which has not signed."""
    order = verbs.dispatched(toy, verbs.lead("mill"))
    [part] = verbs.parts(order)
    factories.walk(part, "object", "uphold")
    taker = handover.taking_over(factories.an_assignment(verbs.unit("hill")), part.no)
    factories.walk(part.order, "join", opens=[taker])
    return order


def test_signing_lets_the_first_unit_go(toy):
    order = handing_over(toy)
    assert handover.handing([order]) == {order.pk: 1}
    later = AT + timedelta(hours=2)
    handling.sign([verbs.parts(order)[1]], by=verbs.clerk("hill"), at=later)
    assert [(p.state, p.ended_at) for p in verbs.parts(order)] == [("redirected", later), ("signed", None)]
    assert order.entries.order_by("-seq").values_list("move", "role", "actor")[0] == (
        "redirect",
        "rule",
        "新单位已签收",
    )
    assert (handover.handing([order]), verify().broken) == ({}, [])


def test_signing_of_another_unit_lets_nobody_go(toy):
    order = handing_over(toy)
    factories.walk(order, "join", opens=[factories.an_assignment(verbs.unit("water"), role="assist")])
    handling.sign([verbs.parts(order)[2]], by=verbs.clerk("water"), at=AT + timedelta(hours=2))
    assert [p.state for p in verbs.parts(order)] == ["handover", "sent", "signed"]


def test_signing_many_takes_as_many_statements_as_one(toy):
    first, *others = [Assignment.objects.get(order=handing_over(toy), no=2) for _ in range(6)]
    by = verbs.clerk("hill")
    taken = []
    for some in ([first], others):
        with CaptureQueriesContext(connection) as seen:
            handling.sign(some, by=by, at=AT + timedelta(hours=2))
        taken.append(len(seen))
    # Three more at most: where PostgreSQL's COPY takes over from INSERT.
    assert taken[0] <= taken[1] <= taken[0] + 3

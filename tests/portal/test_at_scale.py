"""At 200,000 orders every list, board and page takes as many statements as at twenty, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.orders.models import Order
from jieban.portal import context, syncing
from jieban.portal.desk import boards
from tests import factories, scale, verbs
from tests.portal.pages import browser, statements

ORDERS = 200_000
# Where each role sits in the toy city.
SEATS = {
    Role.AGENT: "hall", Role.DISPATCHER: "hall", Role.CALLBACK: "hall", Role.SUPERVISOR: "hall", Role.ADMIN: "hall",
    Role.LEADER: "hall", Role.KNOWLEDGE: "hall", Role.CLERK: "mill", Role.CHIEF: "mill", Role.DISTRICT: "north",
    Role.AUDITOR: "hall",
}  # fmt: skip


def some_of_everything(toy) -> Order:
    """A score of orders in the states in which they wait for somebody; returns one that is being handled."""
    at = clock.now() - timedelta(hours=30)
    for hours in range(3):
        factories.an_order(state="pending_dispatch", at=at, street_id=toy.unit_ids["mill"])
        verbs.dispatched(toy, at=at + timedelta(hours=hours))
        verbs.answered(toy, at=at + timedelta(hours=hours), category="0102")
        verbs.replied(toy, at=at)
        verbs.asked(toy, at=at)
        verbs.say(toy, verbs.asked(toy, at=at), at=at + timedelta(hours=5))
        verbs.say(toy, verbs.asked(toy, at=at), solved="no", satisfied="no", at=at + timedelta(hours=5))
    order = verbs.answered(toy, at=at)
    syncing.once(at=clock.now())
    return order


def pages(order: Order) -> Iterator[tuple[Role, str]]:
    """Every page of the rails and every board, each by the first role that has it; lists also by a clerk; an order."""
    first: dict[str, Role] = {}
    for role, unit in SEATS.items():
        actor = factories.an_actor(role, verbs.unit(unit))
        paths = [place.url for place in context.places_of(actor) if not place.section]
        paths += [board.url for board in boards.TABLE if role in board.roles]
        for path in paths:
            first.setdefault(path, role)
    yield from ((role, path) for path, role in first.items())
    yield Role.CLERK, "/orders"
    yield Role.CLERK, f"/orders/{order.number}"
    yield Role.SUPERVISOR, f"/orders/{order.number}"
    yield Role.SUPERVISOR, "/orders?group=working&late=1"


def counted(looking: dict[Role, Client], asked: list[tuple[Role, str]]) -> dict[tuple[Role, str], int]:
    """How many statements each page takes."""
    return {(role, path): statements(looking[role], path) for role, path in asked}


@pytest.mark.slow
def test_no_page_takes_more_statements_at_two_hundred_thousand_orders(toy):
    order = some_of_everything(toy)
    looking = {role: browser(role, unit) for role, unit in SEATS.items()}
    asked = list(pages(order))
    few = counted(looking, asked)
    grown = scale.multiply(ORDERS // Order.objects.count())
    assert grown >= ORDERS
    many = counted(looking, asked)
    assert {page: (few[page], many[page]) for page in asked if many[page] > few[page]} == {}
    assert max(many.values()) <= 40

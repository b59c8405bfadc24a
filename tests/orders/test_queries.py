"""Who sees which orders: by unit, by the units below, by the place of the matter."""

from __future__ import annotations

import pytest

from jieban.accounts.actor import Role, Sight
from jieban.orders import queries
from tests import factories

pytestmark = pytest.mark.django_db


def sent(unit, **columns):
    """An order dispatched to the unit."""
    return factories.an_order(state="dispatched", units=[unit], **columns)


@pytest.fixture
def orders(city):
    """One order at each street and one at the department, whose matter lies in the other street."""
    return {
        "street": factories.an_order(
            state="dispatched", units=[city.street], street=city.street, district=city.district
        ),
        "other": factories.an_order(state="dispatched", units=[city.other_street], district=city.district),
        "department": factories.an_order(state="dispatched", units=[city.department], street=city.other_street),
        "nobody": factories.an_order(state="pending_dispatch"),
    }


def seen(actor, orders) -> set[str]:
    """The names of the orders that the actor sees."""
    visible = set(queries.visible_to(actor).values_list("pk", flat=True))
    return {name for name, order in orders.items() if order.pk in visible}


@pytest.mark.parametrize("role", [Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK, Role.AUDITOR])
def test_the_centre_sees_everything(city, orders, role):
    assert seen(factories.an_actor(role, city.centre), orders) == {"street", "other", "department", "nobody"}


def test_a_street_sees_its_own_orders_and_those_of_its_area(city, orders):
    assert seen(factories.an_actor(Role.CLERK, city.street), orders) == {"street"}
    assert seen(factories.an_actor(Role.CLERK, city.other_street), orders) == {"other", "department"}


def test_a_district_sees_the_units_below_it(city, orders):
    assert seen(factories.an_actor(Role.DISTRICT, city.district), orders) == {"street", "other", "department"}


def test_a_community_sees_what_was_handed_down_to_it(city, orders):
    clerk = factories.an_actor(Role.CLERK, city.community)
    assert seen(clerk, orders) == set()
    part = factories.parts(orders["street"])[0]
    factories.walk(part, "sign")
    factories.walk(part, "hand_down", changes={"section_id": city.community.pk})
    assert seen(clerk, orders) == {"street"}
    assert list(queries.assignments_of(clerk)) == [part]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.KNOWLEDGE, Role.CITIZEN, Role.CHANNEL, Role.RULE])
def test_who_has_no_business_with_orders_sees_none(city, orders, role):
    actor = factories.an_actor(role, city.centre)
    assert seen(actor, orders) == set()
    assert list(queries.assignments_of(actor)) == []


def test_the_sight_of_one_unit_ends_at_the_unit(city, orders):
    district = factories.an_actor(Role.DISTRICT, city.district)
    narrow = type(district)(**{name: getattr(district, name) for name in district.__slots__} | {"sight": Sight.UNIT})
    assert seen(narrow, orders) == set()


def test_each_order_is_seen_once_however_many_units_act(city):
    order = factories.an_order(state="dispatched", units=[city.street, city.other_street, city.department])
    actor = factories.an_actor(Role.DISTRICT, city.district)
    assert list(queries.visible_to(actor)) == [order]
    assert queries.assignments_of(actor).count() == 3


def test_waiting_orders_come_the_most_pressing_first(city):
    late = factories.an_order(due_at=factories.AT.replace(hour=12))
    soon = factories.an_order(due_at=factories.AT.replace(hour=10))
    factories.an_order(state="guided")
    assert list(queries.in_states("received")) == [soon, late]

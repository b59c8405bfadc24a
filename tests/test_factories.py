"""The factories hold what they promise: every state is reached through the door."""

from __future__ import annotations

import pytest

from jieban.orders import lifecycle
from jieban.orders.lifecycle import S
from tests import factories


@pytest.mark.parametrize("state", [s.value for s in S if s != S.NONE])
def test_an_order_is_in_the_state_asked_for(city, state):
    order = factories.an_order(state=state, units=[city.street, city.department])
    order.refresh_from_db()
    assert order.state == state
    assert order.entries_count == order.entries.count()


def test_a_post_sees_what_its_role_sees(city):
    clerk = factories.an_actor("clerk", city.street)
    assert (clerk.unit_id, clerk.unit_path, clerk.sight) == (city.street.pk, city.street.path, "tree")


def test_anyone_may_make_the_move():
    allowed = {name: factories.anyone(name).role in rule.by for name, rule in lifecycle.ORDER_MOVES.items()}
    assert all(allowed.values())


def test_the_toy_pack_loads(toy):
    assert toy.pack.units.keys() == toy.unit_ids.keys()

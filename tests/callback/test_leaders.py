"""Leaders' callback day: drawn by lot from the area, once, and the result counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import leaders, lots
from jieban.callback.models import Draw
from jieban.callback.rules import Said
from jieban.city.terms import Callbacks, LeadersDay
from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

MILL = Target("mill", LEAD)
NOW = AT + timedelta(days=1)
YES = Said(True, "yes", "yes", "good")


def terms(toy, **given):
    """The toy city with a leaders' day on the third of the month."""
    day = LeadersDay(**{"day": 3, "orders": 2, **given})
    return replace(toy, pack=replace(toy.pack, callbacks=Callbacks(leaders=day)))


@pytest.fixture
def leader(toy):
    return factories.an_actor(Role.LEADER, verbs.unit("mill"))


def test_list_is_drawn_once_and_can_be_drawn_again_by_anybody(toy, leader):
    here = [verbs.asked(toy, MILL) for _ in range(4)]
    verbs.asked(toy, Target("hill", LEAD), street_id=toy.unit_ids["hill"])
    made = leaders.draw(by=leader, at=NOW, loaded=terms(toy))
    assert leaders.draw(by=leader, at=NOW, loaded=terms(toy)) == made
    numbers = [order.number for order in here]
    assert (made.pot, made.pot_mark) == (4, lots.mark(numbers))
    assert [lot.order.number for lot in leaders.mine(leader, at=NOW)] == lots.few(made.seed, numbers, 2)


def test_what_the_leader_hears_counts_and_is_told_as_the_leaders(toy, leader):
    [verbs.asked(toy, MILL) for _ in range(2)]
    leaders.draw(by=leader, at=NOW, loaded=terms(toy))
    order = leaders.mine(leader, at=NOW)[0].order
    assert leaders.record(order, YES, by=leader, at=NOW, loaded=terms(toy)) == "close"
    order = Order.objects.get(pk=order.pk)
    assert (order.solved, order.entries.get(move="ask").role) == ("yes", "leader")
    assert leaders.mine(leader, at=NOW).count() == 1
    [shown] = leaders.results(factories.an_actor(Role.DISTRICT, verbs.unit("north")))
    assert (shown.drawn, shown.done) == (2, 1)


def test_leader_cannot_pick(toy, leader):
    orders = [verbs.asked(toy, MILL) for _ in range(3)]
    leaders.draw(by=leader, at=NOW, loaded=terms(toy))
    drawn = {lot.order_id for lot in leaders.mine(leader, at=NOW)}
    other = next(order for order in orders if order.pk not in drawn)
    with pytest.raises(NotAllowed, match="不能挑"):
        leaders.record(other, YES, by=leader, at=NOW, loaded=terms(toy))
    assert Order.objects.get(pk=other.pk).state == "callback_pending"


def test_list_is_good_for_its_day(toy, leader):
    verbs.asked(toy, MILL)
    leaders.draw(by=leader, at=NOW, loaded=terms(toy))
    assert leaders.mine(leader, at=NOW + timedelta(days=1)).count() == 0


@pytest.mark.parametrize("given", [{"day": 4}, {"day": 0}, {"districts": ("hall",)}])
def test_other_days_and_districts_draw_nothing(toy, leader, given):
    with pytest.raises(BadInput, match="今天不是领导回访日"):
        leaders.draw(by=leader, at=NOW, loaded=terms(toy, **given))
    assert Draw.objects.count() == 0


def test_day_is_held_in_the_districts_named(toy, leader):
    assert leaders.is_day(leader, at=NOW, loaded=terms(toy, districts=("north",)))


def test_draw_is_the_leaders_own(toy):
    with pytest.raises(NotAllowed):
        leaders.draw(by=factories.an_actor(Role.CLERK, verbs.unit("mill")), at=NOW, loaded=terms(toy))

"""The second sampling: drawn by lot, asked by somebody else, never changing the first answer, unseen by units."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import daily, lots, second
from jieban.callback.models import Draw, Lot, SecondAnswer, Sign
from jieban.callback.rules import Said
from jieban.city.terms import Callbacks
from jieban.core.errors import Conflict, NotAllowed
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

MILL = Target("mill", LEAD)
CALL = AT + timedelta(hours=4)
NIGHT = AT + timedelta(days=1)
LATER = AT + timedelta(days=5)


@pytest.fixture
def all_of_them(toy):
    """The toy city, whose terms ask everybody a second time."""
    return replace(toy, pack=replace(toy.pack, callbacks=Callbacks(sample_share=1.0)))


def answered(toy, **said) -> Order:
    """An order closed with an answer."""
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, at=CALL, **said)
    return Order.objects.get(pk=order.pk)


def someone(role: Role = Role.CALLBACK, unit: str = "hall"):
    return factories.an_actor(role, verbs.unit(unit))


def test_day_is_drawn_once_with_seed_and_pot_on_record(all_of_them):
    orders = [answered(all_of_them) for _ in range(3)]
    verbs.asked(all_of_them, MILL)
    assert daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    assert not daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    made = Draw.objects.get()
    numbers = [order.number for order in orders]
    assert (made.pot, made.pot_mark, made.wanted) == (3, lots.mark(numbers), 1.0)
    assert [lot.order.number for lot in made.lots.order_by("no")] == lots.share(made.seed, sorted(numbers), 1.0)
    assert {lot.due_at for lot in Lot.objects.all()} == {NIGHT + timedelta(days=3)}


def test_worker_catches_up_the_days_that_are_over(all_of_them):
    answered(all_of_them)
    assert daily.close_days(at=NIGHT, loaded=all_of_them) == 1
    week = NIGHT + timedelta(days=daily.BACK)
    assert daily.close_days(at=week, loaded=all_of_them) == daily.BACK
    assert daily.close_days(at=week, loaded=all_of_them) == 0


def test_another_agent_asks_and_the_first_answer_stands(all_of_them):
    order = answered(all_of_them)
    daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    [lot] = second.waiting(someone(), at=LATER)
    said = Said(True, "no", "no", "bad", "叫我说满意的")
    made = second.record(lot, said, way="phone", by=someone(), at=LATER, loaded=all_of_them)
    order.refresh_from_db()
    assert (made.contradicts, order.solved, order.satisfied, order.state) == (True, "yes", "yes", "closed")
    assert Sign.objects.get(order=order).reasons[-1] == "second_differs"
    assert order.entries.count() == order.entries_count
    assert verify().broken == []
    with pytest.raises(Conflict):
        second.record(lot, said, way="phone", by=someone(), at=LATER, loaded=all_of_them)


def test_who_asked_first_does_not_ask_again(all_of_them):
    order, first = verbs.asked(all_of_them, MILL), someone()
    verbs.callback.record(order, Said(True, "yes", "yes"), way="phone", by=first, at=CALL, loaded=all_of_them)
    daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    assert second.waiting(first, at=LATER).count() == 0
    with pytest.raises(NotAllowed, match="换一个人"):
        second.record(Lot.objects.get(), Said(True, "yes", "yes"), way="phone", by=first, at=LATER, loaded=all_of_them)


def test_nobody_reached_is_tried_again_and_given_up(all_of_them):
    answered(all_of_them)
    daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    second.missed(Lot.objects.get(), by=someone(), at=LATER, loaded=all_of_them)
    lot = Lot.objects.get()
    assert (lot.tries, lot.done_at, lot.due_at > LATER) == (1, None, True)
    second.missed(lot, by=someone(), at=lot.due_at, loaded=all_of_them)
    assert SecondAnswer.objects.get().reached is False
    assert Lot.objects.get().done_at is not None


def test_contradictions_are_counted_by_unit(all_of_them):
    [answered(all_of_them) for _ in range(3)]
    daily.close_day(AT.date(), at=NIGHT, loaded=all_of_them)
    for lot, solved in zip(Lot.objects.order_by("no"), ("yes", "no", "yes"), strict=True):
        said = Said(True, solved, "yes")
        second.record(lot, said, way="phone", by=someone(), at=LATER, loaded=all_of_them)
    assert second.kept(someone(Role.AUDITOR), since=AT) == [second.Kept("Mill Parish", 3, 1)]


@pytest.mark.parametrize("role", [Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.LEADER, Role.DISPATCHER, Role.AGENT])
def test_units_and_others_read_nothing_of_it(all_of_them, role):
    with pytest.raises(NotAllowed):
        second.kept(someone(role, "mill"), since=AT)
    with pytest.raises(NotAllowed):
        second.waiting(someone(role, "mill"), at=AT)
    with pytest.raises(NotAllowed):
        second.draws(someone(role, "mill"))

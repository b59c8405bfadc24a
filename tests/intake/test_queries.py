"""Who called before, what is known, what waits."""

from __future__ import annotations

from datetime import timedelta

from jieban.accounts import actor as actors
from jieban.core import crypto
from jieban.intake import actions, queries
from tests.factories import AT
from tests.intake.test_actions import a_filing

BY = actors.channel("试验系统")


def test_known_gives_the_first_order_of_each_key_of_any_source(toy) -> None:
    a, b = actions.register([a_filing(1), a_filing(1, source="other")], by=BY, at=AT, loaded=toy)
    found = queries.known([("test", "1"), ("other", "1"), ("test", "2"), ("test", "")])
    assert {key: order.pk for key, order in found.items()} == {("test", "1"): a.pk, ("other", "1"): b.pk}


def test_history_finds_the_same_number_however_it_is_typed(toy) -> None:
    filings = [a_filing(1), a_filing(2, at=AT - timedelta(days=1)), a_filing(3, phone="13900001111")]
    one, two, _ = actions.register(filings, by=BY, at=AT, loaded=toy)
    assert [order.pk for order in queries.history("+86 138-0000 1234")] == [one.pk, two.pk]
    assert list(queries.history("")) == []


def test_waiting_holds_received_orders_oldest_first(toy) -> None:
    filings = [a_filing(1), a_filing(2, at=AT - timedelta(hours=1)), a_filing(3)]
    one, two, three = actions.register(filings, by=BY, at=AT, loaded=toy)
    actions.accept([three], by=BY, at=AT, loaded=toy)
    assert [order.pk for order in queries.waiting()] == [two.pk, one.pk]


def test_earlier_finds_the_first_of_the_same_matter_within_sixty_days(toy) -> None:
    said = [AT - timedelta(days=61), AT - timedelta(days=20), AT - timedelta(days=5)]
    filings = [a_filing(n, at=at) for n, at in enumerate(said)]
    columns = [{"category": "0101", "place": "e1"}] * 3
    orders = actions.register(filings, by=BY, at=AT, loaded=toy, columns=columns)
    index = crypto.index("13800001234")
    assert queries.earlier([index], at=AT) == {(index, "0101", "e1"): orders[1].pk}
    assert queries.earlier([""], at=AT) == {}

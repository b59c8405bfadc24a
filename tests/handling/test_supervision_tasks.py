"""Letters by rule: raised once, for what they are about, in statements that do not grow with the orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.city.oversight import Level, Oversight, Trigger
from jieban.city.queries import Loaded
from jieban.dispatch import actions as dispatch
from jieban.handling import supervision, supervision_queries, supervision_tasks
from jieban.handling.letters import Letter
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MILL = verbs.lead("mill")
LEVELS = {1: Level(1, "督办", "Letter", ("Call Centre",), (), "24h")}


def ruled(toy: Loaded, *triggers: Trigger) -> Loaded:
    """The toy city with these triggers."""
    return replace(toy, pack=replace(toy.pack, oversight=Oversight(LEVELS, triggers)))


def trigger(what: str, **more: object) -> Trigger:
    return Trigger(what, what, what, what, "{number} {count} {callers}", **more)  # type: ignore[arg-type]


def run(city: Loaded, at: datetime) -> int:
    return supervision_tasks.raise_letters(at=at, loaded=city)


def there(toy: Loaded, phone: str, *, at: datetime = AT, **columns: object) -> Order:
    """An order about potholes at Weaver Court from this number."""
    contact = factories.a_contact(phone=phone, at=at)
    return verbs.dispatched(toy, MILL, at=at, contact=contact, **{"place": "e1", **columns})


def test_overdue_raises_one_letter_and_no_second(toy):
    city = ruled(toy, trigger("overdue", over="2h"))
    order = verbs.dispatched(toy, MILL)
    edge = order.due_at + 2 * HOUR
    assert [run(city, edge - HOUR), run(city, edge), run(city, edge + HOUR), run(city, edge + DAY)] == [0, 1, 0, 0]
    letter = Letter.objects.get()
    assert (letter.by_name, letter.by_id, letter.issuers, letter.due_at) == (
        "督办规则", None, ["Call Centre"], edge + DAY,
    )  # fmt: skip
    assert verify().broken == []


def test_lifted_letter_is_not_raised_again_in_the_same_round(toy):
    city = ruled(toy, trigger("overdue", over="2h"))
    order = verbs.dispatched(toy, MILL)
    late = order.due_at + DAY
    run(city, late)
    boss = factories.an_actor("supervisor", verbs.unit("hall"))
    supervision.judge([Letter.objects.get()], effect="overtaken", opinion="已修", by=boss, at=late, loaded=city)
    assert run(city, late + HOUR) == 0


def test_order_that_nobody_holds_and_lies_nowhere_is_the_dispatchers_and_stops_no_other_letter(toy):
    smell = trigger("words", words=("煤气味",), within="1d")
    told = {"state": "pending_dispatch", "content": "楼道里有很重的煤气味。"}
    nowhere = factories.an_order(**told)
    street = factories.an_order(street_id=toy.unit_ids["mill"], **told)
    held = verbs.dispatched(toy, MILL, content=told["content"])
    assert supervision_tasks.raise_letters(at=AT + HOUR, loaded=ruled(toy, smell), limit=2) == 2
    assert sorted(Letter.objects.values_list("order", flat=True)) == sorted([street.pk, held.pk])
    dispatch.send([nowhere], [MILL], "试派给他们", by=verbs.RULE, at=AT + HOUR, loaded=toy)
    assert run(ruled(toy, smell), AT + 2 * HOUR) == 1


def test_caller_who_comes_back_gets_a_letter_on_the_newest_order_that_somebody_holds(toy):
    city = ruled(toy, trigger("repeat_caller", within="7d", times=2))
    contact = factories.a_contact(phone="13900000001")
    held = verbs.dispatched(toy, MILL, contact=contact)
    factories.an_order(state="pending_dispatch", contact=contact, at=AT + HOUR)
    assert run(city, AT + 2 * HOUR) == 1
    assert Letter.objects.values_list("order", "basis__count").get() == (held.pk, 2)


def test_two_nos_raise_a_letter_on_the_new_round(toy):
    city = ruled(toy, trigger("double_no"), trigger("single_no"))
    both, one, none = (verbs.asked(toy, MILL) for _ in range(3))
    then = AT + 5 * HOUR
    verbs.say(toy, both, solved="no", satisfied="no", at=then)
    verbs.say(toy, one, solved="part", satisfied="no", at=then)
    verbs.say(toy, none, at=then)
    assert run(city, then + HOUR) == 2
    assert sorted(Letter.objects.values_list("order", "trigger", "round")) == [
        (both.pk, "double_no", 2), (one.pk, "single_no", 2),
    ]  # fmt: skip


def test_words_of_danger_raise_a_letter_that_quotes_nobody(toy):
    city = ruled(toy, trigger("words", words=("煤气味", "着火"), within="1d"))
    smell = verbs.dispatched(toy, MILL, content="楼道里有很重的煤气味，家里还有老人。")
    verbs.dispatched(toy, MILL)
    assert run(city, AT + HOUR) == 1
    letter = Letter.objects.get(order=smell)
    assert letter.basis == {"words": ["煤气味"]}
    notice = Message.objects.get(topic="supervised")
    assert set(notice.body) == {"number", "letter", "due"}


def test_cluster_is_gathered_into_one_event_with_one_letter(toy):
    city = ruled(toy, trigger("cluster", times=3, callers=2, within="1d"))
    first, second = there(toy, "13800000001"), there(toy, "13800000002", at=AT + HOUR)
    assert run(city, AT + 2 * HOUR) == 0
    third = there(toy, "13800000002", at=AT + 2 * HOUR)
    elsewhere = there(toy, "13800000003", place="")
    assert run(city, AT + 3 * HOUR) == 1
    late = there(toy, "13800000004", at=AT + 4 * HOUR)
    assert run(city, AT + 5 * HOUR) == 0
    events = dict(Order.objects.values_list("pk", "cluster_of"))
    assert events == {
        first.pk: first.pk, second.pk: first.pk, third.pk: first.pk, late.pk: first.pk, elsewhere.pk: None,
    }  # fmt: skip
    letter = Letter.objects.get()
    assert (letter.order_id, letter.basis, letter.subject) == (first.pk, {"count": 3, "callers": 2}, "e1|0101")
    assert letter.text == f"{first.number} 3 2"
    assert verify().broken == []


def test_repeated_problem_and_caller_are_written_on_the_newest(toy):
    city = ruled(toy, trigger("repeat_problem", times=3, within="30d"), trigger("repeat_caller", times=3, within="30d"))
    there(toy, "13800000001", at=AT - 20 * DAY)
    there(toy, "13800000001", at=AT - 10 * DAY, place="", category="0102")
    there(toy, "13800000002", at=AT - 9 * DAY)
    newest = there(toy, "13800000001")
    assert run(city, AT + HOUR) == 2
    assert run(city, AT + 2 * HOUR) == 0
    found = Letter.objects.order_by("trigger").values_list("order", "trigger", "basis")
    assert list(found) == [
        (newest.pk, "repeat_caller", {"count": 3, "callers": 1}),
        (newest.pk, "repeat_problem", {"count": 3, "callers": 2}),
    ]


def test_rules_take_the_same_statements_for_three_orders_and_for_thirty(toy):
    city = ruled(toy, trigger("overdue", over="2h"), trigger("cluster", times=3, callers=1, within="30d"))

    def cost(n: int, place: str) -> int:
        for i in range(n):
            there(toy, f"1380000{i:04}", place=place)
        late = AT + 20 * DAY
        with CaptureQueriesContext(connection) as seen:
            assert run(city, late) >= n
        return len(seen)

    few = cost(3, "e1")
    assert cost(30, "c1") <= few + 4


def test_unit_that_does_not_answer_is_told_once(toy):
    city = ruled(toy, trigger("overdue", over="2h"))
    order = verbs.dispatched(toy, MILL)
    run(city, order.due_at + DAY)
    due = Letter.objects.get().due_at
    told = [supervision_tasks.tell_late(at=at) for at in (due, due + HOUR, due + 2 * HOUR)]
    assert told == [0, 1, 0]
    assert [m.unit.code for m in Message.objects.filter(topic="supervision_late")] == ["mill"]
    assert [
        x.order_id
        for x in supervision_queries.letters(
            factories.an_actor("auditor", verbs.unit("hall")), at=due + HOUR, only="late"
        )
    ] == [order.pk]


@pytest.mark.parametrize("state", ["closed", "received"])
def test_orders_that_are_over_or_not_yet_at_a_unit_raise_nothing(toy, state):
    city = ruled(toy, trigger("overdue", over="2h"), trigger("words", words=("灯",), within="1d"))
    factories.an_order(state=state)
    assert run(city, AT + 5 * HOUR) == 0

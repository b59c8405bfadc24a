"""One event of several orders: gathered under the oldest, spoken to and answered together, called back one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput
from jieban.handling import incidents
from jieban.orders.models import Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
MILL = verbs.lead("mill")


@pytest.fixture
def three(toy):
    return [verbs.dispatched(toy, MILL) for _ in range(3)]


@pytest.fixture
def mill(toy):
    return verbs.clerk("mill")


def gather(orders, head, by) -> None:
    incidents.gather(orders, head=head, why="同一工地", by=by, at=AT + HOUR)


def events() -> list[int | None]:
    return list(Order.objects.order_by("pk").values_list("cluster_of", flat=True))


def test_orders_are_gathered_under_the_first_which_points_to_itself(three, mill):
    gather(three[1:], three[0], mill)
    assert events() == [three[0].pk] * 3
    assert [o.pk for o in incidents.members(Order.objects.get(pk=three[2].pk))] == [o.pk for o in three]
    entry = three[2].entries.order_by("-seq")[0]
    assert (entry.move, entry.records) == ("relate", {"to": three[0].number, "why": "同一工地"})
    assert verify().broken == []


def test_two_events_become_one(toy, three, mill):
    others = [verbs.dispatched(toy, MILL) for _ in range(2)]
    gather(three[1:], three[0], mill)
    gather(others[1:], others[0], mill)
    gather([Order.objects.get(pk=others[1].pk)], Order.objects.get(pk=three[2].pk), mill)
    assert events() == [three[0].pk] * 5
    with pytest.raises(BadInput, match="已经在同一事件里"):
        gather([Order.objects.get(pk=others[1].pk)], Order.objects.get(pk=three[0].pk), mill)


def test_reason_is_asked_for(three, mill):
    with pytest.raises(BadInput):
        incidents.gather(three[1:], head=three[0], why=" ", by=mill, at=AT)


def test_one_contact_and_one_reply_for_all(toy, three, mill):
    gather(three[1:], three[0], mill)
    head = Order.objects.get(pk=three[0].pk)
    said = {"result": "done", "measures": "当场发放", "reply": "拖欠的工资今晚已经全部发到各位手里。"}
    with pytest.raises(BadInput, match="还有 3 件没联系过市民"):
        incidents.complete_all(head, by=mill, at=AT + HOUR, **said)
    met = incidents.respond_all(head, way="visit", outcome="reached", note="在现场见面", by=mill, at=AT + 2 * HOUR)
    done = incidents.complete_all(head, by=mill, at=AT + 5 * HOUR, **said)
    assert (met, done) == (3, 3)
    assert {(a.state, a.reply) for a in verbs.parts(*three)} == {("completed", said["reply"])}
    assert set(Order.objects.values_list("state", flat=True)) == {"replied"}
    with pytest.raises(BadInput, match="没有您正在办的"):
        incidents.complete_all(head, by=mill, at=AT + 6 * HOUR, **said)


def test_a_unit_answers_only_for_what_it_holds(toy, three, mill):
    water = verbs.dispatched(toy, verbs.lead("water"))
    gather([*three[1:], water], three[0], factories.an_actor(Role.SUPERVISOR, verbs.unit("hall")))
    head = Order.objects.get(pk=three[0].pk)
    assert incidents.respond_all(head, way="phone", outcome="reached", note="", by=mill, at=AT + HOUR) == 3
    assert [a.state for a in verbs.parts(water)] == ["sent"]

"""Dispatch through the door: by the rule, by a dispatcher, one or fifty at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.city.models import Unit
from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch import actions, queries
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.orders.models import Assignment, Message, Order
from tests import factories, verbs
from tests.factories import AT

RULE = actors.rule("test")


def a_pending(toy, *, category: str = "0102", sure: float = 0.9, **columns) -> Order:
    """An order waiting for dispatch in Mill Parish, its category suggested with that probability."""
    values = {
        "street_id": toy.unit_ids["mill"],
        "district_id": toy.unit_ids["north"],
        "place": "mill",
        "category": category,
        "urgency": "",
        "suggested": {"category": {"value": category, "probability": sure}},
    }
    return factories.an_order(state="pending_dispatch", **{**values, **columns})


@pytest.fixture
def dispatcher(toy):
    return factories.an_actor(Role.DISPATCHER, Unit.objects.get(code="hall"))


def test_sure_order_goes_to_the_unit_of_the_line(toy):
    order = a_pending(toy)
    [part] = actions.assign([order], by=RULE, at=AT, loaded=toy)
    order.refresh_from_db()
    assert (order.state, order.urgency, part.unit_id, part.role) == ("dispatched", "2h", toy.unit_ids["water"], "lead")
    assert order.dispatch == {
        "duty": "D3",
        "reason": "目录第 D3 条：Streets › Leaks，属地North WardMill Parish → Littleton Water主办（直派）",
        "score": 0.9,
        "way": "direct",
        "version": 1,
        "by": "rule",
        "alternatives": [
            {"units": [{"unit": "mill", "role": "lead"}], "duty": "", "reason": "属地街道：Mill Parish", "score": 1.0},
            {"units": [{"unit": "north", "role": "lead"}], "duty": "", "reason": "所在区：North Ward", "score": 1.0},
            {
                "units": [{"unit": "mill", "role": "lead"}, {"unit": "north-roads", "role": "lead"}],
                "duty": "",
                "reason": "相近的目录条目 D1（Potholes）",
                "score": 0.0,
            },
        ],
    }


def test_clocks_of_the_unit_run_from_dispatch_and_the_citizens_from_receipt(toy):
    order = a_pending(toy)
    later = AT + timedelta(hours=1)
    [part] = actions.assign([order], by=RULE, at=later, loaded=toy)
    assert part.sent_at == later
    assert part.sign_due == later + timedelta(minutes=30)
    assert part.respond_due == later + timedelta(hours=1)
    assert part.handle_due == later + timedelta(hours=2)
    assert order.due_at == AT + timedelta(hours=2)
    assert order.dispatched_at == later


def test_unsure_order_stays_for_a_dispatcher(toy):
    order = a_pending(toy, sure=0.3)
    assert actions.assign([order], by=RULE, at=AT, loaded=toy) == []
    order.refresh_from_db()
    assert (order.state, list(queries.waiting())) == ("pending_dispatch", [order])


def test_category_a_person_chose_is_certain(toy):
    order = a_pending(toy, suggested={"category": {"value": "0101", "probability": 0.2}})
    [part] = actions.assign([order], by=RULE, at=AT, loaded=toy)
    assert (part.duty, order.dispatch["score"]) == ("D3", 1.0)


def test_urgency_that_is_set_outweighs_the_line(toy):
    order = a_pending(toy, urgency="24h")
    [part] = actions.assign([order], by=RULE, at=AT, loaded=toy)
    assert (part.urgency, part.handle_due) == ("24h", AT + timedelta(hours=24))


def test_citizen_never_dispatches_but_the_rule_does(toy):
    order = a_pending(toy)
    actions.assign([order], by=actors.citizen(), at=AT, loaded=toy)
    entry = order.entries.get(move="dispatch")
    assert (entry.role, entry.actor) == ("rule", "派单目录")


def test_units_find_a_notice_on_their_desks(toy):
    order = a_pending(toy, category="0101")
    actions.assign([order], by=RULE, at=AT, loaded=toy)
    notices = Message.objects.filter(order=order).order_by("pk")
    assert [(m.unit.code, m.way, m.topic, m.body["number"], m.sent_at) for m in notices] == [
        ("mill", "desk", "assigned", order.number, AT),
        ("north-roads", "desk", "assigned", order.number, AT),
    ]


def test_dispatcher_sends_against_the_catalogue_only_with_a_reason(toy, dispatcher):
    order = a_pending(toy, sure=0.3)
    targets = [Target("hill", LEAD), Target("mill", ASSIST)]
    with pytest.raises(BadInput) as caught:
        actions.send([order], targets, " ", by=dispatcher, at=AT, loaded=toy)
    assert str(caught.value) == "这些单位不是目录建议的。请写明为什么派给他们。"
    assert not Assignment.objects.exists()
    lead, assist = actions.send([order], targets, "管线在坡上一侧", by=dispatcher, at=AT, loaded=toy)
    assert (lead.unit_id, assist.unit_id) == (toy.unit_ids["hill"], toy.unit_ids["mill"])
    order.refresh_from_db()
    assert order.dispatch["by"] == "person"
    assert order.dispatch["way"] == "multi"
    assert order.dispatch["reason"] == "派单员选定：管线在坡上一侧 → Hill Parish主办，Mill Parish协办"
    assert [one["duty"] for one in order.dispatch["alternatives"]] == ["D3", "", ""]


def test_dispatcher_who_follows_the_catalogue_needs_no_reason(toy, dispatcher):
    order = a_pending(toy, sure=0.3)
    [part] = actions.send([order], [Target("water")], "", by=dispatcher, at=AT, loaded=toy)
    order.refresh_from_db()
    assert (part.duty, order.dispatch["duty"], order.dispatch["by"]) == ("D3", "D3", "person")
    assert order.dispatch["reason"].startswith("目录第 D3 条")


def test_dispatcher_who_follows_a_doubtful_first_choice_needs_no_reason_either(toy, dispatcher):
    order = a_pending(toy, sure=0.0)
    [part] = actions.send([order], [Target("water")], "", by=dispatcher, at=AT, loaded=toy)
    assert part.duty == "D3"


def test_neighbouring_line_is_no_match_and_needs_a_reason(toy, dispatcher):
    order = a_pending(toy)
    targets = [Target("mill"), Target("north-roads")]
    assert targets == list(actions.propose([order], loaded=toy)[0].alternatives[2].targets)
    with pytest.raises(BadInput):
        actions.send([order], targets, "", by=dispatcher, at=AT, loaded=toy)


def test_clerk_cannot_dispatch(toy):
    order = a_pending(toy)
    clerk = factories.an_actor(Role.CLERK, Unit.objects.get(code="mill"))
    with pytest.raises(NotAllowed):
        actions.send([order], [Target("mill")], "由我来办", by=clerk, at=AT, loaded=toy)
    order.refresh_from_db()
    assert order.state == "pending_dispatch"


def test_waiting_shows_only_what_the_actor_may_see(toy, dispatcher):
    order = a_pending(toy, sure=0.3)
    hill = factories.an_actor(Role.DISTRICT, Unit.objects.get(code="hill"))
    assert list(queries.waiting(dispatcher)) == [order]
    assert list(queries.waiting(hill)) == []


def test_proposals_ask_the_database_nothing(toy, django_assert_num_queries):
    orders = [a_pending(toy) for _ in range(3)]
    with django_assert_num_queries(0):
        found = actions.propose(orders, loaded=toy)
    assert [p.confidence for p in found] == [0.9, 0.9, 0.9]


def test_statements_do_not_grow_with_the_batch(toy):
    """On SQLite a statement carries at most 999 values, so that fifty rows of twenty columns already are two."""
    many = 50 if connection.vendor == "postgresql" else 20
    counts = []
    for size in (1, many):
        orders = [a_pending(toy, category="0101") for _ in range(size)]
        with CaptureQueriesContext(connection) as seen:
            actions.assign(orders, by=RULE, at=AT, loaded=toy)
        counts.append({"assign": len(seen)})
    assert verbs.does_not_grow(*counts)

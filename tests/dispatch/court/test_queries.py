"""What the court has found: counted for units, people and lines of the catalogue, and given on to those who learn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.dispatch import actions as dispatch
from jieban.dispatch.court import actions, queries, tasks
from jieban.dispatch.court.models import Objection
from jieban.dispatch.models import DutyChange
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.orders.models import Message, Order
from tests import factories, verbs
from tests.dispatch.court import cases
from tests.dispatch.court.cases import HOUR, objected, part, refused, verdict
from tests.factories import AT

pytestmark = pytest.mark.django_db
PERIOD = queries.Period(AT - timedelta(days=1), AT + timedelta(days=1))


def sent(toy, by=None) -> Order:
    """An order that somebody sent to Mill Parish."""
    places = {"street_id": toy.unit_ids["mill"], "district_id": toy.unit_ids["north"]}
    order = factories.an_order(state="pending_dispatch", urgency="7d", category="0101", **places)
    by = by or factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    dispatch.send([order], [Target("mill", LEAD)], "试派", by=by, at=AT, loaded=toy)
    return order


def test_wrong_dispatch_is_counted_for_who_sent_and_false_objection_for_the_unit(toy):
    by, anyone = factories.an_actor(Role.DISPATCHER, verbs.unit("hall")), cases.judge()
    right, wrong = sent(toy, by), sent(toy, by)
    actions.keep([objected(toy, part(right, "mill"))], verdict(toy, by=anyone))
    refused(toy, wrong, "mill", to="hill", at=AT + HOUR, by=anyone)
    [unit] = queries.false_objections(PERIOD, anyone)
    assert (unit.key, unit.part, unit.whole) == ("mill", 1, 2)
    people = {tally.key: (tally.part, tally.whole) for tally in queries.wrong_by_person(PERIOD, anyone)}
    assert people == {str(by.person_id): (1, 2), str(anyone.person_id): (0, 1)}
    assert list(queries.orders_behind("kept", "mill", PERIOD, anyone)) == [right]
    assert set(queries.orders_behind("decided", "mill", PERIOD, anyone)) == {right, wrong}
    assert list(queries.orders_behind("wrong", str(by.person_id), PERIOD, anyone)) == [wrong]
    assert set(queries.orders_behind("sent", str(by.person_id), PERIOD, anyone)) == {right, wrong}


def test_wrong_line_of_the_catalogue_is_counted(toy):
    order = verbs.dispatched(toy, urgency="7d")
    anyone = cases.judge()
    refused(toy, order, "mill", to="hill", at=AT + HOUR, by=anyone)
    [line] = queries.wrong_by_duty(PERIOD, anyone)
    assert (line.key, line.part, line.whole) == ("D1", 1, 1)
    assert list(queries.orders_behind("wrong_duty", "D1", PERIOD, anyone)) == [order]


def test_district_counts_its_own_units_only(toy):
    actions.keep([objected(toy, part(sent(toy), "mill"))], verdict(toy))
    inside, outside = (factories.an_actor(Role.LEADER, verbs.unit(code)) for code in ("north", "water"))
    assert [len(queries.false_objections(PERIOD, who)) for who in (inside, outside)] == [1, 0]


def test_wish_becomes_a_proposal_for_the_catalogue(toy):
    order, by = sent(toy), cases.judge()
    case = refused(toy, order, "mill", to="hill", at=AT + HOUR, by=by, change="界河对岸归 Hill")
    [change] = DutyChange.objects.all()
    assert (change.origin, change.state, change.orders, change.reason) == (
        "court",
        "proposed",
        [order.number],
        "界河对岸归 Hill",
    )
    assert {name: change.cells[name] for name in ("category", "territory", "lead")} == {
        "category": "0101",
        "territory": "mill",
        "lead": "hill",
    }
    assert change.proposer_id == by.person_id
    assert list(queries.changes_wanted()) == [case]


def test_wish_that_no_catalogue_can_take_stays_in_the_case(toy):
    order = sent(toy)
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    case = refused(toy, order, "hill", at=AT + 2 * HOUR, change="桥面归谁要会商定")
    assert (DutyChange.objects.count(), list(queries.changes_wanted())) == (0, [case])


def test_last_verdict_says_the_right_unit(toy):
    kept, passed, open_ = sent(toy), sent(toy), sent(toy)
    actions.keep([objected(toy, part(kept, "mill"))], verdict(toy))
    refused(toy, passed, "mill", to="hill", at=AT + HOUR)
    handling.sign([part(passed, "hill")], by=verbs.clerk("hill"), at=AT + 2 * HOUR)
    actions.keep([objected(toy, part(passed, "hill"), at=AT + 3 * HOUR)], verdict(toy, at=AT + 4 * HOUR))
    objected(toy, part(open_, "mill"))
    found = [(case.order_id, case.stage, case.unit.code) for case in queries.corrected()]
    assert found == [(kept.pk, "kept", "mill"), (passed.pk, "kept", "hill")]
    assert list(queries.corrected(since=AT + 3 * HOUR).values_list("order", flat=True)) == [passed.pk]


def test_late_review_is_told_to_the_centre_and_the_district_once(toy):
    case = objected(toy, part(sent(toy), "mill"), to="hill")
    due = Objection.objects.get(pk=case.pk).review_due
    assert tasks.warn_late(at=due) == 0
    assert tasks.warn_late(at=due + timedelta(minutes=1)) == 1
    assert tasks.warn_late(at=due + timedelta(minutes=2)) == 0
    told = Message.objects.filter(topic="review_late").values_list("unit__code", flat=True)
    assert sorted(told) == ["hall", "north"]
    assert case.order.entries.latest("seq").move == "warn"


def test_case_of_an_assignment_that_ended_otherwise_is_closed(toy):
    case = objected(toy, part(sent(toy), "mill"))
    factories.walk(part(case.order, "mill"), "withdraw", changes={"ended_at": AT + 2 * HOUR}, at=AT + 2 * HOUR)
    tasks.warn_late(at=AT + 3 * HOUR)
    assert Objection.objects.get().stage == "void"


def test_confidential_orders_teach_nobody(toy):
    order = sent(toy)
    actions.keep([objected(toy, part(order, "mill"))], verdict(toy))
    Order.objects.filter(pk=order.pk).update(confidential=True)
    like = queries.likeness(Objection.objects.select_related("order", "unit", "proposed").get())
    assert (list(queries.corrected()), queries.precedents(like, toy.pack, cases.judge())) == ([], [])

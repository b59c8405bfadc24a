"""Firm first and its fall-back, a sub-centre, passed on by a district: who comes in, who goes, until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch import actions, taking_over, tasks
from jieban.dispatch.actions import Terms
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.handling import actions as handling
from jieban.orders import verify
from jieban.orders.models import Message, Order
from tests import factories, verbs
from tests.dispatch.market_town import a_dispute, a_pending
from tests.factories import AT

HOUR = timedelta(hours=1)


def parts(order: Order) -> list[tuple[str, str, str]]:
    return [(p.unit.code, p.role, p.state) for p in order.assignments.select_related("unit").order_by("no")]


def test_firm_goes_first_with_its_own_clocks_and_the_order_names_who_takes_over(town):
    order = a_dispute(town)
    [part] = verbs.parts(order)
    assert (part.unit.code, part.role, part.came_by) == ("shoply", "lead", "firm_first")
    assert (part.sign_due, part.respond_due, part.handle_due) == (AT + 4 * HOUR, AT + 24 * HOUR, AT + 48 * HOUR)
    assert (order.dispatch["way"], order.dispatch["fallback"], order.dispatch["duty"]) == ("firm_first", "market", "G1")
    assert order.due_at == AT + timedelta(days=7)
    assert order.dispatch["reason"].endswith("Shoply主办（绿色通道，企业先行），谈不成转Market Office")


def test_dispute_without_a_firm_in_its_words_goes_to_the_regulator_at_once(town):
    order = a_dispute(town, title="No refund", content="Some shop online keeps my money.")
    assert parts(order) == [("market", "lead", "sent")]
    assert order.dispatch["way"] == "direct"


def test_firm_in_time_is_left_alone(town):
    order = a_dispute(town)
    assert tasks.take_over(at=AT + 4 * HOUR, loaded=town) == 0
    verbs.contact(verbs.parts(order), at=AT + HOUR)
    assert tasks.take_over(at=AT + 48 * HOUR, loaded=town) == 0
    assert parts(order) == [("shoply", "lead", "responded")]


@pytest.mark.parametrize(
    ("signed", "answered", "hours", "why"),
    [(False, False, 5, "unsigned"), (True, False, 25, "unanswered"), (True, True, 49, "unsettled")],
)
def test_regulator_takes_over_when_the_firm_lets_a_limit_pass(town, signed, answered, hours, why):
    order = a_dispute(town)
    [part] = verbs.parts(order)
    if signed:
        handling.sign([part], by=verbs.clerk("shoply"), at=AT + HOUR)
    if answered:
        handling.respond([part], way="phone", outcome="reached", by=verbs.clerk("shoply"), at=AT + 2 * HOUR)
    assert tasks.take_over(at=AT + hours * HOUR, loaded=town) == 1
    assert parts(order) == [("shoply", "lead", "terminated"), ("market", "lead", "sent")]
    order.refresh_from_db()
    assert (order.dispatch["fell_back"]["why"], order.dispatch["fell_back"]["to"]) == (why, "market")
    assert order.entries.get(move="join").records["why"] == why
    assert tasks.take_over(at=AT + hours * HOUR, loaded=town) == 0
    assert verify.verify().broken == []


def test_regulator_takes_over_when_the_firm_objects(town):
    order = a_dispute(town)
    [part] = verbs.parts(order)
    factories.walk(part, "object", by=verbs.clerk("shoply"), at=AT + HOUR)
    assert tasks.take_over(at=AT + HOUR, loaded=town) == 1
    assert parts(order) == [("shoply", "lead", "terminated"), ("market", "lead", "sent")]


def test_regulator_takes_over_when_the_citizen_says_no(town):
    order = verbs.asked(town, category="0201", title="Shoply will not pay back")
    verbs.say(town, order, solved="no", satisfied="no", at=AT + 4 * HOUR)
    assert parts(order) == [("shoply", "lead", "sent")]
    assert tasks.take_over(at=AT + 4 * HOUR, loaded=town) == 1
    order.refresh_from_db()
    assert (order.state, parts(order)) == ("rework", [("shoply", "lead", "terminated"), ("market", "lead", "sent")])
    assert order.dispatch["fell_back"]["why"] == "unsolved"


def test_both_and_the_citizen_are_told_when_the_regulator_takes_over(town):
    order = a_dispute(town)
    tasks.take_over(at=AT + 5 * HOUR, loaded=town)
    told = Message.objects.filter(order=order, topic__in=("withdrawn", "assigned", "taken_over")).order_by("pk")
    assert [(m.topic, m.unit.code if m.unit else "citizen") for m in told] == [
        ("assigned", "shoply"), ("withdrawn", "shoply"), ("assigned", "market"), ("taken_over", "citizen"),
    ]  # fmt: skip


def test_regulator_gets_what_is_left_of_the_citizens_clock_but_half_a_fresh_one_at_least(town):
    early, late = a_dispute(town), a_dispute(town, at=AT - timedelta(days=6))
    tasks.take_over(at=AT + 5 * HOUR, loaded=town)
    own = {order.pk: verbs.parts(order)[1].handle_due for order in (early, late)}
    assert own == {early.pk: AT + timedelta(days=7), late.pk: AT + 5 * HOUR + timedelta(days=3.5)}
    late.refresh_from_db()
    assert late.due_at == AT + timedelta(days=1)


def test_order_waits_for_a_person_when_nobody_is_known_to_take_over(town):
    order = a_dispute(town, street_id=None, district_id=None)
    Order.objects.filter(pk=order.pk).update(dispatch={**order.dispatch, "fallback": ""})
    tasks.take_over(at=AT + 5 * HOUR, loaded=town)
    order.refresh_from_db()
    assert (order.state, parts(order)) == ("pending_dispatch", [("shoply", "lead", "terminated")])


def test_taking_over_takes_no_more_statements_for_many(town):
    many = 50 if connection.vendor == "postgresql" else 20
    counts = []
    for size in (1, many):
        for _ in range(size):
            a_dispute(town)
        with CaptureQueriesContext(connection) as seen:
            assert tasks.take_over(at=AT + 5 * HOUR, loaded=town) == size
        counts.append({"take over": len(seen)})
    assert verbs.does_not_grow(*counts)


def test_dispatcher_sends_firm_first_by_hand_only_with_who_takes_over(town):
    order = a_pending(town)
    by = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    for terms in (Terms(way="firm_first"), Terms(way="firm_first", fallback="bazaar")):
        with pytest.raises(BadInput):
            actions.send([order], [Target("bazaar")], "先协商", by=by, at=AT, loaded=town, terms=terms)
    good = Terms(way="firm_first", fallback="market")
    [part] = actions.send([order], [Target("bazaar")], "先协商", by=by, at=AT, loaded=town, terms=good)
    assert (part.came_by, part.handle_due) == ("firm_first", AT + timedelta(hours=2))
    order.refresh_from_db()
    assert order.dispatch["fallback"] == "market"


def test_sub_centre_gets_the_order_with_the_transfer_on_record(town):
    order = a_pending(town, urgency="7d")
    by = factories.an_actor(Role.AGENT, verbs.unit("hall"))
    [part] = actions.transfer([order], line="line_tax", three_way=True, by=by, at=AT, loaded=town, note="申报问题")
    assert (part.unit.code, part.role, part.came_by, part.handle_due) == (
        "taxline", "lead", "subcentre", AT + timedelta(days=7),
    )  # fmt: skip
    order.refresh_from_db()
    told = {"line": "line_tax", "name": "Tax line", "number": "999", "three_way": True, "at": AT.isoformat()}
    assert (order.dispatch["way"], order.dispatch["transfer"]) == ("subcentre", told)
    assert order.entries.get(move="dispatch").records["transfer"] == told
    with pytest.raises(BadInput):
        actions.transfer([order], line="phone", three_way=True, by=by, at=AT, loaded=town)


def test_catalogue_line_may_name_a_sub_centre(town):
    order = verbs.dispatched(town, category="0202")
    assert (parts(order), order.dispatch["way"]) == ([("taxline", "lead", "sent")], "subcentre")


def test_order_without_a_line_goes_to_the_district_as_fallback(town):
    order = a_pending(town, category="02")
    by = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    [part] = actions.accept([order], by=by, at=AT, loaded=town)
    order.refresh_from_db()
    assert (part.unit.code, part.came_by, order.dispatch["way"]) == ("north", "fallback", "fallback")
    assert order.dispatch["reason"] == "目录没有对应条目，兜底派给North Ward"


def district_part(town):
    order = a_pending(town, category="02", urgency="7d")
    by = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    [part] = actions.accept([order], by=by, at=AT, loaded=town)
    return order, part, factories.an_actor(Role.DISTRICT, verbs.unit("north"))


def test_district_passes_on_to_a_street_of_its_own(town):
    order, part, district = district_part(town)
    sent = {"by": district, "at": AT + HOUR, "loaded": town}
    taking_over.pass_on(part, [Target("mill"), Target("north-roads", ASSIST)], "在石桥北侧", keep=False, **sent)
    assert parts(order) == [
        ("north", "lead", "terminated"), ("mill", "lead", "sent"), ("north-roads", "assist", "sent"),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.dispatch["passed_on"]["from"] == "north"
    assert order.entries.get(move="join").records["first"] == {"unit": "north", "name": "North Ward", "keep": False}
    assert verbs.parts(order)[1].handle_due == AT + timedelta(days=7)
    assert verify.verify().broken == []


def test_district_that_keeps_the_lead_is_assisted(town):
    order, part, district = district_part(town)
    taking_over.pass_on(part, [Target("mill")], "配合现场", keep=True, by=district, at=AT + HOUR, loaded=town)
    assert parts(order) == [("north", "lead", "sent"), ("mill", "assist", "sent")]


@pytest.mark.parametrize(
    ("targets", "reason", "why"),
    [
        ([Target("dale")], "那边的", "不在本区"),
        ([Target("north")], "自己办", "不在本区"),
        ([Target("mill")], "", "为什么"),
        ([], "没人", "至少选一个"),
        ([Target("mill", ASSIST)], "协办", "至少选一个主办"),
    ],
)
def test_district_cannot_pass_on_like_this(town, targets, reason, why):
    order, part, district = district_part(town)
    with pytest.raises(BadInput) as caught:
        taking_over.pass_on(part, targets, reason, keep=False, by=district, at=AT + HOUR, loaded=town)
    assert why in str(caught.value)
    assert parts(order) == [("north", "lead", "sent")]


def test_street_cannot_pass_on_and_no_unit_comes_twice(town):
    _, part, district = district_part(town)
    with pytest.raises(NotAllowed):
        taking_over.pass_on(part, [Target("hill")], "不归我", keep=False, by=verbs.clerk("mill"), at=AT, loaded=town)
    taking_over.pass_on(part, [Target("mill")], "配合现场", keep=True, by=district, at=AT + HOUR, loaded=town)
    with pytest.raises(BadInput) as caught:
        taking_over.pass_on(part, [Target("mill")], "再派", keep=True, by=district, at=AT + 2 * HOUR, loaded=town)
    assert str(caught.value) == "Mill Parish已经在办这件了，请去掉它。"


def test_both_units_of_a_dual_dispatch_lead_and_both_must_report(town):
    order = verbs.answered(town, Target("mill", LEAD), Target("north-roads", LEAD))
    first, second = verbs.parts(order)
    verbs.finish([first], at=AT + 2 * HOUR)
    order.refresh_from_db()
    assert order.state == "handling"
    verbs.finish([second], at=AT + 3 * HOUR)
    order.refresh_from_db()
    assert (order.state, order.dispatch["way"]) == ("replied", "dual")

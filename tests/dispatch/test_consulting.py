"""Consultation before dispatch and division of duty on the spot: who is asked, who says what, what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch import actions, consulting, queries, tasks
from jieban.dispatch.actions import Terms
from jieban.dispatch.consulting import Call
from jieban.dispatch.rules import ASSIST, Target
from jieban.dispatch.talks import Consultation, View
from jieban.orders import verify
from jieban.orders.models import Message
from tests import factories, verbs
from tests.dispatch.market_town import a_pending
from tests.factories import AT

HOUR = timedelta(hours=1)


@pytest.fixture
def dispatcher(town):
    return factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))


def a_call(**given) -> Call:
    values = {
        "way": "meeting", "ground": "border", "units": ["mill", "water"], "question": "谁来修这段管？",
        "until": AT + 8 * HOUR,
    }  # fmt: skip
    return Call(**{**values, **given})


def called(town, dispatcher, **given):
    order = a_pending(town)
    [talk] = consulting.consult([order], a_call(**given), by=dispatcher, at=AT, loaded=town)
    return order, talk, list(View.objects.filter(consultation=talk).order_by("pk"))


def test_units_are_told_and_find_the_question_without_the_record(town, dispatcher):
    order, talk, _ = called(town, dispatcher)
    order.refresh_from_db()
    assert (order.state, talk.decide_by) == ("consulting", AT + 12 * HOUR)
    told = Message.objects.filter(order=order, topic="consulted").order_by("pk")
    assert [m.unit.code for m in told] == ["mill", "water"]
    [mine] = queries.asked(verbs.clerk("water"))
    assert (mine.unit.code, mine.consultation.question) == ("water", "谁来修这段管？")
    assert list(queries.asked(verbs.clerk("hill"))) == []
    records = order.entries.get(move="consult").records
    assert [unit["unit"] for unit in records["participants"]] == ["mill", "water"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"units": []}, "至少请一个"),
        ({"units": ["mill", "mill"]}, "请了两次"),
        ({"units": ["nobody"]}, "不在现行单位表"),
        ({"question": "谁"}, "要商量什么"),
        ({"until": AT}, "已经过了"),
        ({"way": "on_site"}, "在哪里碰头"),
        ({"ground": "because"}, "为什么"),
    ],
)
def test_call_that_cannot_be_is_refused_with_its_reason(town, dispatcher, given, why):
    order = a_pending(town)
    with pytest.raises(BadInput) as caught:
        consulting.consult([order], a_call(**given), by=dispatcher, at=AT, loaded=town)
    assert why in str(caught.value)
    order.refresh_from_db()
    assert (order.state, Consultation.objects.count()) == ("pending_dispatch", 0)


def test_each_unit_gives_its_own_view_and_nobody_elses(town, dispatcher):
    order, _, (mill, water) = called(town, dispatcher)
    with pytest.raises(NotAllowed):
        consulting.say(mill, "归水厂", by=verbs.clerk("water"), at=AT + HOUR)
    consulting.say(water, "管是街道自己接的", part="只管阀门以前", by=verbs.clerk("water"), at=AT + HOUR)
    consulting.say(mill, "管在墙外，归水厂", by=verbs.clerk("mill"), at=AT + 9 * HOUR)
    said = [e.records for e in order.entries.filter(move="view").order_by("seq")]
    assert [(s["unit"], s["view"], s.get("part"), s.get("late")) for s in said] == [
        ("water", "管是街道自己接的", "只管阀门以前", None), ("mill", "管在墙外，归水厂", None, True),
    ]  # fmt: skip


def test_decision_is_a_dispatch_with_reason_that_carries_the_views(town, dispatcher):
    order, talk, (_mill, water) = called(town, dispatcher)
    consulting.say(water, "阀门以前归我们", by=verbs.clerk("water"), at=AT + HOUR)
    order.refresh_from_db()
    targets = [Target("water"), Target("mill", ASSIST)]
    with pytest.raises(BadInput) as caught:
        actions.send([order], targets, "", by=dispatcher, at=AT + 2 * HOUR, loaded=town)
    assert "会商以后定单位" in str(caught.value)
    terms = Terms(parts={"water": "修管", "mill": "清路"})
    actions.send([order], targets, "照水厂的意见分", by=dispatcher, at=AT + 2 * HOUR, loaded=town, terms=terms)
    records = order.entries.get(move="dispatch").records
    assert [(v["unit"], v["view"]) for v in records["consultation"]["views"]] == [
        ("mill", ""),
        ("water", "阀门以前归我们"),
    ]
    assert [(u["unit"], u["part"]) for u in records["units"]] == [("water", "修管"), ("mill", "清路")]
    assert (records["hint"]["category"], records["hint"]["street"]) == ("0102", "mill")
    talk.refresh_from_db()
    assert (talk.outcome, talk.ended_at) == ("dispatched", AT + 2 * HOUR)
    with pytest.raises(Conflict):
        consulting.say(View.objects.get(pk=water.pk), "再说一句", by=verbs.clerk("water"), at=AT + 3 * HOUR)
    assert verify.verify().broken == []


def test_on_the_spot_it_is_written_who_came_when_and_what_was_found(town, dispatcher):
    order, _, (mill, _water) = called(
        town, dispatcher, way="on_site", ground="ownership", spot="Long Lane 3", until=AT + 3 * HOUR
    )
    by = verbs.clerk("mill")
    with pytest.raises(BadInput) as caught:
        consulting.say(mill, "归水厂", by=by, at=AT + 3 * HOUR)
    assert str(caught.value) == "请写几点到的现场。"
    with pytest.raises(BadInput):
        consulting.say(mill, "归水厂", arrived_at=AT + 4 * HOUR, by=by, at=AT + 3 * HOUR)
    consulting.say(mill, "归水厂", arrived_at=AT + 2 * HOUR, found="管在墙外", by=by, at=AT + 3 * HOUR)
    said = order.entries.get(move="view").records
    assert (said["arrived_at"], said["found"], said.get("late")) == ("2026-03-02T03:00:00.000000Z", "管在墙外", None)


def test_undecided_consultation_goes_to_the_district_as_fallback(town, dispatcher):
    order, talk, _ = called(town, dispatcher)
    assert tasks.undecided(at=AT + 12 * HOUR, loaded=town) == 0
    assert tasks.undecided(at=AT + 12 * HOUR + timedelta(minutes=1), loaded=town) == 1
    order.refresh_from_db()
    talk.refresh_from_db()
    [part] = verbs.parts(order)
    assert (order.state, part.unit.code, part.came_by, talk.outcome) == ("dispatched", "north", "fallback", "fallback")
    assert order.dispatch["reason"] == "会商到期没有定下，兜底派给North Ward"
    assert tasks.undecided(at=AT + 13 * HOUR, loaded=town) == 0


def test_second_call_closes_the_first(town, dispatcher):
    order, talk, _ = called(town, dispatcher)
    order.refresh_from_db()
    consulting.consult([order], a_call(units=["hill"]), by=dispatcher, at=AT + HOUR, loaded=town)
    talk.refresh_from_db()
    assert (talk.outcome, Consultation.objects.filter(order=order, ended_at=None).count()) == ("again", 1)


def test_clerk_cannot_call_a_consultation(town):
    order = a_pending(town)
    with pytest.raises(NotAllowed):
        consulting.consult([order], a_call(), by=verbs.clerk("mill"), at=AT, loaded=town)
    assert Consultation.objects.count() == 0


def test_confidential_words_are_not_put_to_the_units(town, dispatcher):
    order = a_pending(town, confidential=True)
    [talk] = consulting.consult([order], a_call(), by=dispatcher, at=AT, loaded=town)
    assert talk.brief == ""

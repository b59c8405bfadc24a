"""A unit's work through the door: forty at once, only in its own house, and 单位已办结 when all have reported."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import actions
from jieban.orders.models import Assignment, Attachment, Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, parts

HOUR = timedelta(hours=1)
MILL = Target("mill", LEAD)


@pytest.fixture
def mill(toy):
    return clerk("mill")


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_forty_are_signed_at_once(toy, mill):
    orders = [verbs.dispatched(toy, MILL) for _ in range(40)]
    actions.sign(parts(*orders), by=mill, at=AT + HOUR)
    assert {(a.state, a.signed_at) for a in parts(*orders)} == {("signed", AT + HOUR)}
    assert {order.state for order in Order.objects.all()} == {"dispatched"}


def test_one_that_cannot_be_signed_leaves_the_whole_batch(toy, mill):
    orders = [verbs.dispatched(toy, MILL) for _ in range(3)]
    actions.sign(parts(orders[1]), by=mill, at=AT)
    with pytest.raises(Conflict):
        actions.sign(parts(*orders), by=mill, at=AT + HOUR)
    assert [a.state for a in parts(*orders)] == ["sent", "signed", "sent"]


def test_unit_cannot_touch_what_another_holds(toy):
    order = verbs.dispatched(toy, MILL)
    with pytest.raises(NotAllowed) as caught:
        actions.sign(parts(order), by=clerk("hill"), at=AT)
    assert str(caught.value) == f"{order.number} 不归Hill Parish办，请在自己的工作台里选。"
    assert parts(order)[0].state == "sent"


def test_first_contact_sets_the_order_going(toy, mill):
    order = verbs.dispatched(toy, MILL)
    actions.sign(parts(order), by=mill, at=AT)
    actions.respond(parts(order), way="phone", outcome="reached", note="约好周二看现场", by=mill, at=AT + HOUR)
    [part] = parts(order)
    assert (part.state, part.responded_at, state_of(order)) == ("responded", AT + HOUR, "handling")
    assert [e.move for e in order.entries.order_by("seq")][-2:] == ["respond", "begin"]


def test_second_unit_contacting_does_not_begin_twice(toy):
    order = verbs.answered(toy)
    assert [e.move for e in order.entries.order_by("seq")].count("begin") == 1


def test_call_that_reaches_nobody_is_noted_and_the_clock_runs_on(toy, mill):
    order = verbs.dispatched(toy, MILL)
    actions.sign(parts(order), by=mill, at=AT)
    actions.respond(parts(order), way="phone", outcome="no_answer", by=mill, at=AT + HOUR)
    [part] = parts(order)
    assert (part.state, part.responded_at, state_of(order)) == ("signed", None, "dispatched")
    last = order.entries.order_by("-seq")[0]
    assert last.records == {"way": "phone", "outcome": "no_answer", "note": "电话联系：没人接"}


def test_citizen_is_told_by_sms_only_where_wished(toy, mill):
    quiet = verbs.dispatched(toy, MILL, contact=factories.a_contact(sms=False))
    told = verbs.dispatched(toy, MILL)
    verbs.contact(parts(quiet, told), at=AT + HOUR)
    assert not Message.objects.filter(order=quiet, way="sms").exists()
    sms = Message.objects.get(order=told, way="sms")
    assert crypto.unseal(sms.recipient) == "13800001234"
    assert sms.body["text"] == (f"您反映的事（{told.number}）由Mill Parish办理，已经联系过您，3月3日 09:00 前答复您。")
    assert sms.sent_at is None


def test_note_carries_files_into_the_timeline(toy, mill):
    order = verbs.answered(toy, MILL)
    photo = Attachment(name="before.jpg", mime="image/jpeg", size=7, sha256="a" * 64, stage="before")
    actions.note(parts(order), text="看过现场", files=[photo], by=mill, at=AT + 2 * HOUR)
    last = order.entries.order_by("-seq")[0]
    [kept] = order.attachments.all()
    assert (last.move, last.records["note"], kept.seq, kept.name) == ("note", "看过现场", last.seq, "before.jpg")
    assert verify().broken == []


def test_empty_note_is_refused(toy, mill):
    order = verbs.answered(toy, MILL)
    with pytest.raises(BadInput):
        actions.note(parts(order), text="  ", by=mill, at=AT + 2 * HOUR)


def test_work_is_handed_down_to_a_community_which_then_sees_it(toy, mill):
    order = verbs.answered(toy, MILL)
    actions.hand_down(parts(order), to=verbs.unit("c1"), instruction="上门看看", by=mill, at=AT + 2 * HOUR)
    [part] = parts(order)
    assert (part.section.code, part.state, part.unit.code) == ("c1", "handling", "mill")
    below = clerk("c1")
    actions.note([part], text="社区已上门", by=below, at=AT + 3 * HOUR)
    assert order.entries.order_by("-seq")[0].actor == below.name


def test_handler_must_hold_a_post_where_the_work_goes(toy, mill):
    order = verbs.answered(toy, MILL)
    community = verbs.unit("c1")
    inside = factories.a_post(Role.CLERK, community).person
    outside = factories.a_post(Role.CLERK, verbs.unit("hill")).person
    with pytest.raises(BadInput):
        actions.hand_down(parts(order), to=community, instruction="去看", handler=outside, by=mill, at=AT + 2 * HOUR)
    actions.hand_down(parts(order), to=community, instruction="去看", handler=inside, by=mill, at=AT + 2 * HOUR)
    assert parts(order)[0].handler == inside


def test_work_is_not_handed_to_a_stranger(toy, mill):
    order = verbs.answered(toy, MILL)
    with pytest.raises(BadInput) as caught:
        actions.hand_down(parts(order), to=verbs.unit("hill"), instruction="去看", by=mill, at=AT + 2 * HOUR)
    assert str(caught.value) == "Hill Parish 不是Mill Parish的科室或社区，请重新选择。"


def test_order_is_replied_only_when_lead_and_assistants_have_reported(toy):
    order = verbs.answered(toy, MILL, Target("hill", ASSIST))
    first, second = parts(order)
    verbs.finish([first], at=AT + 2 * HOUR)
    assert (state_of(order), Order.objects.get(pk=order.pk).replied_at) == ("handling", None)
    verbs.finish([second], at=AT + 3 * HOUR)
    done = Order.objects.get(pk=order.pk)
    assert (done.state, done.replied_at, done.solved, done.satisfied) == ("replied", AT + 3 * HOUR, "", "")
    assert order.entries.get(move="conclude").records["units"] == [
        {"unit": "mill", "name": "Mill Parish", "role": "lead", "result": "done"},
        {"unit": "hill", "name": "Hill Parish", "role": "assist", "result": "done"},
    ]


def test_two_units_that_report_in_one_batch_conclude_the_order_once(toy):
    order = verbs.answered(toy, MILL, Target("c1", ASSIST))
    chief = factories.an_actor(Role.CHIEF, verbs.unit("mill"))
    actions.complete(parts(order), result="done", measures="填坑", reply=verbs.REPLY, by=chief, at=AT + 2 * HOUR)
    assert state_of(order) == "replied"
    assert order.entries.filter(move="conclude").count() == 1


def test_unit_that_was_only_told_is_let_go_when_the_others_are_done(toy):
    order = verbs.dispatched(toy, MILL, Target("hill", NOTICE))
    lead, told = parts(order)
    verbs.contact([lead], at=AT + HOUR)
    verbs.finish([lead], at=AT + 2 * HOUR)
    told.refresh_from_db()
    assert (state_of(order), told.state, told.ended_at) == ("replied", "terminated", AT + 2 * HOUR)


def test_completion_before_contact_is_refused(toy, mill):
    order = verbs.dispatched(toy, MILL)
    actions.sign(parts(order), by=mill, at=AT)
    with pytest.raises(Conflict):
        verbs.finish(parts(order), at=AT + HOUR)
    assert (parts(order)[0].state, state_of(order)) == ("signed", "dispatched")


def test_whole_work_verifies(toy):
    verbs.replied(toy, MILL, Target("hill", ASSIST), Target("water", NOTICE))
    verbs.replied(toy)
    assert verify().broken == []


VERBS = {
    "sign": lambda rows, by: actions.sign(rows, by=by, at=AT + HOUR),
    "respond": lambda rows, by: actions.respond(rows, way="phone", outcome="reached", by=by, at=AT + 2 * HOUR),
    "hand_down": lambda rows, by: actions.hand_down(
        rows, to=verbs.unit("c1"), instruction="去看", by=by, at=AT + 3 * HOUR
    ),
    "complete": lambda rows, by: actions.complete(
        rows, result="done", measures="填坑", reply=verbs.REPLY, by=by, at=AT + 4 * HOUR
    ),
}


def test_statements_do_not_grow_with_the_batch(toy, mill):
    """On SQLite a statement carries at most 999 values, so that fifty rows of twenty columns already are two."""
    many = 50 if connection.vendor == "postgresql" else 15
    counts: list[dict[str, int]] = []
    for size in (1, many):
        orders = [verbs.dispatched(toy, MILL) for _ in range(size)]
        counts.append({})
        for name, verb in VERBS.items():
            rows = list(Assignment.objects.filter(order__in=orders))
            with CaptureQueriesContext(connection) as seen:
                verb(rows, mill)
            counts[-1][name] = len(seen)
    assert verbs.does_not_grow(*counts)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_units_that_report_at_the_same_moment_conclude_the_order_once():
    """Each waits for the other's order row; whoever comes last sees that all have reported."""
    loaded = factories.a_loaded_city("toy")
    order = verbs.answered(loaded, MILL, Target("hill", ASSIST))
    clerks = {code: clerk(code) for code in ("mill", "hill")}
    ready = threading.Barrier(2)

    def report(part: Assignment) -> None:
        ready.wait(10)
        actions.complete(
            [part], result="done", measures="填坑", reply=verbs.REPLY, by=clerks[part.unit.code], at=AT + 2 * HOUR
        )
        connection.close()

    threads = [threading.Thread(target=report, args=(part,)) for part in parts(order)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (state_of(order), order.entries.filter(move="conclude").count()) == ("replied", 1)
    assert verify().broken == []

"""Callback through the door: 解决 and 满意 are what the citizen says, per unit and per round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.callback import actions, links
from jieban.callback.models import Attempt, Invite
from jieban.callback.rules import Said
from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import parts

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR
MILL = Target("mill", LEAD)
YES = Said(True, "yes", "yes", "good")
NO = Said(True, "no", "no", "bad", "路面又塌了")


@pytest.fixture
def caller(toy):
    return factories.an_actor(Role.CALLBACK, verbs.unit("hall"))


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def link_of(order: Order) -> str:
    sms = Message.objects.filter(order=order, topic="callback").latest("pk")
    return crypto.unseal(bytes.fromhex(sms.body["link"]))


def token_of(order: Order) -> str:
    return link_of(order).rsplit("/", 1)[1]


def test_callback_opens_with_a_one_time_link_of_which_only_the_print_is_kept(toy):
    order = verbs.asked(toy)
    [invite] = Invite.objects.all()
    assert fresh(order).state == "callback_pending"
    assert invite.fingerprint == crypto.fingerprint(token_of(order))
    assert invite.until == AT + 3 * HOUR + timedelta(days=7)
    assert link_of(order).startswith("http://127.0.0.1:8000/survey/")


def test_no_sms_goes_to_a_citizen_who_wants_none(toy):
    order = verbs.asked(toy, contact=factories.a_contact(sms=False))
    assert not Message.objects.filter(order=order, way="sms").exists()


def test_yes_closes_with_an_answer_for_every_unit_that_worked(toy):
    order = verbs.asked(toy, MILL, Target("hill", ASSIST), Target("water", NOTICE))
    assert verbs.say(toy, order, at=CALL) == "close"
    done = fresh(order)
    assert (done.state, done.solved, done.satisfied, done.contacted, done.reached) == (
        "closed", "yes", "yes", True, True,
    )  # fmt: skip
    assert (done.callback_at, done.closed_at) == (CALL, CALL)
    said = done.answers.order_by("pk").values_list("assignment__unit__code", "round", "solved", "satisfied", "attitude")
    assert list(said) == [("mill", 1, "yes", "yes", "good"), ("hill", 1, "yes", "yes", "good")]
    assert done.entries.get(move="close").role == "rule"


def test_no_sends_the_same_assignments_round_again_with_shorter_clocks(toy, caller):
    order = verbs.asked(toy, urgency="7d")
    assert actions.record(order, NO, way="phone", by=caller, at=CALL, loaded=toy) == "rework"
    again = fresh(order)
    assert (again.state, again.round, again.solved, again.satisfied) == ("rework", 2, "no", "no")
    assert (again.replied_at, again.due_at) == (None, CALL + timedelta(days=3))
    for part in parts(order):
        assert (part.state, part.round, part.result, part.reply) == ("sent", 2, "", "")
        assert (part.sent_at, part.handle_due) == (CALL, CALL + timedelta(days=3))
        assert (part.signed_at, part.responded_at, part.completed_at) == (None, None, None)
    cause = again.entries.get(move="rework").records["cause"]
    assert cause == "市民：没解决，不满意"
    assert again.entries.filter(move="redo").first().records["differently"] == "路面又塌了"


def test_citizen_is_told_that_it_is_done_again_and_until_when(toy):
    order = verbs.asked(toy, MILL, urgency="24h")
    verbs.say(toy, order, solved="no", at=CALL)
    sms = Message.objects.get(order=order, topic="rework", way="sms")
    assert sms.body["text"] == (
        f"您反映的事（{order.number}），您说的话记下了，已请原单位重新办理，3月3日 01:00 前答复您。"
    )


@pytest.mark.parametrize(("urgency", "hours"), [("2h", 1), ("24h", 12), ("7d", 72)])
def test_rework_takes_half_the_first_limit_or_the_packs_three_days(toy, urgency, hours):
    order = verbs.asked(toy, MILL, urgency=urgency)
    verbs.say(toy, order, solved="no", at=CALL)
    [part] = parts(order)
    assert part.handle_due == CALL + hours * HOUR
    assert part.sign_due <= part.handle_due
    assert part.respond_due <= part.handle_due


def test_rework_is_done_again_and_asked_again(toy):
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, solved="no", satisfied="no", at=CALL)
    verbs.contact(parts(order), at=CALL + HOUR)
    verbs.finish(parts(order), at=CALL + 2 * HOUR)
    actions.open([fresh(order)], by=verbs.RULE, at=CALL + 3 * HOUR, loaded=toy)
    assert verbs.say(toy, fresh(order), at=CALL + 4 * HOUR) == "close"
    done = fresh(order)
    assert (done.state, done.solved, done.round) == ("closed", "yes", 2)
    assert list(done.answers.order_by("round").values_list("round", "solved")) == [(1, "no"), (2, "yes")]
    assert verify().broken == []


def test_leader_may_ask_and_the_rule_does_what_follows(toy):
    order = verbs.asked(toy)
    leader = factories.an_actor(Role.LEADER, verbs.unit("hall"))
    actions.record(order, NO, way="phone", by=leader, at=CALL, loaded=toy)
    roles = dict(fresh(order).entries.filter(move__in=("ask", "rework")).values_list("move", "role"))
    assert roles == {"ask": "leader", "rework": "rule"}


def test_unanswered_question_writes_nothing(toy, caller):
    order = verbs.asked(toy)
    with pytest.raises(BadInput):
        actions.record(order, Said(True), way="phone", by=caller, at=CALL, loaded=toy)
    assert (fresh(order).state, fresh(order).answers.count()) == ("callback_pending", 0)


def test_link_takes_one_answer_once(toy):
    order = verbs.asked(toy)
    token = token_of(order)
    assert links.read(token, at=CALL).order == order
    assert actions.record_by_link(token, YES, at=CALL, loaded=toy) == "close"
    assert fresh(order).answers.first().way == "web"
    assert fresh(order).entries.get(move="ask").role == "citizen"
    with pytest.raises(Conflict) as caught:
        actions.record_by_link(token, NO, at=CALL, loaded=toy)
    assert str(caught.value).startswith("您已经评价过了")
    assert fresh(order).solved == "yes"


def test_link_of_a_bad_answer_is_not_used_up(toy):
    order = verbs.asked(toy)
    with pytest.raises(BadInput):
        actions.record_by_link(token_of(order), Said(True), at=CALL, loaded=toy)
    assert actions.record_by_link(token_of(order), YES, at=CALL, loaded=toy) == "close"


def test_link_expires_and_unknown_links_say_so(toy):
    order = verbs.asked(toy)
    for token, moment, words in (
        ("x" * 43, CALL, "这个链接不对。"),
        (token_of(order), AT + timedelta(days=8), "这个链接过期了。"),
    ):
        with pytest.raises(Conflict) as caught:
            links.read(token, at=moment)
        assert str(caught.value).startswith(words)


def test_link_of_an_earlier_round_no_longer_works(toy, caller):
    order = verbs.asked(toy, MILL)
    token = token_of(order)
    actions.record(order, NO, way="phone", by=caller, at=CALL, loaded=toy)
    with pytest.raises(Conflict) as caught:
        links.read(token, at=CALL)
    assert str(caught.value).startswith("这件事现在不在等您评价")


def test_vain_tries_are_counted_and_the_next_is_set_until_they_run_out(toy, caller):
    order = verbs.asked(toy)
    first = actions.attempt([order], way="phone", outcome="no_answer", by=caller, at=CALL, loaded=toy)
    second = actions.attempt([order], way="phone", outcome="off", by=caller, at=CALL + 5 * HOUR, loaded=toy)
    assert [(a.no, a.again_at is None) for a in (*first, *second)] == [(1, False), (2, True)]
    assert fresh(order).attempts == 2
    assert list(Attempt.objects.order_by("no").values_list("outcome", "by__pk")) == [
        ("no_answer", caller.person_id),
        ("off", caller.person_id),
    ]


def test_agreed_time_is_kept_even_on_the_last_try(toy, caller):
    order = verbs.asked(toy)
    agreed = CALL + timedelta(days=2)
    for moment in (CALL, CALL + HOUR):
        [row] = actions.attempt(
            [order], way="phone", outcome="later", by=caller, at=moment, loaded=toy, again_at=agreed
        )
    assert row.again_at == agreed
    with pytest.raises(BadInput):
        actions.attempt([order], way="phone", outcome="later", by=caller, at=CALL, loaded=toy, again_at=AT)


def test_given_up_order_closes_without_a_valid_answer(toy):
    order = verbs.asked(toy, MILL)
    actions.give_up([order], by=actors.rule("多次联系不上"), at=CALL)
    done = fresh(order)
    assert (done.state, done.reached, done.solved, done.satisfied, done.contacted) == ("closed", False, "", "", None)
    assert done.entries.get(move="close").records == {"result": "联系不上"}
    assert list(done.answers.values_list("reached", "solved", "contacted")) == [(False, "", None)]


def test_link_goes_on_working_through_vain_tries(toy, caller):
    order = verbs.asked(toy)
    actions.attempt([order], way="phone", outcome="no_answer", by=caller, at=CALL, loaded=toy)
    assert actions.record_by_link(token_of(order), YES, at=CALL + HOUR, loaded=toy) == "close"


VERBS = {
    "open": lambda toy, by, rows: actions.open(rows, by=verbs.RULE, at=AT + 3 * HOUR, loaded=toy),
    "attempt": lambda toy, by, rows: actions.attempt(
        rows, way="phone", outcome="busy", by=by, at=AT + 4 * HOUR, loaded=toy
    ),
    "record": lambda toy, by, rows: actions.record_all(
        [(row, NO) for row in rows], way="phone", by=by, at=CALL, loaded=toy
    ),
}


def test_statements_do_not_grow_with_the_batch(toy, caller):
    """On SQLite a statement carries at most 999 values, so that fifty rows of twenty columns already are two."""
    many = 50 if connection.vendor == "postgresql" else 12
    counts: list[dict[str, int]] = []
    for size in (1, many):
        orders = [verbs.replied(toy, MILL) for _ in range(size)]
        counts.append({})
        for name, verb in VERBS.items():
            rows = list(Order.objects.filter(pk__in=[order.pk for order in orders]))
            with CaptureQueriesContext(connection) as seen:
                verb(toy, caller, rows)
            counts[-1][name] = len(seen)
    assert verbs.does_not_grow(*counts)


EXPLAINED = Said(True, "explained", "yes", "good", "政策讲明白了，就是钱少")


def test_explained_is_its_own_result_and_starts_no_round(toy, caller):
    order = verbs.asked(toy)
    assert actions.record(order, EXPLAINED, way="phone", by=caller, at=CALL, loaded=toy) == "close"
    order = fresh(order)
    assert (order.state, order.solved, order.satisfied) == ("closed", "explained", "yes")
    assert order.entries.get(move="close").records == {"result": "市民：没解决，但解释清楚了"}


def test_explained_but_not_content_is_a_double_no_and_raised_by_rule(toy, caller):
    order = verbs.asked(toy)
    said = Said(True, "explained", "no")
    assert actions.record(order, said, way="phone", by=caller, at=CALL, loaded=toy) == "rework"
    order = fresh(order)
    entry = order.entries.get(move="escalate")
    assert (order.escalated, order.raised_to.code) == (True, "north")
    assert (entry.role, entry.records["level"]) == ("rule", "区级")
    assert entry.records["reason"] == "双否：市民说没解决，也不满意"
    assert Message.objects.get(order=order, topic="escalated").unit.code == "north"


def test_single_no_is_raised_only_when_it_comes_to_the_third_round(toy, caller):
    order, moment = verbs.asked(toy, MILL), CALL
    raised = []
    for _ in range(2):
        actions.record(fresh(order), Said(True, "no", "yes"), way="phone", by=caller, at=moment, loaded=toy)
        raised.append(fresh(order).escalated)
        verbs.contact(parts(order), at=moment + HOUR)
        verbs.finish(parts(order), at=moment + 2 * HOUR)
        actions.open([fresh(order)], by=verbs.RULE, at=moment + 3 * HOUR, loaded=toy)
        moment += 4 * HOUR
    assert raised == [False, True]
    assert fresh(order).entries.filter(move="escalate").count() == 1


def test_of_two_units_judged_apart_only_the_one_with_a_no_works_again(toy, caller):
    order = verbs.asked(toy)
    said = Said(words="街道来了，道路所没来", each={1: YES, 2: NO})
    assert actions.record(order, said, way="phone", by=caller, at=CALL, loaded=toy) == "rework"
    good, bad = parts(order)
    assert [(p.state, p.round) for p in (good, bad)] == [("completed", 1), ("sent", 2)]
    answers = fresh(order).answers.order_by("assignment__no")
    assert [(a.solved, a.satisfied, a.words) for a in answers] == [
        ("yes", "yes", "街道来了，道路所没来"), ("no", "no", "路面又塌了")
    ]  # fmt: skip
    assert (fresh(order).solved, fresh(order).satisfied) == ("no", "no")
    verbs.contact([bad], at=CALL + HOUR)
    verbs.finish([Order.objects.get(pk=order.pk).assignments.get(no=2)], at=CALL + 2 * HOUR)
    assert fresh(order).state == "replied"
    actions.open([fresh(order)], by=verbs.RULE, at=CALL + 3 * HOUR, loaded=toy)
    assert actions.record(fresh(order), YES, way="phone", by=caller, at=CALL + 4 * HOUR, loaded=toy) == "close"
    given = fresh(order).answers.order_by("assignment__no", "round")
    assert list(given.values_list("assignment__no", "round", "solved")) == [(1, 1, "yes"), (2, 1, "no"), (2, 2, "yes")]
    assert verify().broken == []


def test_next_call_keeps_to_the_hours_a_citizen_named(toy, caller):
    order = verbs.asked(toy, contact=factories.a_contact(call_window="11:00-12:00"))
    [made] = actions.attempt([order], way="phone", outcome="busy", by=caller, at=AT + 6 * HOUR, loaded=toy)
    local = made.again_at.astimezone(factories.ZONE)
    assert (local.hour, local.date()) == (11, AT.date() + timedelta(days=1))

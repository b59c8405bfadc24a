"""What the citizen sees at each point of a life; nothing personal, nothing inside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.callback import actions as callback
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import actions as handling
from jieban.orders.models import Order
from jieban.orders.progress import STEPS, Progress, progress
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR
MILL = Target("mill", LEAD)
_ENDS = {"answered": "已经答复您", "guided": "已经告诉您该找谁", "transferred": "已经转接紧急线路"}


def seen(order: Order) -> Progress:
    fresh = Order.objects.get(pk=order.pk)
    parts = list(fresh.assignments.select_related("unit", "section").order_by("no"))
    return progress(fresh, parts, list(fresh.entries.order_by("seq")))


def now(view: Progress) -> str:
    [step] = [step.key for step in view.steps if step.state == "now"]
    return step


def stages(view: Progress) -> list[str]:
    return [stage.state for stage in view.stages]


def test_eight_steps_in_four_stages():
    assert len(STEPS) == 8


def test_before_dispatch_nobody_has_it(toy):
    view = seen(factories.an_order(state="pending_dispatch"))
    assert (now(view), view.holder, view.until, view.headline) == ("dispatched", "", None, "正在确定由谁来办")
    assert stages(view) == ["done", "now", "todo", "todo"]


def test_who_has_it_and_until_when_is_told_while_it_is_worked_on(toy):
    order = verbs.dispatched(toy, MILL, urgency="24h")
    view = seen(order)
    assert (now(view), view.holder, view.until) == ("signed", "Mill Parish", AT + 24 * HOUR)
    assert view.headline == "已派给Mill Parish"
    verbs.contact(verbs.parts(order), at=AT + HOUR)
    view = seen(order)
    assert [(s.words, s.at) for s in view.steps[2:5]] == [
        ("已派给Mill Parish", AT), ("Mill Parish已签收", AT + HOUR), ("联系过您", AT + HOUR),
    ]  # fmt: skip
    assert (now(view), stages(view)) == ("handling", ["done", "done", "now", "todo"])


def test_vain_calls_are_told(toy):
    order = verbs.dispatched(toy, MILL)
    mill = verbs.clerk("mill")
    handling.sign(verbs.parts(order), by=mill, at=AT)
    for hour in (1, 2):
        handling.respond(verbs.parts(order), way="phone", outcome="busy", by=mill, at=AT + hour * HOUR)
    step = seen(order).steps[4]
    assert (step.key, step.state, step.detail) == ("contacted", "now", "打过 2 次，没联系上您，会再打")


def test_section_that_works_on_it_is_named(toy):
    order = verbs.answered(toy, MILL)
    handling.hand_down(
        verbs.parts(order), to=verbs.unit("c1"), instruction="去看", by=verbs.clerk("mill"), at=AT + 2 * HOUR
    )
    view = seen(order)
    assert (view.section, view.steps[5].at, now(view)) == ("Weaver Green", AT + 2 * HOUR, "completed")


def test_other_units_are_named_and_their_reports_counted_but_not_those_only_told(toy):
    order = verbs.answered(toy, MILL, Target("hill", ASSIST), Target("water", NOTICE))
    view = seen(order)
    assert view.steps[2].detail == "同时还有Hill Parish"
    verbs.finish(verbs.parts(order)[:1], at=AT + 2 * HOUR)
    assert seen(order).steps[6].detail == "2 个单位里 1 个已办结"


def test_reported_order_waits_for_the_citizens_word(toy):
    view = seen(verbs.replied(toy, MILL))
    assert (now(view), view.headline, view.holder) == ("confirmed", "单位说办完了，等您确认", "")
    assert [step.state for step in view.steps[:7]] == ["done"] * 7


@pytest.mark.parametrize(("solved", "words"), [("yes", "您确认已解决"), ("part", "您说部分解决")])
def test_end_is_told_in_the_citizens_own_words(toy, solved, words):
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, solved=solved, at=CALL)
    view = seen(order)
    assert (view.steps[-1].words, view.steps[-1].at, view.over) == (words, CALL, True)
    assert stages(view) == ["done"] * 4


def test_unreached_citizen_is_told_so(toy):
    order = verbs.asked(toy, MILL)
    callback.give_up([order], by=verbs.RULE, at=CALL)
    assert seen(order).headline == "没联系上您"


def test_rework_begins_again_at_signing_and_says_why(toy):
    order = verbs.asked(toy, MILL)
    verbs.say(toy, order, solved="no", at=CALL)
    view = seen(order)
    assert (view.round, now(view), view.holder) == (2, "signed", "Mill Parish")
    assert view.headline == "您说没解决，正在重办"
    assert [step.state for step in view.steps[3:]] == ["now", "todo", "todo", "todo", "todo"]
    assert view.until == Order.objects.get(pk=order.pk).due_at


def test_handling_is_going_on_only_while_it_is(toy):
    order = verbs.dispatched(toy, MILL)
    assert seen(order).steps[5].words == "单位办理"
    verbs.contact(verbs.parts(order), at=AT + HOUR)
    assert seen(order).steps[5].words == "正在办理"
    verbs.finish(verbs.parts(order), at=AT + 2 * HOUR)
    assert (seen(order).steps[5].words, seen(order).steps[5].state) == ("单位办理", "done")
    again = verbs.asked(toy, MILL)
    verbs.say(toy, again, solved="no", at=CALL)
    verbs.contact(verbs.parts(again), at=CALL + HOUR)
    assert seen(again).steps[5].words == "您说没解决，正在重办"
    verbs.finish(verbs.parts(again), at=CALL + 2 * HOUR)
    assert seen(again).steps[5].words == "单位重新办理"


def test_matter_answered_at_once_has_a_short_life(toy):
    for state, words in (
        ("answered", "已经答复您"),
        ("guided", "已经告诉您该找谁"),
        ("transferred", "已经转接紧急线路"),
    ):
        view = seen(factories.an_order(state=state))
        assert (view.headline, view.over, stages(view)) == (words, True, ["done", "done"])


def test_nothing_of_what_people_wrote_is_shown(toy):
    order = verbs.answered(toy, MILL)
    handling.note(verbs.parts(order), text="住户林晓电话 13800001234", by=verbs.clerk("mill"), at=AT + 2 * HOUR)
    shown = repr(seen(order))
    assert [word for word in ("林晓", "13800001234", order.content) if word in shown] == []

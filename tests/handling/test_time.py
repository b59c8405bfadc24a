"""More time, rest, and a change of category or urgency: counted from what was, told to the citizen, counted again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.city import limits
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.handling import reckoning, time
from jieban.orders.models import Assignment, Attachment, Entry, Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, parts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MILL = Target("mill", LEAD)
WHY = "配件要从外地调来"


@pytest.fixture
def centre(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


@pytest.fixture
def held(toy) -> Assignment:
    """The part of Mill Parish, a general order, an hour after it was sent: due in seven days."""
    return parts(verbs.answered(toy, MILL, urgency="7d"))[0]


def proof() -> list[Attachment]:
    """A file that shows why."""
    return [Attachment(name="停工通知.pdf", mime="application/pdf", size=3, sha256="a" * 64, stage="work")]


def fresh(part: Assignment) -> Assignment:
    return Assignment.objects.select_related("order__contact", "unit").get(pk=part.pk)


def dues(part: Assignment) -> dict[str, datetime]:
    now = fresh(part)
    return {"inner": now.inner_due, "handle": now.handle_due, "promise": now.order.due_at}


def told(part: Assignment, topic: str) -> list[tuple[str, str]]:
    """Where messages of a topic went, and what the citizen's say."""
    rows = Message.objects.filter(order=part.order, topic=topic).order_by("pk")
    return [(row.way, row.body.get("text", "")) for row in rows]


def ask(part: Assignment, toy, until: datetime, *, at: datetime = AT + DAY, reason: str = WHY) -> None:
    time.ask_extension([part], until=until, reason=reason, by=clerk(part.unit.code), at=at, loaded=toy)


def test_an_extension_moves_the_unit_and_the_promise_and_tells_the_citizen(toy, held, centre):
    before = dues(held)
    ask(held, toy, AT + 10 * DAY)
    assert (fresh(held).state, fresh(held).requested["reason"], dues(held)) == ("extension_pending", WHY, before)
    time.extend(
        [fresh(held)], until=AT + 9 * DAY, reason="情况属实，同意到九号", by=centre, at=AT + 2 * DAY, loaded=toy
    )
    now = fresh(held)
    assert (now.state, now.requested, now.clock["extensions"]) == ("handling", {}, 1)
    assert dues(held) == {
        "inner": AT + 2 * DAY + timedelta(days=7) * 0.8,
        "handle": AT + 9 * DAY,
        "promise": AT + 9 * DAY,
    }
    text = f"您反映的事（{now.order.number}），Mill Parish需要多一些时间，热线中心同意了，3月11日 09:00 前答复您。"
    assert told(held, "extended") == [("sms", text), ("desk", "")]
    entry = Entry.objects.get(order=now.order, move="extend")
    said = entry.records["clock"]
    moments = [datetime.fromisoformat(said[side]["handle"]) for side in ("before", "after")]
    assert (said["cause"], moments) == ("extension", [AT + 7 * DAY, AT + 9 * DAY])
    assert verify().broken == []


def test_a_refused_extension_leaves_every_limit(toy, held, centre):
    before = dues(held)
    ask(held, toy, AT + 10 * DAY)
    time.refuse_extension([fresh(held)], reason="材料不足，不同意", by=centre, at=AT + 2 * DAY)
    assert (fresh(held).state, fresh(held).requested, dues(held)) == ("handling", {}, before)
    assert told(held, "extension_refused") == [("desk", "")]


@pytest.mark.parametrize(
    ("until", "at", "reason", "words"),
    [
        (AT + 9 * DAY, AT + 7 * DAY, WHY, "{} 已经过了办理时限，不能再申请延期。请尽快办结，或请中心督办协调。"),
        (AT + 7 * DAY, AT + DAY, WHY, "{} 现在的时限是 3月9日 09:00，新的时间要比它晚，也要在现在以后。"),
        (AT + 23 * DAY, AT + DAY, WHY, "{} 最多延到 3月24日 09:00，请选早一点的时间。"),
        (AT + 9 * DAY, AT + DAY, "忙", "请写明为什么来不及，还差哪一步，至少 5 个字。"),
    ],
)
def test_an_extension_is_asked_for_in_time_with_a_reason_and_a_date(toy, held, until, at, reason, words):
    with pytest.raises(BadInput) as caught:
        ask(held, toy, until, at=at, reason=reason)
    assert str(caught.value) == words.format(held.order.number)
    assert fresh(held).state == "responded"


def test_time_is_given_once_a_round(toy, held, centre):
    ask(held, toy, AT + 9 * DAY)
    time.extend([fresh(held)], until=AT + 9 * DAY, reason="情况属实，同意", by=centre, at=AT + 2 * DAY, loaded=toy)
    with pytest.raises(BadInput) as caught:
        ask(fresh(held), toy, AT + 12 * DAY, at=AT + 3 * DAY)
    assert str(caught.value) == f"{held.order.number} 这一轮已经延过 1 次，不能再延。"


def test_a_unit_decides_neither_its_own_extension_nor_anothers(toy, held):
    ask(held, toy, AT + 9 * DAY)
    with pytest.raises(NotAllowed):
        time.extend(
            [fresh(held)], until=AT + 9 * DAY, reason="情况属实，同意", by=clerk("mill"), at=AT + DAY, loaded=toy
        )
    with pytest.raises(NotAllowed):
        time.ask_extension([fresh(held)], until=AT + 9 * DAY, reason=WHY, by=clerk("hill"), at=AT + DAY, loaded=toy)


def test_a_rest_is_left_out_of_the_limits_and_the_citizen_knows(toy, held, centre):
    until = AT + 4 * DAY
    time.ask_suspension(
        [held], cause="道路中断，无法施工。", until=until, by=clerk("mill"), at=AT + DAY, loaded=toy, files=proof()
    )
    assert fresh(held).requested["what"] == "suspension"
    time.suspend([fresh(held)], cause="道路中断，无法施工。", until=until, by=centre, at=AT + 2 * DAY, loaded=toy)
    assert (dues(held)["handle"], dues(held)["promise"]) == (AT + 9 * DAY, AT + 9 * DAY)
    now = fresh(held)
    assert (now.state, now.rest_until, now.requested, now.warn_at, limits.resting(now.clock)) == (
        "suspended", until, {}, None, "suspended"
    )  # fmt: skip
    text = (
        f"您反映的事（{now.order.number}），Mill Parish现在办不下去：道路中断，无法施工。"
        "计时先停到 3月6日 09:00，到时接着办，我们会再告诉您。"
    )
    assert told(held, "suspended") == [("sms", text), ("desk", "")]
    time.resume([fresh(held)], cause="道路已经恢复", by=centre, at=AT + 3 * DAY, loaded=toy)
    now = fresh(held)
    assert (now.state, now.rest_until, limits.resting(now.clock)) == ("handling", None, "")
    assert dues(held) == {
        "inner": AT + DAY + timedelta(days=7) * 0.8, "handle": AT + 8 * DAY, "promise": AT + 8 * DAY,
    }  # fmt: skip
    assert verify().broken == []


def test_a_rest_never_counts_longer_than_was_said(toy, held, centre):
    time.suspend(
        [held], cause="等待专项检测结果", until=AT + 3 * DAY, by=centre, at=AT + 2 * DAY, loaded=toy, files=proof()
    )
    time.resume([fresh(held)], cause="检测结果出来了", by=centre, at=AT + 6 * DAY, loaded=toy)
    assert dues(held)["handle"] == AT + 8 * DAY


def test_a_rest_needs_proof_and_an_end(toy, held, centre):
    rest = {"cause": "等待专项检测结果", "by": centre, "at": AT + DAY, "loaded": toy}
    with pytest.raises(BadInput, match="暂停计时要有凭据"):
        time.suspend([held], until=AT + 2 * DAY, **rest)
    with pytest.raises(BadInput, match="暂停到的时间已经过了"):
        time.suspend([held], until=AT + DAY, files=proof(), **rest)
    with pytest.raises(BadInput, match="一次最多暂停到 6月1日"):
        time.suspend([held], until=AT + 92 * DAY, files=proof(), **rest)
    assert fresh(held).state == "responded"


def test_a_declined_request_leaves_the_clock_running(toy, held, centre):
    before = dues(held)
    time.ask_suspension(
        [held], cause="等待专项检测结果", until=AT + 3 * DAY, by=clerk("mill"), at=AT + DAY, loaded=toy, files=proof()
    )
    with pytest.raises(Conflict, match="已经有一个申请在等中心答复"):
        time.ask_suspension(
            [fresh(held)],
            cause="再申请一次暂停",
            until=AT + 3 * DAY,
            by=clerk("mill"),
            at=AT + DAY,
            loaded=toy,
            files=proof(),
        )
    time.decline_suspension([fresh(held)], reason="可以先办能办的部分", by=centre, at=AT + DAY)
    assert (fresh(held).requested, fresh(held).state, dues(held)) == ({}, "responded", before)
    with pytest.raises(Conflict, match="没有暂停申请在等答复"):
        time.decline_suspension([fresh(held)], reason="可以先办能办的部分", by=centre, at=AT + DAY)


def test_changed_urgency_counts_every_part_from_its_start(toy, centre):
    order = verbs.answered(toy, MILL, Target("north-roads", ASSIST), urgency="7d")
    time.suspend(
        parts(order)[:1],
        cause="等待专项检测结果",
        until=AT + 9 * HOUR,
        by=centre,
        at=AT + 2 * HOUR,
        loaded=toy,
        files=proof(),
    )
    time.resume(parts(order)[:1], cause="检测结果出来了", by=centre, at=AT + 5 * HOUR, loaded=toy)
    reckoning.reclassify([order], urgency="24h", cause="主管道爆裂，不能等", by=centre, at=AT + 6 * HOUR, loaded=toy)
    lead, assist = parts(order)
    assert [(p.urgency, p.handle_due) for p in (lead, assist)] == [("24h", AT + 27 * HOUR), ("24h", AT + 24 * HOUR)]
    now = Order.objects.get(pk=order.pk)
    assert (now.urgency, now.due_at) == ("24h", AT + 27 * HOUR)
    assert told(lead, "reclassified") == [
        ("sms", f"您反映的事（{now.number}），办理时限重新核定了，3月3日 12:00 前答复您。"), ("desk", ""), ("desk", ""),
    ]  # fmt: skip
    again = Entry.objects.filter(order=order, move="reclock").order_by("seq")
    assert [entry.records["cause"] for entry in again] == ["改分类或紧急程度：主管道爆裂，不能等"] * 2
    assert verify().broken == []


def test_changed_category_brings_the_profiles_of_the_new_one(toy, centre):
    order = verbs.answered(toy, MILL, urgency="7d")
    reckoning.reclassify([order], category="0102", cause="其实是漏水不是坑洼", by=centre, at=AT + HOUR, loaded=toy)
    now = parts(order)[0]
    assert (now.order.category, now.clock["category"], now.handle_due) == ("0102", "0102", AT + 7 * DAY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"urgency": "9d"}, "没有“9d”这一档时限。可以选：2h、24h、7d。"),
        ({"category": "99"}, "分类 99 不在现行分类表里，请重新选择。"),
        ({"urgency": "7d", "category": "0101"}, "{} 的分类和紧急程度本来就是这样，没有要改的。"),
        ({"urgency": "2h", "cause": "错"}, "请写明为什么要改，至少 5 个字。"),
    ],
)
def test_what_cannot_be_reclassified_is_told(toy, held, centre, change, words):
    said = {"cause": "登记的时候选错了", **change}
    with pytest.raises(BadInput) as caught:
        reckoning.reclassify([held.order], by=centre, at=AT + HOUR, loaded=toy, **said)
    assert str(caught.value) == words.format(held.order.number)


def test_a_district_reclassifies_only_what_it_sees(toy, held):
    other = factories.a_unit("SD", kind="district", name="南区")
    with pytest.raises(NotAllowed):
        reckoning.reclassify(
            [held.order],
            urgency="24h",
            cause="登记的时候选错了",
            by=factories.an_actor(Role.DISTRICT, other),
            at=AT,
            loaded=toy,
        )


def test_a_part_from_before_clocks_were_kept_is_counted_from_its_start(toy, centre):
    bare = factories.an_order(state="handling", units=[verbs.unit("mill")], urgency="24h", category="0101")
    old = Assignment.objects.get(order=bare)
    start = old.sent_at
    time.suspend(
        [fresh(old)],
        cause="等待专项检测结果",
        until=AT + 9 * HOUR,
        by=centre,
        at=AT + 2 * HOUR,
        loaded=toy,
        files=proof(),
    )
    time.resume([fresh(old)], cause="检测结果出来了", by=centre, at=AT + 4 * HOUR, loaded=toy)
    assert dues(old)["handle"] == start + 7 * DAY + 2 * HOUR
    assert verify().broken == []


def test_twenty_take_as_many_statements_as_one(toy, centre):
    rest, unit = {"by": centre, "loaded": toy}, clerk("mill")
    long, short = AT + 11 * DAY, AT + 3 * DAY
    verbs_of_time = {
        "suspend": lambda rows: time.suspend(rows, cause=WHY, until=short, at=AT + DAY, files=proof(), **rest),
        "resume": lambda rows: time.resume(rows, cause="检测结果出来了", at=AT + 2 * DAY, **rest),
        "ask": lambda rows: time.ask_extension(rows, until=long, reason=WHY, by=unit, at=short, loaded=toy),
        "extend": lambda rows: time.extend(rows, until=long, reason="情况属实，同意", at=short + DAY, **rest),
        "reclassify": lambda rows: reckoning.reclassify(
            [row.order for row in rows], urgency="24h", cause="登记的时候选错了", at=short + 2 * DAY, **rest
        ),
    }
    counts = []
    for n in (1, 20):
        orders = [verbs.answered(toy, MILL, urgency="7d") for _ in range(n)]
        counts.append({})
        for name, verb in verbs_of_time.items():
            rows = parts(*orders)
            with CaptureQueriesContext(connection) as seen:
                verb(rows)
            counts[-1][name] = len(seen)
    assert verbs.does_not_grow(*counts), counts


@pytest.mark.parametrize("column", ["handle_due", "sign_due", "inner_due"])
def test_a_moment_that_its_inputs_do_not_lead_to_is_found(toy, held, column):
    """Written through the door itself, so that chain and rows agree: only counting again can find it."""
    factories.walk(held, "reclock", changes={column: AT + 30 * DAY}, at=AT + 2 * HOUR)
    [found] = verify().broken
    assert (found.order, column in found.what, "counted again" in found.what) == (held.order.number, True, True)


def test_a_clock_with_another_profile_or_pause_than_it_says_is_found(toy, held):
    forged = {**held.clock, "due": {**held.clock["due"], "handle": (AT + 30 * DAY).isoformat()}}
    factories.walk(held, "reclock", changes={"clock": forged, "handle_due": AT + 30 * DAY}, at=AT + 2 * HOUR)
    [found] = verify().broken
    assert found.what.startswith("assignment 1: its clock says due")

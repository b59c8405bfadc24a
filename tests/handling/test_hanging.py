"""The ledger: only with ground, plan, leader, proof and the citizen told; decided elsewhere; reviewed monthly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.city import limits
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import hanging
from jieban.handling.models import Hanging
from jieban.orders.models import Attachment, Message
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAPER = Attachment(name="minutes.pdf", mime="application/pdf", size=7, sha256="d" * 64, stage="work")
PLAN = hanging.Plan(
    ground="money", plan="管线要等明年资金，街道已报区里，资金到位三个月内改完。",
    milestones=(("2026-04-01", "资金到位"), ("2026-06-30", "改造完成")), leader="周静", title="街道副主任",
    told="3月2日电话告诉市民，市民同意等",
)  # fmt: skip


@pytest.fixture
def order(toy):
    return verbs.answered(toy, lead("mill"))


def district():
    """Somebody at the district's command centre."""
    return factories.an_actor(Role.DISTRICT, verbs.unit("north"))


def request(order, toy, *, by=None, files=(PAPER,), **given):
    """The parish asks."""
    plan = hanging.Plan(**{**{k: getattr(PLAN, k) for k in PLAN.__dataclass_fields__}, **given})
    [part] = parts(order)
    hanging.request(part, plan, by=by or clerk("mill"), at=AT + 2 * HOUR, loaded=toy, files=files)


def hung(order, toy):
    """Asked and granted; the row."""
    request(order, toy)
    return hanging.hang(parts(order)[0], by=district(), at=AT + 3 * HOUR, loaded=toy)


def test_granted_it_rests_with_its_plan_and_the_citizen_is_told(order, toy):
    row = hung(order, toy)
    [part] = parts(order)
    assert (part.state, part.requested, part.rest_until) == ("hung", {}, row.review_by)
    assert row.review_by == limits.run_out(toy.pack, "31d", at=AT + 3 * HOUR)
    assert Message.objects.get(topic="hung").body["text"] == (
        f"您反映的事（{order.number}），Mill Parish现在办不了，订了计划，每月复查一次。"
        "打开 {link} 能看到，或拨 12345 报编号。"
    )
    entry = order.entries.get(move="hang")
    assert (entry.records["title"], entry.records["reason"]) == ("街道副主任", "Waits for money")
    assert verify().broken == []


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"ground": "court"}, "只有这些情况可以挂账：Waits for money"), ({"plan": "等钱"}, "计划至少 20 个字"),
        ({"milestones": ()}, "请至少写一个今天以后"),
        ({"milestones": (("2026-03-02", "今天"),)}, "请至少写一个今天以后"),
        ({"milestones": (("2026-06-30", "完"), ("2026-04-01", "钱"))}, "请至少写一个今天以后的节点"),
        ({"leader": ""}, "请写明哪位领导负责"), ({"told": " "}, "请写明怎么向市民说的"),
        ({"files": ()}, "挂账要有凭据"),
    ],
)  # fmt: skip
def test_request_without_one_of_its_parts_is_refused(order, toy, given, start):
    with pytest.raises(BadInput) as caught:
        request(order, toy, **given)
    assert str(caught.value).startswith(start)
    assert parts(order)[0].requested == {}


def test_asked_twice_is_a_conflict(order, toy):
    request(order, toy)
    with pytest.raises(Conflict):
        request(order, toy)


def test_nobody_grants_their_own_request(toy):
    mayor = district()
    order = verbs.answered(toy, lead("mill"))
    request(order, toy, by=mayor)
    with pytest.raises(NotAllowed) as caught:
        hanging.hang(parts(order)[0], by=mayor, at=AT + 3 * HOUR, loaded=toy)
    assert str(caught.value) == "自己提的挂账申请不能自己批，请换一位。"


def test_unit_cannot_hang_by_itself(order, toy):
    request(order, toy)
    with pytest.raises(NotAllowed):
        hanging.hang(parts(order)[0], by=clerk("mill"), at=AT + 3 * HOUR, loaded=toy)


def test_declined_the_unit_goes_on_and_reads_why(order, toy):
    request(order, toy)
    hanging.decline(parts(order)[0], reason="今年有资金", by=district(), at=AT + 3 * HOUR)
    [part] = parts(order)
    assert (part.state, part.requested) == ("handling", {})
    assert Message.objects.get(topic="hang_declined").unit.code == "mill"
    with pytest.raises(Conflict):
        hanging.hang(part, by=district(), at=AT + 4 * HOUR, loaded=toy)


def test_review_moves_the_next_one_on_and_a_late_one_is_counted(order, toy):
    row = hung(order, toy)
    later = row.review_by + DAY
    hanging.review(parts(order)[0], progress="资金批了", next_step="招标", by=clerk("mill"), at=later, loaded=toy)
    kept = Hanging.objects.get()
    assert (kept.reviews, kept.late_reviews, kept.review_by) == (1, 1, limits.run_out(toy.pack, "31d", at=later))
    entry = order.entries.get(move="review")
    assert (entry.records["late"], entry.records["next"]) == (True, "招标")
    with pytest.raises(BadInput):
        hanging.review(parts(order)[0], progress=" ", next_step="", by=clerk("mill"), at=later, loaded=toy)


def test_overdue_review_is_told_once_to_unit_and_district(order, toy):
    row = hung(order, toy)
    assert hanging.warn_late(at=row.review_by) == 0
    assert hanging.warn_late(at=row.review_by + HOUR) == 1
    assert hanging.warn_late(at=row.review_by + DAY) == 0
    told = Message.objects.filter(topic="review_late").values_list("unit__code", flat=True)
    assert sorted(told) == ["mill", "north"]
    hanging.review(
        parts(order)[0], progress="有进展", next_step="招标", by=clerk("mill"), at=row.review_by + DAY, loaded=toy
    )
    again = Hanging.objects.get().review_by + HOUR
    assert hanging.warn_late(at=again) == 1
    assert verify().broken == []


def test_taken_down_it_has_the_time_that_was_left(order, toy):
    [before] = parts(order)
    left = before.handle_due - (AT + 3 * HOUR)
    row = hung(order, toy)
    down = row.hung_at + 40 * DAY
    hanging.take_down(parts(order)[0], reason="资金到了", by=district(), at=down, loaded=toy)
    [after] = parts(order)
    assert (after.state, after.rest_until, after.handle_due - down) == ("handling", None, left)
    assert Hanging.objects.get().down_at == down
    with pytest.raises(Conflict):
        hanging.take_down(after, reason="再摘", by=district(), at=down, loaded=toy)
    assert verify().broken == []


def test_ledger_counts_by_unit_in_sight_only(order, toy):
    hung(order, toy)
    far = verbs.answered(toy, lead("water"))
    request(far, toy, by=clerk("water"))
    supervisor = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    hanging.hang(parts(far)[0], by=supervisor, at=AT + 4 * HOUR, loaded=toy)
    assert [(one["unit__code"], one["n"]) for one in hanging.counts(supervisor)] == [("mill", 1), ("water", 1)]
    assert [row.assignment.order_id for row in hanging.open_ones(district())] == [order.pk]


@pytest.mark.parametrize("text", ["五月 改管", "2026-13-01 改管", "2026-05-01", "2026-05-01 "])
def test_line_that_is_no_milestone_is_refused(text):
    with pytest.raises(BadInput):
        hanging.read_milestones(text)


def test_milestones_are_read_line_by_line():
    assert hanging.read_milestones("2026-05-01 管线迁改\n\n2026-08-31  通车 ") == (
        ("2026-05-01", "管线迁改"), ("2026-08-31", "通车"),
    )  # fmt: skip

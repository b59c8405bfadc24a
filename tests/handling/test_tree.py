"""Down the tree and up again: street, community, grid; the trail is what the timeline says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.core.errors import BadInput, NotAllowed
from jieban.handling import actions, tree
from jieban.orders.models import Attachment, Message
from jieban.orders.verify import verify
from tests import verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR = timedelta(hours=1)
PHOTO = Attachment(name="after.jpg", mime="image/jpeg", size=7, sha256="b" * 64, stage="after")


@pytest.fixture
def order(toy):
    return verbs.answered(toy, lead("mill"))


def down(order, to: str, by: str, hours: float) -> None:
    """Hand it down."""
    actions.hand_down(parts(order), to=verbs.unit(to), instruction=f"请{to}看看", by=clerk(by), at=AT + HOUR * hours)


def section(order) -> str:
    """Where it lies now."""
    [part] = parts(order)
    return part.section.code if part.section else ""


def test_community_hands_on_to_its_grid_and_goes_on_seeing_it(order):
    down(order, "c1", "mill", 2)
    down(order, "c1-g1", "c1", 3)
    assert section(order) == "c1-g1"
    actions.note(parts(order), text="社区也去看了", by=clerk("c1"), at=AT + 4 * HOUR)
    actions.note(parts(order), text="网格在现场", by=clerk("c1-g1"), at=AT + 5 * HOUR)
    [part] = parts(order)
    assert (part.unit.code, part.state) == ("mill", "handling")


def test_community_cannot_hand_to_what_is_not_below_it(order):
    down(order, "c1", "mill", 2)
    with pytest.raises(BadInput) as caught:
        actions.hand_down(parts(order), to=verbs.unit("mill"), instruction="退", by=clerk("c1"), at=AT + 3 * HOUR)
    assert str(caught.value).startswith("Mill Parish 不")


def test_work_comes_up_level_by_level_with_words_and_photos(order):
    down(order, "c1", "mill", 2)
    down(order, "c1-g1", "c1", 3)
    tree.hand_up(parts(order), outcome="done", text="坑填好了", by=clerk("c1-g1"), at=AT + 4 * HOUR, files=[PHOTO])
    assert section(order) == "c1"
    tree.hand_up(parts(order), outcome="done", text="社区看过了", by=clerk("c1"), at=AT + 5 * HOUR)
    assert section(order) == ""
    told = Message.objects.filter(order=order, topic="handed_up").order_by("made_at")
    assert [message.unit.code for message in told] == ["c1", "mill"]
    assert [(a.name, a.stage) for a in order.attachments.all()] == [("after.jpg", "after")]
    assert verify().broken == []


def test_trail_tells_who_gave_what_to_whom_and_how_it_came_back(order):
    down(order, "c1", "mill", 2)
    down(order, "c1-p1", "c1", 3)
    tree.hand_up(parts(order), outcome="cannot", text="不是物业的地方", by=clerk("c1-p1"), at=AT + 4 * HOUR)
    trail = tree.trail(order.entries.order_by("seq"))
    assert [(n.to, n.words, n.depth, n.back) for n in trail[1]] == [
        ("Weaver Green", "请c1看看", 1, ""), ("Weaver Care", "请c1-p1看看", 2, ""),
        ("Weaver Green", "不是物业的地方", 1, "cannot"),
    ]  # fmt: skip


def test_unit_takes_it_back_from_wherever_it_lies(order):
    down(order, "c1", "mill", 2)
    down(order, "c1-g1", "c1", 3)
    tree.hand_up(parts(order), outcome="done", text="我们自己办", by=clerk("mill"), at=AT + 4 * HOUR)
    assert section(order) == ""


@pytest.mark.parametrize(
    ("outcome", "text", "start"),
    [("lost", "没了", "请选怎么交回"), ("done", " ", "请写明做了什么"), ("done", "交回", "JB-")],
)
def test_hand_up_without_words_way_or_anything_handed_down_is_refused(order, outcome, text, start):
    with pytest.raises(BadInput) as caught:
        tree.hand_up(parts(order), outcome=outcome, text=text, by=clerk("mill"), at=AT + 4 * HOUR)
    assert str(caught.value).startswith(start)


@pytest.mark.parametrize("code", ["c1-g1", "c1-p1"])
def test_grid_and_property_firm_report_up_and_not_to_the_citizen(order, code):
    down(order, code, "mill", 2)
    with pytest.raises(NotAllowed) as caught:
        actions.complete(
            parts(order), result="done", measures="填坑", reply=verbs.REPLY, by=clerk(code), at=AT + 3 * HOUR
        )
    assert str(caught.value) == "办完了请用“交回上一级”，由Mill Parish报单位已办结。"


def test_other_grid_cannot_touch_it(order):
    down(order, "c1-g1", "mill", 2)
    with pytest.raises(NotAllowed):
        tree.hand_up(parts(order), outcome="done", text="我来", by=clerk("c1-p1"), at=AT + 3 * HOUR)

"""楼上装修导致房顶漏水: the street reports it done, the ceiling drips on, the citizen says no, and it is done again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Actor, Role
from jieban.callback.rules import Said
from jieban.handling import actions as handling
from jieban.intake.rules import Filing
from jieban.orders.models import Assignment
from jieban.orders.verify import verify
from tests.stories import life
from tests.stories.life import moment

NOON = moment("2026-03-02 12:10")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-ceiling",
    at=NOON,
    content="楼上上个月重新装修卫生间，从那以后我家客厅房顶一直往下滴水，墙皮都起泡了，找楼上说没用，想请人来解决。",
    name="何芳",
    phone="13800007788",
    category="030202",
    kind="help",
    place="110101012",
    address="崇文门外街道某小区 5 号楼 302",
)
NO = Said(contacted=True, solved="no", satisfied="no", attitude="fair", words="只刷了墙，楼上一用水还是滴")
YES = Said(contacted=True, solved="yes", satisfied="mostly", attitude="good", words="这回不漏了")


def came(part: Assignment, by: Actor, signed: str, met: str, note: str) -> None:
    """The unit signs, then comes to the flat."""
    life.visit(part, by=by, signed=moment(signed), met=moment(met), note=note)


@pytest.mark.django_db
def test_leak_that_was_only_painted_over_is_done_again_until_the_citizen_says_yes(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=moment("2026-03-02 12:18")).taken
    assert (order.urgency, order.due_at) == ("7d", NOON + timedelta(days=7))
    street, department = life.parts(order)
    assert [(p.unit.name, p.role) for p in (street, department)] == [
        ("崇文门外街道", "lead"), ("东城区住房和城乡建设委员会", "lead"),
    ]  # fmt: skip
    assert order.dispatch["way"] == "dual"

    clerk = life.somebody(Role.CLERK, "110101012")
    builder = life.somebody(Role.CLERK, "110101-zjw")
    life.visit(
        street, by=clerk, signed=moment("2026-03-02 13:00"), met=moment("2026-03-03 10:00"), note="看了客厅和楼上"
    )
    life.visit(
        department, by=builder, signed=moment("2026-03-02 14:00"), met=moment("2026-03-03 10:00"), note="一同到场"
    )
    reply = "楼上已停用淋浴，您家墙面已修补。有反复请打街道值班电话。"
    life.report(street, by=clerk, at=moment("2026-03-05 17:00"), measures="修补墙面", reply=reply)
    assert life.now(order).state == "handling"
    life.report(department, by=builder, at=moment("2026-03-05 17:30"), measures="约谈楼上业主", reply=reply)
    assert (life.now(order).state, life.now(order).solved) == ("replied", "")

    asked = moment("2026-03-06 10:00")
    assert life.ask(order, NO, at=asked, loaded=beijing) == "rework"
    again = life.now(order)
    assert (again.state, again.round, again.solved, again.due_at) == ("rework", 2, "no", asked + timedelta(days=3))
    street, department = life.parts(order)
    assert [(p.state, p.round, p.handle_due) for p in (street, department)] == [
        ("sent", 2, asked + timedelta(days=3)),
        ("sent", 2, asked + timedelta(days=3)),
    ]
    assert life.seen(order).round == 2
    assert ("您说没解决，正在重办", "todo") in life.told(life.seen(order))

    came(street, clerk, "2026-03-06 10:20", "2026-03-06 14:00", "闭水试验")
    life.visit(
        department, by=builder, signed=moment("2026-03-06 10:30"), met=moment("2026-03-06 14:00"), note="一同到场"
    )
    handling.note([street], text="楼上卫生间防水层破损，业主同意重做", by=clerk, at=moment("2026-03-06 16:00"))
    reply = "楼上卫生间防水已经重做，闭水一天没有渗漏，您家房顶下周粉刷。"
    for part, by in ((street, clerk), (department, builder)):
        life.report(part, by=by, at=moment("2026-03-08 18:00"), measures="楼上重做防水，闭水 24 小时", reply=reply)
    assert life.ask(order, YES, at=moment("2026-03-09 09:30"), loaded=beijing) == "close"

    done = life.now(order)
    assert (done.state, done.solved, done.satisfied, done.round) == ("closed", "yes", "mostly", 2)
    answers = done.answers.order_by("round", "assignment__no")
    assert list(answers.values_list("assignment__unit__code", "round", "solved")) == [
        ("110101012", 1, "no"), ("110101-zjw", 1, "no"), ("110101012", 2, "yes"), ("110101-zjw", 2, "yes"),
    ]  # fmt: skip
    assert verify().broken == []

"""高米店街道群租房: the partitions are down at once, and the citizen says no until somebody comes at three at night.

After the case of 高米店街道香留园社区 in the reform reports of 2021 (May 2020).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.handling import rework, supervision, supervision_queries
from jieban.handling.letters import Letter
from jieban.intake.rules import Filing
from jieban.orders.models import Assignment, Attachment, Order
from jieban.orders.verify import verify
from jieban.portal import worker
from tests.stories import life
from tests.stories.life import moment

MORNING = moment("2026-05-11 09:20")
STREET = "110115011"
SAID = Filing(
    channel="phone", source="seat", source_id="story-three", at=MORNING,
    content="我们楼里有公司把房子打隔断租给很多人住，是群租房，半夜吵得睡不着，反映多少次了，必须给我拆了。",
    name="祁岚", phone="13800005566", category="030501", kind="report", place="110115011-c1e1",
)  # fmt: skip
NO = Said(contacted=True, solved="no", satisfied="no", attitude="fair", words="我要亲眼看到才算，我只有凌晨三点有空")
YES = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="没想到真的会来人，添麻烦了")


def photo(name: str, stage: str) -> Attachment:
    return Attachment(name=name, mime="image/jpeg", size=9, sha256=name[0] * 64, stage=stage)


def doing(order: Order, *states: str) -> list[Assignment]:
    """The units at work on it, in these states (any where none is named)."""
    return [part for part in life.parts(order) if part.role != "notice" and (not states or part.state in states)]


def clerk_of(part: Assignment) -> Actor:
    return life.somebody(Role.CLERK, part.unit.code)


def report(order: Order, text: str, at: str) -> None:
    """Every unit at work reports, with photos before and after."""
    for part in doing(order, "responded", "handling"):
        handling.complete(
            [part], result="done", measures=text, reply="隔断已经全部拆除，请您来看。", at=moment(at),
            by=clerk_of(part), files=[photo("before.jpg", "before"), photo("after.jpg", "after")],
        )  # fmt: skip


@pytest.mark.django_db
def test_partitions_are_down_and_the_citizen_believes_it_at_three_in_the_morning(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=moment("2026-05-11 09:27")).taken
    clerk, secretary = life.somebody(Role.CLERK, STREET), life.somebody(Role.CLERK, f"{STREET}-c1")
    for part in doing(order):
        life.visit(
            part, by=clerk_of(part), signed=moment("2026-05-11 09:40"),
            met=moment("2026-05-11 10:30"), note="现场核实有隔断",
        )  # fmt: skip
    report(order, "当天拆除隔断六处", "2026-05-11 17:30")
    assert life.ask(order, NO, at=moment("2026-05-12 10:00"), loaded=beijing) == "rework"

    worker.once(at=moment("2026-05-12 10:05"))
    letter = Letter.objects.get(order=order)
    assert (letter.trigger, letter.by_name, life.now(order).supervised) == ("double_no", "督办规则", True)

    for part in doing(order):
        handling.sign([part], by=clerk_of(part), at=moment("2026-05-12 11:00"))
    [street] = [p for p in life.parts(order) if p.unit.code == STREET]
    handling.respond([street], way="visit", outcome="reached", note="书记上门，约好凌晨三点", by=clerk,
                     at=moment("2026-05-12 15:00"))  # fmt: skip
    below = Unit.objects.get(code=f"{STREET}-c1")
    handling.hand_down([street], to=below, instruction="凌晨三点到现场，陪市民看", by=clerk,
                       at=moment("2026-05-12 15:05"))  # fmt: skip
    [mine] = [a for a in supervision_queries.to_answer(clerk) if a.unit.code == STREET]
    supervision.report(
        [mine], text="社区书记上门问清：市民要亲眼看，只有凌晨三点有空。今晚三点到现场。", by=clerk,
        at=moment("2026-05-12 16:00"),
    )  # fmt: skip
    handling.note([street], text="凌晨三点，书记和市民一起进屋看过，隔断都没有了", by=secretary,
                  at=moment("2026-05-13 03:00"))  # fmt: skip
    for part in doing(order, "signed"):
        handling.respond([part], way="phone", outcome="reached", note="一并告知", at=moment("2026-05-13 08:40"),
                         by=clerk_of(part))  # fmt: skip
    for part in doing(order):
        rework.plan([part], differently="凌晨三点陪市民当面看", by=clerk_of(part), at=moment("2026-05-13 08:50"))
    report(order, "凌晨三点陪市民到现场看过", "2026-05-13 09:00")

    assert life.ask(order, YES, at=moment("2026-05-13 15:00"), loaded=beijing) == "close"
    centre = life.somebody(Role.SUPERVISOR)
    supervision.judge(
        [letter], effect="helped", opinion="市民亲眼看到，确认解决", by=centre, at=moment("2026-05-13 15:30"),
        loaded=beijing,
    )  # fmt: skip
    done = life.now(order)
    assert (done.state, done.solved, done.satisfied, done.round, done.supervised) == ("closed", "yes", "yes", 2, False)
    told = [(f"{timezone.localtime(e.at):%m-%d %H:%M}", e.move) for e in order.entries.order_by("seq")]
    for line in (("05-12 10:05", "supervise"), ("05-13 03:00", "note"), ("05-13 15:30", "lift_supervision")):
        assert told.count(line) == 1
    assert [a.solved for a in done.answers.filter(assignment=street).order_by("round")] == ["no", "yes"]
    assert letter.due_at - letter.made_at == timedelta(hours=24)
    assert verify().broken == []

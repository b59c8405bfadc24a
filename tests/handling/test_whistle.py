"""吹哨报到 through the door: called, there with a result, nobody leaves before, both sides rate in the dark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.city import limits
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import actions, whistle
from jieban.handling.joint_models import Rating
from jieban.handling.whistle import Call
from jieban.orders import lifecycle
from jieban.orders.models import Assignment, Message, Order
from jieban.orders.progress import progress
from jieban.orders.verify import verify
from tests import verbs
from tests.factories import AT
from tests.verbs import clerk, lead

HOUR = timedelta(hours=1)
NOON = AT + 4 * HOUR


@pytest.fixture
def mill(toy):
    return clerk("mill")


@pytest.fixture
def led(toy) -> Assignment:
    """The parish leads and has spoken with the citizen."""
    return verbs.parts(verbs.answered(toy, lead("mill")))[0]


def call(*codes: str, **said: object) -> Call:
    values = {"reason": "管子是自来水公司的", "place": "南河槽 32 号门口", **said}
    return Call(to=[verbs.unit(code) for code in codes], **values)


def blow(toy, led: Assignment, *codes: str, by=None, **said: object) -> list[Assignment]:
    """The parish calls these units at noon."""
    return whistle.whistle([led], call(*codes, **said), by=by or clerk("mill"), at=NOON, loaded=toy)


def come(part: Assignment, *, at=NOON + HOUR, result: str = "查明是主管道漏水") -> None:
    by = clerk(part.unit.code)
    actions.sign([part], by=by, at=at)
    whistle.report_in([part], who="两名维修工", result=result, by=by, at=at)


def test_several_units_are_called_at_once_and_told_at_once(toy, led) -> None:
    water, roads = blow(toy, led, "water", "north-roads", meet=NOON + 20 * HOUR)
    for part in (water, roads):
        assert (part.role, part.came_by, part.called_by, part.state) == ("assist", "whistle", led.no, "sent")
        assert part.arrive_by == NOON + 20 * HOUR
        own = limits.of(toy.pack, part.unit.code, "0101", led.urgency, at=NOON, version=toy.number)
        assert {name: getattr(part, name) for name in own.columns} == own.columns
    order = Order.objects.get(pk=led.order_id)
    assert (order.whistled, order.state) == (True, "handling")
    notes = Message.objects.filter(topic="whistled").order_by("pk")
    assert [(m.unit.code, m.sent_at, m.body["by"]) for m in notes] == [
        ("water", NOON, "Mill Parish"),
        ("north-roads", NOON, "Mill Parish"),
    ]
    assert verify().broken == []


def test_without_a_meeting_time_the_limit_of_the_urgency_holds(toy) -> None:
    part = verbs.parts(verbs.answered(toy, lead("mill"), urgency="2h"))[0]
    [water] = whistle.whistle([part], call("water"), by=clerk("mill"), at=AT + HOUR, loaded=toy)
    assert water.arrive_by == AT + HOUR + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("codes", "said", "why"),
    [
        ((), {}, "请写要叫哪些单位，每家只写一次。"),
        (("water", "water"), {}, "请写要叫哪些单位，每家只写一次。"),
        (("water",), {"reason": "急"}, "请写明为什么叫他们来（至少四个字），在哪里碰头。"),
        (("water",), {"place": " "}, "请写明为什么叫他们来（至少四个字），在哪里碰头。"),
        (("water",), {"meet": NOON}, "约的到场时间已经过了，请写一个以后的时间。"),
        (
            ("water",),
            {"meet": NOON + timedelta(days=30)},
            "约的到场时间比本单位的办理时限还晚，请提前，或先申请延期。",
        ),
        (("mill",), {}, "Mill Parish已经在办这件，不用再吹哨。直接联系它，或在记录里写一笔。"),
    ],
)
def test_whistle_that_says_too_little_is_refused(toy, led, codes, said, why) -> None:
    with pytest.raises(BadInput) as caught:
        blow(toy, led, *codes, **said)
    assert str(caught.value) == why
    assert Assignment.objects.filter(came_by="whistle").count() == 0


def test_only_who_leads_or_a_street_whistles(toy, led) -> None:
    [water] = blow(toy, led, "water")
    come(water)
    with pytest.raises(BadInput):
        whistle.whistle([water], call("north-roads"), by=clerk("water"), at=NOON + 2 * HOUR, loaded=toy)
    with pytest.raises(NotAllowed):
        blow(toy, led, "hill", by=clerk("hill"))


def test_reporting_in_is_the_response_of_a_called_unit(toy, led) -> None:
    [water] = blow(toy, led, "water", meet=NOON + 2 * HOUR)
    come(water, at=NOON + HOUR)
    water.refresh_from_db()
    assert (water.state, water.arrived_at, water.responded_at) == ("handling", NOON + HOUR, NOON + HOUR)
    last = led.order.entries.order_by("-seq")[0]
    assert (last.move, last.records["who"], last.records["late"]) == ("report_in", "两名维修工", False)


def test_coming_late_is_on_record(toy, led) -> None:
    [water] = blow(toy, led, "water", meet=NOON + HOUR)
    come(water, at=NOON + 3 * HOUR)
    assert led.order.entries.order_by("-seq")[0].records["late"] is True


def test_second_report_keeps_the_first_arrival(toy, led) -> None:
    [water] = blow(toy, led, "water", meet=NOON + 2 * HOUR)
    come(water)
    whistle.report_in([water], who="维修工", result="管段已废除", by=clerk("water"), at=NOON + 5 * HOUR)
    water.refresh_from_db()
    assert water.arrived_at == NOON + HOUR


def test_who_was_not_called_does_not_report_in(toy, led, mill) -> None:
    with pytest.raises(BadInput):
        whistle.report_in([led], who="张工", result="到了", by=mill, at=NOON)


def test_caller_reports_last(toy, led, mill) -> None:
    water, roads = blow(toy, led, "water", "north-roads")
    come(water)
    verbs.finish([water], at=NOON + 2 * HOUR)
    with pytest.raises(BadInput) as caught:
        verbs.finish([led], at=NOON + 3 * HOUR)
    assert str(caught.value) == (
        "您吹哨叫来的North Ward Roads Office还没有报办结。等它报完，或让它回去并写明原因，再报单位已办结。"
    )
    whistle.release([roads], reason="查明与道路无关", by=mill, at=NOON + 3 * HOUR)
    verbs.finish([led], at=NOON + 4 * HOUR)
    assert Order.objects.get(pk=led.order_id).state == "replied"
    assert [a.state for a in verbs.parts(led.order)] == ["completed", "completed", "terminated"]
    assert verify().broken == []


def test_only_the_caller_lets_a_unit_go_and_says_why(toy, led, mill) -> None:
    [water] = blow(toy, led, "water")
    with pytest.raises(NotAllowed):
        whistle.release([water], reason="我们不想去", by=clerk("water"), at=NOON)
    with pytest.raises(BadInput):
        whistle.release([water], reason="算了", by=mill, at=NOON)


def test_citizen_hears_from_the_lead_alone(toy, led) -> None:
    [water] = blow(toy, led, "water")
    come(water)
    verbs.finish([water], at=NOON + 2 * HOUR)
    assert not Message.objects.filter(topic="completed").exists()
    verbs.finish([led], at=NOON + 3 * HOUR)
    assert Message.objects.filter(topic="completed").count() == 1


def test_citizen_was_not_contacted_because_a_called_unit_came(toy, led) -> None:
    [water] = blow(toy, led, "water")
    come(water)
    order = Order.objects.get(pk=led.order_id)
    Assignment.objects.filter(pk=led.pk).update(responded_at=None)
    parts = list(order.assignments.select_related("unit", "section").order_by("no"))
    steps = {step.key: step.at for step in progress(order, parts, list(order.entries.order_by("seq"))).steps}
    assert steps["contacted"] is None


@pytest.fixture
def over(toy, led) -> Assignment:
    """A called unit that has reported."""
    [water] = blow(toy, led, "water")
    come(water)
    verbs.finish([water], at=NOON + 2 * HOUR)
    water.refresh_from_db()
    return water


def rate(toy, part: Assignment, of: str, by: str, *, score: int = 5, words: str = "", at=NOON + 3 * HOUR) -> Rating:
    return whistle.rate(part, of=of, score=score, words=words, by=clerk(by), at=at, loaded=toy)


def test_neither_reads_the_others_rating_before_both_are_given(toy, over) -> None:
    rate(toy, over, "called", "mill", score=2, words="来晚了两小时")
    assert list(whistle.open_ratings(at=NOON + 4 * HOUR)) == []
    entry = over.order.entries.order_by("-seq")[0]
    assert (entry.move, entry.records["by"], entry.records["of"]) == ("rate", "Mill Parish", "Littleton Water")
    assert "来晚了两小时" not in str(entry.records)
    rate(toy, over, "caller", "water", score=4)
    found = whistle.open_ratings(at=NOON + 4 * HOUR).order_by("of")
    assert [(r.of, r.score, r.unit.code, r.by_unit.code) for r in found] == [
        ("called", 2, "water", "mill"),
        ("caller", 4, "mill", "water"),
    ]
    assert verify().broken == []


def test_one_rating_opens_when_the_window_is_over_and_no_other_comes(toy, over) -> None:
    rate(toy, over, "called", "mill")
    later = NOON + 2 * HOUR + timedelta(days=7)
    assert [r.score for r in whistle.open_ratings(at=later)] == [5]
    with pytest.raises(BadInput):
        rate(toy, over, "caller", "water", at=later)


def test_each_side_rates_once_and_only_the_other(toy, over) -> None:
    rate(toy, over, "called", "mill")
    with pytest.raises(Conflict):
        rate(toy, over, "called", "mill", score=1, words="改主意了的")
    with pytest.raises(NotAllowed):
        rate(toy, over, "called", "water")


@pytest.mark.parametrize(("score", "words"), [(0, ""), (6, ""), (1, "差")])
def test_low_scores_need_words_and_there_are_five(toy, over, score: int, words: str) -> None:
    with pytest.raises(BadInput):
        rate(toy, over, "called", "mill", score=score, words=words)


def test_nobody_is_rated_before_it_has_reported(toy, led) -> None:
    [water] = blow(toy, led, "water")
    with pytest.raises(BadInput):
        rate(toy, water, "called", "mill")


def test_one_unit_and_four_take_the_same_statements(toy, mill) -> None:
    def cost(*codes: str) -> int:
        part = verbs.parts(verbs.answered(toy, lead("mill")))[0]
        chosen = call(*codes)
        with CaptureQueriesContext(connection) as seen:
            whistle.whistle([part], chosen, by=mill, at=NOON, loaded=toy)
        return len(seen)

    cost("water")
    assert cost("water") == cost("water", "north-roads", "hill", "hall")


def test_no_unit_can_drop_out_by_itself() -> None:
    """首接负责: the only ways out are the centre's, the rule's, and the caller's for whom it called."""
    ways = {m.name for m in lifecycle.ASSIGNMENT_MOVES.values() if m.to in ("redirected", "terminated")}
    by_unit = {name for name in ways if {Role.CLERK, Role.CHIEF} & lifecycle.ASSIGNMENT_MOVES[name].by}
    assert (ways, by_unit) == ({"redirect", "withdraw", "release"}, {"release"})

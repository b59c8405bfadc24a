"""Pages of dispatch on an order: why these units, units that were only told, and passing on in the district."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jieban.appraisal.queries import Period
from jieban.core import clock
from jieban.dispatch import actions, tasks
from jieban.dispatch.rules import NOTICE, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.appraisal import record
from tests.dispatch import market_town
from tests.portal.pages import browser, statements, text


@pytest.fixture
def town(db, tmp_path: Path):
    folder = tmp_path / "town"
    folder.mkdir()
    return market_town.load(folder)


def just_now():
    return clock.now() - timedelta(minutes=5)


def test_order_says_why_these_units(town) -> None:
    order = market_town.a_dispute(town, at=just_now())
    page = text(browser("clerk", "shoply").get(f"/orders/{order.number}"))
    for said in (
        "为什么派给他们",
        "绿色通道，企业先行",
        "G1",
        "Consumers first",
        "North Ward Market Office",
        "目录第 1 版",
    ):
        assert said in page


def test_unit_that_was_only_told_reads_its_own_orders_and_nothing_else(town) -> None:
    crown = browser("clerk", "crown")
    own = verbs.dispatched(town, Target("mill"), Target("crown", NOTICE), at=just_now())
    other = verbs.dispatched(town, Target("mill"), at=just_now())
    page = text(crown.get(f"/orders/{own.number}"))
    assert ("只告知，不用办" in page, "/acknowledge" in page, "报单位已办结" in page, 'id="reveal"' in page) == (
        True, True, False, False,
    )  # fmt: skip
    assert crown.get(f"/orders/{other.number}").status_code == 404
    assert crown.post(f"/orders/{own.number}/phone", {"purpose": "想问一问"}).status_code == 403
    refused = crown.post(f"/orders/{own.number}/parts/2/complete", {"complete-result": "done"})
    assert (refused.status_code, own.assignments.get(no=2).state) == (422, "sent")


@pytest.mark.parametrize("verb", ["sign", "note", "respond"])
def test_unit_that_was_only_told_cannot_work_by_a_forged_form(town, verb) -> None:
    order = verbs.dispatched(town, Target("mill"), Target("crown", NOTICE), at=just_now())
    filled = {f"{verb}-way": "phone", f"{verb}-outcome": "reached", f"{verb}-text": "看过了"}
    assert browser("clerk", "crown").post(f"/orders/{order.number}/parts/2/{verb}", filled).status_code == 403
    assert order.assignments.get(no=2).state == "sent"


def test_unit_that_was_only_told_says_that_it_has_read(town) -> None:
    crown = browser("clerk", "crown")
    order = verbs.dispatched(town, Target("mill"), Target("crown", NOTICE), at=just_now())
    page = text(crown.post(f"/orders/{order.number}/parts/2/acknowledge", follow=True))
    assert ("不用您单位办" in page, order.assignments.get(no=2).state) == (True, "signed")
    other = verbs.dispatched(town, Target("mill"), Target("crown", NOTICE), at=just_now())
    crown.post("/desk/sign", {"part": [str(other.assignments.get(no=2).pk)]})
    assert other.assignments.get(no=2).state == "signed"


def fallen_back(town) -> Order:
    order = market_town.a_pending(town, category="02", at=just_now())
    actions.fall_back([order], why="目录没有对应条目", by=verbs.RULE, at=just_now(), loaded=town)
    return order


def test_district_passes_an_order_on_from_its_page(town) -> None:
    order, district = fallen_back(town), browser("district", "north")
    page = text(district.get(f"/orders/{order.number}"))
    assert ("兜底派单" in page, "转派给区内单位" in page, "Dale Parish" in page) == (True, True, False)
    path, given = f"/orders/{order.number}/parts/1/pass_on", {"pass_on-to": "mill", "pass_on-reason": "在它辖区"}
    failed = district.post(path, {**given, "pass_on-assist": "Nobody"})
    assert (failed.status_code, "没有叫“Nobody”的单位" in text(failed), "在它辖区" in text(failed)) == (422, True, True)
    done = text(district.post(path, {**given, "pass_on-assist": "North Ward Market Office"}, follow=True))
    assert ("转给Mill Parish、North Ward Market Office了" in done, "首接：North Ward" in done) == (True, True)
    states = list(order.assignments.order_by("no").values_list("unit__code", "role", "state"))
    assert states == [("north", "lead", "terminated"), ("mill", "lead", "sent"), ("market", "assist", "sent")]


def test_street_is_not_offered_to_pass_on(town) -> None:
    order = verbs.dispatched(town, Target("mill"), at=just_now())
    assert "转派给区内单位" not in text(browser("clerk", "mill").get(f"/orders/{order.number}"))


def test_dual_order_shows_how_many_units_have_reported(town) -> None:
    order = verbs.answered(town, Target("mill"), Target("north-roads"), at=just_now() - timedelta(hours=5))
    verbs.finish(verbs.parts(order)[:1], at=just_now())
    assert "单位已办结 1/2" in text(browser("clerk", "mill").get(f"/orders/{order.number}"))


def test_record_page_takes_the_same_statements_for_one_unit_and_for_six(town) -> None:
    one = verbs.dispatched(town, Target("mill"), at=just_now())
    more = [Target(code, NOTICE) for code in ("hill", "water", "market", "crown", "north-roads")]
    six = verbs.dispatched(town, Target("mill"), *more, at=just_now())
    clerk = browser("dispatcher")
    assert statements(clerk, f"/orders/{one.number}") == statements(clerk, f"/orders/{six.number}")


def test_answer_of_the_citizen_counts_for_both_units_of_a_dual_dispatch(town) -> None:
    order = verbs.asked(town, Target("mill"), Target("north-roads"))
    verbs.say(town, order, solved="yes", at=factories.AT + timedelta(hours=4))
    assert list(order.answers.order_by("assignment__no").values_list("assignment__unit__code", "solved")) == [
        ("mill", "yes"), ("north-roads", "yes"),
    ]  # fmt: skip


CALL = {"key": "call-9", "phone": "13800001234", "sms": "1", "content": "How do I pay the tax on my stall?"}


def test_agent_puts_a_call_through_to_a_sub_centre(town) -> None:
    seat = browser("agent")
    assert "Tax line 999" in text(seat.get("/seat"))
    refused = seat.post("/seat/take", {**CALL, "do": "subcentre"})
    assert (refused.status_code, "请选转到哪个分中心" in text(refused), Order.objects.count()) == (422, True, 0)
    seat.post("/seat/take", {**CALL, "do": "subcentre", "sub_line": "line_tax", "sub_three_way": "1"})
    order = Order.objects.get()
    part = order.assignments.get()
    assert (order.state, part.unit.code, part.came_by) == ("dispatched", "taxline", "subcentre")
    assert (order.dispatch["transfer"]["line"], order.dispatch["transfer"]["three_way"]) == ("line_tax", True)


def test_timeline_says_who_took_over_and_why(town) -> None:
    order = market_town.a_dispute(town, at=just_now() - timedelta(hours=5))
    tasks.take_over(at=just_now(), loaded=town)
    page = text(browser("dispatcher").get(f"/orders/{order.number}"))
    assert "又派给 North Ward Market Office主办" in page
    assert "绿色通道：企业没有按时签收，由North Ward Market Office接着办" in page


def test_both_leads_and_a_sub_centre_are_scored(town) -> None:
    for targets in ((Target("mill"), Target("north-roads")), (Target("taxline"),)):
        order = verbs.asked(town, *targets)
        verbs.say(town, order, solved="yes", at=factories.AT + timedelta(hours=4))
    found = record.rates(Period(factories.AT, factories.AT + timedelta(days=7)))
    scored = {unit: (one["resolution_out_of"], one["resolution_full"]) for unit, one in found.items()}
    assert scored == {"mill": (1, 1), "north-roads": (1, 1), "taxline": (1, 1)}

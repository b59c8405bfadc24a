"""The pages of the duty catalogue: asking who is in charge, proposing a change, deciding, publishing, the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jieban.accounts.actor import Role
from jieban.city.models import PackVersion
from jieban.dispatch import changing
from jieban.dispatch.changing import Draft
from jieban.dispatch.models import DutyChange
from tests import factories, verbs
from tests.factories import AT
from tests.portal.pages import browser, statements, text

DUTIES, CATALOGUE = reverse("board", args=["rules", "duties"]), reverse("board", args=["rules", "catalogue"])


def sent(**changed: str) -> dict[str, str]:
    """The form of a change of D3 as a clerk fills it in."""
    values = {
        "kind": "change", "code": "D3", "category": "Streets › Leaks", "owner": "*", "territory": "", "way": "direct",
        "lead": "属地街道", "assistants": "", "notice": "", "urgency": "2h", "basis": "Ward rules 3",
        "reason": "自来水公司从不上门", "evidence": "", "orders": "",
    }  # fmt: skip
    return {**values, **changed}


@pytest.mark.parametrize("role", ["clerk", "agent", "dispatcher", "auditor", "admin"])
def test_everybody_on_the_staff_may_ask_who_is_in_charge(toy, role):
    page = text(browser(role).get(DUTIES, {"q": "who mends a burst pipe", "at": "Mill Parish"}))
    assert "Littleton Water" in page
    assert "“burst pipe”" in page
    assert "第 D3 条，第 1 版" in page


def test_the_plain_address_leads_to_the_board(toy):
    answer = browser("clerk", "mill").get("/duties", {"q": "pothole"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{DUTIES}?q=pothole")


def test_without_a_place_the_units_are_told_as_the_line_has_them(toy):
    page = text(browser("agent").get(reverse("duties_found"), {"q": "pothole"}))
    assert "属地街道、所在区的roads" in page
    assert "Mill Parish" not in page


def test_a_street_asks_about_itself_unless_it_names_another_place(toy):
    client = browser("clerk", "mill")
    own, other = (text(client.get(DUTIES, {"q": "pothole", **more})) for more in ({}, {"at": "Hill Parish"}))
    assert [f"<b>{name}、North Ward Roads Office</b>" in own for name in ("Mill Parish", "Hill Parish")] == [
        True,
        False,
    ]
    assert [f"<b>{name}、North Ward Roads Office</b>" in other for name in ("Mill Parish", "Hill Parish")] == [
        False,
        True,
    ]


def test_a_place_nobody_knows_is_said_under_its_field(toy):
    page = text(browser("clerk", "mill").get(DUTIES, {"q": "pothole", "at": "Nowhere Lane"}))
    assert "地点里没有“Nowhere Lane”，或者不止一个。" in page


def test_a_question_that_nothing_answers_leads_to_a_proposal(toy):
    page = text(browser("clerk", "mill").get(DUTIES, {"q": "zzzz"}))
    assert "目录里没有对得上的" in page
    assert reverse("duty_change") in page


def test_a_clerk_proposes_a_change_with_the_order_that_gave_rise(toy):
    order = verbs.dispatched(toy)
    client = browser("clerk", "mill")
    form = text(client.get(reverse("duty_change"), {"code": "D3", "order": order.number}))
    assert 'value="Streets › Leaks"' in form
    assert f'value="{order.number}"' in form
    client.post(reverse("duty_change") + "?code=D3", sent(orders=order.number))
    row = DutyChange.objects.get()
    assert (row.cells, row.orders, row.state) == ({"lead": "street"}, [order.number], "proposed")


def test_an_orders_page_leads_to_its_line(toy):
    order = verbs.dispatched(toy, category="0102")
    page = text(browser("clerk", "water").get(reverse("record", args=[order.number])))
    assert f"{reverse('duty_change')}?code=D3&amp;order={order.number}" in page
    auditor = text(browser("auditor").get(reverse("record", args=[order.number])))
    assert reverse("duty_change") not in auditor


def test_what_was_typed_comes_back_with_the_reason(toy):
    answer = browser("clerk", "mill").post(reverse("duty_change"), sent(lead="Nobody at all"))
    page = text(answer)
    assert answer.status_code == 422
    assert "没有叫“Nobody at all”的单位。" in page
    assert "自来水公司从不上门" in page


def test_a_gap_comes_back_with_file_and_remedy(toy):
    answer = browser("clerk", "mill").post(reverse("duty_change"), sent(kind="end"))
    assert answer.status_code == 422
    assert "categories.csv, line 5" in text(answer)
    assert not DutyChange.objects.exists()


def test_an_order_out_of_sight_is_not_named(toy):
    order = verbs.dispatched(toy, verbs.lead("water"), street_id=toy.unit_ids["hill"])
    answer = browser("clerk", "mill").post(reverse("duty_change"), sent(orders=order.number))
    assert answer.status_code == 422
    assert f"没有编号是 {order.number} 的工单" in text(answer)


def test_from_proposal_to_published_version_by_three_people(toy):
    clerk, centre = browser("clerk", "mill"), browser("supervisor")
    clerk.post(reverse("duty_change"), sent())
    row = DutyChange.objects.get()
    page = text(centre.get(CATALOGUE))
    assert "自来水公司从不上门" in page
    assert "Littleton Water" in page
    centre.post(reverse("duty_decide", args=[row.pk]), {"verdict": "approve", "reason": "查过三定方案"})
    day = timezone.localdate() + timedelta(days=1)
    centre.post(reverse("duty_publish"), {"change": [row.pk], "day": day.isoformat()})
    version = PackVersion.objects.get(number=2)
    page = text(centre.get(CATALOGUE))
    assert version.valid_from == day
    assert "第 2 版" in page
    assert "改了 1 条" in page
    assert '<span class="jb-mut">主办</span> Littleton Water → <b>属地街道</b>' in page


def test_a_proposer_may_take_back_but_not_decide(toy):
    centre = browser("supervisor")
    centre.post(reverse("duty_change"), sent())
    row = DutyChange.objects.get()
    assert "撤回" in text(centre.get(CATALOGUE))
    assert centre.post(reverse("duty_decide", args=[row.pk]), {"verdict": "approve"}).status_code == 403
    centre.post(reverse("duty_decide", args=[row.pk]), {"verdict": "withdraw"})
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_clerk_never_publishes(toy):
    assert browser("clerk", "mill").post(reverse("duty_publish"), {"day": "2026-04-01"}).status_code == 403


def test_the_options_offer_units_that_depend_on_the_place_first(toy):
    page = text(browser("clerk", "mill").get(reverse("duties_units"), {"assistants": "属地街道、roads"}))
    assert page.count("<option") == 1
    assert '<option value="所在区的roads">' in page


def test_the_board_takes_as_many_statements_for_twenty_changes_as_for_one(toy):
    clerk, client = verbs.clerk("mill"), browser("supervisor")
    order = verbs.dispatched(toy)

    def propose(urgency: str) -> None:
        draft = Draft(kind="change", code="D3", cells={"urgency": urgency}, reason="时限不合适", orders=(order.number,))
        changing.propose([draft], by=clerk, at=AT)

    propose("24h")
    one = statements(client, CATALOGUE)
    for _ in range(19):
        propose("7d")
    assert statements(client, CATALOGUE) == one
    assert statements(client, f"{DUTIES}?q=pothole&at=Mill+Parish") <= one


def test_a_dispatcher_may_ask_beside_the_order_that_waits(toy):
    order = factories.an_order(
        state="pending_dispatch", street_id=toy.unit_ids["mill"], district_id=toy.unit_ids["north"]
    )
    page = text(browser(Role.DISPATCHER).get(reverse("dispatch_one", args=[order.number])))
    assert reverse("duties_found") in page
    assert 'id="duty-at" name="at" value="North Ward · Mill Parish"' in page

"""The ledger, mediation and diligent effort on the pages: who decides, what the citizen sees, what stays hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jieban.accounts.models import Reading
from jieban.core import clock
from jieban.handling.models import Hanging, Mediation
from jieban.orders.models import Order
from tests import verbs
from tests.portal.citizens import opened
from tests.portal.pages import browser, statements, text
from tests.portal.test_outside_page import picture
from tests.verbs import lead, parts


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


@pytest.fixture
def order(toy) -> Order:
    return verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3))


def url(order: Order, verb: str, no: int = 1) -> str:
    return f"/orders/{order.number}/parts/{no}/{verb}"


def paper() -> SimpleUploadedFile:
    return picture()


def asked(**given: object) -> dict[str, object]:
    """What the clerk types to have it hung."""
    day = (clock.now() + timedelta(days=60)).strftime("%Y-%m-%d")
    values = {
        "ground": "money", "plan": "管线要等明年资金，街道已报区里，资金到位三个月内改完。",
        "milestones": f"{day} 资金到位",
        "leader": "周静", "title": "街道副主任", "told": "电话告诉市民，市民同意等", "attached": paper(), **given,
    }  # fmt: skip
    return {f"request_hanging-{k}": v for k, v in values.items()}


def test_asked_granted_reviewed_and_taken_down_as_the_citizen_sees_it(order, clerk, client):
    assert "申请交上去了" in text(clerk.post(url(order, "request_hanging"), asked(), follow=True))
    district = browser("district", "north")
    assert order.title in text(district.get("/boards/review/hanging"))
    district.post(url(order, "hang"))
    assert order.title in text(district.get("/boards/watch/ledger"))
    web = opened(client, order)
    page = text(web.get(f"/track/{order.number}"))
    seen, hidden = ("暂时办不了", "管线要等明年资金", "街道副主任负责"), ("周静", "挂账", "前答复您")
    assert ([word in page for word in seen], [word in page for word in hidden]) == ([True] * 3, [False] * 3)
    said = {"review-progress": "资金列入预算", "review-next_step": "等批复"}
    clerk.post(url(order, "review"), said)
    assert "资金列入预算" in text(web.get(f"/track/{order.number}"))
    district.post(url(order, "take_down"), {"take_down-reason": "资金到了"})
    assert (parts(order)[0].state, Hanging.objects.get().reviews) == ("handling", 1)
    assert "暂时办不了" not in text(web.get(f"/track/{order.number}"))


def test_request_that_lacks_something_comes_back_whole(order, clerk):
    answer = clerk.post(url(order, "request_hanging"), asked(milestones="五月 资金到位"))
    page = text(answer)
    assert (answer.status_code, "不是节点" in page, "管线要等明年资金" in page) == (422, True, True)


def test_unit_sees_no_button_to_grant_it(order, clerk):
    clerk.post(url(order, "request_hanging"), asked())
    assert "同意挂账" not in text(clerk.get(f"/orders/{order.number}"))
    assert clerk.post(url(order, "hang")).status_code == 403
    assert clerk.get("/boards/review/hanging").status_code == 403


@pytest.mark.parametrize("path", ["/boards/review/hanging", "/boards/watch/ledger", "/boards/watch/effort"])
def test_empty_board_says_what_will_be_there(toy, path):
    page = text(browser("supervisor").get(path))
    assert "jb-blank" in page


def test_ledger_takes_the_same_statements_however_long(toy, clerk):
    district = browser("district", "north")

    def more(n: int) -> int:
        for _ in range(n):
            one = verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3))
            clerk.post(url(one, "request_hanging"), asked())
            district.post(url(one, "hang"))
        return statements(district, "/boards/watch/ledger")

    assert more(1) == more(4)


def begun(order: Order, clerk: Client) -> None:
    said = {"kind": "people", "mediator": "赵调解", "body": "桥东调委会", "parties": "王芳 业主\n李强 楼上住户"}
    clerk.post(url(order, "mediate"), {f"mediate-{k}": v for k, v in said.items()})


def test_mediation_shows_masked_names_to_the_unit_and_nothing_to_others(order, clerk):
    begun(order, clerk)
    page = text(clerk.get(f"/orders/{order.number}"))
    assert [word in page for word in ("王*（业主）", "王芳", "正在调解")] == [True, False, True]
    other = text(browser("auditor").get(f"/orders/{order.number}"))
    assert [word in other for word in ("调解内容保密", "赵调解", "王*")] == [True, False, False]


def test_agreement_is_printed_for_a_purpose_that_is_written_down(order, clerk):
    begun(order, clerk)
    terms = "楼上住户三十天内修好防水，业主不再要求赔偿。"
    clerk.post(
        url(order, "mediate_end"),
        {"mediate_end-outcome": "agreed", "mediate_end-text": terms, "mediate_end-signed": "on"},
    )
    row = Mediation.objects.get()
    path = f"/mediations/{row.pk}/agreement"
    assert clerk.post(path, {"purpose": "看"}).status_code == 400
    assert Reading.objects.count() == 0
    page = clerk.post(path, {"purpose": "打印给双方签字"})
    assert [word in text(page) for word in (terms, "王芳", "李强")] == [True] * 3
    assert (page["Cache-Control"], Reading.objects.get().what) == ("no-store", "agreement")
    assert browser("clerk", "hill").post(path, {"purpose": "打印给双方签字"}).status_code == 404
    said = {"court": "柳湾区法院", "number": "民特1号", "day": "2026-03-20"}
    clerk.post(url(order, "mediate_confirm"), {f"mediate_confirm-{k}": v for k, v in said.items()})
    assert "已司法确认" in text(clerk.get(f"/orders/{order.number}"))


def test_effort_is_judged_by_the_district_and_stands_beside_the_answer(order, clerk):
    facts = "三次上门、两次会商，产权单位书面答复不同意，已告诉市民别的途径。"
    clerk.post(url(order, "effort"), {"effort-facts": facts, "effort-attached": paper()})
    district = browser("district", "north")
    assert order.title in text(district.get("/boards/watch/effort"))
    assert "认定尽职情况" not in text(clerk.get(f"/orders/{order.number}"))
    district.post(
        url(order, "judge_effort"), {"judge_effort-decision": "proper", "judge_effort-reason": "办法都试过了"}
    )
    page = text(clerk.get(f"/orders/{order.number}"))
    assert ("尽职，办法都试过了" in page, facts in page) == (True, True)

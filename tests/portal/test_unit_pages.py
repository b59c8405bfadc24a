"""A unit's desk and an order's page over HTTP: what is shown, what is done there, and to whom it stays closed."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jieban.accounts.models import Reading
from jieban.core import clock
from jieban.orders.models import Assignment, Attachment, Entry, Order
from tests import factories, verbs
from tests.portal.pages import browser, statements, text


def picture() -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "#1a5a7e").save(out, "PNG")
    return out.getvalue()


PNG = picture()


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


def mine(order: Order) -> Assignment:
    """The parish's part of an order."""
    return Assignment.objects.get(order=order, unit__code="mill")


def recent(toy, **columns: object) -> Order:
    """An order sent a few minutes ago."""
    return verbs.dispatched(toy, at=clock.now() - timedelta(minutes=5), **columns)


def done(toy, **columns: object) -> Order:
    """An order whose units have contacted the citizen."""
    return verbs.answered(toy, at=clock.now() - timedelta(hours=3), **columns)


def url(order: Order, verb: str) -> str:
    return f"/orders/{order.number}/parts/{mine(order).no}/{verb}"


def test_desk_lists_what_is_open_with_its_groups(toy, clerk) -> None:
    late, fresh = verbs.dispatched(toy, title="Late one"), recent(toy, title="Fresh one")
    page = text(clerk.get("/desk"))
    assert re.findall(r'href="/orders/(JB-[\d-]+)" data-open', page) == [late.number, fresh.number]
    assert re.findall(r"<b[^>]*>(?:<svg.*?</svg> )?(已超期|4 小时内到期|今天到期|以后到期)</b>", page) == [
        "已超期",
        "以后到期",
    ]


def test_desk_shows_no_order_of_another_unit(toy) -> None:
    verbs.dispatched(toy, verbs.lead("water"))
    assert "现在没有在办的工单" in text(browser("clerk", "mill").get("/desk"))


def test_desk_filters_and_says_when_nothing_is_left(toy, clerk) -> None:
    recent(toy)
    assert "这样筛选下没有工单" in text(clerk.get("/desk?only=rework"))
    assert "data-row" in text(clerk.get("/desk?only=unsigned&role=lead"))
    assert "这样筛选下没有工单" in text(clerk.get("/desk?q=no-such-words"))


def test_desk_takes_the_same_statements_for_five_and_for_fifty(toy, clerk) -> None:
    for _ in range(5):
        verbs.dispatched(toy)
    few = statements(clerk, "/desk")
    for _ in range(45):
        verbs.dispatched(toy)
    assert statements(clerk, "/desk") == few


def test_signing_three_at_once_signs_all(toy, clerk) -> None:
    orders = [recent(toy) for _ in range(3)]
    response = clerk.post("/desk/sign", {"part": [mine(o).pk for o in orders]}, follow=True)
    assert {mine(order).state for order in orders} == {"signed"}
    assert "签收了 3 件" in text(response)


def test_signing_nothing_says_what_to_do(toy, clerk) -> None:
    response = clerk.post("/desk/sign", {})
    assert (response.status_code, "请先在列表里打钩" in text(response)) == (400, True)


def test_signing_for_another_unit_changes_nothing(toy, clerk) -> None:
    order = verbs.dispatched(toy, verbs.lead("water"))
    part = Assignment.objects.get(order=order)
    assert clerk.post("/desk/sign", {"part": part.pk}).status_code == 400
    part.refresh_from_db()
    assert part.state == "sent"


def test_handing_down_names_the_community(toy, clerk) -> None:
    order = done(toy)
    clerk.post("/desk/hand", {"part": mine(order).pk, "to": "c1", "instruction": "去看看"})
    assert mine(order).section.code == "c1"


def test_order_out_of_sight_does_not_exist(toy, clerk) -> None:
    order = factories.an_order(state="pending_dispatch")
    assert clerk.get(f"/orders/{order.number}").status_code == 404
    assert browser("auditor").get(f"/orders/{order.number}").status_code == 200


def test_record_shows_marks_words_timeline_and_next_step(toy, clerk) -> None:
    order = recent(toy, content="路面有坑，晚上看不见。")
    page = text(clerk.get(f"/orders/{order.number}"))
    for words in ("单位未办结", "等市民确认", "路面有坑，晚上看不见。", "签收这件工单", "校验通过", "138****1234"):
        assert words in page
    entries = Entry.objects.filter(order=order).count()
    assert len(re.findall(r'<li(?: class="jb-quiet")?><span class="jb-tm">', page)) == entries
    assert "13800001234" not in page


def test_record_of_an_auditor_offers_nothing_to_do(toy) -> None:
    order = recent(toy)
    page = text(browser("auditor").get(f"/orders/{order.number}"))
    assert ("现在不用您做什么" in page, "parts/1/sign" in page, "看完整号码" in page) == (True, False, False)


def test_record_takes_the_same_statements_for_a_long_timeline(toy, clerk) -> None:
    order = done(toy)
    few = statements(clerk, f"/orders/{order.number}")
    for n in range(20):
        clerk.post(url(order, "note"), {"note-text": f"第 {n} 次去看了"})
    assert statements(clerk, f"/orders/{order.number}") == few


def test_spoilt_entry_is_named_on_the_page(toy, clerk) -> None:
    order = recent(toy)
    Entry.objects.filter(order=order, seq=2).update(actor="somebody else")
    assert "第 2 条对不上" in text(clerk.get(f"/orders/{order.number}"))


def test_work_from_sign_to_complete(toy, clerk) -> None:
    order = recent(toy)
    clerk.post(url(order, "sign"))
    clerk.post(url(order, "respond"), {"respond-way": "phone", "respond-outcome": "no_answer"})
    assert mine(order).state == "signed"
    clerk.post(url(order, "respond"), {"respond-way": "phone", "respond-outcome": "reached", "respond-note": "约好了"})
    assert mine(order).state == "responded"
    clerk.post(
        url(order, "complete"),
        {"complete-result": "done", "complete-measures": "填坑", "complete-reply": verbs.REPLY,
         "complete-attached": SimpleUploadedFile("after.png", PNG, "image/png")},
    )  # fmt: skip
    assert (mine(order).state, mine(order).reply) == ("completed", verbs.REPLY)
    assert list(order.attachments.values_list("name", "mime", "stage")) == [("after.png", "image/png", "after")]


def test_completing_with_too_short_a_reply_keeps_what_was_typed(toy, clerk) -> None:
    order = done(toy)
    response = clerk.post(
        url(order, "complete"), {"complete-result": "done", "complete-measures": "填了三个坑", "complete-reply": "好"}
    )
    assert response.status_code == 422
    page = text(response)
    assert ("填了三个坑" in page, "data-failed" in page, 'id="step-complete" hidden' in page) == (True, True, False)
    assert mine(order).state == "responded"


def test_file_that_is_no_picture_is_refused_with_the_text_kept(toy, clerk) -> None:
    order = done(toy)
    bad = SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 64, "image/png")
    response = clerk.post(url(order, "note"), {"note-text": "去看过了", "note-attached": bad})
    assert (response.status_code, "去看过了" in text(response), order.attachments.count()) == (422, True, 0)


def test_work_of_another_unit_cannot_be_done(toy) -> None:
    order = recent(toy)
    assert browser("clerk", "water").post(url(order, "sign")).status_code == 404
    assert browser("agent").post(url(order, "sign")).status_code == 403


def test_signing_twice_says_who_was_first(toy, clerk) -> None:
    order = recent(toy)
    clerk.post(url(order, "sign"))
    response = clerk.post(url(order, "sign"))
    assert (response.status_code, "有人先办了" in text(response)) == (409, True)


def test_number_is_shown_after_its_purpose_was_written_down(toy, clerk) -> None:
    order = recent(toy)
    response = clerk.post(f"/orders/{order.number}/phone", {"purpose": "约上门时间"}, headers={"HX-Request": "true"})
    assert "13800001234" in text(response)
    reading = Reading.objects.get()
    assert (reading.subject, reading.what, reading.purpose) == (order.number, "phone", "约上门时间")


def test_number_without_a_purpose_stays_hidden(toy, clerk) -> None:
    order = recent(toy)
    response = clerk.post(f"/orders/{order.number}/phone", {"purpose": "看"})
    assert (response.status_code, "13800001234" in text(response), Reading.objects.count()) == (422, False, 0)


def test_number_is_never_shown_to_a_leader(toy) -> None:
    order = recent(toy)
    assert browser("leader").post(f"/orders/{order.number}/phone", {"purpose": "约上门时间"}).status_code == 403
    assert Reading.objects.count() == 0


def test_attachment_is_served_as_a_download_to_those_who_see_the_order(toy, clerk) -> None:
    order = done(toy)
    clerk.post(url(order, "note"), {"note-text": "拍了照", "note-attached": SimpleUploadedFile("坑.png", PNG)})
    path = f"/attachments/{Attachment.objects.get(order=order).pk}"
    response = clerk.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert clerk.get(f"{path}?show=1").headers["Content-Disposition"].startswith("inline;")
    assert browser("clerk", "water").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_earlier_orders_of_the_caller_are_those_in_sight(toy, clerk) -> None:
    first = recent(toy, title="Seen before")
    factories.an_order(title="Out of sight")
    second = recent(toy, title="The newest")
    page = text(clerk.get(f"/orders/{second.number}"))
    assert (first.number in page, "Out of sight" in page) == (True, False)


def test_rework_says_what_the_citizen_said(toy, clerk) -> None:
    order = verbs.asked(toy, at=clock.now() - timedelta(hours=8))
    verbs.say(toy, order, solved="no", satisfied="no", at=clock.now(), words="坑还在")
    page = text(clerk.get(f"/orders/{order.number}"))
    assert ("第 2 轮" in page, "市民：没解决" in page, "坑还在" in page) == (True, True, True)
    assert "市民：没解决" in text(clerk.get("/desk?only=rework"))

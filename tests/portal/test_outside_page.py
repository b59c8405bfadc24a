"""The page behind a one-time link: what a party outside sees on a phone, and what a stranger never does."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jieban.core import clock
from jieban.handling.models import Entrusting
from jieban.orders.models import Attachment, Order
from tests import factories, verbs
from tests.portal.pages import browser, text
from tests.verbs import lead, parts


def picture() -> SimpleUploadedFile:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "#1a5a7e").save(out, "PNG")
    return SimpleUploadedFile("rope.png", out.getvalue(), content_type="image/png")


@pytest.fixture
def order(toy) -> Order:
    contact = factories.a_contact(name="林晓", words="请尽快来人")
    columns = {"contact": contact, "content": "我家电梯坏了", "address": "桥东路 8 号"}
    return verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3), **columns)


def entrusted(order: Order, **given: str) -> str:
    """The clerk asks a lift firm; the address of its page, as the message on the clerk's page shows it once."""
    data = {
        "to": "安达电梯公司", "purpose": "修电梯", "phone": "13900002222", "instruction": "请修 3 号楼电梯",
        "until": (clock.now() + timedelta(days=3)).strftime("%Y-%m-%d"), **given,
    }  # fmt: skip
    fields = {f"entrust-{name}": value for name, value in data.items()}
    page = text(browser("clerk", "mill").post(f"/orders/{order.number}/parts/1/entrust", fields, follow=True))
    [token] = re.findall(r"/outside/([\w-]{43})", page)
    return f"/outside/{token}"


def test_page_shows_the_instruction_and_nothing_of_the_citizen(order):
    page = Client().get(entrusted(order))
    shown = text(page)
    assert ("请修 3 号楼电梯" in shown, "Mill Parish请您帮办" in shown) == (True, True)
    hidden = ("林晓", "13800001234", "我家电梯坏了", order.number, "桥东路", "13900002222")
    assert [word for word in hidden if word in shown] == []
    assert (page["Cache-Control"], page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        "no-store",
        "same-origin",
        "noindex",
    )


def test_place_is_shown_where_the_unit_wants_it(order):
    assert "桥东路 8 号" in text(Client().get(entrusted(order, show_address="on")))


def test_report_with_a_photo_closes_the_link(order):
    path = entrusted(order)
    answer = Client().post(path, {"text": "换了钢丝绳", "done": "yes", "files": picture()})
    assert (answer.status_code, "收到了，谢谢" in text(answer)) == (200, True)
    row = Attachment.objects.get(order=order)
    assert (row.name, row.stage, row.seq) == ("rope.png", "after", order.entries.get(move="outside_report").seq)
    again = Client().get(path)
    assert (again.status_code, "您已经报过办完了" in text(again)) == (410, True)
    assert "外单位说办完了" in text(browser("clerk", "mill").get(f"/orders/{order.number}"))


def test_progress_keeps_the_link_open_and_shows_what_was_said(order):
    path = entrusted(order)
    Client().post(path, {"text": "配件明天到", "done": "no"})
    page = text(Client().get(path))
    assert "配件明天到" in page


def test_what_was_typed_stays_when_something_is_missing(order):
    answer = Client().post(entrusted(order), {"text": "换了钢丝绳"})
    assert (answer.status_code, "换了钢丝绳" in text(answer), "请选办完了没有" in text(answer)) == (422, True, True)


def test_file_that_is_none_is_refused_in_words(order):
    bad = SimpleUploadedFile("a.png", b"no picture", content_type="image/png")
    answer = Client().post(entrusted(order), {"text": "换了钢丝绳", "done": "yes", "files": bad})
    assert (answer.status_code, Attachment.objects.count(), "换了钢丝绳" in text(answer)) == (422, 0, True)


@pytest.mark.parametrize("token", ["x", "a" * 43, "../x"])
def test_guessed_link_says_the_same_for_all(order, token):
    entrusted(order)
    page = Client().get(f"/outside/{token}")
    assert page.status_code in (404, 410)
    assert "请修 3 号楼电梯" not in text(page)


def test_guessing_is_slowed_down(order, settings):
    settings.JIEBAN_TRACK_RATE = 3
    codes = [Client().get("/outside/" + "a" * 43).status_code for _ in range(5)]
    assert codes == [410, 410, 410, 429, 429]


def test_link_taken_back_says_so(order):
    path = entrusted(order)
    row = Entrusting.objects.get()
    clerk = browser("clerk", "mill")
    clerk.post(f"/orders/{order.number}/parts/1/revoke", {"revoke-link": row.pk, "revoke-reason": "换了一家"})
    page = Client().get(path)
    assert (page.status_code, "把这个链接收回了" in text(page)) == (410, True)


def test_instruction_with_the_citizens_phone_comes_back_with_the_reason(order):
    fields = {
        "entrust-to": "安达", "entrust-purpose": "修", "entrust-instruction": "打 13800001234 找她",
        "entrust-until": (clock.now() + timedelta(days=2)).strftime("%Y-%m-%d"),
    }  # fmt: skip
    answer = browser("clerk", "mill").post(f"/orders/{order.number}/parts/1/entrust", fields)
    assert (answer.status_code, "说明里有市民的电话" in text(answer)) == (422, True)
    assert "打 13800001234 找她" in text(answer)


def test_other_unit_gets_no_form_for_it(order):
    assert browser("clerk", "hill").post(f"/orders/{order.number}/parts/1/entrust", {}).status_code == 404
    assert parts(order)[0].entrustings.count() == 0

"""The reply on the page: ready texts filled by the server, photos asked for, the checks, and nothing typed is lost."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jieban.core import clock
from jieban.handling import checks
from jieban.handling.models import ReplyTemplate
from jieban.orders.models import Attachment, Order
from tests import factories, verbs
from tests.portal.citizens import opened
from tests.portal.pages import browser, statements, text
from tests.verbs import lead, parts

REPLY = "坑已填平，路面恢复通行，有问题请打本街道电话。"


def picture(name: str) -> SimpleUploadedFile:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), name and "#1a5a7e").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


@pytest.fixture
def clerk(toy) -> Client:
    return browser("clerk", "mill")


@pytest.fixture
def order(toy) -> Order:
    """A pothole on a school way, which asks for photos of before and after."""
    return verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3), category="010101")


def url(order: Order, verb: str) -> str:
    return f"/orders/{order.number}/parts/1/{verb}"


def said(prefix: str = "complete", **given: object) -> dict[str, object]:
    """What the clerk types."""
    return {f"{prefix}-{k}": v for k, v in {"result": "done", "measures": "填坑", "reply": REPLY, **given}.items()}


def test_ready_text_is_filled_from_the_record(order, clerk):
    page = text(clerk.post(url(order, "-/text"), said(template="T1", reply="")))
    assert "市民朋友您好，Mill Parish：填坑。" in page


def test_text_that_lacks_a_value_says_which_and_keeps_what_was_typed(order, clerk):
    page = text(clerk.post(url(order, "-/text"), said(template="T1", measures="", reply="我写的")))
    assert ("这件工单里还没有：措施" in page, "我写的" in page) == (True, True)


@pytest.mark.parametrize("key", ["T2", "u1", "nothing"])
def test_text_that_does_not_fit_is_not_there(order, clerk, key):
    assert clerk.post(url(order, "-/text"), said(template=key)).status_code == 404


def test_missing_photo_is_named_and_the_one_that_came_is_kept(order, clerk):
    answer = clerk.post(url(order, "complete"), said(attached=picture("after.png")))
    page = text(answer)
    assert (answer.status_code, "还缺办理前的照片或视频" in page) == (422, True)
    assert ("after.png" in page, REPLY in page, 'name="complete-kept_attached"' in page) == (True, True, True)
    token = page.split('name="complete-kept_attached" value="')[1].split('"')[0]
    again = clerk.post(url(order, "complete"), said(before=picture("before.png"), kept_attached=token))
    assert again.status_code == 302
    assert sorted(Attachment.objects.filter(order=order).values_list("name", "stage")) == [
        ("after.png", "after"), ("before.png", "before"),
    ]  # fmt: skip


def test_page_says_which_photos_are_asked_for(order, clerk):
    assert "这类要有照片，还缺：办理前和办理后（invented）" in text(clerk.get(f"/orders/{order.number}"))


def test_citizen_sees_before_and_after_once_the_unit_has_reported(order, clerk, client):
    clerk.post(url(order, "note"), {"note-text": "看现场", "note-before": "on", "note-attached": picture("before.png")})
    photo = Attachment.objects.get(order=order)
    web = opened(client, order)
    assert web.get(f"/track/{order.number}/files/{photo.pk}").status_code == 404
    clerk.post(url(order, "complete"), said(attached=picture("after.png")))
    page = text(web.get(f"/track/{order.number}"))
    assert ("办理前后" in page, "before.png" in page) == (True, True)
    assert web.get(f"/track/{order.number}/files/{photo.pk}").status_code == 200


def switched(on: bool = True) -> None:
    chief = factories.an_actor("chief", verbs.unit("mill"))
    checks.switch(verbs.unit("mill"), on=on, by=chief, at=clock.now())


def test_checked_unit_sends_up_and_two_chiefs_let_it_leave(order, clerk):
    switched()
    page = text(clerk.get(f"/orders/{order.number}"))
    assert ("写好答复，送审" in page, 'id="step-complete"' in page and "办完了，报单位已办结" in page) == (True, False)
    photos = {"before": picture("before.png"), "attached": picture("after.png")}
    assert clerk.post(url(order, "submit"), said("submit", **photos)).status_code == 302
    first, second = browser("chief", "mill"), browser("chief", "mill")
    assert order.title in text(first.get("/boards/joint/checks"))
    key = {"check-verdict": "pass"}
    assert "送到下一级" in text(first.post(url(order, "check"), key, follow=True))
    again = first.post(url(order, "check"), key)
    assert again.status_code == 403
    assert "答复发给市民了" in text(second.post(url(order, "check"), key, follow=True))
    assert parts(order)[0].state == "completed"


def test_reply_sent_back_is_in_the_form_again_with_the_words(order, clerk):
    switched()
    photos = {"before": picture("before.png"), "attached": picture("after.png")}
    clerk.post(url(order, "submit"), said("submit", **photos))
    browser("chief", "mill").post(url(order, "check"), {"check-verdict": "back", "check-words": "写清谁来看过"})
    page = text(clerk.get(f"/orders/{order.number}"))
    assert ("退回来了：写清谁来看过" in page, REPLY in page) == (True, True)


def test_chief_switches_the_checks_and_the_clerk_cannot(toy, clerk):
    assert clerk.post("/replies/checks", {"on": "1"}).status_code == 403
    page = text(browser("chief", "mill").post("/replies/checks", {"on": "1"}, follow=True))
    assert "本单位开着三级把关：承办人写好，section、parish看过才发出" in page


def test_chief_writes_a_text_and_retires_it(toy, order, clerk):
    chief = browser("chief", "mill")
    bad = chief.post("/replies/texts", {"title": "坑", "body": "{谁}来过"})
    assert (bad.status_code, "没有“{谁}”这个占位" in text(bad), "{谁}来过" in text(bad)) == (422, True, True)
    chief.post(
        "/replies/texts", {"title": "坑填了", "body": "{单位}填了坑，请您看看。", "category": "01", "result": "done"}
    )
    assert "坑填了" in text(clerk.get(f"/orders/{order.number}"))
    assert "坑填了" in text(clerk.get("/boards/joint/templates"))
    row = ReplyTemplate.objects.get()
    assert browser("chief", "hill").post(f"/replies/texts/{row.pk}/retire").status_code == 404
    chief.post(f"/replies/texts/{row.pk}/retire")
    assert "坑填了" not in text(clerk.get(f"/orders/{order.number}"))


@pytest.mark.parametrize("path", ["/boards/joint/checks", "/boards/joint/templates"])
def test_boards_take_the_same_statements_however_long(toy, path):
    switched()
    chief = browser("chief", "mill")

    def more(n: int) -> int:
        for _ in range(n):
            order = verbs.answered(toy, lead("mill"), at=clock.now() - timedelta(hours=3))
            by, at = verbs.clerk("mill"), clock.now()
            checks.submit(parts(order), result="done", measures="填坑", reply=REPLY, by=by, at=at, loaded=toy)
        return statements(chief, path)

    assert more(1) == more(6)

"""Citizens and callback agents at a real browser: a phone, a keyboard, and a browser without scripts."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from jieban.callback import links
from jieban.core import clock
from jieban.orders.models import Answer, Attachment, Order
from tests import factories, verbs
from tests.browser.conftest import sideways

pytestmark = pytest.mark.browser

WORDS = "There is a pothole at Weaver Court in Mill Parish. 骑车的人只能绕到马路中间。"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A picture on disk, as a phone has taken it."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "olive").save(out, "JPEG")
    (tmp_path / "hole.jpg").write_bytes(out.getvalue())
    return str(tmp_path / "hole.jpg")


def invited(order: Order) -> str:
    """The path of a fresh one-time link."""
    invite, address = links.make(order, days=7, at=clock.now())
    invite.save()
    return "/survey/" + address.rsplit("/", 1)[-1]


def test_citizen_files_with_a_photo_and_a_wrong_phone_first(toy, browse, photo) -> None:
    page = browse("/file", width=390, height=844)
    page.set_input_files("input[name=files]", photo)
    page.wait_for_selector(".jb-kept img")
    page.locator("#id_content").press_sequentially(WORDS)
    page.locator("#guess b").wait_for()
    page.check("[name=guess][value=yes]")
    page.locator("#id_address").press_sequentially("Weaver C", delay=20)
    page.locator("#places button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert (page.input_value("#id_address"), page.input_value("#id_place")) == ("Weaver Court", "e1")
    page.fill("#id_phone", "1391234567")
    page.click("text=提交诉求")
    page.locator("#id_phone-err").wait_for()
    assert page.evaluate("document.activeElement.id") == "id_phone"
    assert page.input_value("#id_content") == WORDS
    assert page.locator(".jb-kept img").count() == 1
    assert page.is_checked("[name=guess][value=yes]")
    assert sideways(page) == 0
    page.fill("#id_phone", "13912345678")
    page.click("text=提交诉求")
    page.wait_for_url("**/receipt/**")
    order = Order.objects.get()
    assert page.inner_text("#number") == order.number
    assert (order.content, order.category, order.place) == (WORDS, "0101", "e1")
    assert [a.name for a in Attachment.objects.all()] == ["hole.jpg"]
    assert sideways(page) == 0
    page.click("a.jb-cz-btn")
    page.locator("text=现在在谁手里").wait_for()
    assert sideways(page) == 0


def test_guess_that_comes_late_leaves_the_answer_standing(toy, browse) -> None:
    page, held = browse("/file", width=390, height=844), []
    page.locator("#id_content").press_sequentially(WORDS)
    page.locator("#guess b").wait_for()
    page.wait_for_timeout(1500)
    page.route("**/file/guess", lambda route: held.append(route))
    page.locator("#id_content").press_sequentially("。")
    for _ in range(100):
        page.wait_for_timeout(0 if held else 50)
    page.check("[name=guess][value=yes]")
    page.evaluate("document.querySelector('#guess b').dataset.old = 1")
    with page.expect_response("**/file/guess"):
        for route in held:
            route.continue_()
    page.locator("#guess b:not([data-old])").wait_for()
    assert page.is_checked("[name=guess][value=yes]")


def test_draft_comes_back_after_leaving_the_form(toy, browse) -> None:
    page = browse("/file", width=390, height=844)
    page.fill("#id_content", WORDS)
    page.focus("#id_address")
    page.locator("text=已自动保存").wait_for()
    page.goto(page.url.replace("/file", "/"))
    page.click(".jb-way.jb-first")
    page.locator("#id_content").wait_for()
    page.wait_for_function("document.getElementById('id_content').value !== ''")
    assert page.input_value("#id_content") == WORDS


def test_citizen_tracks_by_keyboard_and_rates(toy, browse) -> None:
    order = verbs.asked(toy)
    page = browse("/track", width=390, height=844)
    page.focus("#id_number")
    page.keyboard.type(order.number)
    page.keyboard.press("Tab")
    page.keyboard.type("1234")
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/*")
    assert sideways(page) == 0
    for name, value in (("contacted", "yes"), ("solved", "no"), ("satisfied", "no")):
        page.focus(f"[name={name}] >> nth=0")
        page.check(f"[name={name}][value={value}]")
    assert page.inner_text("[data-follow]") == "这样提交后，单位要接着办"
    page.fill("#id_said", "又堵上了")
    page.focus("text=提交 >> nth=-1")
    page.locator("#rate button[type=submit]").press("Enter")
    page.locator("text=已经让单位接着办").wait_for()
    assert {(a.solved, a.words) for a in Answer.objects.all()} == {("no", "又堵上了")}


def test_survey_works_without_any_script(toy, browse) -> None:
    order = verbs.asked(toy)
    page = browse(invited(order), width=390, height=844, script=False)
    page.check("[name=contacted][value=yes]")
    page.check("[name=solved][value=yes]")
    page.click("button.jb-cz-btn")
    page.locator("text=这一题还没有选").wait_for()
    assert page.is_checked("[name=solved][value=yes]")
    page.check("[name=satisfied][value=mostly]")
    page.click("button.jb-cz-btn")
    page.locator("text=您的回答记下了").wait_for()
    order.refresh_from_db()
    assert (order.state, order.solved, order.satisfied) == ("closed", "yes", "mostly")


def test_filing_works_without_any_script(toy, browse, photo) -> None:
    page = browse("/file", width=390, height=844, script=False)
    page.set_input_files("input[name=files]", photo)
    page.fill("#id_content", WORDS)
    page.fill("#id_phone", "1391234567")
    page.click("text=提交诉求")
    page.locator(".jb-kept img").wait_for()
    page.fill("#id_phone", "13912345678")
    page.click("text=提交诉求")
    page.wait_for_url("**/receipt/**")
    assert [a.name for a in Attachment.objects.all()] == ["hole.jpg"]


@pytest.mark.parametrize("size", ["100", "125", "150"])
def test_no_page_sticks_out_at_any_size_of_type(toy, browse, size) -> None:
    order = verbs.asked(toy, title="很长的标题没有空格" * 8, content="很长的内容" * 200)
    page = browse("/track", width=390, height=844)
    page.context.add_cookies([{"name": "jb_size", "value": size, "url": page.url}])
    page.fill("#id_number", order.number)
    page.fill("#id_digits", "1234")
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/*")
    out = {}
    for path in ("/", "/file", "/track", f"/track/{order.number}", f"/receipt/{order.number}", invited(order)):
        page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
        out[path] = sideways(page)
    assert set(out.values()) == {0}


def test_callback_agent_records_a_call_with_the_keyboard_only(toy, browse) -> None:
    post = factories.a_post("callback", verbs.unit("hall"), password=factories.PASSWORD)
    order = verbs.asked(toy)
    page = browse("/callback")
    page.locator("[name=username]").wait_for()
    page.focus("[name=username]")
    page.keyboard.type(post.person.username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".jb-cbk-take").wait_for()
    page.wait_for_load_state("load")
    page.keyboard.press("Control+Enter")
    page.locator("#answers").wait_for()
    page.wait_for_load_state("load")
    for key in ("1", "3", "3", "2"):
        page.keyboard.press(key)
    page.locator("text=重办中").wait_for()
    page.focus("#id_words")
    page.keyboard.type("又漏了 2 次")
    page.keyboard.press("Control+Enter")
    page.locator("text=现在没有要回访的市民").wait_for()
    order.refresh_from_db()
    assert (order.state, order.contacted, order.solved, order.satisfied) == ("rework", True, "no", "no")
    assert {(a.attitude, a.words) for a in Answer.objects.all()} == {("fair", "又漏了 2 次")}

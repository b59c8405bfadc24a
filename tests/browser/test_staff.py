"""The staff at a real browser: keyboard alone, drafts, suggestions, narrow screens, and a list of a night's work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.handling import actions as handling
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.browser.conftest import sideways

pytestmark = pytest.mark.browser

CALL = "A pothole, a deep hole in the road, in Weaver Court. Please mend the pothole."
PAGES = {
    "clerk": ("mill", ("/desk", "/orders", "/appraisal", "/knowledge", "/me")),
    "supervisor": ("hall", ("/seat", "/dispatch", "/callback", "/overview", "/orders", "/appraisal")),
    "admin": ("hall", ("/people",)),
}


def shown(page: Page, selector: str) -> None:
    """Wait until it is there and the page's scripts have run: a key pressed before goes nowhere."""
    page.wait_for_selector(selector)
    page.wait_for_load_state("load")


@pytest.fixture
def enter(browse: Callable[..., Page]) -> Callable[..., Page]:
    """Log somebody in by the keyboard: `enter(role, unit, width=…)` opens the first page of the post."""

    def entered(role: str, unit: str = "hall", *, width: int = 1440) -> Page:
        person = factories.a_person("李静", password=factories.PASSWORD)
        factories.a_post(Role(role), verbs.unit(unit), person=person)
        page = browse("/login", width=width, height=900 if width > 800 else 844)
        shown(page, "input[name=username]:focus")
        page.keyboard.type(person.username)
        page.keyboard.press("Tab")
        shown(page, "input[name=password]:focus")
        page.keyboard.type(factories.PASSWORD)
        page.keyboard.press("Enter")
        shown(page, ".jb-rail")
        return page

    return entered


def recent(toy, minutes: int = 5, **columns: object) -> Order:
    """An order sent a few minutes ago."""
    return verbs.dispatched(toy, at=clock.now() - timedelta(minutes=minutes), **columns)


def test_clerk_signs_three_orders_by_keyboard(toy, enter) -> None:
    orders = [recent(toy, minutes=n, title=f"Pothole {n}") for n in (9, 8, 7, 6)]
    page = enter("clerk", "mill")
    for key in "jxjxjx":
        page.keyboard.press(key)
    assert "已选 3 件，全部待签收" in page.locator("[data-bulk]").inner_text()
    page.keyboard.press("s")
    shown(page, ".jb-notice.jb-good")
    states = [Assignment.objects.get(order=order, unit__code="mill").state for order in orders]
    assert states == ["signed", "signed", "signed", "sent"]


def test_letters_typed_into_a_field_are_no_keys(toy, enter) -> None:
    recent(toy)
    page = enter("clerk", "mill")
    page.keyboard.press("/")
    page.keyboard.type("jxs?")
    assert page.input_value("[name=q]") == "jxs?"
    assert page.locator("[data-bulk]").is_hidden()
    assert not page.evaluate("document.getElementById('keys').open")


def test_question_mark_shows_the_keys_and_escape_closes_them(toy, enter) -> None:
    page = enter("clerk", "mill")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()


def test_clerk_works_an_order_to_its_end_by_keyboard(toy, enter) -> None:
    order = recent(toy)
    page = enter("clerk", "mill")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.number}")
    page.keyboard.press("s")
    shown(page, "#step-respond")
    page.keyboard.press("Control+Enter")
    shown(page, "#step-complete:not([hidden])")
    page.fill("[name=complete-measures]", "填坑")
    page.fill("[name=complete-reply]", verbs.REPLY)
    page.keyboard.press("Control+Enter")
    shown(page, ".jb-notice.jb-good")
    assert Assignment.objects.get(order=order, unit__code="mill").state == "completed"


def test_draft_of_a_note_survives_leaving_the_page(toy, enter) -> None:
    order = verbs.answered(toy, at=clock.now() - timedelta(hours=2))
    page = enter("clerk", "mill")
    page.goto(page.url.rsplit("/", 1)[0] + f"/orders/{order.number}")
    page.click(".jb-alts >> text=写办理记录")
    page.fill("[name=note-text]", "去看过了，坑有脸盆大")
    page.locator("[name=note-text]").blur()
    page.reload()
    page.click(".jb-alts >> text=写办理记录")
    assert page.input_value("[name=note-text]") == "去看过了，坑有脸盆大"
    page.click("text=写进记录")
    shown(page, ".jb-notice.jb-good")
    assert page.input_value("[name=note-text]") == ""


def test_seat_files_a_call_with_suggestions(toy, enter) -> None:
    factories.an_order(title="Seen before")
    page = enter("agent")
    page.fill("#phone", "13800001234")
    page.locator("#caller", has_text="来过 1 次").wait_for()
    page.fill("#content", CALL)
    page.locator("#proposal", has_text="Mill Parish").wait_for()
    assert page.eval_on_selector("[name=cat2]", "field => field.value") == "0101"
    page.keyboard.press("F2")
    assert "cat1" in page.input_value("[name=touched]").split()
    page.keyboard.press("Control+Enter")
    shown(page, ".jb-notice.jb-good")
    order = Order.objects.latest("pk")
    assert (order.content, order.category, order.state) == (CALL, "0101", "dispatched")
    assert page.input_value("#content") == ""


def test_seat_keeps_what_the_agent_chose_while_typing_goes_on(toy, enter) -> None:
    page = enter("agent")
    page.fill("#content", CALL)
    page.locator("#proposal", has_text="Mill Parish").wait_for()
    page.locator("label[for=urg-2h]").click()
    page.locator("#content").press_sequentially(" It is deep.")
    page.wait_for_timeout(1200)
    assert page.is_checked("#urg-2h")
    assert page.input_value("#content") == CALL + " It is deep."


def test_seat_offers_the_draft_again_after_a_reload(toy, enter) -> None:
    page = enter("agent")
    page.fill("#content", CALL)
    page.locator("#content").blur()
    page.reload()
    assert page.input_value("#content") == CALL


def test_dispatcher_types_a_unit_and_the_other_way_is_chosen(toy, enter) -> None:
    where = {"street_id": toy.unit_ids["mill"], "district_id": toy.unit_ids["north"], "category": "0101"}
    order = factories.an_order(state="pending_dispatch", at=clock.now(), **where)
    page = enter("dispatcher")
    page.click(f"a[href='/dispatch/{order.number}'][data-open]")
    page.locator("#lead_name").press_sequentially("Water")
    page.locator("#units option").first.wait_for(state="attached")
    assert page.is_checked("#pick-other")
    page.fill("#lead_name", "Littleton Water")
    page.fill("[name=reason]", "a pipe below the road")
    page.keyboard.press("Control+Enter")
    shown(page, ".jb-notice.jb-good")
    assert list(order.assignments.values_list("unit__code", flat=True)) == ["water"]


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_sticks_out_sideways(toy, enter, role: str, width: int) -> None:
    unit, paths = PAGES[role]
    order = recent(toy, title="很长的标题" * 12, content="没有空格的一长串" * 60)
    part = verbs.parts(order)[0]
    verbs.contact([part], at=clock.now())
    by = verbs.clerk(part.unit.code)
    handling.complete([part], result="done", measures="填坑" * 90, reply="已经填平" * 90, by=by, at=clock.now())
    page = enter(role, unit, width=width)
    root = "/".join(page.url.split("/")[:3])
    for path in (*paths, *([f"/orders/{order.number}"] if role != "admin" else [])):
        page.goto(root + path)
        assert (path, sideways(page)) == (path, 0)


def test_number_is_revealed_in_place(toy, enter) -> None:
    order = recent(toy)
    page = enter("clerk", "mill")
    page.goto(page.url.rsplit("/", 1)[0] + f"/orders/{order.number}")
    page.click("text=看完整号码")
    page.fill("[name=purpose]", "约上门时间")
    page.click("text=记下并显示")
    page.locator("#reveal", has_text="13800001234").wait_for()


def test_other_category_is_chosen_by_a_click(toy, enter) -> None:
    page = enter("agent")
    page.fill("#content", CALL + " Is there a leak as well, a burst pipe?")
    page.locator("button.jb-alt").first.wait_for()
    name = page.locator("button.jb-alt").first.inner_text()
    page.locator("button.jb-alt").first.click()
    page.wait_for_function("() => document.querySelector('#touched').value.includes('cat2')")
    assert page.eval_on_selector("[name=cat2]", "field => field.selectedOptions[0].text") in name


def test_seat_takes_a_place_from_the_list_and_forgets_it_when_typed_over(toy, enter) -> None:
    page = enter("agent")
    page.fill("#content", "A pothole, a deep hole in the road. Please mend the pothole.")
    page.locator("#address").press_sequentially("Weaver C", delay=20)
    page.locator("#picks button").first.click()
    page.locator("#fields", has_text="Weaver Court").wait_for()
    assert (page.input_value("#place"), page.input_value("#address")) == ("e1", "North Ward Mill Parish · Weaver Court")
    assert "place" in page.input_value("#touched").split()
    page.fill("#address", "Hill Parish")
    assert "place" not in page.input_value("#touched").split()
    page.keyboard.press("Enter")
    assert page.url.endswith("/seat")
    assert Order.objects.count() == 0

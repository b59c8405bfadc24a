"""Published results at a real browser: nothing sticks out, charts are drawn, and without script the tables stand."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import factories
from tests.appraisal.publication import kept
from tests.browser.conftest import sideways

pytestmark = pytest.mark.browser

LINES = [*["u1 yes yes"] * 12, *["u2 yes no"] * 12, *["u3 no no"] * 12, *["dep yes yes role=assist"] * 3]


@pytest.mark.parametrize("size", ["100", "150"])
def test_the_public_page_at_any_size_of_type(toy, browse, size: str) -> None:
    kept.units()
    first = kept.put("2026-10", *LINES)
    kept.put("2026-10", *LINES[1:], replaces=first, note="少算的一件补上了，名次没有变" * 3)
    Client().get("/scores")  # the first page of all loads the whole house, which takes long on a busy machine
    page = browse("/scores", width=390, height=844, script=False)
    page.context.add_cookies([{"name": "jb_size", "value": size, "url": page.url}])
    page.goto(re.sub(r"/scores.*", "/scores?board=streets", page.url))
    assert (sideways(page), page.locator("h1").count(), page.locator(".jb-score").count()) == (0, 1, 3)
    unnamed = page.locator("main select, main input").evaluate_all(
        "all => all.filter(one => !one.labels.length).length"
    )
    assert unnamed == 0
    low = page.locator("main a, main button, main select, main summary").evaluate_all(
        "all => all.filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 22).length"
    )
    assert low == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_the_staff_do_not_stick_out_and_draw_their_lines(toy, browse, live_server, width: int) -> None:
    kept.units()
    results = [kept.put(cycle, *LINES) for cycle in ("2026-09", "2026-10")]
    person = factories.a_person("李静", password=factories.PASSWORD)
    factories.a_post("leader", person=person)
    page = browse("/login", width=width, height=900)
    page.wait_for_selector("input[name=username]:focus")
    page.keyboard.type(person.username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".jb-rail")
    one = f"/appraisal/published/{results[1].pk}"
    for path in ("/appraisal/published", one, f"{one}/letters", f"{one}/letters/streets/u2", f"{one}/shared",
                 "/appraisal/rewards", "/appraisal/trend?board=streets&unit=u2"):  # fmt: skip
        page.goto(live_server.url + path)
        assert (path, page.locator("h1").count(), sideways(page)) == (path, 1, 0)
        bare = page.locator("main th:not([scope])").count()
        assert (path, bare) == (path, 0)
    assert page.locator("[data-trend] svg").count() == 4

"""Every board of every role at a real browser, wide and narrow: nothing sticks out, nothing is refused or logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.portal.desk import boards
from tests import factories, verbs
from tests.browser.conftest import sideways

pytestmark = pytest.mark.browser

UNIT_ROLES = (Role.CLERK, Role.CHIEF)
ROLES = sorted({role for board in boards.TABLE for role in board.roles})


def entered(browse: Callable[..., Page], role: Role, unit: str, width: int) -> Page:
    """Somebody in that role, logged in by the keyboard."""
    person = factories.a_person("李静", password=factories.PASSWORD)
    factories.a_post(role, verbs.unit(unit), person=person)
    page = browse("/login", width=width, height=900 if width > 800 else 844)
    page.wait_for_selector("input[name=username]:focus")
    page.keyboard.type(person.username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".jb-rail")
    return page


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("role", ROLES)
def test_no_board_sticks_out_sideways(toy, browse, live_server, role: Role, width: int) -> None:
    verbs.answered(toy, at=clock.now() - timedelta(hours=2), title="很长的标题" * 12)
    page = entered(browse, role, "mill" if role in UNIT_ROLES else "hall", width)
    mine = [board.url for board in boards.TABLE if role in board.roles]
    for path in mine:
        page.goto(live_server.url + path)
        assert (path, page.locator("h1").count(), sideways(page)) == (path, 1, 0)

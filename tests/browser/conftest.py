"""A real headless Chromium against the running site; every page is watched for foreign requests and refused scripts.

    def test_something(browse, live_server, toy):
        page = browse("/file", width=390)

What a page logs as an error, a request to another host, or a breach of the content security policy fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = os.environ.get("JIEBAN_CHROMIUM") or shutil.which("chromium") or ""
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
# An answer of 409, 410, 422 or 429 is a page with a reason; Chromium logs it as a resource that failed.
REFUSED = ("409", "410", "422", "429")
# What htmx says of a request that the next page has cut short.
CUT_SHORT = ("htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A database for each worker; on SQLite a file, so that the server's threads have connections of their own."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("browser") / "test.sqlite3")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    # Playwright's loop runs in this thread; the tests themselves are plain synchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, live_server, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a page of the site in a browser of its own: `browse(path, width=…, height=…, script=True)`."""
    cache.clear()
    found: list[str] = []
    contexts = []

    def opened(path: str, *, width: int = 1440, height: int = 900, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: found.extend(_complaint(message)))
        page.on("pageerror", lambda error: found.append(f"script: {error}"))
        page.on("request", lambda request: found.extend(_foreign(request.url, live_server.url)))
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert found == []


def _complaint(message: ConsoleMessage) -> list[str]:
    refused = message.text.startswith("Failed to load resource") and any(code in message.text for code in REFUSED)
    expected = refused or message.text.startswith(CUT_SHORT)
    return [message.text] if message.type in ("error", "warning") and not expected else []


def _foreign(address: str, own: str) -> list[str]:
    return [] if address.startswith((own, "data:", "blob:")) else [f"foreign request: {address}"]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window: 0 when nothing sticks out."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide

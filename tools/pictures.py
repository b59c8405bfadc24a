"""Take the pictures of the real screens for the README and the docs, from a running demo.

    python tools/pictures.py http://127.0.0.1:8000 [FOLDER]

Needs Chromium (JIEBAN_CHROMIUM or on the PATH). Writes PNG files, desktop pages at 1440 × 900 and citizens' pages at
390 × 844, both at the sizes the design is drawn for.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "jieban-demo"  # noqa: S105
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# (file, account, page); the record page is the first order on the street's desk.
STAFF = (
    ("seat", "agent", "/seat"),
    ("dispatch", "dispatcher", "/dispatch"),
    ("desk", "chongwai", "/desk"),
    ("orders", "supervisor", "/orders"),
    ("callback", "callback", "/callback"),
    ("appraisal", "leader", "/appraisal?board=districts"),
    ("overview", "leader", "/overview"),
    ("knowledge", "knowledge", "/knowledge"),
    ("people", "admin", "/people"),
)
CALL = "市民反映：琉洲公寓 8 号楼昨晚十点多开始暖气不热，今早卧室只有 15 度，家里有 86 岁老人，希望今天派人来看看。"


def main(address: str, folder: Path) -> int:
    """Take them all; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("JIEBAN_CHROMIUM") or shutil.which("chromium") or ""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        names = [*_staff(browser, address, folder), *_citizen(browser, address, folder)]
        browser.close()
    print("\n".join(names))
    return len(names)


def _staff(browser: Browser, address: str, folder: Path) -> list[str]:
    names = []
    for name, account, path in STAFF:
        page = _page(browser, DESK)
        _log_in(page, address, account)
        page.goto(address + path)
        if name == "seat":
            _call(page)
        names += _shoot(page, folder, name)
        if name == "desk":
            names += _record(page, address, folder)
        page.context.close()
    return names


def _record(page: Page, address: str, folder: Path) -> list[str]:
    link = page.locator("a[href^='/orders/JB-']").first.get_attribute("href") or ""
    page.goto(address + link)
    return _shoot(page, folder, "record")


def _call(page: Page) -> None:
    page.locator("textarea").first.fill(CALL)
    page.locator("textarea").first.press("End")
    page.wait_for_timeout(2500)


def _citizen(browser: Browser, address: str, folder: Path) -> list[str]:
    names = []
    page = _page(browser, PHONE)
    page.goto(address + "/")
    names += _shoot(page, folder, "citizen-home")
    page.goto(address + "/file")
    page.locator("#id_content").fill(
        "国瑞路口西南侧便道被共享单车堵满了，推婴儿车只能走到马路上，早上有位拄盲杖的大爷差点摔倒。"
    )
    page.locator("#id_phone").fill("13800001234")
    page.wait_for_timeout(1500)
    names += _shoot(page, folder, "citizen-file")
    with page.expect_navigation():
        page.locator("form button[type=submit]").last.click()
    names += _shoot(page, folder, "citizen-receipt")
    found = re.search(r"JB-\d{8}-\d{6}-\d", page.content())
    page.goto(address + "/track")
    page.locator("input[name=number]").fill(found[0] if found else "")
    page.locator("input[name=digits]").fill("1234")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return [*names, *_shoot(page, folder, "citizen-track")]


def _page(browser: Browser, size: dict[str, int]) -> Page:
    return browser.new_context(viewport=size, locale="zh-CN", device_scale_factor=1).new_page()  # type: ignore[arg-type]


def _log_in(page: Page, address: str, account: str) -> None:
    page.goto(address + "/login")
    page.locator("input[name=username]").fill(account)
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _shoot(page: Page, folder: Path, name: str) -> list[str]:
    page.wait_for_timeout(400)
    page.screenshot(path=folder / f"{name}.png")
    return [name]


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2] if len(sys.argv) > 2 else "docs/pictures"))

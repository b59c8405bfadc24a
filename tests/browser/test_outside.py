"""A party outside opens its link in a real browser and reports: the headers of the page must not stand in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.core import clock
from jieban.handling import outside
from tests import verbs
from tests.verbs import lead, parts

pytestmark = pytest.mark.browser


def test_report_by_link_is_taken_on_a_phone(browse, toy):
    at = clock.now()
    order = verbs.answered(toy, lead("mill"), at=at - timedelta(hours=3))
    _, address = outside.entrust(
        parts(order)[0], to="安达电梯公司", purpose="修电梯", phone="", instruction="请修 3 号楼电梯",
        until=at + timedelta(days=2), show_address=False, by=verbs.clerk("mill"), at=at, loaded=toy,
    )  # fmt: skip
    page = browse("/outside/" + address.rsplit("/", 1)[1], width=390)
    page.click("button[type=submit]")
    page.wait_for_selector("text=请选办完了没有")
    page.fill("#id_text", "换了钢丝绳")
    page.check("[name=done][value=yes]")
    page.click("button[type=submit]")
    page.wait_for_selector("text=收到了，谢谢")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert order.entries.filter(move="outside_report").count() == 1

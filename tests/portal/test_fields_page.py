"""The page of 七有五性: who sees which district, and what it says where nothing can be said."""

from __future__ import annotations

import pytest

from jieban.accounts.actor import Role
from jieban.analytics import lake as lakes
from jieban.core import clock
from tests.analytics import ten
from tests.portal.pages import browser, text

PAGE = "/appraisal/fields"


@pytest.fixture
def lake(toy):
    """The ten-row lake: in January 2020 two answers about streets (01) of one district."""
    found = ten.lay(lakes.home().folder)
    with found.change() as change:
        change.state.marks["at"] = clock.now().isoformat()
    return found


def test_without_a_lake_the_page_says_what_to_do(toy):
    assert "jieban lake sync" in text(browser("supervisor").get(PAGE))


def test_a_district_with_what_its_citizens_said(lake):
    page = browser("supervisor").get(PAGE, {"cycle": "2020-01", "district": "110118"})
    mine = page.context["chosen"]
    assert (mine.code, mine.social["n"]) == ("110118", 2)
    # yes/yes and explained/no: solved 1 of 2, satisfied 1 of 2, both in time: 0.2 + 0.2 + 0.2
    assert mine.social["composite"]["score"] == 60
    assert mine.missing == ("lamps",)
    assert mine.total is None
    assert "示例，非官方" in text(page)
    assert "缺数据，不计分" in text(page)


def test_a_ward_sees_itself_alone(lake):
    page = browser("district", "north").get(PAGE, {"cycle": "2020-01"})
    assert page.context["districts"] == []
    assert "您看得到的区这一期没有回访结果" in text(page)


@pytest.mark.parametrize(("cycle", "told"), [("2018-01", "没有生效的考评方案"), ("soon", "不是考核期")])
def test_a_cycle_that_there_is_not_is_told(lake, cycle, told):
    assert told in text(browser("supervisor").get(PAGE, {"cycle": cycle}))


def test_agents_and_clerks_do_not_come_in(toy):
    for role in (Role.AGENT, Role.CLERK):
        assert browser(role, "hall" if role == Role.AGENT else "mill").get(PAGE).status_code == 403

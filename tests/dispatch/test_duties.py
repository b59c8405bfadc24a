"""Who is in charge, asked in everyday words, on the catalogue of Beijing as it lies in cities/beijing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jieban.city import actions, reading
from jieban.city.pack import Pack
from jieban.dispatch import rules
from jieban.dispatch.duties import Search
from jieban.dispatch.rules import Catalogue, Facts

CITIES = Path(__file__).resolve().parent.parent.parent / "cities"
DAY = date(2026, 3, 2)
STREET = "110101014"


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The Beijing pack."""
    return reading.read(actions.gather(CITIES / "beijing"))


@pytest.fixture(scope="module")
def search(pack) -> Search:
    """The search over it."""
    return Search(Catalogue(pack))


@pytest.fixture(scope="module")
def here(pack) -> Facts:
    """A street of 东城区."""
    return Facts(street=STREET, district=pack.units[STREET].district)


QUESTIONS = {
    "谁管僵尸车": ("D0501", "050104"),
    "谁管路灯不亮": ("D1603", "160301"),
    "楼道堆杂物归谁管": ("D1101", "110103"),
    "广场舞太吵了该找谁": ("D070503", "070503"),
    "小区停车费乱涨价哪个部门管？": ("D1102", "110203"),
    "暖气不热谁负责": ("D1401", "140101"),
    "谁管井盖丢了": ("D160204", "160204"),
    "黑中介不退押金": ("D0303", "030303"),
    "谁管流浪狗": ("D0704", "070403"),
    "共享单车乱停归谁管": ("D050105", "050105"),
    "幼儿园入园找谁": ("D0902", "090201"),
    "拖欠工资找哪个部门": ("D1001", "100101"),
    "医保报销谁管": ("D1006", "100601"),
    "饭店油烟味太大谁来管": ("D1301", "130101"),
    "楼顶漏雨谁负责": ("D0302", "030201"),
    "自来水发黄": ("D0602", "060203"),
    "谁管飞线充电": ("D1901", "190101"),
    "垃圾没人清运": ("D2001", "200101"),
    "健身卡退费": ("D020402", "020402"),
    "河水发臭谁管": ("D1303", "130301"),
    "电梯困人": ("D190301", "190301"),
    "谁管卖房中介费": ("D0303", "030303"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_everyday_question_finds_its_line_first(search, here, question):
    best = search.find(question, here, DAY)[0]
    assert (best.line.duty.code, best.category) == QUESTIONS[question]
    assert best.words
    assert not best.faint


def test_the_answer_names_the_units_of_the_street(search, here, pack):
    best = search.find("谁管僵尸车", here, DAY)[0]
    assert rules.told(best.line.targets, pack) == f"{pack.units[STREET].short}主办，东城区交通支队主办"
    assert best.words == ("僵尸车",)


def test_without_a_place_no_unit_is_made_up(search):
    best = search.find("谁管僵尸车", Facts(), DAY)[0]
    assert (best.line.duty.code, best.line.targets) == ("D0501", ())


def test_the_line_of_a_territory_wins_there_and_is_offered_nowhere_else(search, pack):
    etown = next(u for u in pack.units.values() if u.kind == "street" and pack.within(u.code, "etown"))
    there = search.find("僵尸车", Facts(street=etown.code, district=etown.district), DAY)[0]
    elsewhere = search.find("僵尸车", Facts(street=STREET, district="110101"), DAY)[0]
    anywhere = search.find("僵尸车", Facts(), DAY)[0]
    assert there.line.duty.code == "D0501-etown"
    assert (elsewhere.line.duty.code, elsewhere.others) == ("D0501", ())
    assert [line.duty.code for line in anywhere.others] == ["D0501-etown"]


def test_an_owner_decides_where_it_is_known_and_is_told_where_it_is_not(search, here):
    unknown = search.find("房屋漏雨", here, DAY)[0]
    central = search.find("房屋漏雨", Facts(district=here.district, street=here.street, owner="central"), DAY)[0]
    assert unknown.line.duty.code == "D0302"
    assert "D0302-central" in {line.duty.code for line in unknown.others}
    assert central.line.duty.code == "D0302-central"


def test_a_unit_is_asked_for_by_name_and_by_function(search, here):
    company = search.find("热力集团管什么", here, DAY)
    function = search.find("城市管理委", here, DAY)
    assert {"so-heat"} == {one.line.duty.lead for one in company if one.score >= 1.6}
    assert {"district:城市管理委"} == {one.line.duty.lead for one in function if one.score >= 1.6}


def test_the_code_of_a_line_opens_it(search, here):
    assert [one.line.duty.code for one in search.find("d0501", here, DAY)] == ["D0501"]


@pytest.mark.parametrize("question", ["", "   ", "谁管", "？"])
def test_a_question_without_a_matter_finds_nothing(search, here, question):
    assert search.find(question, here, DAY) == []


def test_what_nobody_has_listed_is_said_to_be_near_only(search, here):
    assert all(one.faint for one in search.find("谁管老人饭桌", here, DAY))


def test_lines_that_have_ended_are_not_found(search, here):
    assert search.find("谁管僵尸车", here, date(2018, 12, 31)) == []

"""The Beijing pack: what is public is right, what is invented says so, and every letter's answering unit is known."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta

import pytest

from jieban.city import reading
from jieban.city.gazetteer import Gazetteer
from jieban.city.pack import ANY
from tests.city import toy
from tests.city.toy import PACKS

FOLDER = PACKS.parent.parent / "cities" / "beijing"
WEEK = ("一", "二", "三", "四", "五", "六", "日")


@pytest.fixture(scope="module")
def pack():
    return reading.read(toy.texts(FOLDER))


@pytest.fixture(scope="module")
def gazetteer(pack) -> Gazetteer:
    return Gazetteer(pack)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STREETS = {
    "东城区": 17, "西城区": 15, "朝阳区": 43, "丰台区": 26, "石景山区": 9, "海淀区": 29, "门头沟区": 13, "房山区": 28,
    "通州区": 22, "顺义区": 25, "昌平区": 22, "大兴区": 22, "怀柔区": 16, "平谷区": 18, "密云区": 20, "延庆区": 18,
}  # fmt: skip


def test_streets_and_towns_of_each_district_add_up_to_343(pack) -> None:
    counted = Counter(pack.units[unit.district].name for unit in pack.units.values() if unit.kind == "street")
    assert counted == STREETS
    assert counted.total() == 343


def test_street_codes_begin_with_their_district(pack) -> None:
    streets = [unit for unit in pack.units.values() if unit.kind == "street"]
    assert all(unit.code.startswith(unit.district) and len(unit.code) == 9 for unit in streets)


def test_development_zone_holds_its_two_streets_which_stay_in_daxing(pack) -> None:
    inside = [unit for unit in pack.units.values() if unit.parent == "etown" and unit.kind == "street"]
    assert [(unit.name, unit.district) for unit in inside] == [("荣华街道", "110115"), ("博兴街道", "110115")]
    assert pack.within("110115012", "etown")
    assert pack.within("110115012", "110115")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("公交集团公司", "so-bus"),
        ("市人力社保局", "bj-labour"),
        ("市公安局", "bj-police"),
        ("市市场监督管理局", "bj-market"),
        ("市公安局公安交通管理局", "bj-traffic"),
        ("市医保局", "bj-medicare"),
        ("市交通委", "bj-transport"),
        ("北京住房公积金管理中心", "bj-fund"),
        ("市重大办", "bj-projects"),
        ("市委社会工委市民政局", "bj-civil"),
        ("市住房城乡建设委", "bj-housing"),
        ("市应急管理局", "bj-emergency"),
        ("市司法局", "bj-justice"),
        ("市药监局", "bj-drug"),
        ("市规划自然资源委", "bj-planning"),
        ("北京市政务服务局", "bj-service"),
        ("市体育局", "bj-sport"),
        ("市城市管理委", "bj-citymgmt"),
        ("北京地铁公司", "so-subway"),
        ("市卫生健康委", "bj-health"),
        ("市经济信息化局", "bj-industry"),
        ("市广播电视局", "bj-broadcast"),
        ("广外街道", "110102020"),
        ("崇外街道", "110101012"),
        ("新村街道", "110106010"),
        ("永定镇", "110109006"),
        ("北京经开区", "etown"),
        ("昌平区", "110114"),
    ],
)
def test_unit_is_known_by_the_name_people_write(pack, name: str, code: str) -> None:
    assert pack.named(name) == (code,)


def test_only_one_street_name_is_used_twice(pack) -> None:
    names = Counter(unit.name for unit in pack.units.values() if unit.kind == "street")
    assert {name: count for name, count in names.items() if count > 1} == {"八里庄街道": 2}


def test_every_district_has_every_kind_of_department(pack) -> None:
    functions = {function for _, function in pack.functions}
    districts = {unit.code for unit in pack.units.values() if unit.kind == "district"}
    assert set(pack.functions) == {(district, function) for district in districts for function in functions}
    assert len(functions) >= 12


def test_first_level_categories_are_the_twenty_of_the_report(pack) -> None:
    assert [category.name for category in pack.children("")] == [
        "疫情防控", "市场管理", "住房", "城乡建设", "交通管理", "公共服务", "社会秩序", "卫生健康", "教育",
        "劳动和社会保障", "物业管理", "市容环卫", "环境保护", "供暖", "企业服务", "市政", "农村管理", "民政事务",
        "公共安全", "垃圾分类",
    ]  # fmt: skip


SECOND_LEVEL = """
网络交易 市场环境秩序 商品服务质量 预付式消费 合同违法行为 小区配套 房屋修缮 房产中介
房屋权属 非法出租房屋 违法建设 施工管理 拆迁腾退 规划设计 工程管理 停车管理 交通设施
道路拥堵 缓堵措施 违章处理 公交 供水 网络与通讯 供电 物流 经济纠纷 各类案件 户籍管理
宠物管理 治安管理 医疗服务 疾病防控 卫生防疫 医院管理 卫生监督 社会办学 入学升学
教职人员管理 教务管理 后勤保障 薪酬纠纷 社会保险 离退休工资和待遇 劳动合同及用工管理
工伤及职业病 物业服务不规范 小区停车秩序管理 小区保安 物业收费 业主大会及业委会 道路保洁
公共区域环境秩序 大气污染 噪声污染 集中供热 清洁能源分户自采暖 市场经营管理 合同纠纷
物资保障 疫情导致退费 社区（村）防控 进出京政策 健康宝使用 新冠疫苗 核酸检测
"""


def test_second_level_names_of_the_report_are_not_marked_sample(pack) -> None:
    assert {c.name for c in pack.categories.values() if c.level == 2 and not c.sample} == set(SECOND_LEVEL.split())


def test_third_level_is_all_sample_and_has_words_to_find_it(pack) -> None:
    third = [category for category in pack.categories.values() if category.level == 3]
    assert len(third) >= 300
    assert all(category.sample and 2 <= len(category.keywords) <= 12 for category in third)


def test_every_first_level_has_at_least_two_second_levels(pack) -> None:
    assert min(len(pack.children(category.code)) for category in pack.children("")) >= 2


def test_every_second_level_has_a_duty_for_any_owner_anywhere(pack) -> None:
    general = {duty.category for duty in pack.duties if duty.owner == ANY and duty.territory == ANY}
    assert {category.code for category in pack.categories.values() if category.level == 2} <= general


@pytest.mark.parametrize(
    ("category", "lead"),
    [
        ("公交", "so-bus"),
        ("集中供热", "so-heat"),
        ("供水", "so-tapwater"),
        ("供电", "so-power"),
        ("网络交易", "firm"),
        ("违法建设", "street"),
        ("薪酬纠纷", "district:人力社保局"),
        ("医疗保险", "bj-medicare"),
        ("住房公积金", "bj-fund"),
        ("交通设施", "bj-traffic"),
    ],
)
def test_duty_names_who_does_it_in_life(pack, category: str, lead: str) -> None:
    code = next(c.code for c in pack.categories.values() if c.name == category and c.level == 2)
    duties = [d for d in pack.duties if (d.category, d.owner, d.territory) == (code, ANY, ANY)]
    assert [duty.lead for duty in duties] == [lead]


def test_central_estate_goes_to_the_street_with_notice_to_the_central_side(pack) -> None:
    repair = next(c.code for c in pack.categories.values() if c.name == "房屋修缮")
    duty = next(d for d in pack.duties if d.category == repair and d.owner == "central")
    assert (duty.way, duty.lead, duty.notice) == ("notice", "street", ("bj-central",))


def test_urgencies_have_the_four_published_limits(pack) -> None:
    assert {code: clock.handle.limit for code, clock in pack.clocks.items()} == {
        "2h": "2h",
        "24h": "24h",
        "7d": "7d",
        "15d": "15d",
    }
    assert [clock.dispatch.limit for clock in pack.clocks.values()] == ["1h", "2h", "24h", "24h"]
    assert all(clock.handle.official and clock.dispatch.official for clock in pack.clocks.values())


def test_limits_of_our_own_are_not_called_official(pack) -> None:
    own = [span for c in pack.clocks.values() for span in (c.sign, c.respond, c.warn)]
    assert not any(span.official for span in own)


def test_seventeen_network_channels_beside_the_phone(pack) -> None:
    assert sum(channel.kind == "network" for channel in pack.channels.values()) == 17
    assert pack.channels["phone"].number == "12345"
    assert {channel.mode for channel in pack.channels.values()} == {"own", "merged", "double", "subcentre"}


# The notices say which days are off and which weekend days are worked; (first day off, last day off, worked days).
HOLIDAYS = {
    "2019 Spring Festival": ("2019-02-04", "2019-02-10", ["2019-02-02", "2019-02-03"]),
    "2019 Labour Day as changed in March": ("2019-05-01", "2019-05-04", ["2019-04-28", "2019-05-05"]),
    "2019 National Day": ("2019-10-01", "2019-10-07", ["2019-09-29", "2019-10-12"]),
    "2020 Spring Festival with its extension": ("2020-01-24", "2020-02-02", ["2020-01-19"]),
    "2020 Labour Day": ("2020-05-01", "2020-05-05", ["2020-04-26", "2020-05-09"]),
    "2020 Dragon Boat": ("2020-06-25", "2020-06-27", ["2020-06-28"]),
    "2020 National Day": ("2020-10-01", "2020-10-08", ["2020-09-27", "2020-10-10"]),
    "2021 Spring Festival": ("2021-02-11", "2021-02-17", ["2021-02-07", "2021-02-20"]),
    "2021 Labour Day": ("2021-05-01", "2021-05-05", ["2021-04-25", "2021-05-08"]),
    "2021 Mid-autumn": ("2021-09-19", "2021-09-21", ["2021-09-18"]),
    "2021 National Day": ("2021-10-01", "2021-10-07", ["2021-09-26", "2021-10-09"]),
    "2022 Spring Festival": ("2022-01-31", "2022-02-06", ["2022-01-29", "2022-01-30"]),
    "2022 Tomb-sweeping": ("2022-04-03", "2022-04-05", ["2022-04-02"]),
    "2022 Labour Day": ("2022-04-30", "2022-05-04", ["2022-04-24", "2022-05-07"]),
    "2022 National Day": ("2022-10-01", "2022-10-07", ["2022-10-08", "2022-10-09"]),
    "2023 Spring Festival": ("2023-01-21", "2023-01-27", ["2023-01-28", "2023-01-29"]),
    "2023 Tomb-sweeping": ("2023-04-05", "2023-04-05", []),
    "2023 Labour Day": ("2023-04-29", "2023-05-03", ["2023-04-23", "2023-05-06"]),
    "2023 Dragon Boat": ("2023-06-22", "2023-06-24", ["2023-06-25"]),
    "2023 Mid-autumn and National Day": ("2023-09-29", "2023-10-06", ["2023-10-07", "2023-10-08"]),
    "2024 Spring Festival": ("2024-02-10", "2024-02-17", ["2024-02-04", "2024-02-18"]),
    "2024 Tomb-sweeping": ("2024-04-04", "2024-04-06", ["2024-04-07"]),
    "2024 Labour Day": ("2024-05-01", "2024-05-05", ["2024-04-28", "2024-05-11"]),
    "2024 Mid-autumn": ("2024-09-15", "2024-09-17", ["2024-09-14"]),
    "2024 National Day": ("2024-10-01", "2024-10-07", ["2024-09-29", "2024-10-12"]),
    "2025 Spring Festival": ("2025-01-28", "2025-02-04", ["2025-01-26", "2025-02-08"]),
    "2025 Labour Day": ("2025-05-01", "2025-05-05", ["2025-04-27"]),
    "2025 National Day and Mid-autumn": ("2025-10-01", "2025-10-08", ["2025-09-28", "2025-10-11"]),
    "2026 New Year": ("2026-01-01", "2026-01-03", ["2026-01-04"]),
    "2026 Spring Festival": ("2026-02-15", "2026-02-23", ["2026-02-14", "2026-02-28"]),
    "2026 Labour Day": ("2026-05-01", "2026-05-05", ["2026-05-09"]),
    "2026 National Day": ("2026-10-01", "2026-10-07", ["2026-09-20", "2026-10-10"]),
}


@pytest.mark.parametrize(("first", "last", "worked"), HOLIDAYS.values(), ids=HOLIDAYS)
def test_holiday_is_off_and_its_made_up_days_are_worked(pack, first: str, last: str, worked: list[str]) -> None:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    off = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    assert [pack.calendar.works(day) for day in off] == [False] * len(off)
    assert [pack.calendar.works(date.fromisoformat(day)) for day in worked] == [True] * len(worked)


def test_working_days_of_a_year_come_to_the_legal_number(pack) -> None:
    # Weekdays less the 11 legal holidays (13 from 2025 on); in 2020 the extension took two working days more.
    counted = {
        year: sum(pack.calendar.works(date(year, 1, 1) + timedelta(days=n)) for n in range(365 + (year % 4 == 0)))
        for year in range(2019, 2027)
    }
    assert counted == {2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


def test_places_spread_over_every_street_and_say_that_they_are_invented(pack) -> None:
    invented = [place for place in pack.places if place.sample]
    assert len(invented) >= 4000
    assert {place.kind for place in invented} == {"community", "estate"}
    streets = {unit.code for unit in pack.units.values() if unit.kind == "street"}
    assert {place.street for place in invented} == streets
    assert all(row["source"].startswith("invented") for row in rows("places.csv") if row["sample"] == "true")


def test_real_places_are_landmarks_and_roads_only(pack) -> None:
    assert {place.kind for place in pack.places if not place.sample} == {"landmark", "road"}


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("北京规划展览馆附近的单车停得很乱", "110101011"),
        ("崇外街道的便道砖坏了", "110101012"),
        ("石景山区鲁谷街道天大商城夜里有游商", "110107011"),
        ("海淀区八里庄街道路灯不亮", "110108005"),
        ("朝阳区八里庄街道路灯不亮", "110105015"),
        ("房山城关街道有个大坑", "110111001"),
        ("望京的暖气不热", "110105026"),
    ],
)
def test_place_of_a_story_is_found(gazetteer, text: str, street: str) -> None:
    guess = gazetteer.best(text)
    assert guess.street == street
    assert guess.probability >= 0.6


def test_border_of_three_streets_is_left_to_a_person(gazetteer, pack) -> None:
    guess = gazetteer.best("天大商城门口夜里有游商")
    assert {hit.codes for hit in gazetteer.find("天大商城")} == {("110107011-m1", "110107001-m1", "110106017-m9")}
    assert guess.probability < pack.settings.confidence_place


@pytest.mark.parametrize(
    "text", ["我们胜利了", "想要一个光明的结果", "平房漏雨没人修", "天桥下面积水", "河北的亲戚来看病"]
)
def test_everyday_word_is_not_taken_for_a_street(gazetteer, text: str) -> None:
    assert gazetteer.best(text).street == ""


def test_readme_describes_every_file_and_every_column() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    missing = [name for name in (*reading.FILES, *reading.OPTIONAL) if f"`{name}`" not in told]
    for name in (*reading.FILES, *reading.OPTIONAL):
        if name.endswith(".csv"):
            columns = (FOLDER / name).read_text(encoding="utf-8").splitlines()[0].split(",")
            missing += [f"{name}:{column}" for column in columns if f"`{column}`" not in told]
    assert missing == []


def test_readme_explains_every_setting(pack) -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in pack.settings.__dataclass_fields__ if f"`{name}`" not in told] == []

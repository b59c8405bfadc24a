"""How much is said about what, where and when: published weights, and own estimates where nothing was published.

Volumes are 万件 of 2019-01 to 2021-11 from the reform report of December 2021 unless a comment says otherwise. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from random import Random

from jieban.city.pack import Pack, PlaceSpec, UnitSpec

# First-level category → (accepted volume, share that goes to a unit). Ranks 1 to 10 by volume are published; the other
# ten are named in the report without volumes and stand here below the tenth, as own estimates. The share of 住房, 教育,
# 城乡建设, 交通管理, 市场管理 and 公共服务 is handled ÷ accepted of the report; the others are own estimates after its
# lists of consultation-heavy and request-heavy categories. 疫情防控 had 424 in those years; today it has little.
VOLUMES: dict[str, tuple[float, float]] = {
    "市场管理": (297, 0.40), "住房": (177, 0.82), "城乡建设": (163, 0.73), "交通管理": (139, 0.44),
    "公共服务": (135, 0.37), "社会秩序": (129, 0.22), "卫生健康": (113, 0.22), "教育": (101, 0.44),
    "劳动和社会保障": (100, 0.33), "物业管理": (96, 0.72), "市容环卫": (84, 0.72), "环境保护": (76, 0.72),
    "农村管理": (64, 0.72), "市政": (60, 0.72), "公共安全": (56, 0.72), "供暖": (52, 0.66), "民政事务": (46, 0.28),
    "企业服务": (34, 0.45), "垃圾分类": (30, 0.60), "疫情防控": (10, 0.25),
}  # fmt: skip
# With this factor on the shares above all categories together send 41.5 % to units, as the report says.
SENT = 0.66
# Matters handled in each district (万件, same report), by census code.
DISTRICTS: dict[str, float] = {
    "110101": 58, "110102": 57, "110105": 202, "110106": 118, "110107": 37, "110108": 154, "110109": 30, "110111": 70,
    "110112": 84, "110113": 87, "110114": 85, "110115": 74, "110116": 28, "110117": 32, "110118": 41, "110119": 18,
}  # fmt: skip
# The five largest categories of each district, same report: they weigh more there.
TOP_FIVE: dict[str, tuple[str, ...]] = {
    "110101": ("住房", "市场管理", "城乡建设", "交通管理", "市容环卫"),
    "110102": ("住房", "城乡建设", "市场管理", "交通管理", "物业管理"),
    "110105": ("市场管理", "住房", "教育", "城乡建设", "物业管理"),
    "110106": ("住房", "城乡建设", "市场管理", "物业管理", "市容环卫"),
    "110107": ("住房", "市场管理", "物业管理", "城乡建设", "教育"),
    "110108": ("市场管理", "住房", "教育", "城乡建设", "物业管理"),
    "110109": ("住房", "城乡建设", "市容环卫", "物业管理", "市政"),
    "110111": ("城乡建设", "住房", "农村管理", "公共服务", "市容环卫"),
    "110112": ("城乡建设", "住房", "市场管理", "农村管理", "物业管理"),
    "110113": ("农村管理", "住房", "城乡建设", "市政", "物业管理"),
    "110114": ("住房", "城乡建设", "物业管理", "农村管理", "市场管理"),
    "110115": ("住房", "城乡建设", "物业管理", "市场管理", "农村管理"),
    "110116": ("农村管理", "城乡建设", "住房", "市政", "市容环卫"),
    "110117": ("农村管理", "城乡建设", "住房", "市政", "市容环卫"),
    "110118": ("农村管理", "住房", "城乡建设", "公共服务", "市容环卫"),
    "110119": ("农村管理", "城乡建设", "住房", "市容环卫", "市政"),
}  # fmt: skip
TOP_FIVE_TILT = 1.7
# Streets and towns under city guidance with their volume in 2021-01 to 2021-11; an ordinary one had about 5,200.
BUSY_STREETS: dict[str, int] = {
    "长阳镇": 17901, "马驹桥镇": 16864, "宋庄镇": 15539, "北七家镇": 15233, "张家湾镇": 13213, "台湖镇": 12166,
    "大红门街道": 11554, "拱辰街道": 11476, "新村街道": 10811, "东铁匠营街道": 10494, "六里桥街道": 10481,
    "西红门镇": 10443, "龙泽园街道": 10392, "永顺镇": 9679, "望京街道": 8878, "广安门外街道": 8871,
    "北太平庄街道": 8681, "梨园镇": 8514, "旧宫镇": 7614, "回龙观街道": 6073, "学院路街道": 6256,
}  # fmt: skip
ORDINARY_STREET = 5200
RURAL_FORMS = ("镇", "乡", "地区")
# Share of the phone among contacts (92.1 %, same report); the rest by network channel, own estimate.
PHONE = 0.92
NETWORK: dict[str, float] = {
    "wechat": 5.0, "web": 1.6, "bjt_app": 0.8, "wechat_mini": 0.6, "weibo": 0.2, "people_board": 0.2,
}  # fmt: skip
# Contacts by hour of the day and by weekday (Monday first): own estimates of a hotline's rhythm.
HOURS = (4, 3, 2, 2, 2, 4, 9, 22, 48, 66, 68, 58, 40, 44, 56, 58, 54, 46, 40, 38, 34, 26, 16, 8)
WEEKDAYS = (1.15, 1.08, 1.04, 1.02, 1.0, 0.84, 0.8)
# Over sixty days the volume grows as it did within a year of the report (91.8 % from 2019 to 2021), rounded.
GROWTH = 0.08
# Months in which a category is heavier (same report: heating season, year-end wages, markets at the end of the year).
SEASONS: dict[str, tuple[tuple[int, ...], float]] = {
    "供暖": ((11, 12, 1, 2, 3), 3.0), "市场管理": ((11, 12), 1.15), "劳动和社会保障": ((11, 12, 1), 1.2),
    "城乡建设": ((6, 7, 8, 9, 10, 11), 1.15), "教育": ((8, 9), 1.3),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: street and district (codes), an estate there, the name of a road or landmark nearby."""

    district: str
    street: str
    estate: PlaceSpec
    road: str


class City:
    """The places of a pack, drawn by weight. Works with any pack: a district or street without a weight is ordinary."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._estates: dict[str, list[PlaceSpec]] = defaultdict(list)
        self._roads: dict[str, list[str]] = defaultdict(list)
        for place in pack.places:
            if place.kind == "estate" and place.street:
                self._estates[place.street].append(place)
            elif place.kind in ("road", "landmark"):
                self._roads[place.street or place.district].append(place.name)
        self._streets: dict[str, list[UnitSpec]] = defaultdict(list)
        for unit in pack.units.values():
            if unit.kind == "street" and self._estates[unit.code]:
                self._streets[unit.district].append(unit)

    @cached_property
    def districts(self) -> list[str]:
        """Codes of the districts that have streets with estates."""
        return sorted(self._streets)

    def category(self, rng: Random, district: str, month: int) -> str:
        """A first-level category, by volume, season and what the district is known for."""
        rural = any(unit.form in RURAL_FORMS for unit in self._streets[district])
        weights = [self._weight(name, district, month, rural) for name in VOLUMES]
        return rng.choices(list(VOLUMES), weights)[0]

    def spot(self, rng: Random, *, district: str = "", street: str = "", rural: bool = False) -> Spot:
        """A place: anywhere, in a district, or in a street; `rural` prefers towns to streets."""
        if street:
            district = self.pack.units[street].district
        else:
            district = district or self.district(rng)
            units = self._streets[district]
            fitting = [unit for unit in units if unit.form in RURAL_FORMS] if rural else units
            street = rng.choices(fitting or units, [_busy(unit) for unit in fitting or units])[0].code
        roads = self._roads[street] or self._roads[district] or ["门口那条路"]
        return Spot(district, street, rng.choice(self._estates[street]), rng.choice(roads))

    def near(self, rng: Random, spot: Spot) -> str:
        """The name of another estate or of a road or landmark in the street of `spot`, or of any in its district."""
        roads = [name for name in self._roads[spot.street] or self._roads[spot.district] if name != spot.road]
        estates = [estate.name for estate in self._estates[spot.street] if estate is not spot.estate]
        return rng.choice([*estates, *roads] or [spot.road])

    def district(self, rng: Random) -> str:
        """A district, by what it handles."""
        return rng.choices(self.districts, [DISTRICTS.get(code, 50) for code in self.districts])[0]

    def _weight(self, name: str, district: str, month: int, rural: bool) -> float:
        if name == "农村管理" and not rural:
            return 0.0
        months, factor = SEASONS.get(name, ((), 1.0))
        tilt = TOP_FIVE_TILT if name in TOP_FIVE.get(district, ()) else 1.0
        return VOLUMES[name][0] * tilt * (factor if month in months else 1.0)


def _busy(unit: UnitSpec) -> float:
    return BUSY_STREETS.get(unit.name, ORDINARY_STREET) / ORDINARY_STREET

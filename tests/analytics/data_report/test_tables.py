"""Every table of the data report against answers worked out on paper from the ten rows of tests/analytics/ten.py."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jieban.analytics import data_report
from tests.analytics.data_report.conftest import MADE

MONTHS = [(2019 + n // 12, n % 12 + 1) for n in range(35)]
TITLES = {f"{year}年{month}月": (year, month) for year, month in MONTHS}


def curve(key: str, **held: int) -> list[dict[str, Any]]:
    """One row a month of the 35; `m202001=1` gives a month its number, all others have 0."""
    return [{"month": title, key: held.get(f"m{y}{m:02}", 0)} for title, (y, m) in TITLES.items()]


def grid(**held: int) -> list[dict[str, Any]]:
    """One row a month of a year and one column a year; December 2021 is not in the period."""
    rows = [
        {"month": f"{m}月", **{str(y): held.get(f"m{y}{m:02}", 0) for y in (2019, 2020, 2021)}} for m in range(1, 13)
    ]
    rows[11]["2021"] = None
    return rows


def both(**held: tuple[int, int]) -> list[dict[str, Any]]:
    """Telephone and network of each month."""
    return [
        {"month": title, "phone": held.get(f"m{y}{m:02}", (0, 0))[0], "network": held.get(f"m{y}{m:02}", (0, 0))[1]}
        for title, (y, m) in TITLES.items()
    ]


def rates(**held: tuple[float, float, float]) -> list[dict[str, Any]]:
    """The three rates of each month; empty where nobody was asked."""
    names = ("response", "resolution", "satisfaction")
    return [
        {"month": title, **dict(zip(names, held.get(f"m{y}{m:02}", (None, None, None)), strict=True))}
        for title, (y, m) in TITLES.items()
    ]


def listed(*rows: tuple[Any, ...], keys: tuple[str, ...] = ("name", "accepted", "share")) -> list[dict[str, Any]]:
    return [dict(zip(keys, row, strict=True)) for row in rows]


WORK = ("rank", "name", "handled", "share")
THIRD = 1 / 3

# The contacts of each month: 1 and 2; 3; 4; 5; 6; 7; 8; 9; 10. Numbers: 11, 12; none; 12; 11; 13; 12; 11; 14; 14.
# Work: 朝阳 has 101 (street), 102 and 105 (department); 房山 103 (street); 密云 106 (district) and 107 (street);
# 104 went to a platform, 108 to an enterprise, 109 to the traffic police.
CASES: dict[str, list[dict[str, Any]]] = {
    "totals": listed(
        ("受理", 10, 1.0), ("电话", 7, 0.7), ("网络", 3, 0.3), ("派单", 6, 0.6), ("解答咨询", 3, 0.3),
        keys=("what", "n", "share"),
    ),
    "annual": listed((2019, 4, None), (2020, 3, -0.25), (2021, 3, 0.0), keys=("year", "accepted", "growth")),
    "monthly": grid(m201901=2, m201902=1, m201912=1, m202001=1, m202002=1, m202012=1, m202101=1, m202102=1, m202111=1),
    "channel_years": listed(
        (2019, 3, 1, 0.25), (2020, 2, 1, THIRD), (2021, 2, 1, THIRD), keys=("year", "phone", "network", "network_share")
    ),
    "channel_months": both(
        m201901=(2, 0), m201902=(0, 1), m201912=(1, 0), m202001=(1, 0), m202002=(0, 1), m202012=(1, 0),
        m202101=(0, 1), m202102=(1, 0), m202111=(1, 0),
    ),
    # 2019: 11 and 12. 2020: 11, 12 and the new 13. 2021: 11 and the new 14.
    "caller_years": listed(
        (2019, 2, None, None), (2020, 3, 1, THIRD), (2021, 2, 1, 0.5), keys=("year", "numbers", "new", "new_share")
    ),
    "caller_months": curve("numbers", m201901=2, m201912=1, m202001=1, m202002=1, m202012=1, m202101=1, m202102=1,
                           m202111=1),
    # January 2019: 201 in time, solved, satisfied; 202 not reached. February: 203 late, solved, mostly satisfied.
    # January 2020: 205 denied, part; 206 in time, solved, satisfied; 207 in time, explained, not satisfied.
    "rates": rates(m201901=(1 / 2, 1.0, 1.0), m201902=(0.0, 1.0, 0.0), m202001=(2 / 3, 1 / 3, 1 / 2)),
    "praise": curve("praise", m202012=1),
    # 6 of the three of 疫情防控 and 2 of 交通管理 are consultations.
    "structure": listed(
        ("疫情防控", THIRD, 2 / 3), ("住房", 0.0, 1.0), ("市场管理", 0.0, 1.0), ("交通管理", 1.0, 0.0),
        ("卫生健康", 0.0, 1.0), ("供暖", 0.0, 1.0), keys=("name", "consultations", "requests"),
    ),
    "shares": listed(
        ("疫情防控", 0.0, 2 / 3, THIRD), ("住房", 0.5, 0.0, 0.0), ("市场管理", 0.25, 0.0, 0.0),
        ("交通管理", 0.25, 0.0, 0.0), ("卫生健康", 0.0, 0.0, THIRD), ("供暖", 0.0, 0.0, THIRD),
        keys=("name", "2019", "2020", "2021"),
    ),
    "top20": listed(
        (1, "疫情防控", 3, 0.3), (2, "住房", 2, 0.2), (3, "市场管理", 1, 0.1), (4, "交通管理", 1, 0.1),
        (5, "卫生健康", 1, 0.1), (6, "供暖", 1, 0.1), keys=("rank", "name", "accepted", "share"),
    ),
    "matter_01_months": grid(m202001=1, m202002=1, m202111=1),
    "matter_01_levels": listed(("疫情导致退费", 1, THIRD), ("社区（村）防控", 1, THIRD), ("进出京政策", 1, THIRD)),
    "matter_03_months": grid(m201901=1, m201912=1),
    "matter_03_levels": listed(("小区配套", 1, 0.5), ("房屋修缮", 1, 0.5)),
    "matter_02_months": grid(m201902=1),
    "matter_02_levels": listed(("网络交易", 1, 1.0)),
    "matter_05_months": grid(m201901=1),
    "matter_05_levels": listed(("交通设施", 1, 1.0)),
    "matter_08_months": grid(m202102=1),
    "matter_08_levels": [],
    "matter_14_months": grid(m202101=1),
    "matter_14_levels": listed(("集中供热", 1, 1.0)),
    "unit_kinds": listed(
        ("区级部门", 3, THIRD), ("街乡镇", 3, THIRD), ("市属机构", 1, 1 / 9), ("国有企业", 1, 1 / 9),
        ("电商企业及其他单位", 1, 1 / 9), keys=("kind", "handled", "share"),
    ),
    "district_shares": listed(
        ("朝阳", 3, 1 / 2), ("密云", 2, 2 / 6), ("房山", 1, 1 / 6), keys=("name", "handled", "share")
    ),
    "district_kinds": listed(
        ("朝阳", 2, 1, 3), ("密云", 1, 1, 2), ("房山", 0, 1, 1), keys=("name", "departments", "streets", "handled")
    ),
    "streets_most": listed(
        (1, "朝阳朝外街道", 1), (2, "房山长阳镇", 1), (3, "密云鼓楼街道", 1), keys=("rank", "name", "handled")
    ),
    "streets_least": listed(
        (3, "密云鼓楼街道", 1), (2, "房山长阳镇", 1), (1, "朝阳朝外街道", 1), keys=("rank", "name", "handled")
    ),
    "municipal_most": listed((1, "市公安交管局", 1), keys=("rank", "name", "handled")),
    "soe_most": listed((1, "市热力集团", 1), keys=("rank", "name", "handled")),
    "district_110105": listed((1, "住房", 3, 1.0), keys=WORK),
    "district_110118": listed((1, "疫情防控", 2, 1.0), keys=WORK),
    "district_110111": listed((1, "市场管理", 1, 1.0), keys=WORK),
    "zone_1": listed((1, "住房", 3, 1.0), keys=WORK),
    "zone_2": listed((1, "疫情防控", 2, 1.0), keys=WORK),
    "zone_3": listed((1, "市场管理", 1, 1.0), keys=WORK),
}  # fmt: skip


def shown(table) -> list[dict[str, Any]]:
    """The rows of a table, only with the columns that it shows."""
    return [{column.key: row[column.key] for column in table.columns} for row in table.rows]


def test_every_table_has_a_case_and_they_come_in_the_order_of_the_report(made):
    assert [table.key for table in data_report.tables(made)] == list(CASES)


@pytest.mark.parametrize("key", list(CASES))
def test_a_table_holds_what_paper_and_pencil_give(made, key):
    table = {table.key: table for table in data_report.tables(made)}[key]
    assert shown(table) == CASES[key]


def test_a_period_leaves_out_what_lies_before_and_after(source):
    counts = data_report.count(source, date(2019, 12, 31), date(2020, 1, 20))
    tables = {t.key: shown(t) for t in data_report.tables(data_report.document(counts, about={}, made_at=MADE))}
    assert tables["annual"] == listed((2019, 1, None), (2020, 1, 0.0), keys=("year", "accepted", "growth"))
    assert tables["monthly"] == [{"month": "1月", "2019": None, "2020": 1}, {"month": "12月", "2019": 1, "2020": None}]
    # Sent in these days: 105, 106 and 107.
    assert [row["handled"] for row in tables["unit_kinds"]] == [2, 1, 0, 0, 0]
    # Asked in these days: 204 only, which is not the last word.
    assert [row["resolution"] for row in tables["rates"]] == [None, None]

"""Printed figures beside computed ones: every kind of figure, every verdict, and the page that tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jieban.analytics.data_report import comparison, keys, printed
from jieban.analytics.document import Table
from jieban.core.errors import BadInput

PUBLISHED = Path(__file__).parents[3] / "cities" / "beijing" / "published.json"
# What the ten rows would print if each stood for 10,000 (scale 1/10,000), and what it was rounded from.
SAID = {
    "_source": {"from": "2019-01-01", "to": "2021-11-30"},
    "totals": {"accepted": 10, "phone_pct": 70.0, "dispatched_orders": 6},
    "annual_accepted": [{"year": 2020, "accepted": 3}],
    "monthly_low_high": [{"year": 2019, "high_month": 1, "high": 2}],
    "caller_numbers": {"2019": 2, "new_number_share_2020_pct": 33.3},
    "channels": {"network_share": [{"year": 2019, "text": ">10%"}, {"year": 2020, "text": "<2%"}]},
    "checks_derived": {"sum_districts": 6, "assignments_per_order": 1.505, "implied_total_assignments": 9},
    "districts": [{"code": "110118", "name": "密云", "handled": 2.5, "top5": {"疫情防控": 2}, "rising_share": []}],
    "trend": {"falling_share": ["住房"], "rising_share": ["住房"]},
    "extremes": {"streets_over_50000_items": [{"code": "110105002", "name": "朝阳朝外街道"}],
                 "street_min": {"code": "110118001", "name": "密云鼓楼街道", "handled_items": "<20000"}},
}  # fmt: skip


def judged(counts, said, scale=1 / 10_000, *, drawn=True):
    lines = printed.compare(said, keys.keyed(counts, scale), counts, scale, drawn=drawn)
    return {line.path: line for line in lines}


def test_each_figure_stands_beside_the_computed_one_for_a_whole_city(counts):
    lines = judged(counts, SAID)
    assert {path: (line.computed, line.verdict) for path, line in lines.items()} == {
        "totals.accepted": (pytest.approx(10), "rounding"),
        "totals.phone_pct": (70.0, "rounding"),
        "totals.dispatched_orders": (pytest.approx(6), "rounding"),
        "annual_accepted.2020.accepted": (pytest.approx(3), "rounding"),
        "monthly_low_high.2019.high_month": (1, "same"),
        "monthly_low_high.2019.high": (pytest.approx(2), "rounding"),
        "caller_numbers.2019": (pytest.approx(2), "rounding"),
        "caller_numbers.new_number_share_2020_pct": (pytest.approx(100 / 3), "rounding"),
        "channels.network_share.2019.text": ("25.0%", "same"),
        "channels.network_share.2020.text": ("33.3%", "differs"),
        "checks_derived.sum_districts": (pytest.approx(6), "rounding"),
        "checks_derived.assignments_per_order": (1.5, "percent"),
        "checks_derived.implied_total_assignments": (pytest.approx(9), "rounding"),
        "districts.110118.handled": (pytest.approx(2), "sample"),
        "districts.110118.top5.疫情防控": (pytest.approx(2), "rounding"),
        "districts.110118.rising_share": ([], "same"),
        "trend.falling_share": (["住房", "市场管理", "交通管理"], "same"),
        "trend.rising_share": (["供暖", "卫生健康", "疫情防控"], "differs"),
        "extremes.streets_over_50000_items": ([], "differs"),  # 50,000 of a whole city are 5 here
        "extremes.street_min.handled_items": (pytest.approx(10_000), "same"),
    }
    assert lines["districts.110118.handled"].difference == pytest.approx(-0.5)
    assert lines["trend.rising_share"].difference is None


def test_for_a_lake_of_records_chance_is_no_excuse(counts):
    said = {"districts": [{"code": "110118", "handled": 0.00025}]}
    assert judged(counts, said, 1.0, drawn=False)["districts.110118.handled"].verdict == "differs"
    said["districts"][0]["handled"] = 0.0002
    assert judged(counts, said, 1.0, drawn=False)["districts.110118.handled"].verdict == "rounding"


def test_a_figure_that_the_lake_does_not_give_differs(counts):
    line = judged(counts, {"totals": {"accepted": 10, "lost": 4}})["totals.lost"]
    assert (line.computed, line.verdict) == (None, "differs")


def test_a_known_disagreement_is_named_with_its_reason(counts):
    said = SAID | {"_exceptions": [{"path": "trend.*", "reason": "没说怎么比"}, {"path": "totals.*", "reason": "?"}]}
    lines = judged(counts, said)
    assert (lines["trend.rising_share"].verdict, lines["trend.rising_share"].reason) == ("exception", "没说怎么比")
    # A reason is not asked for where nothing disagrees.
    assert (lines["totals.accepted"].verdict, lines["totals.accepted"].reason) == ("rounding", "")


def test_the_page_tells_each_line_and_is_green_only_without_open_disagreement(counts):
    lines = list(judged(counts, SAID).values())
    page = comparison.page(lines, counts, 1 / 10_000, datetime(2021, 12, 5, tzinfo=UTC))
    tables = {part.key: part for part in page.parts if isinstance(part, Table)}
    assert sum(len(table.rows) for table in tables.values()) == len(lines)
    assert tables["districts"].rows[0] == {
        "path": "密云 承办量", "printed": "2.5", "computed": "2", "difference": "-0.5",
        "verdict": "一致（抽样误差之内）", "reason": "",
    }  # fmt: skip
    assert comparison.green(lines) is False
    assert comparison.green([line for line in lines if line.verdict != "differs"]) is True
    said = comparison.plain(lines, {})
    assert said["summary"] == {
        "figures": 20, "rounding": 10, "percent": 1, "sample": 1, "same": 5, "exception": 0, "differs": 3,
        "green": False,
    }  # fmt: skip


def test_what_beijing_printed_can_be_read_and_adds_up():
    said = printed.load(PUBLISHED)
    assert sum(row["accepted"] for row in said["annual_accepted"]) == said["totals"]["accepted"]
    assert sum(row["handled"] for row in said["districts"]) == said["checks_derived"]["sum_districts"]
    assert len(said["governance_streets"]["rows"]) == 30


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="There are no printed figures"):
        printed.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        printed.load(tmp_path / "bad.json")
    (tmp_path / "list.json").write_text(json.dumps([]))
    with pytest.raises(BadInput, match="holds no figures"):
        printed.load(tmp_path / "list.json")


def test_paths_are_told_in_words_that_a_reader_knows(counts):
    said = {
        "annual_growth_2019_to_2021_pct": {"value": -25.0},
        "channels": {"wechat_share_of_network_same_period": 1.0, "wechat_accepted_to_2021_11": 2},
        "rates": {"2020-2021_steady": {"resolution": 33.3}},
        "governance_streets": {"rows": [{"code": "110105002", "volume_2021_01_11_items": 0}]},
        "request_heavy": [],
    }
    lines = list(judged(counts, said).values())
    page = comparison.page(lines, counts, 1.0, datetime(2021, 12, 5, tzinfo=UTC))
    told = [(part.title, row["path"]) for part in page.parts if isinstance(part, Table) for row in part.rows]
    assert told == [
        ("受理量 2019 至 2021 年增长", "增长 %"),
        ("受理渠道", "北京12345微信公众号 占同期网络受理量"),
        ("受理渠道", "北京12345微信公众号 至 2021年11月受理量"),
        ("解决率、满意率", "2020-2021 稳定在 解决率 %"),
        ("治理类街乡镇", "朝阳朝外街道 2021年01至11月（件）"),
        ("诉求占比较高的类别", "类别"),
    ]

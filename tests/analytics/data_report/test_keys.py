"""The JSON of the data report: key paths, units, and the schema that documents it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from jieban.analytics import data_report
from jieban.analytics.data_report import keys

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def said(source, counts, made):
    """As a reader of the file sees it."""
    return json.loads(json.dumps(data_report.plain(source, counts, made)))


def test_the_schema_describes_the_report(said):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(said, SCHEMA)


@pytest.mark.parametrize("key", ["_meta", "totals", "tables"])
def test_the_schema_refuses_a_report_that_lacks_something(said, key):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({name: value for name, value in said.items() if name != key}, SCHEMA)


def test_meta_tells_who_counted_what(said):
    assert said["_meta"] == {
        "title": "12345 热线数据报告", "made_at": "2021-12-05T10:00:00+00:00", "from": "2019-01-10", "to": "2021-11-30",
        "scale": 1.0, "engine": "duckdb", "lake": {"version": 2, "about": {}},
        "units": "万 (10,000) unless a key ends in _items or _pct",
    }  # fmt: skip


def test_figures_stand_under_the_key_paths_of_the_printed_report(said):
    assert said["totals"] == {
        "accepted": 0.001, "phone": 0.0007, "phone_pct": 70.0, "network": 0.0003, "network_pct": 30.0,
        "dispatched_orders": 0.0006, "dispatched_pct": 60.0, "answered_consultations": 0.0003, "answered_pct": 30.0,
    }  # fmt: skip
    assert said["annual_accepted"][1] == {"year": 2020, "accepted": 0.0003}
    assert said["annual_growth_2019_to_2021_pct"] == {"value": -25.0}
    assert said["monthly_low_high"][0] == {"year": 2019, "low_month": 3, "low": 0.0, "high_month": 1, "high": 0.0002}
    assert said["caller_numbers"] == {
        "2019": 0.0002, "2020": 0.0003, "2021": 0.0002, "growth_pct": 0.0, "same_number_all_three_years": 0.0001,
        "new_number_share_2020_pct": pytest.approx(100 / 3), "new_number_share_2021_pct": 50.0,
    }  # fmt: skip
    assert said["rates"]["2019-01"] == {"response": 50.0, "resolution": 100.0, "satisfaction": 100.0}
    assert said["rates"]["2020-2021_steady"] == {"resolution": pytest.approx(100 / 3), "satisfaction": 50.0}
    assert said["praise_calls"] == {"three_years": 0.0001, "2019-01_items": 0, "monthly_now_items": 0.0}
    assert said["channels"] == {
        "network_share": [
            {"year": 2019, "share_pct": 25.0, "text": "25.0%"},
            {"year": 2020, "share_pct": pytest.approx(100 / 3), "text": "33.3%"},
            {"year": 2021, "share_pct": pytest.approx(100 / 3), "text": "33.3%"},
        ],
        "network_channels": 2, "wechat_from": "2020-02", "wechat_accepted_to_2021_11": 0.0002,
        "wechat_share_of_network_same_period": 1.0,
    }  # fmt: skip


def test_matters_and_their_levels_are_named(said):
    assert said["categories_top10_accepted"]["住房"] == {
        "accepted": 0.0002, "level2": {"小区配套": 0.0001, "房屋修缮": 0.0001},
    }  # fmt: skip
    assert said["categories_top10_sum_derived"] == 0.0009
    assert said["categories_rank_11_20_names"] == {"names": [], "volumes": {}}
    assert said["consultation_heavy"] == ["交通管理", "疫情防控", "市场管理", "住房", "卫生健康"]
    assert said["trend"]["falling_share"] == ["住房(小区配套、房屋修缮)", "市场管理(网络交易)", "交通管理(交通设施)"]


def test_places_and_units_are_named(said):
    third = pytest.approx(100 / 3)
    assert [row["name"] for row in said["districts"]] == ["朝阳", "密云", "房山"]
    assert said["districts"][0] == {
        "code": "110105", "name": "朝阳", "handled": 0.0003, "share_of_districts_pct": 50.0,
        "district_departments": 0.0002, "district_departments_pct": pytest.approx(200 / 3),
        "streets_towns": 0.0001, "streets_towns_pct": third, "top5": {"住房": 0.0003}, "falling_share": [],
        "rising_share": [], "zone_in_report": "中心城区及副中心", "census_2020_population": 40000,
        "handled_per_10k_people_derived": 0.75,
    }  # fmt: skip
    assert said["checks_derived"] == {
        "sum_districts": 0.0006, "sum_district_departments": 0.0003, "sum_streets": 0.0003,
        "implied_total_assignments": 0.0009, "assignments_per_order": 1.5, "implied_municipal_agencies": 0.0001,
        "implied_soe": 0.0001, "implied_ecommerce_other": 0.0001,
    }  # fmt: skip
    assert said["functional_zones"]["生态涵养区"] == {
        "members": ["密云"], "requests": 0.0002, "share_pct": third, "top10": {"疫情防控": 0.0002},
    }  # fmt: skip
    # In 2021 no street had to do anything.
    assert said["governance_streets"] == {"rows": []}
    assert said["coverage"] == {
        "districts": 3, "streets_towns": 3, "municipal_departments": 1, "soe": 1, "ecommerce": 1, "network_channels": 2,
    }  # fmt: skip


def test_the_thresholds_of_extremes_follow_the_scale(counts):
    assert keys.keyed(counts, 1.0)["extremes"]["streets_under_4000_items_count"] == 3
    small = keys.keyed(counts, 1 / 50_000)["extremes"]
    assert small["streets_under_4000_items_count"] == 0
    assert small["streets_over_50000_items"] == ["朝阳朝外街道", "房山长阳镇", "密云鼓楼街道"]
    assert small["district_max"] == {"code": "110105", "name": "朝阳", "handled": 0.0003}
    assert small["street_min"] == {"code": "110118001", "name": "密云鼓楼街道", "handled_items": 1}

"""The figures of the data report as JSON, by the key paths that docs/report.md and docs/report.schema.json describe.

Volumes are in 万 (10,000) and unrounded, keys ending in _items count items, keys ending in _pct are percent. Values are
what the records give; thresholds of extremes follow the scale of a made-up city.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jieban.analytics import figures
from jieban.analytics import names as groups
from jieban.analytics.data_report import matters, overall, places, prose, units, voices
from jieban.analytics.data_report.counts import KINDS, Counts, Row, by_kind, share

_FIVE, _TEN, _TWENTY, _THREE = 5, 10, 20, 3
_MANY, _FEW = 50_000, 4_000


def keyed(counts: Counts, scale: float = 1.0) -> dict[str, Any]:
    """All figures. `scale` is the fraction of a whole city that the lake holds."""
    found: dict[str, Any] = {key: made(counts) for key, made in _KEYS.items()}
    found |= _growth(counts)
    found["extremes"] = _extremes(counts, scale)
    return found


def _wan(value: float) -> float:
    return value / figures.WAN


def _pct(part: float, whole: float) -> float | None:
    found = share(part, whole)
    return None if found is None else found * 100


def _hundred(value: float | None) -> float | None:
    return None if value is None else value * 100


def _totals(counts: Counts) -> dict[str, Any]:
    whole = counts.accepted()[0]
    found: dict[str, Any] = {"accepted": _wan(whole["accepted"])}
    for key, name, percent in (
        ("phone", "phone", "phone_pct"), ("network", "network", "network_pct"),
        ("dispatched_orders", "dispatched", "dispatched_pct"), ("answered_consultations", "answered", "answered_pct"),
    ):  # fmt: skip
        found |= {key: _wan(whole[name]), percent: _pct(whole[name], whole["accepted"])}
    return found


def _annual(counts: Counts) -> list[Row]:
    return [{"year": row["year"], "accepted": _wan(row["accepted"])} for row in overall.annual(counts)]


def _growth(counts: Counts) -> dict[str, Any]:
    first, last = counts.period.years[0], counts.period.years[-1]
    value = _hundred(overall.overall_growth(overall.annual(counts))) if first != last else None
    return {f"annual_growth_{first}_to_{last}_pct": {"value": value}}


def _low_high(counts: Counts) -> list[Row]:
    return [row | {"low": _wan(row["low"]), "high": _wan(row["high"])} for row in overall.low_high(counts)]


def _channels(counts: Counts) -> dict[str, Any]:
    shares = [
        {"year": row["year"], "share_pct": _hundred(row["network_share"])} for row in overall.channel_years(counts)
    ]
    found: dict[str, Any] = {
        "network_share": [row | {"text": prose.percent(share(row["share_pct"] or 0, 100))} for row in shares],
        "network_channels": len(overall.network_channels(counts)),
    }
    largest = overall.largest_channel(counts)
    if largest:
        code, until = largest["code"], counts.period.until
        found[f"{code}_from"] = f"{largest['since'] // 100}-{largest['since'] % 100:02}"
        found[f"{code}_accepted_to_{until.year}_{until.month:02}"] = _wan(largest["n"])
        found[f"{code}_share_of_network_same_period"] = largest["share"]
    return found


def _callers(counts: Counts) -> dict[str, Any]:
    rows = voices.number_years(counts)
    found: dict[str, Any] = {str(row["year"]): _wan(row["numbers"]) for row in rows}
    first, last = rows[0]["numbers"], rows[-1]["numbers"]
    found["growth_pct"] = _pct(last - first, first) if len(rows) > 1 else None
    found[_SAME[min(len(rows), _THREE)]] = _wan(counts.faithful)
    return found | {f"new_number_share_{row['year']}_pct": _hundred(row["new_share"]) for row in rows[1:]}


_SAME: Final = ("", "same_number_all_years", "same_number_all_two_years", "same_number_all_three_years")


def _rates(counts: Counts) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{row['month'] // 100}-{row['month'] % 100:02}": {
            key: _hundred(row[key]) for key in ("response", "resolution", "satisfaction")
        }
        for row in voices.rate_months(counts)
    }
    years = counts.period.years
    if len(years) > 1:
        steady = {key: _hundred(value) for key, value in voices.steady(counts).items()}
        found[f"{years[1]}-{years[-1]}_steady"] = steady
    return found


def _praise(counts: Counts) -> dict[str, Any]:
    rows = voices.praise_months(counts)
    years = len(counts.period.years)
    first = rows[0]["month"]
    return {
        "three_years" if years == _THREE else "all": _wan(sum(row["praise"] for row in rows)),
        f"{first // 100}-{first % 100:02}_items": rows[0]["praise"],
        "monthly_now_items": voices.praise_now(counts),
    }


def _ten(counts: Counts) -> dict[str, Any]:
    name = counts.names.category
    return {
        name(row["category1"]): {
            "accepted": _wan(row["accepted"]),
            "level2": {
                name(one["category2"]): _wan(one["accepted"]) for one in matters.below(counts, row["category1"])
            },
        }
        for row in matters.top(counts, _TEN)
    }


def _later(counts: Counts) -> dict[str, Any]:
    rows = matters.top(counts)[_TEN:_TWENTY]
    names = [counts.names.category(row["category1"]) for row in rows]
    return {"names": names, "volumes": {n: _wan(row["accepted"]) for n, row in zip(names, rows, strict=True)}}


def _trend(counts: Counts) -> dict[str, Any]:
    found = matters.moving(counts)
    return {
        "falling_share": matters.with_details(counts, found.falling[:_FIVE], -1),
        "rising_share": matters.with_details(counts, found.rising[:_FIVE], 1),
    }


def _heavy(counts: Counts, which: int) -> list[str]:
    return [counts.names.category(code) for code in matters.heavy(counts)[which]]


def _kinds(counts: Counts) -> dict[str, Any]:
    found = by_kind(counts)
    return {name: _pct(found[key], sum(found.values())) for key, name in KINDS}


def _districts(counts: Counts) -> list[Row]:
    return [_district(counts, row) for row in units.district_rows(counts)]


def _district(counts: Counts, row: Row) -> Row:
    name = counts.names.category
    moved = places.moving(counts, district=row["code"])
    each = row["handled"] * 10_000 / row["residents"] if row["residents"] else None
    return {
        "code": row["code"], "name": row["name"], "handled": _wan(row["handled"]),
        "share_of_districts_pct": _hundred(row["share"]),
        "district_departments": _wan(row["departments"]),
        "district_departments_pct": _pct(row["departments"], row["handled"]),
        "streets_towns": _wan(row["streets"]), "streets_towns_pct": _pct(row["streets"], row["handled"]),
        "top5": {name(one["category1"]): _wan(one["handled"])
                 for one in places.district_top(counts, row["code"])[:_FIVE]},
        "falling_share": [name(code) for code in moved.falling[:_THREE]],
        "rising_share": [name(code) for code in moved.rising[:_THREE]],
        "zone_in_report": row["zone"], "census_2020_population": row["residents"],
        "handled_per_10k_people_derived": each,
    }  # fmt: skip


def _checks(counts: Counts) -> dict[str, Any]:
    rows, found = units.district_rows(counts), by_kind(counts)
    return {
        "sum_districts": _wan(sum(row["handled"] for row in rows)),
        "sum_district_departments": _wan(sum(row["departments"] for row in rows)),
        "sum_streets": _wan(sum(row["streets"] for row in rows)),
        "implied_total_assignments": _wan(sum(found.values())),
        "assignments_per_order": share(sum(found.values()), counts.orders),
        "implied_municipal_agencies": _wan(found[groups.MUNICIPAL]),
        "implied_soe": _wan(found[groups.SOE]),
        "implied_ecommerce_other": _wan(found[groups.PLATFORM]),
    }


def _zones(counts: Counts) -> dict[str, Any]:
    name = counts.names.category
    return {
        row["zone"]: {
            "members": row["members"], "requests": _wan(row["handled"]), "share_pct": _hundred(row["share"]),
            "top10": {name(one["category1"]): _wan(one["handled"])
                      for one in places.zone_top(counts, row["zone"])[:_TEN]},
        }
        for row in places.zones(counts)
    }  # fmt: skip


def _extremes(counts: Counts, scale: float) -> dict[str, Any]:
    rows = sorted(units.district_rows(counts), key=lambda row: (-row["handled"], row["code"]))
    streets = units.street_rows(counts)
    found: dict[str, Any] = {
        "streets_over_50000_items": [counts.names.unit(r["unit"]) for r in streets if r["handled"] >= _MANY * scale],
        "streets_under_4000_items_count": sum(row["handled"] < _FEW * scale for row in streets),
        "municipal_max": [_named(row) for row in units.largest(counts, groups.MUNICIPAL, 2)],
        "soe_max": [_named(row) for row in units.largest(counts, groups.SOE, 2)],
    }
    if rows:
        found |= {"district_max": _named(rows[0]), "district_min": _named(rows[-1])}
    if streets:
        low = streets[-1]
        found["street_min"] = {
            "code": low["unit"],
            "name": counts.names.unit(low["unit"]),
            "handled_items": low["handled"],
        }
    return found


def _named(row: Row) -> Row:
    return {"code": row["code"], "name": row["name"], "handled": _wan(row["handled"])}


def _streets(counts: Counts) -> dict[str, Any]:
    """Every street and town with what it led in the last year, by which streets to govern are found."""
    until = counts.period.until
    key = f"volume_{until.year}_01_{until.month:02}_items"
    rows = []
    for rank, row in enumerate(units.leading_streets(counts, until.year), 1):
        unit = counts.names.units.get(row["unit"], {})
        district = counts.names.units.get(unit.get("district") or "", {}).get("name")
        rows.append({"code": row["unit"], "street": unit.get("name", row["unit"]), "district": district,
                     key: row["led"], "volume_rank_city": rank})  # fmt: skip
    return {"rows": rows}


_KEYS: Final[Mapping[str, Callable[[Counts], Any]]] = {
    "totals": _totals,
    "annual_accepted": _annual,
    "monthly_low_high": _low_high,
    "channels": _channels,
    "caller_numbers": _callers,
    "rates": _rates,
    "praise_calls": _praise,
    "categories_top10_accepted": _ten,
    "categories_top10_sum_derived": lambda counts: _wan(sum(row["accepted"] for row in matters.top(counts, _TEN))),
    "categories_rank_11_20_names": _later,
    "consultation_heavy": lambda counts: _heavy(counts, 0),
    "request_heavy": lambda counts: _heavy(counts, 1),
    "trend": _trend,
    "handling_share_by_unit_type_pct": _kinds,
    "districts": _districts,
    "checks_derived": _checks,
    "functional_zones": _zones,
    "coverage": units.coverage,
    "governance_streets": _streets,
}

"""The tables that explain the codes of the lake, from a city's pack."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from jieban.analytics import schema
from jieban.city.models import Unit
from jieban.city.pack import Pack, PlaceSpec, UnitSpec

DEPARTMENTS, STREETS, MUNICIPAL, SOE, PLATFORM = "district_departments", "streets", "municipal", "soe", "platform"
# The five kinds of the published reports.
GROUPS: Final = {
    DEPARTMENTS: ("district", "district_department"),
    STREETS: ("street", "community", "grid", "office"),
    MUNICIPAL: ("city_department", "city_bureau", "city_centre", "development_zone", "sub_centre", "party_discipline"),
    SOE: ("state_enterprise",),
    PLATFORM: ("platform_firm", "property_firm"),
}
_GROUP_OF: Final = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


def tables(pack: Pack) -> dict[str, pa.Table]:
    """Categories, units, channels and places of a pack, with the columns of the schema."""
    return {
        "categories": _table(
            schema.CATEGORIES,
            [
                {"code": c.code, "name": c.name, "level": c.level, "parent": c.parent or None}
                for c in pack.categories.values()
            ],
        ),
        "units": _table(schema.UNITS, [_unit(pack, unit) for unit in pack.units.values()]),
        "channels": _table(
            schema.CHANNELS,
            [
                {"code": c.code, "name": c.name, "kind": "phone" if c.kind in ("phone", "line") else "network"}
                for c in pack.channels.values()
            ],
        ),
        "places": _table(schema.PLACES, [_place(place) for place in pack.places]),
    }


def _unit(pack: Pack, unit: UnitSpec) -> dict[str, Any]:
    area = pack.areas.get(unit.code)
    district = unit.code if unit.kind == "district" else unit.district
    whole = pack.areas.get(district) if district else None
    return {
        **_named(unit),
        "district": district or None,
        "zone": (whole.zone or None) if whole else None,
        "residents": area.residents if area else None,
        "base": area.base if area else None,
        "turn": list(pack.areas).index(unit.code) + 1 if area else None,
    }


def _named(unit: UnitSpec | Unit) -> dict[str, Any]:
    """What a unit is called and what it is, as the pack or the record has it."""
    return {
        "code": unit.code,
        "name": unit.name if unit.kind == "district" else unit.short or unit.name,
        "kind": unit.kind,
        "path": unit.path,
        "group": _GROUP_OF.get(unit.kind),
    }


def _place(place: PlaceSpec) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "street": place.street or None,
        "district": place.district or None,
    }


def gone(unit: Unit) -> dict[str, Any]:
    """The row of a unit that has left the pack but that records still point to."""
    return {
        **_named(unit),
        "district": unit.code if unit.kind == "district" else unit.district.code if unit.district else None,
        "zone": None,
        "residents": None,
        "base": None,
    }


def _table(table: schema.Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["code"])), schema=table.arrow)

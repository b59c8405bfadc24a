"""Where a place lies, as columns of an order: the one way from a place or unit code to street and district."""

from __future__ import annotations

from typing import Any

from jieban.city.queries import Loaded


def where(code: str, loaded: Loaded) -> dict[str, Any]:
    """The columns of a place or unit code: place, owner, street and district (row ids), longitude and latitude.

    Empty for an unknown code. A street or a district is no place within itself: its columns are the units alone.
    """
    spot = loaded.places.get(code)
    unit = loaded.pack.units.get(spot.street or spot.district if spot else code)
    if unit is None:
        return {}
    ids = loaded.unit_ids
    street = unit.code if unit.kind == "street" else ""
    district = spot.district if spot else unit.district or (unit.code if unit.kind == "district" else "")
    found: dict[str, Any] = {"street_id": ids.get(street), "district_id": ids.get(district)}
    if spot:
        found |= {"place": spot.code, "owner": spot.owner, "longitude": spot.lon, "latitude": spot.lat}
    elif unit.kind not in ("street", "district"):
        found["place"] = unit.code
    return found

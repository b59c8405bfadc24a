"""From a filing to the order's columns: what triage suggests, what a person chose, and where the place lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jieban.city.queries import Loaded
from jieban.intake.rules import Filing

Suggested = dict[str, Any]


def suggest(filings: Sequence[Filing], loaded: Loaded) -> list[Suggested]:
    """Suggestions for each filing: field → {value, probability, words, model, alternatives}. Asks no database."""
    return [_suggest(filing, loaded) for filing in filings]


def _suggest(filing: Filing, loaded: Loaded) -> Suggested:
    text = f"{filing.title}\n{filing.content}"
    out: Suggested = {}
    spot = loaded.gazetteer.best(text, filing.address or None)
    if spot.probability:
        out["place"] = {
            "value": spot.place_code or spot.street or spot.district, "probability": spot.probability,
            "words": list(spot.words), "model": "gazetteer", "alternatives": [],
        }  # fmt: skip
    words = [(len(w), w, c.code) for c in loaded.pack.categories.values() for w in c.keywords if w in text]
    if words:
        _, word, code = max(words)
        out["category"] = {
            "value": code, "probability": 0.7, "words": [word], "model": "keywords", "alternatives": [],
        }  # fmt: skip
    return out


def columns(filing: Filing, suggested: Suggested, loaded: Loaded) -> dict[str, Any]:
    """The order's columns: what a person chose, else what is suggested. Nothing suggested is kept of what is sealed."""
    kept = {} if filing.confidential else suggested
    place = filing.place or _value(suggested, "place")
    return {
        "suggested": kept,
        "kind": filing.kind or _value(suggested, "kind"),
        "category": filing.category or _value(suggested, "category"),
        "urgency": filing.urgency or _value(suggested, "urgency"),
        **where(place, loaded),
    }


def _value(suggested: Mapping[str, Any], name: str) -> str:
    return str((suggested.get(name) or {}).get("value") or "")


def where(code: str, loaded: Loaded) -> dict[str, Any]:
    """The columns of a place or unit code: place, owner, street and district (row ids), longitude and latitude."""
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

"""What a waiting order is about, as fields to confirm or change: kind, category and place."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from jieban.city.queries import Loaded
from jieban.orders.models import Order
from jieban.portal import words
from jieban.portal.desk import finding


def fields(order: Order, posted: QueryDict, loaded: Loaded) -> dict[str, Any]:
    """What the fields show: what was typed, else how the order stands; and what else was suggested."""
    place = order.place or loaded.unit_codes.get(order.street_id or order.district_id or 0, "")
    return {
        "kinds": words.KINDS,
        "kind": posted.get("kind", order.kind),
        "category": posted.get("category", finding.path(order.category, loaded)),
        "place": posted.get("place", loaded.gazetteer.label(place) if place else ""),
        "categories": [finding.path(code, loaded) for code in _others(order, "category")],
        "places": [loaded.gazetteer.label(code) for code in _others(order, "place")],
    }


def choice(data: QueryDict, loaded: Loaded) -> dict[str, str]:
    """What was sent, as codes; empty where a field was left empty. BadInput says which one nothing fits."""
    return {
        "kind": data.get("kind", ""),
        "category": finding.category_code(data.get("category", ""), loaded),
        "place": finding.place_code(data.get("place", ""), loaded),
    }


def _others(order: Order, field: str) -> list[str]:
    said = order.suggested.get(field) or {}
    return [str(other["value"]) for other in said.get("alternatives") or ()]

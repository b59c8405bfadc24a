"""Reads of dispatch: what waits for a unit, and the facts of an order that the catalogue looks at."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from jieban.accounts.actor import Actor
from jieban.city.queries import Loaded
from jieban.dispatch.duties import Search
from jieban.dispatch.models import DutyChange
from jieban.dispatch.rules import Catalogue, Facts
from jieban.orders import queries as orders
from jieban.orders.lifecycle import S
from jieban.orders.models import Order

_KEPT = 4
_catalogues: dict[int, Catalogue] = {}
_searches: dict[int, Search] = {}
_lock = threading.Lock()


def waiting(actor: Actor | None = None) -> QuerySet[Order]:
    """Orders that wait for a dispatcher, the most pressing first; those the actor may see, or all."""
    seen = Order.objects.all() if actor is None else orders.visible_to(actor)
    return seen.filter(state__in=(S.PENDING, S.CONSULTING)).order_by("due_at", "received_at", "pk")


def catalogue(loaded: Loaded) -> Catalogue:
    """The duty catalogue of a loaded pack, built once and kept while the same pack is in use."""
    found = _catalogues.get(id(loaded.pack))
    if found is not None and found.pack is loaded.pack:
        return found
    fresh = Catalogue(loaded.pack)
    with _lock:
        while len(_catalogues) >= _KEPT:
            _catalogues.pop(next(iter(_catalogues)))
        _catalogues[id(loaded.pack)] = fresh
    return fresh


def search(loaded: Loaded) -> Search:
    """The duty search over a loaded pack, made ready once and kept with its catalogue."""
    own = catalogue(loaded)
    found = _searches.get(id(own))
    if found is not None and found.catalogue is own:
        return found
    fresh = Search(own)
    with _lock:
        while len(_searches) >= _KEPT:
            _searches.pop(next(iter(_searches)))
        _searches[id(own)] = fresh
    return fresh


def changes(*states: str) -> QuerySet[DutyChange]:
    """Changes of the catalogue in these states, the oldest proposal first, with who and which version."""
    found = DutyChange.objects.filter(state__in=states).select_related("unit", "version", "decider", "base")
    return found.order_by("proposed_at", "pk")


def facts(order: Order, loaded: Loaded) -> Facts:
    """What the catalogue looks at, taken from the order and what was suggested for it. Asks the database nothing."""
    codes, said = loaded.unit_codes, order.suggested
    guess = said.get("unit") or {}
    return Facts(
        category=order.category,
        category_sure=_sure(said.get("category"), order.category),
        street=codes.get(order.street_id or 0, ""),
        district=codes.get(order.district_id or 0, ""),
        place_sure=_place_sure(order, loaded),
        community=order.place if _is_community(order.place, loaded) else "",
        owner=order.owner,
        firm=catalogue(loaded).firm_in(f"{order.title}\n{order.content}"),
        urgency=order.urgency,
        guess=_unit_code(guess.get("value"), loaded),
        guess_sure=float(guess.get("probability") or 0.0),
        guess_words=tuple(guess.get("words") or ()),
        elsewhere=_elsewhere(order, loaded),
    )


def _sure(suggested: Mapping[str, Any] | None, stands: str) -> float:
    """How sure a fact is: what a person set or accepted is certain, else as probable as the suggestion says."""
    if not stands:
        return 0.0
    if not suggested or suggested.get("value") != stands or suggested.get("accepted"):
        return 1.0
    return float(suggested.get("probability") or 0.0)


def _place_sure(order: Order, loaded: Loaded) -> float:
    if order.street_id is None and order.district_id is None:
        return 0.0
    suggested = order.suggested.get("place") or {}
    meant = "" if suggested.get("accepted") else suggested.get("value")
    stands = {order.place, loaded.unit_codes.get(order.street_id or 0), loaded.unit_codes.get(order.district_id or 0)}
    return float(suggested.get("probability") or 0.0) if meant and meant in stands else 1.0


def _elsewhere(order: Order, loaded: Loaded) -> tuple[tuple[str, float], ...]:
    """The streets of the places that were suggested beside the one that stands."""
    here = loaded.unit_codes.get(order.street_id or 0, "")
    suggested = order.suggested.get("place") or {}
    others = () if suggested.get("accepted") else suggested.get("alternatives") or ()
    streets = {_street(str(one["value"]), loaded): float(one["probability"]) for one in others}
    return tuple((code, sure) for code, sure in streets.items() if code and code != here)


def _street(place: str, loaded: Loaded) -> str:
    """The street a place lies in, or the place itself where it is one."""
    spot = loaded.places.get(place)
    code = spot.street if spot else place
    return code if code in loaded.pack.units and loaded.pack.units[code].kind == "street" else ""


def _is_community(place: str, loaded: Loaded) -> bool:
    return place in loaded.pack.units and loaded.pack.units[place].kind == "community"


def _unit_code(value: Any, loaded: Loaded) -> str:
    """The unit a guess means: by code, or by a name that only one unit goes by."""
    text = str(value or "")
    if text in loaded.pack.units:
        return text
    named = loaded.pack.named(text)
    return named[0] if len(named) == 1 else ""

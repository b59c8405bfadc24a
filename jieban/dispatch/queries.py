"""Reads of dispatch: what waits for a unit, and the facts of an order that the catalogue looks at."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from jieban.accounts.actor import Actor, Sight
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.city.ways import FIRM_FIRST
from jieban.dispatch.duties import Search
from jieban.dispatch.models import DutyChange
from jieban.dispatch.rules import Catalogue, Facts
from jieban.dispatch.talks import Consultation, View
from jieban.orders import queries as orders
from jieban.orders.lifecycle import AT_WORK, OPEN_ASSIGNMENT, A, S
from jieban.orders.models import Assignment, Order

_KEPT = 4
_catalogues: dict[int, Catalogue] = {}
_searches: dict[int, Search] = {}
_lock = threading.Lock()


def waiting(actor: Actor | None = None) -> QuerySet[Order]:
    """Orders that wait for a dispatcher, the most pressing first; those the actor may see, or all."""
    seen = Order.objects.all() if actor is None else orders.visible_to(actor)
    return seen.filter(state__in=(S.PENDING, S.CONSULTING)).order_by("due_at", "received_at", "pk")


def by_clock(actor: Actor, loaded: Loaded, *, at: datetime) -> QuerySet[Order]:
    """`waiting`, by when the dispatch clock runs out (limits in working time are taken as they lie from `at`)."""
    spans = {
        urgency: limits.run_out(loaded.pack, own.dispatch.limit, at=at) - at
        for urgency, own in loaded.pack.clocks.items()
    }
    usual = spans[_usual(loaded)]
    span = Case(
        *(When(urgency=u, then=Value(s)) for u, s in spans.items()), default=Value(usual), output_field=DurationField()
    )
    since = Case(When(dispatched_at=None, then=F("received_at")), default=F("moved_at"), output_field=DateTimeField())
    runs_out = ExpressionWrapper(since + span, output_field=DateTimeField())
    return waiting(actor).annotate(runs_out=runs_out).order_by("runs_out", "pk")


def waits_since(order: Order) -> datetime:
    """When the dispatch clock began: with the call, or when an order that had been sent came back."""
    return order.received_at if order.dispatched_at is None else order.moved_at


def dispatch_due(order: Order, loaded: Loaded) -> datetime:
    """By when the order must have been sent: 1 h, 2 h or 24 h in Beijing, by its urgency."""
    urgency = order.urgency if order.urgency in loaded.pack.clocks else _usual(loaded)
    return limits.run_out(loaded.pack, loaded.pack.clocks[urgency].dispatch.limit, at=waits_since(order))


def _usual(loaded: Loaded) -> str:
    names = list(loaded.pack.clocks)
    return names[len(names) // 2]


def green_failed(*, at: datetime) -> QuerySet[Assignment]:
    """Firms that went first and whose time is over, that objected, or that the citizen was not content with."""
    late = Q(state=A.SENT, sign_due__lt=at) | Q(responded_at=None, respond_due__lt=at) | Q(handle_due__lt=at)
    held = Assignment.objects.filter(came_by=FIRM_FIRST, state__in=(*OPEN_ASSIGNMENT, A.OBJECTION, A.EXTENSION))
    found = held.filter(late | Q(state=A.OBJECTION) | Q(round__gt=1), order__state__in=AT_WORK)
    return found.select_related("order__contact", "unit").order_by("pk")


def undecided(*, at: datetime) -> QuerySet[Order]:
    """Orders whose consultation ran out undecided and whose district is known, the longest waiting first."""
    late = Consultation.objects.filter(order=OuterRef("pk"), ended_at=None, decide_by__lt=at)
    return Order.objects.filter(Exists(late), state=S.CONSULTING).exclude(district=None).order_by("pk")


def talks(orders: Iterable[Order]) -> dict[int, Consultation]:
    """The open consultation of each order (by its id) with its views and units: two queries."""
    found = open_talks(orders).prefetch_related(Prefetch("views", View.objects.select_related("unit").order_by("pk")))
    return {talk.order_id: talk for talk in found}


def asked(actor: Actor) -> QuerySet[View]:
    """What the actor's unit was asked in consultations, with the question; all for a post that sees the city."""
    found = View.objects.select_related("consultation", "unit")
    if actor.sight == Sight.ALL:
        return found
    if actor.unit_id is None or actor.sight == Sight.NONE:
        return found.none()
    own = Q(unit=actor.unit_id)
    return found.filter(own | Q(unit__path__startswith=actor.unit_path) if actor.sight == Sight.TREE else own)


def open_talks(orders: Iterable[Order]) -> QuerySet[Consultation]:
    """The consultations of the orders that nobody has decided yet."""
    return Consultation.objects.filter(order__in=list(orders), ended_at=None)


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

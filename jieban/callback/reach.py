"""Reads of who was reached: attempts, ways and the share of 联系不上 by unit, since a unit could gain from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from jieban.accounts.actor import Actor, Sight
from jieban.callback.models import Attempt
from jieban.orders import queries as orders
from jieban.orders.models import Answer


@dataclass(frozen=True, slots=True)
class Reached:
    """Results of one unit's assignments since a moment: how many were asked, by which way, and how many not reached."""

    unit: str
    results: int
    phone: int
    web: int
    sms: int
    unreached: int


def by_unit(by: Actor, *, since: datetime) -> list[Reached]:
    """The units the actor may see, the largest share of 联系不上 first; one query."""
    found = Answer.objects.filter(at__gte=since)
    if by.sight != Sight.ALL:
        found = found.filter(assignment__in=orders.assignments_of(by))
    phone, web, sms = (Count("pk", filter=Q(way=way, reached=True)) for way in ("phone", "web", "sms"))
    rows = (
        found.values(name=F("assignment__unit__name"))
        .annotate(results=Count("pk"), unreached=Count("pk", filter=Q(reached=False)), phone=phone, web=web, sms=sms)
        .order_by()
    )
    out = [Reached(row["name"], row["results"], row["phone"], row["web"], row["sms"], row["unreached"]) for row in rows]
    return sorted(out, key=lambda one: (-one.unreached / one.results, -one.results, one.unit))


def attempts(by: Actor, *, since: datetime) -> Mapping[str, int]:
    """How many tries ended how; one query."""
    found = Attempt.objects.filter(order__in=orders.visible_to(by), at__gte=since)
    return dict(found.values_list("outcome").annotate(n=Count("pk")).order_by("-n"))

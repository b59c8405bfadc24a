"""Reads for the report on the enterprise line: firms beside everybody, by month, matter, district and result.

Firms are orders whose contact is one (`Contact.appellant`). Every read is one statement; a period is half-open, by when
the order came in, results by when they were given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Substr, TruncMonth

from jieban.accounts.actor import Actor
from jieban.appraisal import queries, rules
from jieban.appraisal.queries import Period
from jieban.orders import queries as orders
from jieban.orders.models import Answer, Assignment, Order

FIRM = "firm"
_FIRM = Q(contact__appellant=FIRM)


@dataclass(frozen=True, slots=True)
class Month:
    """Orders that came in one month: of firms, and of everybody."""

    first: date
    firms: int
    everybody: int


@dataclass(frozen=True, slots=True)
class Share:
    """Orders of firms of one kind (`key`: a district's row id, or the first level of a category)."""

    key: str
    firms: int
    everybody: int


@dataclass(frozen=True, slots=True)
class Results:
    """The three rates of firms or of everybody, how many results they rest on, and the mean time to first contact."""

    n: int
    unreached: int
    response: rules.Rate
    resolution: rules.Rate
    satisfaction: rules.Rate
    contact: timedelta | None
    contacts: int


def months(period: Period, *, actor: Actor) -> list[Month]:
    """Orders by month, in their sequence."""
    found = _came(period, actor).annotate(month=TruncMonth("received_at")).values("month").order_by("month")
    rows = found.annotate(firms=Count("pk", filter=_FIRM), everybody=Count("pk"))
    return [Month(row["month"].date(), row["firms"], row["everybody"]) for row in rows]


def districts(period: Period, *, actor: Actor) -> list[Share]:
    """Orders of firms by district, most first; "" where none is known."""
    return _shares(_came(period, actor).values(key=F("district")))


def matters(period: Period, *, actor: Actor) -> list[Share]:
    """Orders of firms by the first level of their category, most first; "" where none is known."""
    return _shares(_came(period, actor).annotate(key=Substr("category", 1, 2)).values("key"))


def results(period: Period, *, actor: Actor, firms: bool) -> Results:
    """The three rates over all results given in the period to orders that the actor may see; two statements."""
    found = _scored(period, actor, firms)
    row = found.aggregate(**queries.sums(rules.DEMO))
    span = ExpressionWrapper(F("responded_at") - F("sent_at"), output_field=DurationField())
    seen = orders.assignments_of(actor).filter(responded_at__gte=period.begin, responded_at__lt=period.end, round=1)
    spans = _of(seen.exclude(role="notice"), firms).aggregate(mean=Avg(span), n=Count("pk"))
    rates = queries.rates_of(row)
    return Results(row["n"], row["unreached"], *rates, spans["mean"], spans["n"])


def orders_behind(period: Period, *, rate: str, which: str, firms: bool, actor: Actor) -> QuerySet[Order]:
    """The orders behind one number of the rates. BadInput for an unknown number."""
    test = queries.test(rate, which)
    mine = _scored(period, actor, firms).filter(test).values("order")
    return orders.visible_to(actor).filter(pk__in=mine).order_by("-callback_at", "-pk")


def _came(period: Period, actor: Actor) -> QuerySet[Order]:
    return orders.visible_to(actor).filter(received_at__gte=period.begin, received_at__lt=period.end)


def _shares(grouped: QuerySet[Any, Any]) -> list[Share]:
    rows = grouped.annotate(firms=Count("pk", filter=_FIRM), everybody=Count("pk")).order_by()
    found = [Share(str(row["key"] or ""), row["firms"], row["everybody"]) for row in rows if row["firms"]]
    return sorted(found, key=lambda one: (-one.firms, one.key))


def _scored(period: Period, actor: Actor, firms: bool) -> QuerySet[Answer]:
    found = queries.scored(period).filter(queries.seen(actor))
    return found.filter(order__contact__appellant=FIRM) if firms else found


def _of(found: QuerySet[Assignment], firms: bool) -> QuerySet[Assignment]:
    return found.filter(order__contact__appellant=FIRM) if firms else found

"""Reads of exports: which a post may open, the orders of one, and those orders a chunk at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from jieban.accounts.actor import Actor, Sight
from jieban.analytics.exports import rules
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.orders import queries
from jieban.orders.models import Assignment, Order

CHUNK = 500
# An order and its assignments.
Row = tuple[Order, list[Assignment]]


def of(actor: Actor) -> QuerySet[SavedExport]:
    """The exports in use that a post may open: those of its own unit; who watches opens all."""
    live = SavedExport.objects.filter(retired_at=None).select_related("unit", "made_by").order_by("name", "pk")
    if actor.role in rules.WATCHERS:
        return live
    if actor.unit_id is None or actor.role not in rules.MAKERS:
        return live.none()
    return live.filter(unit=actor.unit_id)


def done(export: SavedExport) -> datetime | None:
    """Up to when the last run that was handed over whole has looked."""
    last = export.runs.filter(finished_at__isnull=False).order_by("-until").first()
    return last.until if last else None


def latest(exports: Collection[SavedExport]) -> dict[int, ExportRun]:
    """The last run of each that was handed over whole, by the export's key; one statement."""
    runs = ExportRun.objects.filter(export=OuterRef("pk"), finished_at__isnull=False).order_by("-at", "-pk")
    newest = SavedExport.objects.filter(pk__in=[one.pk for one in exports]).values(
        newest=Subquery(runs.values("pk")[:1])
    )
    return {run.export_id: run for run in ExportRun.objects.filter(pk__in=newest).select_related("person")}


def runs(export: SavedExport) -> QuerySet[ExportRun]:
    """Every time it was taken, the latest first."""
    return export.runs.select_related("person", "post__unit").order_by("-at", "-pk")


def orders(export: SavedExport, period: tuple[datetime, datetime], *, by: Actor) -> QuerySet[Order]:
    """The orders received in the period, of its trade and area, that `by` may see.

    Each with `own`: whether the post's unit, or one below it, had to do more about it than to know of it.
    """
    begin, until = period
    found = queries.visible_to(by).filter(received_at__gte=begin, received_at__lt=until)
    if export.categories:
        found = found.filter(_any(Q(category__startswith=code) for code in export.categories))
    if export.areas:
        found = found.filter(Q(district__code__in=export.areas) | Q(street__code__in=export.areas))
    if export.units:
        held = Assignment.objects.filter(order=OuterRef("pk")).exclude(role="notice")
        found = found.filter(Exists(held.filter(_any(_below(code) for code in export.units))))
    return found.annotate(own=Exists(_own(by)))


def _own(by: Actor) -> QuerySet[Assignment]:
    if by.sight == Sight.ALL:
        return Assignment.objects.filter(order=OuterRef("pk"))
    return queries.assignments_of(by).filter(order=OuterRef("pk")).exclude(role="notice")


def _below(code: str) -> Q:
    """A unit or one below it."""
    return Q(unit__path__startswith=f"{code}/") | Q(unit__path__contains=f"/{code}/")


def _any(tests: Iterable[Q]) -> Q:
    return reduce(or_, tests)


def chunks(found: QuerySet[Order], *, size: int = CHUNK, most: int = 0) -> Iterator[list[Row]]:
    """The orders as they were received, `size` at a time (`most` at most), with contact, units and assignments.

    Each chunk is asked for anew from where the last one ended: two statements, no cursor kept open for a slow reader,
    and no more than one chunk in memory: nothing in a chunk refers back, so it goes with its last use.
    """
    rows = found.select_related("contact", "street", "district")
    rows = rows.defer("suggested", "dispatch").order_by("received_at", "pk")
    taken, last = 0, None
    while True:
        after = rows
        if last is not None:
            later = Q(received_at__gt=last.received_at) | Q(received_at=last.received_at, pk__gt=last.pk)
            after = rows.filter(later, received_at__gte=last.received_at)
        limit = min(size, most - taken) if most else size
        chunk = list(after[:limit])
        if chunk:
            yield _with_parts(chunk)
        taken, last = taken + len(chunk), chunk[-1] if chunk else None
        if len(chunk) < size or taken == most:
            return


def _with_parts(chunk: list[Order]) -> list[Row]:
    parts: dict[int, list[Assignment]] = {order.pk: [] for order in chunk}
    for part in Assignment.objects.filter(order__in=list(parts)).select_related("unit").order_by("order", "no"):
        parts[part.order_id].append(part)
    return [(order, parts[order.pk]) for order in chunk]

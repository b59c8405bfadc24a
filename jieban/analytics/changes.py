"""Which orders the lake has to be told of anew: the timeline since a mark, limits that have run out, what came back.

Every column that the lake reads is told by an entry, but for two things that come about by themselves: a limit passes,
and a new order makes a solved one come back.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Q

from jieban.analytics.gather import BACK
from jieban.orders.lifecycle import OPEN_ASSIGNMENT, A
from jieban.orders.models import Assignment, Entry, Order

# Entries looked at in one go.
SLICE: Final = 100_000
# A transaction that has written is waited for this long before the mark stays where it is.
PATIENCE: Final = 5.0
_LOOK = 0.05
_RUNNING = (*OPEN_ASSIGNMENT, A.EXTENSION)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the timeline can be read: the id of its last entry.

    `settled`: no entry at or before it is still on its way.
    """

    entry: int
    settled: bool


def mark(patience: float = PATIENCE) -> Mark:
    """The end of the timeline now.

    Ids of entries are given before their transactions commit. On PostgreSQL, whoever holds an id holds a lock on the
    table too: once those that hold one now are gone, no id up to the last one seen can appear any more. Nobody is kept
    from writing. SQLite has one writer.
    """
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    if connection.vendor != "postgresql":
        return Mark(last, True)
    open_ones, until = _writers(), time.monotonic() + patience
    while open_ones and time.monotonic() < until:
        time.sleep(_LOOK)
        open_ones &= _writers()
    return Mark(last, not open_ones)


def _writers() -> set[str]:
    """The open transactions of others that have written, or are about to write, entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted "
            "AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid() AND relation = %s::regclass "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [Entry._meta.db_table],
        )
        return {str(row[0]) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the timeline: its last entry, the orders it changed, and those whose category or place it told."""

    last: int
    orders: set[int]
    matters: set[int]


def slices(after: int, *, size: int = SLICE) -> Iterator[Slice]:
    """The timeline after an entry, piece by piece; two statements each, along the key."""
    while True:
        found = list(Entry.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "order_id")[:size])
        if not found:
            return
        first, after = found[0][0], found[-1][0]
        told = Q(changes__order__has_key="category") | Q(changes__order__has_key="place")
        new = Entry.objects.filter(pk__gte=first, pk__lte=after).filter(told | Q(move="register"))
        yield Slice(after, {order for _, order in found}, set(new.values_list("order_id", flat=True)))
        if len(found) < size:
            return


def ran_out(since: datetime, until: datetime) -> set[int]:
    """The orders with a unit at work whose limit passed from `since` up to, not including, `until`; one statement."""
    passed = Q()
    for due, done in (("sign_due", "signed_at"), ("respond_due", "responded_at"), ("handle_due", "completed_at")):
        passed |= Q(**{f"{due}__gte": since, f"{due}__lt": until, f"{done}__isnull": True})
    running = Assignment.objects.filter(state__in=_RUNNING).filter(passed).exclude(role="notice")
    return set(running.values_list("order_id", flat=True))


def brought_back(orders: Collection[int]) -> set[int]:
    """The solved orders that these orders make come back, or did before they were corrected; four statements.

    A few more may be named: those that come near enough.
    """
    ever = _ever(orders)
    if not ever:
        return set()
    rows = Order.objects.filter(pk__in=ever).values_list("pk", "received_at", "contact__phone_index")
    found, categories, places = set(), set(), set()
    moments, phones = [], set()
    for pk, received, phone in rows:
        moments.append(received)
        phones.add(phone)
        categories |= {category for category, _ in ever[pk]}
        places |= {place for _, place in ever[pk]}
    solved = Order.objects.filter(
        solved="yes", category__in=categories - {""}, closed_at__gte=min(moments) - BACK, closed_at__lt=max(moments)
    )
    for key, values in (("place__in", places - {""}), ("contact__phone_index__in", phones - {""})):
        found |= set(solved.filter(**{key: values}).values_list("pk", flat=True))
    return found


def _ever(orders: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """Every category and place that these orders ever had."""
    out: dict[int, set[tuple[str, str]]] = defaultdict(set)
    now: dict[int, dict[str, Any]] = defaultdict(lambda: {"category": "", "place": ""})
    entries = Entry.objects.filter(order__in=orders).order_by("order", "seq")
    for order, changes in entries.values_list("order_id", "changes"):
        said = changes.get("order", {})
        now[order] |= {key: said[key] for key in ("category", "place") if key in said}
        out[order].add((now[order]["category"], now[order]["place"]))
    return out


def pieces(orders: Collection[int], size: int) -> Iterator[Sequence[int]]:
    """The ids in their sequence, so many at a time."""
    listed = sorted(orders)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]

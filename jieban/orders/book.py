"""What one transaction is going to write: rows and entries gathered in memory, written in a fixed number of statements.

Only `orders.actions` opens a book. Orders are locked when the book first touches them, so what is checked here is what is
true until the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

from jieban.orders import chain
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Entry, Message, Order


class Book:
    """Rows to write, by table. Every saved order appears once, however many instances of it were handed in."""

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.assignments: dict[int, Assignment] = {}
        self.new_orders: list[Order] = []
        self.new_assignments: list[Assignment] = []
        self.numbers: dict[str, int] = {}
        self.entries: list[Entry] = []
        self.answers: list[Answer] = []
        self.attachments: list[Attachment] = []
        self.messages: list[Message] = []
        self.touched: dict[type[models.Model], set[str]] = {Order: set(), Assignment: set()}
        self._last_no: dict[int, int] = {}
        self.after: list[Callable[[], None]] = []

    def lock(self, orders: Iterable[Order], assignments: Iterable[Assignment]) -> None:
        """Lock the saved orders not yet locked, and bring their rows and those of the assignments up to date."""
        wanted = {o.pk: o for o in orders if o.pk is not None and o.pk not in self.orders}
        if wanted:
            rows = Order.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
            for row in rows:
                _refresh(wanted[row.pk], row)
            self.orders.update(wanted)
        parts = {a.pk: a for a in assignments if a.pk is not None and a.pk not in self.assignments}
        if parts:
            for part in Assignment.objects.filter(pk__in=parts):
                _refresh(parts[part.pk], part)
            self.assignments.update(parts)

    def order(self, order: Order) -> Order:
        """The one instance of this order that the book works on."""
        return self.orders.get(order.pk, order) if order.pk is not None else order

    def assignment(self, assignment: Assignment) -> Assignment:
        """The one instance of this assignment that the book works on."""
        return self.assignments.get(assignment.pk, assignment) if assignment.pk is not None else assignment

    def next_no(self, order: Order) -> int:
        """The next number of an assignment within its order, counted from 1."""
        key = id(order)
        if key not in self._last_no:
            last = order.assignments.aggregate(last=models.Max("no"))["last"] if order.pk is not None else 0
            self._last_no[key] = last or 0
        self._last_no[key] += 1
        return self._last_no[key]

    def write(self) -> None:
        """Write everything: at most eight statements however many orders there are."""
        _create(Contact, [o.contact for o in self.new_orders if o.contact.pk is None])
        _create(Order, self.new_orders)
        _update(Order, list(self.orders.values()), self.touched[Order])
        _create(Assignment, self.new_assignments)
        _update(Assignment, list(self.assignments.values()), self.touched[Assignment])
        _create(Entry, self.entries)
        _create(Answer, self.answers)
        _create(Attachment, self.attachments)
        _create(Message, self.messages)

    def append(self, entry: Entry) -> None:
        """Chain the entry to its order and keep it."""
        order = entry.order
        entry.seq, entry.previous = order.entries_count + 1, order.head
        entry.hash = chain.hash_of(entry, number=order.number)
        order.entries_count, order.head, order.moved_at = entry.seq, entry.hash, entry.at
        if order.pk is not None:
            self.touched[Order] |= {"entries_count", "head", "moved_at"}
        self.entries.append(entry)


def _refresh(mine: models.Model, row: models.Model) -> None:
    for field in row._meta.concrete_fields:
        if getattr(mine, field.attname) != getattr(row, field.attname):
            setattr(mine, field.attname, getattr(row, field.attname))


def _create(table: type[models.Model], rows: Sequence[Any]) -> None:
    if rows:
        table._default_manager.bulk_create(rows, batch_size=2000)


def _update(table: type[models.Model], rows: Sequence[Any], columns: set[str]) -> None:
    if len(rows) == 1 and columns:
        rows[0].save(update_fields=sorted(columns), force_update=True)
    elif rows and columns:
        table._default_manager.bulk_update(rows, sorted(columns), batch_size=500)

"""What one transaction is going to write: rows and entries gathered in memory, written in a fixed number of statements.

Only `orders.actions` opens a book. Orders are locked when the book first touches them, so what is checked here is what
is true until the commit.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from jieban.core.errors import JiebanError
from jieban.orders import bulk, chain, outbox
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
        self._last_no: dict[int, int] = {}  # by id() of the order's instance, which the book keeps alive
        self.spoiled: BaseException | None = None

    def lock(self, orders: Iterable[Order], assignments: Iterable[Assignment]) -> None:
        """Lock the saved orders not yet locked, and bring their rows and those of the assignments up to date."""
        wanted = {o.pk: o for o in orders if o.pk is not None and o.pk not in self.orders}
        if wanted:
            rows = list(Order.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
            for row in rows:
                _refresh(wanted[row.pk], row)
            _all_there(wanted, {row.pk for row in rows})
            self.orders.update(wanted)
        parts = {a.pk: a for a in assignments if a.pk is not None and a.pk not in self.assignments}
        if parts:
            rows_of_parts = list(Assignment.objects.filter(pk__in=parts))
            for part in rows_of_parts:
                _refresh(parts[part.pk], part)
            _all_there(parts, {part.pk for part in rows_of_parts})
            self.assignments.update(parts)

    def order(self, order: Order) -> Order:
        """The one instance of this order that the book works on."""
        return self.orders.get(order.pk, order) if order.pk is not None else order

    def assignment(self, assignment: Assignment) -> Assignment:
        """The one instance of this assignment that the book works on."""
        return self.assignments.get(assignment.pk, assignment) if assignment.pk is not None else assignment

    def count_assignments(self, orders: Iterable[Order]) -> None:
        """Find out, in one query, how many assignments these orders have, before more are opened."""
        unknown = {o.pk: o for o in map(self.order, orders) if o.pk is not None and id(o) not in self._last_no}
        if unknown:
            rows = Assignment.objects.filter(order__in=unknown).values("order_id").annotate(last=models.Max("no"))
            last = dict(rows.values_list("order_id", "last"))
            self._last_no.update({id(order): last.get(pk, 0) for pk, order in unknown.items()})

    def next_no(self, order: Order) -> int:
        """The next number of an assignment within its order, counted from 1."""
        self._last_no[id(order)] = self._last_no.get(id(order), 0) + 1
        return self._last_no[id(order)]

    def write(self) -> None:
        """Write everything: at most nine statements (more only where the database bounds the length of one).

        One more asks for the quiet hours where something is told that can wait.
        """
        if self.spoiled is not None:
            raise JiebanError(
                "A move of this transaction failed and was passed over: nothing is written."
            ) from self.spoiled
        outbox.settle(self.messages)
        contacts = {id(o.contact): o.contact for o in self.new_orders if o.contact.pk is None}
        bulk.insert(
            [
                (Contact, list(contacts.values())), (Order, self.new_orders), (Assignment, self.new_assignments),
                (Entry, self.entries), (Answer, self.answers), (Attachment, self.attachments), (Message, self.messages),
            ]
        )  # fmt: skip
        bulk.update(list(self.orders.values()), self.touched[Order])
        bulk.update(list(self.assignments.values()), self.touched[Assignment])

    def append(self, entry: Entry) -> None:
        """Chain the entry to its order and keep it."""
        order = entry.order
        entry.seq, entry.previous = order.entries_count + 1, order.head
        entry.hash = chain.hash_of(entry, number=order.number, plain=True)
        order.entries_count, order.head, order.moved_at = entry.seq, entry.hash, entry.at
        if order.pk is not None:
            self.touched[Order] |= {"entries_count", "head", "moved_at"}
        self.entries.append(entry)


def _all_there(wanted: Iterable[int], found: set[int]) -> None:
    missing = sorted(set(wanted) - found)
    if missing:
        raise JiebanError(
            f"Rows {missing[:5]} are not in the record: they were never saved, or another database is meant."
        )


def _refresh(mine: models.Model, row: models.Model) -> None:
    for field in row._meta.concrete_fields:
        if getattr(mine, field.attname) != getattr(row, field.attname):
            setattr(mine, field.attname, getattr(row, field.attname))

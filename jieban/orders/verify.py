"""The proof of the record: every order is rebuilt from its entries and compared with its rows, every seal made again.

Reads in chunks of orders with a fixed number of queries each, so that memory does not grow with the record. Orders may
be moved meanwhile: what looks broken is read once more under the order's lock before it is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction

from jieban.core import canon
from jieban.core.errors import BadInput
from jieban.orders import chain, lifecycle, replay, sealing
from jieban.orders.models import Answer, Assignment, Attachment, Entry, Order, Seal

Row = TypeVar("Row", Answer, Assignment, Attachment, Entry)
_CHUNK = 400
# What reading a row may raise after somebody has written into the database by hand.
_UNREADABLE = (ValueError, TypeError, OverflowError, AttributeError, BadInput)


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that does not fit in one order (or seal): `order` is its number, empty for a seal."""

    order: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = self.order + (f" entry {self.seq}" if self.seq is not None else "")
        return f"{where}: {self.what}" if where else self.what


@dataclass(slots=True)
class Report:
    """How much was read, and what is broken; nothing broken means that the record is what was written."""

    orders: int = 0
    entries: int = 0
    broken: list[Finding] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """The report as JSON carries it."""
        return asdict(self)


@dataclass(slots=True)
class _Rows:
    """One order with everything that belongs to it, each table in the order of its ids (entries: of their sequence)."""

    order: Order
    entries: list[Entry]
    assignments: list[Assignment]
    answers: list[Answer]
    attachments: list[Attachment]


def verify(*, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Check the whole record. `progress` is told after each chunk how many orders of how many are done."""
    report = Report()
    total, last = Order.objects.count(), 0
    while chunk := list(Order.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        last = chunk[-1]
        for pk in _suspects(chunk, report):
            report.broken += _again(pk)
        report.orders += len(chunk)
        progress(report.orders, max(total, report.orders))
    report.broken += _stray_entries()
    report.broken += _seals()
    return report


def _suspects(chunk: Sequence[int], report: Report) -> list[int]:
    """Those of the orders in which something does not fit. A chunk that cannot be read is halved to find the row.

    An order whose contact is gone is not among the rows read, and so a suspect.
    """
    try:
        rows = _read(Order.objects.filter(pk__in=chunk))
        packs = replay.Packs()
        good = {one.order.pk for one in rows if _flaw(one, packs) is None}
    except _UNREADABLE:
        if len(chunk) == 1:
            return list(chunk)
        half = len(chunk) // 2
        return _suspects(chunk[:half], report) + _suspects(chunk[half:], report)
    report.entries += sum(len(one.entries) for one in rows)
    return [pk for pk in chunk if pk not in good]


def _again(pk: int) -> list[Finding]:
    """The order read once more, under its lock, so that nobody moves it between two of the queries."""
    number = Order.objects.values_list("number", flat=True).get(pk=pk)
    try:
        with transaction.atomic():
            rows = _read(Order.objects.select_for_update(of=("self",)).filter(pk=pk))
            flaw = _flaw(rows[0], replay.Packs()) if rows else Finding(number, None, "its contact is gone.")
    except _UNREADABLE as error:
        return [Finding(number, None, f"a row of this order cannot be read ({error}).")]
    return [] if flaw is None else [flaw]


def _read(orders: models.QuerySet[Order]) -> list[_Rows]:
    found = list(orders.select_related("contact").order_by("pk"))
    keys = [order.pk for order in found]
    entries = _by_order(Entry.objects.filter(order__in=keys).order_by("seq", "pk"))
    assignments = _by_order(Assignment.objects.filter(order__in=keys).order_by("pk"))
    answers = _by_order(Answer.objects.filter(order__in=keys).order_by("pk"))
    attachments = _by_order(Attachment.objects.filter(order__in=keys).order_by("pk"))
    return [_Rows(o, entries[o.pk], assignments[o.pk], answers[o.pk], attachments[o.pk]) for o in found]


def _by_order(rows: models.QuerySet[Row]) -> dict[int, list[Row]]:
    out: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        out[row.order_id].append(row)
    return out


def _flaw(rows: _Rows, packs: replay.Packs) -> Finding | None:
    """The first thing in an order that does not fit: its chain, its moves, its rows, then its clocks."""
    steps = (_chain(rows), _moves(rows), _rows(rows), _clocks(rows, packs))
    return next((finding for step in steps for finding in step), None)


def _clocks(rows: _Rows, packs: replay.Packs) -> Iterator[Finding]:
    for seq, what in replay.flaws(rows.entries, packs):
        yield Finding(rows.order.number, seq, what)


def _chain(rows: _Rows) -> Iterator[Finding]:
    number, previous = rows.order.number, ""
    for place, entry in enumerate(rows.entries, start=1):
        if entry.seq != place:
            yield Finding(number, place, f"missing: after entry {place - 1} comes entry {entry.seq}.")
        if entry.previous != previous:
            yield Finding(
                number, place, "does not follow the entry before it: column previous is not that entry's hash."
            )
        if entry.hash != chain.hash_of(entry, number=number):
            yield Finding(number, place, "its hash is not that of what it says: one of its columns was changed.")
        previous = entry.hash
    count = len(rows.entries)
    if rows.order.entries_count != count:
        yield Finding(number, None, f"order.entries_count says {rows.order.entries_count}, the timeline has {count}.")
    if rows.order.head != previous:
        yield Finding(number, None, "order.head is not the hash of the last entry.")


def _moves(rows: _Rows) -> Iterator[Finding]:
    """Every entry must be a move that the table of states allows, from the state in which those before it left off."""
    states: dict[str, str] = {"order": ""}
    for entry in rows.entries:
        rule = _rule(entry.move)
        key = "order" if entry.assignment_no is None else str(entry.assignment_no)
        before = states.get(key, "")
        if rule is None or (rule.name in lifecycle.ASSIGNMENT_MOVES) == (key == "order"):
            yield Finding(rows.order.number, entry.seq, f"there is no move {entry.move} of {key}.")
        elif entry.source != before or before not in rule.from_ or entry.target != (rule.to or before):
            said = f"{entry.move} from {entry.source!r} to {entry.target!r}"
            yield Finding(rows.order.number, entry.seq, f"{said} is not allowed where {key} is {before!r}.")
        states |= _said_states(entry)
        if states.get(key, "") != entry.target:
            yield Finding(rows.order.number, entry.seq, f"leads to {entry.target!r}, but its changes say otherwise.")


def _rule(move: str) -> lifecycle.Move | None:
    """The move of that name, also one that only earlier versions made; None where there is none."""
    return {**lifecycle.RETIRED, **lifecycle.ORDER_MOVES, **lifecycle.ASSIGNMENT_MOVES}.get(move)


def _said_states(entry: Entry) -> dict[str, str]:
    parts = {"order": entry.changes.get("order", {}), **entry.changes.get("assignments", {})}
    return {key: said["state"] for key, said in parts.items() if "state" in said}


def _rows(rows: _Rows) -> Iterator[Finding]:
    told, number = chain.replay(rows.entries), rows.order.number
    if told["contact"] != chain.mark_of(rows.order.contact):
        yield Finding(number, None, "its contact is not the one registered: source, channel, time or words differ.")
    yield from _compared(number, "order", told["order"], rows.order)
    numbers = {part.pk: part.no for part in rows.assignments}
    parts = {str(part.no): part for part in rows.assignments}
    answers = {f"{numbers.get(one.assignment_id)}/{one.round}": one for one in rows.answers}
    files = {str(place): one for place, one in enumerate(rows.attachments, start=1)}
    said_files = {str(place): one for place, one in enumerate(told["attachments"], start=1)}
    yield from _table(number, "assignment", told["assignments"], parts)
    yield from _table(number, "answer", told["answers"], answers)
    yield from _table(number, "attachment", said_files, files)
    last = rows.entries[-1].at if rows.entries else None
    if rows.order.moved_at != last:
        yield Finding(number, None, f"order.moved_at says {rows.order.moved_at}, the last entry is of {last}.")


def _table(number: str, name: str, told: dict[str, Any], rows: dict[str, Any]) -> Iterator[Finding]:
    for key in sorted(told.keys() | rows.keys()):
        if key not in rows:
            yield Finding(number, None, f"{name} {key} is in the timeline, but its row is gone.")
        elif key not in told:
            yield Finding(number, None, f"{name} {key} has a row, but the timeline does not tell of it.")
        else:
            yield from _compared(number, f"{name} {key}", told[key], rows[key])


def _compared(number: str, name: str, told: dict[str, Any], row: models.Model) -> Iterator[Finding]:
    for column, value in chain.row_of(row).items():
        if value != told[column]:
            yield Finding(
                number, None, f"{name}: column {column} has {_short(value)}, the timeline says {_short(told[column])}."
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _stray_entries() -> list[Finding]:
    """Entries whose order is gone: the chunks above, which go by orders, cannot meet them."""
    there = models.Exists(Order.objects.filter(pk=models.OuterRef("order_id")))
    stray = Entry.objects.filter(~there).order_by("pk").values_list("pk", "seq")[:100]
    return [Finding("", seq, f"Entry with id {pk} belongs to no order.") for pk, seq in stray]


def _seals() -> list[Finding]:
    """Every seal made again from the entries it covers, whether or not the one before it fits."""
    found: list[Finding] = []
    previous = sealing.FIRST
    for seal, after in sealing.chained():
        problem = _seal_flaw(seal, after, previous)
        found += [Finding("", None, f"Seal of {seal.day}: {problem}")] if problem else []
        previous = seal.hash
    return found


def _seal_flaw(seal: Seal, after: int, previous: str) -> str:
    """What does not fit in a seal, empty when all does."""
    if seal.previous != previous:
        return "does not follow the seal before it: column previous is not that seal's hash."
    if seal.hash != sealing.hash_of(seal.day, seal.entries, seal.last, seal.root, seal.previous):
        return "its hash is not that of what it says: one of its columns was changed."
    try:
        count, root = canon.merkle(sealing.leaves(after, seal.last))
    except ValueError:
        return "the hash of an entry it covers is not a hash."
    if count != seal.entries:
        return f"it covers {seal.entries} entries, the record has {count}."
    return "" if root == seal.root else "its root is not that of the entries it covers: one was changed or moved."

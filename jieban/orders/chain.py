"""The hash chain of a timeline: what is hashed, how a row is told from its entries, and what must then agree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from jieban.core import canon
from jieban.core.errors import BadInput
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Entry, Order

# Columns that are not told by entries: keys of the database, the head of the chain, which is compared by itself, and
# when the worker looks next, which follows from the clock.
UNTOLD: dict[type[models.Model], frozenset[str]] = {
    Order: frozenset({"id", "number", "contact_id", "entries_count", "head", "moved_at"}),
    Assignment: frozenset({"id", "order_id", "no", "warn_at"}),
    Answer: frozenset({"id", "order_id", "assignment_id"}),
    Attachment: frozenset({"id", "order_id"}),
}

# Untold columns that a step may set all the same.
_ALONGSIDE: dict[type[models.Model], frozenset[str]] = {Assignment: frozenset({"warn_at"})}

# What registration tells of the contact. Names and numbers are left out: they are sealed under a key that may change.
_CONTACT = ("source", "source_id", "channel", "at", "appellant", "anonymous", "words", "recording")


def told(table: type[models.Model]) -> dict[str, Any]:
    """The columns of a table that entries tell, with the value they have before any entry."""
    blank = table()
    return {
        f.attname: canon.plain(getattr(blank, f.attname))
        for f in table._meta.concrete_fields
        if f.attname not in UNTOLD[table]
    }


_TOLD: dict[type[models.Model], dict[str, Any]] = {}


def columns(table: type[models.Model]) -> dict[str, Any]:
    """`told`, worked out once."""
    if table not in _TOLD:
        _TOLD[table] = told(table)
    return _TOLD[table]


def row_of(instance: models.Model) -> dict[str, Any]:
    """The told columns of a row as plain JSON."""
    return {name: canon.plain(getattr(instance, name)) for name in columns(type(instance))}


def first(instance: models.Model) -> dict[str, Any]:
    """The told columns that differ from a blank row: what the entry that creates the row must say."""
    held = instance.__dict__
    raw = ((name, held[name], blank) for name, blank in columns(type(instance)).items())
    said = {name: v for name, value, blank in raw if value != blank and (v := canon.plain(value)) != blank}
    return fitting(type(instance), said)


def fitting(table: type[models.Model], said: dict[str, Any]) -> dict[str, Any]:
    """The same columns; BadInput where a text is longer than its column. SQLite would take it, PostgreSQL would not."""
    if table not in _WIDTHS:
        _WIDTHS[table] = {f.attname: f.max_length for f in table._meta.concrete_fields if f.max_length}
    widths = _WIDTHS[table]
    for name, value in said.items():
        if isinstance(value, str) and name in widths and len(value) > widths[name]:
            raise BadInput(f"{table.__name__}.{name} has {len(value)} characters and holds {widths[name]}: shorten it.")
    return said


_WIDTHS: dict[type[models.Model], dict[str, int]] = {}


def changeable(table: type[models.Model]) -> frozenset[str]:
    """The columns that a step may change: those that entries tell, but for the state, which only the move sets.

    With them what is kept alongside and told by no entry.
    """
    return _CHANGEABLE.setdefault(table, (frozenset(columns(table)) | _ALONGSIDE.get(table, frozenset())) - {"state"})


_CHANGEABLE: dict[type[models.Model], frozenset[str]] = {}


def mark_of(contact: Contact) -> str:
    """SHA-256 over what registration keeps of the contact: source, channel, time and words."""
    return canon.digest({name: getattr(contact, name) for name in _CONTACT})


def hash_of(entry: Entry, *, number: str, plain: bool = False) -> str:
    """SHA-256 over everything the entry says, the number of its order and the hash before it.

    `plain`: its changes and records are known to be plain already, as those of an entry just made are.
    """
    said = {
        "order": number, "seq": entry.seq, "at": canon.plain(entry.at), "move": entry.move, "role": entry.role,
        "person": entry.person_id, "unit": entry.unit_id, "actor": entry.actor, "client": entry.client,
        "assignment": entry.assignment_no, "from": entry.source, "to": entry.target, "changes": entry.changes,
        "records": entry.records, "pack": entry.pack_id, "previous": entry.previous,
    }  # fmt: skip
    return canon.digest_of_plain(said) if plain else canon.digest(said)


def replay(entries: Iterable[Entry]) -> dict[str, Any]:
    """Fold the entries of one order, in their sequence, into what its rows must say.

    Returns {"contact": mark, "order": columns, "assignments": {no: columns}, "answers": {"no/round": columns},
    "attachments": [columns]}.
    """
    out: dict[str, Any] = {
        "contact": "",
        "order": dict(columns(Order)),
        "assignments": {},
        "answers": {},
        "attachments": [],
    }
    for entry in entries:
        out["contact"] = entry.changes.get("contact", out["contact"])
        out["order"].update(entry.changes.get("order", {}))
        for no, said in entry.changes.get("assignments", {}).items():
            out["assignments"].setdefault(str(no), dict(columns(Assignment))).update(said)
        for key, said in entry.changes.get("answers", {}).items():
            out["answers"][key] = {**columns(Answer), **said}
        out["attachments"] += [{**columns(Attachment), **said} for said in entry.changes.get("attachments", [])]
    return out

"""A document as canonical JSON and back, so that what is kept is what was read, to the byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from jieban.analytics.document import Chart, Column, Document, Heading, Paragraph, Part, Table


def dump(document: Document) -> str:
    """As JSON with sorted keys: {title, issuer, since, until, about, parts: [{part, ...}]}."""
    said = {
        "title": document.title,
        "issuer": document.issuer,
        "since": _day(document.since),
        "until": _day(document.until),
        "about": document.about,
        "parts": [{"part": type(part).__name__.lower(), **asdict(part)} for part in document.parts],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str) -> Document:
    """The document of `dump`."""
    said = json.loads(text)
    parts = tuple(_part(one) for one in said["parts"])
    since, until = (date.fromisoformat(said[key]) if said[key] else None for key in ("since", "until"))
    return Document(said["title"], parts, said["issuer"], since, until, said["about"])


def sha256(text: str) -> str:
    """The hash that stands beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _part(said: Mapping[str, Any]) -> Part:
    kind = said["part"]
    if kind == "heading":
        return Heading(said["text"], said["level"])
    if kind == "paragraph":
        return Paragraph(said["text"], said["note"])
    if kind == "table":
        return _table(said)
    return Chart(_table(said["table"]), said["shape"], said["along"], tuple(said["series"]))


def _table(said: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in said["columns"])
    return Table(said["key"], said["title"], columns, said["rows"])

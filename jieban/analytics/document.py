"""A report before it has a form: headings, paragraphs, tables and charts in the order in which they are read.

The same document becomes a web page, a Word file or JSON. Numbers are raw; `Column.form` says how they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Form = Literal["text", "count", "wan", "percent", "points", "minutes", "number", "score"]
Shape = Literal["bar", "bars", "stack", "line", "pie"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `note` for small print such as where figures end."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in the rows, its title, and how its numbers are written.

    count: 12,345 · wan: 万件 with the digits that carry meaning · percent: 0.925 as 92.5% · points: 0.012 as +1.2
    个百分点 · minutes: 75 as 1 小时 15 分 · number: as it is · score: 98.1 as 98.10.
    """

    key: str
    title: str
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `key` names it in JSON. Rows are mappings by column key; None is written as a dash."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a table's rows: `along` is the key of the categories, `series` the keys drawn over them.

    A chart never shows what its table does not hold, so a reader who cannot see it loses nothing.
    """

    table: Table
    shape: Shape
    along: str
    series: tuple[str, ...]


Part = Heading | Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `until` is the last day that it counts; `issuer` signs it."""

    title: str
    parts: tuple[Part, ...]
    issuer: str = ""
    since: date | None = None
    until: date | None = None
    about: dict[str, Any] = field(default_factory=dict)

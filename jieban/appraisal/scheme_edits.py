"""Changes of a scheme's TOML text that leave everything else, also its comments, as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from jieban.core.errors import BadInput

# What every scheme must say, without a number: each is missed by name as long as it is not filled in.
EMPTY: Final = """\
# 示例，非官方。每一项的意思见 docs/appraisal-schemes.md；还没写的项，页面上会逐条列出。
code = "draft"
name = "新方案"
note = "示例，非官方"
source = ""

grounds = []
ties = []
filters = []
weights = []
rules = []
trades = []
points = {}
parts = {}
consulted = []

[rates]

[solved]

[satisfied]

[roles]

[difficulty]
"""
TEXT, NUMBER, WHOLE, DAY = "text", "number", "whole", "day"
_DAYS: Final = ("cycle_start_day", "late_days", "exclusion_days")
# Tables of numbers, each with the keys that it must have.
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "rates": ("response", "resolution", "satisfaction"), "parts": (), "solved": ("yes", "part", "no", "explained"),
    "satisfied": ("yes", "mostly", "no"), "roles": ("lead", "assist", "dual"), "difficulty": ("other",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One main value of a text: its path (`rates.response`, `boards.0.enough`), kind and what it says now."""

    path: tuple[str, ...]
    kind: str
    value: str

    @property
    def name(self) -> str:
        """The path as one word."""
        return ".".join(self.path)


def fields(text: str) -> list[Field]:
    """The main values of a text that a form may change. BadInput where the TOML cannot be read."""
    values = _parsed(text).unwrap()
    found = [Field((key,), TEXT, str(values.get(key, ""))) for key in ("code", "name", "source")]
    found.append(Field(("from",), DAY, str(values.get("from", ""))))
    found += [Field((key,), WHOLE, str(values.get(key, ""))) for key in _DAYS]
    for table, keys in _TABLES.items():
        numbers = _of(values, table)
        found += [Field((table, key), NUMBER, _plain(numbers.get(key, ""))) for key in dict.fromkeys((*numbers, *keys))]
    for code, point in _of(values, "points").items():
        found += [Field(("points", code, key), NUMBER, _plain(point.get(key, ""))) for key in ("each", "most")]
    boards = values.get("boards", [])
    return found + [Field(("boards", str(n), "enough"), WHOLE, str(b.get("enough", ""))) for n, b in enumerate(boards)]


def changed(text: str, given: Mapping[str, str]) -> str:
    """The text with these values of `fields` (by name) in it; what is equal stays as it was written.

    BadInput for a value that is not of its kind, a name that the text has not, or a text that cannot be read.
    """
    known, document = {field.name: field for field in fields(text)}, _parsed(text)
    for name, value in given.items():
        if name not in known:
            raise BadInput(f"方案里没有“{name}”这一项。请刷新页面再改。")
        if not _same(known[name], value.strip()):
            _put(document, known[name].path, _item(known[name], value.strip()))
    return document.as_string()


def renamed(text: str, *, code: str, name: str, first: date) -> str:
    """The text as a draft of its own: another code, name and first day, and nobody asked yet."""
    document = _parsed(text)
    document["code"], document["name"], document["from"] = code, name, tomlkit.value(first.isoformat())
    return consulted(document.as_string(), ())


def consulted(text: str, entries: Iterable[tuple[str, date, str]]) -> str:
    """The text with these (who, on which day, what was said and came of it) as those who were asked, and no others."""
    document, asked = _parsed(text), tomlkit.aot()
    document.pop("consulted", None)
    for who, on, said in entries:
        one = tomlkit.table()
        one.update({"who": who, "on": on, "said": said})
        asked.append(one)
    document["consulted"] = asked or tomlkit.array()
    return document.as_string()


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError) as error:
        raise BadInput(f"TOML 读不出来（{error}）。请在全文里改好，再用表单。") from error


def _of(values: Mapping[str, Any], table: str) -> Mapping[str, Any]:
    found = values.get(table, {})
    return found if isinstance(found, dict) else {}


def _plain(number: object) -> str:
    return f"{number:.2f}" if isinstance(number, float) and number == round(number, 2) else str(number)


def _same(field: Field, value: str) -> bool:
    if field.kind not in (NUMBER, WHOLE):
        return field.value == value
    try:
        return Decimal(field.value) == Decimal(value)
    except InvalidOperation:
        return False


def _item(field: Field, value: str) -> Any:
    """The value as TOML. BadInput names the field where it is none of its kind."""
    if field.kind == TEXT:
        return tomlkit.string(value)
    try:
        if field.kind == DAY:
            return tomlkit.value(date.fromisoformat(value).isoformat())
        number = Decimal(value)
        whole = field.kind == WHOLE
        if not number.is_finite() or (whole and number != int(number)):
            raise ValueError(value)
        return tomlkit.value(str(int(number)) if whole else f"{number:f}")
    except (ValueError, InvalidOperation, TOMLKitError) as error:
        want = {DAY: "日期，例如 2027-01-19", WHOLE: "整数", NUMBER: "数，例如 0.40"}[field.kind]
        raise BadInput(f"{field.name}：“{value}”不是{want}。") from error


def _put(document: Any, path: tuple[str, ...], item: Any) -> None:
    for step in path[:-1]:
        if isinstance(document, Mapping) and step not in document:
            document[step] = tomlkit.table()  # type: ignore[index]
        document = document[step if isinstance(document, Mapping) else int(step)]
    document[path[-1]] = item

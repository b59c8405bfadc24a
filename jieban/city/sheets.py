"""Tables of a city pack: CSV rows and TOML tables that know their file and line, so that a mistake can be named.

Nothing raises: each problem goes into the report and a harmless value stands in, so that one run finds all mistakes.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jieban.city.pack import Problem
from jieban.core import deadlines
from jieban.core.errors import BadInput

LIST_MARK = "|"
_NO_DAY = date(1970, 1, 1)


@dataclass(slots=True)
class Report:
    """Collects problems while a pack is read."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, what: str, do: str) -> None:
        """Note one mistake."""
        self.problems.append(Problem(file, line, what, do))

    def sorted(self) -> list[Problem]:
        """All problems once each, by file and line."""
        return sorted(set(self.problems), key=lambda p: (p.file, p.line, p.what))


@dataclass(slots=True)
class Cells:
    """Named values of one CSV row or one TOML table, read with a type; problems go to `report`."""

    file: str
    line: int
    values: Mapping[str, str]
    report: Report
    lines: Mapping[str, int] = field(default_factory=dict)

    def wrong(self, name: str, what: str, do: str) -> None:
        """Report a mistake in the cell `name`."""
        self.report.add(self.file, self.lines.get(name, self.line), what, do)

    def text(self, name: str) -> str:
        """The trimmed text, empty where the cell is."""
        return self.values.get(name, "").strip()

    def need(self, name: str) -> str:
        """The text; an empty cell is a problem."""
        value = self.text(name)
        if not value:
            self.wrong(name, f"{name} is empty.", "Fill it in.")
        return value

    def code(self, name: str) -> str:
        """A code: letters, figures, hyphen, underscore."""
        value = self.need(name)
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
            self.wrong(name, f"“{value}” is not a code.", "Use up to 40 letters a-z, figures, - and _.")
        return value

    def many(self, name: str) -> tuple[str, ...]:
        """A list written with | between the items."""
        return tuple(part.strip() for part in self.text(name).split(LIST_MARK) if part.strip())

    def choice(self, name: str, allowed: Iterable[str], *, empty: bool = False) -> str:
        """One of the allowed words; with `empty`, nothing is allowed too."""
        value, words = self.text(name), tuple(allowed)
        if value not in words and not (empty and not value):
            self.wrong(name, f"{name} “{value}” is unknown.", f"Use one of: {', '.join(words)}.")
        return value

    def flag(self, name: str) -> bool:
        """true or false (also 1 and 0); empty means false."""
        value = self.text(name).lower()
        if value not in ("true", "false", "1", "0", ""):
            self.wrong(name, f"{name} “{value}” is neither true nor false.", "Write true or false.")
        return value in ("true", "1")

    def day(self, name: str) -> date:
        """A date as 2021-09-24."""
        return self.day_or_none(name, needed=True) or _NO_DAY

    def day_or_none(self, name: str, *, needed: bool = False) -> date | None:
        """A date as 2021-09-24, or None for an empty cell."""
        value = self.text(name)
        if not value and not needed:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(name, f"{name} “{value}” is not a date.", "Write it as 2021-09-24.")
            return None

    def number(self, name: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.number_or_none(name, low, high)
        if value is None and not self.text(name):
            self.need(name)
        return low if value is None else value

    def number_or_none(self, name: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`, or None for an empty cell."""
        value = self.text(name)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.wrong(name, f"{name} “{value}” is not a number from {low:g} to {high:g}.", "Correct it.")
            return None
        return number

    def limit(self, name: str) -> str:
        """A limit string such as 2h, 7d, 5wd, 4wh or 30min."""
        value = self.need(name)
        if value:
            try:
                deadlines.limit(value)
            except BadInput:
                self.wrong(name, f"{name} “{value}” is not a limit.", "Write 30min, 2h, 7d, 5wd or 4wh.")
        return value


def rows(files: Mapping[str, str], name: str, columns: str, report: Report) -> list[Cells]:
    """The rows of CSV file `name`, which must have exactly the `columns` (words apart by blanks), in any order."""
    if name not in files:
        report.add(name, 0, "The file is missing.", f"Add {name} with the columns {', '.join(columns.split())}.")
        return []
    reader = csv.reader(io.StringIO(files[name].removeprefix("\ufeff")), strict=True)
    try:
        return _rows(reader, name, columns.split(), report)
    except csv.Error as error:
        report.add(name, reader.line_num, f"The CSV cannot be read ({error}).", "Check the quotes of this line.")
        return []


def _rows(reader: Any, name: str, columns: list[str], report: Report) -> list[Cells]:
    head = [cell.strip() for cell in next(reader, [])]
    if sorted(head) != sorted(columns):
        report.add(name, 1, _columns_differ(head, columns), f"Make the first line {','.join(columns)}.")
        return []
    out, before = [], reader.line_num
    for values in reader:
        line, before = before + 1, reader.line_num
        if not any(value.strip() for value in values) or values[0].startswith("#"):
            continue
        if len(values) != len(head):
            report.add(
                name, line, f"{len(values)} cells stand under {len(head)} columns.", "Check the commas of this line."
            )
            continue
        out.append(Cells(name, line, dict(zip(head, values, strict=True)), report))
    return out


def _columns_differ(head: list[str], columns: list[str]) -> str:
    missing = [column for column in columns if column not in head]
    unknown = [column for column in head if column not in columns]
    told = [f"missing {', '.join(missing)}"] if missing else []
    told += [f"unknown {', '.join(unknown)}"] if unknown else []
    return f"The columns are not right: {'; '.join(told) or 'one stands twice'}."


@dataclass(slots=True)
class Table:
    """A TOML file: its nested values and the line of each key."""

    file: str
    values: dict[str, Any]
    lines: dict[str, int]
    report: Report

    def cells(self, *path: str) -> Cells:
        """The table at `path` with its plain values as text (lists joined by |)."""
        node: Any = self.values
        for part in path:
            node = node.get(part, {}) if isinstance(node, dict) else {}
        where = ".".join(path)
        if not isinstance(node, dict) or not node:
            self.report.add(self.file, 0, f"The table [{where}] is missing.", "Add it; the README lists its keys.")
            node = {}
        lines = {key: self.lines.get(f"{where}.{key}", self.lines.get(where, 0)) for key in node}
        plain = {key: _plain(value) for key, value in node.items()}
        return Cells(self.file, self.lines.get(where, 0), plain, self.report, lines)


def table(files: Mapping[str, str], name: str, report: Report) -> Table:
    """The TOML file `name`, empty where it is missing or cannot be read."""
    if name not in files:
        report.add(name, 0, "The file is missing.", "Add it; the README of the Beijing pack describes it.")
        return Table(name, {}, {}, report)
    try:
        values = tomllib.loads(files[name])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        report.add(name, int(line[1]) if line else 0, f"The TOML cannot be read ({error}).", "Correct this line.")
        values = {}
    return Table(name, values, _toml_lines(files[name]), report)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return LIST_MARK.join(_plain(item) if not isinstance(item, list) else "-".join(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toml_lines(text: str) -> dict[str, int]:
    """Line of each table header and key, by dotted path; inline tables get the line of their key."""
    out: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            section = header[1].replace('"', "")
            out[section] = number
        elif key := re.match(r'\s*"?([\w-]+)"?\s*=', line):
            out[f"{section}.{key[1]}".lstrip(".")] = number
    return out

"""Changing the texts of a pack by hand's breadth: one line of duties.csv, one limit, one day. Pure.

Everything that is not meant stays byte for byte as it was: order, remarks, blank lines, the other cells. What comes out
is checked like any pack (`reading.read`) before it is used; here only what cannot be written at all is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jieban.core.errors import BadInput

DUTIES, CLOCKS, HEAD = "duties.csv", "clocks.toml", "pack.toml"
ADD, CHANGE, END = "add", "change", "end"
# What a change may say of a line; its code names it, its first day is that of the version.
CELLS = ("category", "owner", "territory", "way", "lead", "assistants", "notice", "urgency", "basis")
COLUMNS = ("code", *CELLS, "valid_from", "valid_to")
_BLANK = dict.fromkeys(COLUMNS, "")
_FIRST_DAY = re.compile(r"(?m)^(\s*valid_from\s*=\s*).*?(\s*(?:#.*)?)$")


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of one line: a new one, other cells for a known one (those given), or its end."""

    kind: str
    code: str
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that two versions do not share: `before` is empty for a new one, `after` for one taken out."""

    code: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns that differ, in the order of the file."""
        return tuple(name for name in COLUMNS if self.before.get(name, "") != self.after.get(name, ""))


@dataclass(slots=True)
class _Row:
    """A piece of the file: its text with its line end, and its cells where it is a line of the catalogue."""

    text: str
    cells: dict[str, str] | None = None


def edited(text: str, edits: Sequence[Edit], day: date) -> str:
    """duties.csv with the edits made, as of `day`: new lines begin on it, ended ones end on it.

    A new line stands after the last one of its category (else of those before it). BadInput for a code that is not
    there, or is there already.
    """
    rows, end = list(_rows(text)), "\r\n" if "\r\n" in text else "\n"
    head = next((list(row.cells) for row in rows if row.cells is not None), list(COLUMNS))
    if rows and not rows[-1].text.endswith("\n"):
        rows[-1].text += end
    for edit in edits:
        _edit(rows, edit, day, head, end)
    return "".join(row.text for row in rows)


def _edit(rows: list[_Row], edit: Edit, day: date, head: list[str], end: str) -> None:
    at = next((n for n, row in enumerate(rows) if row.cells is not None and row.cells["code"] == edit.code), None)
    if edit.kind == ADD:
        if at is not None:
            raise BadInput(f"职责目录里已经有第 {edit.code} 条。请换一个编号，或改成修改这一条。")
        cells = {**_BLANK, **_known(edit.cells), "code": edit.code, "valid_from": day.isoformat()}
        rows.insert(_place(rows, cells["category"]), _Row(_line(cells, head, end), cells))
        return
    if at is None:
        raise BadInput(f"职责目录里没有第 {edit.code} 条，可能刚刚改过编号。请重新查一遍。")
    said = {"valid_to": day.isoformat()} if edit.kind == END else _known(edit.cells)
    cells = {**(rows[at].cells or {}), **said}
    rows[at] = _Row(_line(cells, head, end), cells)


def _known(cells: Mapping[str, str]) -> dict[str, str]:
    strange = sorted(set(cells) - set(CELLS))
    if strange:
        raise BadInput(f"职责目录里没有“{strange[0]}”这一栏。可以改的是：{'、'.join(CELLS)}。")
    return {name: " ".join(value.split()) for name, value in cells.items()}


def _place(rows: Sequence[_Row], category: str) -> int:
    """Where a new line of a category belongs: after the last line of the nearest category not above it."""
    known = [(row.cells["category"], n) for n, row in enumerate(rows) if row.cells is not None]
    same = [n for code, n in known if code == category] or [n for code, n in known if code[:4] == category[:4]]
    return (same[-1] if same else len(rows) - 1) + 1


def _line(cells: Mapping[str, str], head: Sequence[str], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow([cells.get(name, "") for name in head])
    return out.getvalue()


def _rows(text: str) -> Iterator[_Row]:
    """The pieces of the file: the head, remarks and blank lines as they are, the others with their cells."""
    head: list[str] = []
    for piece in _pieces(text):
        values = next(csv.reader(io.StringIO(piece.lstrip("\ufeff"))), [])
        if not head:
            head = [value.strip() for value in values]
            yield _Row(piece)
        elif len(values) == len(head) and any(values) and not values[0].startswith("#"):
            yield _Row(piece, {name: value.strip() for name, value in zip(head, values, strict=True)})
        else:
            yield _Row(piece)


def _pieces(text: str) -> Iterator[str]:
    """The rows of a CSV text with their line ends; a row goes on while a quote is open."""
    held = ""
    for line in text.splitlines(keepends=True):
        held += line
        if held.count('"') % 2 == 0:
            yield held
            held = ""
    if held:
        yield held


def lines(text: str) -> dict[str, dict[str, str]]:
    """The lines of a duties.csv by code: column → cell, in the order of the file."""
    return {row.cells["code"]: row.cells for row in _rows(text) if row.cells is not None}


def compare(before: str, after: str) -> list[Difference]:
    """The lines in which two texts of duties.csv differ, in the order of the later one, those taken out last."""
    old, new = lines(before), lines(after)
    changed = [Difference(code, old.get(code, {}), cells) for code, cells in new.items() if old.get(code) != cells]
    return changed + [Difference(code, cells, {}) for code, cells in old.items() if code not in new]


def starting(text: str, day: date) -> str:
    """pack.toml with another first day, everything else as it was. BadInput where it names none."""
    changed, count = _FIRST_DAY.subn(rf"\g<1>{day.isoformat()}\g<2>", text, count=1)
    if not count:
        raise BadInput("pack.toml does not say valid_from. Add it under [pack].")
    return changed


def limited(text: str, urgency: str, limits: Mapping[str, str]) -> str:
    """clocks.toml with other limits for an urgency (sign, respond, handle …).

    BadInput where the urgency or the clock is not in the file.
    """
    for name, limit in limits.items():
        head = rf'^\[\s*"?{re.escape(urgency)}"?\s*\]\s*$'
        pattern = rf'(?ms)({head}(?:(?!^\[).)*?^{name}\s*=\s*\{{\s*limit\s*=\s*)"[^"]*"'
        text, count = re.subn(pattern, rf'\g<1>"{_plain(limit)}"', text, count=1)
        if not count:
            raise BadInput(f"时限表里没有“{urgency}”这一档的 {name}。")
    return text


def _plain(limit: str) -> str:
    return re.sub(r"[^0-9a-z]", "", limit.lower())


def changed_files(files: Mapping[str, str], edits: Iterable[Edit], day: date) -> dict[str, str]:
    """The texts of a pack with changed duties, beginning on `day`."""
    return {
        **files,
        DUTIES: edited(files[DUTIES], list(edits), day),
        HEAD: starting(files[HEAD], day),
    }

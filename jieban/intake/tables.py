"""Reading the rows of a CSV, XLSX or JSONL file one by one, each with the number a person finds it by.

The number is the row as a spreadsheet shows it (the header is row 1), or the line of a JSONL file. Every row comes out:
one that cannot be read comes with the reason instead of values.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from jieban.core.errors import BadInput

csv.field_size_limit(16 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, its values by column (text, blanks trimmed), and why it cannot be read (else empty)."""

    number: int
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def columns(path: Path, *, encoding: str, delimiter: str = ",") -> list[str]:
    """The column names of the file; for JSONL those of its first readable line. BadInput where there are none."""
    if path.suffix.lower() == ".jsonl":
        first = next((row for row in rows(path, encoding=encoding) if not row.problem), None)
        found = list(first.values) if first else []
    else:
        found = [name for name in next(_cells(path, encoding, delimiter), (0, []))[1] if name]
    if not found:
        raise BadInput(f"{path.name} has no columns: the first row must hold their names.")
    return found


def rows(path: Path, *, encoding: str, delimiter: str = ",") -> Iterator[Row]:
    """The rows of the file. BadInput for a file that is not what its name says, or not in that encoding."""
    try:
        yield from (
            _json_lines(path, encoding) if path.suffix.lower() == ".jsonl" else _table(path, encoding, delimiter)
        )
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is not {encoding} text (byte {error.start}). Set `encoding` in the mapping, for example "
            'encoding = "gb18030", or save the file again as UTF-8.'
        ) from error


def _table(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    cells = _cells(path, encoding, delimiter)
    names = next(cells, (0, []))[1]
    for number, values in cells:
        if not any(values):
            continue
        yield _row(number, names, values)


def _row(number: int, names: list[str], values: list[str]) -> Row:
    paired = {name: value for name, value in zip(names, values, strict=False) if name}
    extra = [value for value in values[len(names) :] if value]
    if extra:
        what = f"这一行有 {len(values)} 格，表头只有 {len(names)} 列，可能多了一个分隔符。"
        return Row(number, paired | {"": "|".join(extra)}, what)
    if len(values) < len(names):
        return Row(number, paired, f"这一行只有 {len(values)} 格，表头有 {len(names)} 列，可能断在半行。")
    return Row(number, paired)


def _cells(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    if path.suffix.lower() == ".xlsx":
        yield from _sheet(path)
        return
    with path.open(encoding=encoding, newline="") as text:
        for number, values in enumerate(csv.reader(text, delimiter=delimiter), start=1):
            yield number, [value.strip() for value in values]


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise BadInput(f"{path.name} cannot be opened as an Excel file ({error}). Save it again as .xlsx.") from error
    width = 0
    for number, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        texts = [_text(value) for value in values]
        width = width or max((i + 1 for i, text in enumerate(texts) if text), default=0)
        yield number, texts[:width] + [""] * (width - len(texts)) + [text for text in texts[width:] if text]
    book.close()


def _json_lines(path: Path, encoding: str) -> Iterator[Row]:
    with path.open(encoding=encoding) as text:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield _from_json(number, line.strip())


def _from_json(number: int, line: str) -> Row:
    try:
        found = json.loads(line)
    except ValueError as error:
        return Row(number, {"line": line}, f"这一行不是 JSON：{error}。")
    if not isinstance(found, dict):
        return Row(number, {"line": line}, "这一行不是一个 JSON 对象（{…}）。")
    return Row(number, {str(key): _text(value) for key, value in found.items()})


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)

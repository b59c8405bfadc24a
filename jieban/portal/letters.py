"""Letters in a file (CSV, XLSX, JSONL): their texts for training and classifying, and the same file with guesses.

Text files may be UTF-8 or GB 18030; which of them is found out. What is written is UTF-8.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jieban.core.errors import BadInput
from jieban.intake import tables
from jieban.triage.texts import Guess, Text

ADDED = ("predicted", "probability", "top3")
FORMATS = (".csv", ".jsonl")
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Letters:
    """The rows of a file as they stand, their columns in order, and the text of each."""

    columns: list[str]
    rows: list[Mapping[str, str]]
    texts: list[Text]

    def column(self, name: str) -> list[str]:
        """The values of one column, "" where a row has none."""
        return [row.get(name, "") for row in self.rows]


def read(path: Path, text: str, *, also: Sequence[str] = ()) -> Letters:
    """The letters of a file; `text` names one or more columns, joined by commas, the first of which is the title.

    BadInput where the file cannot be read or lacks one of those columns or of `also`.
    """
    wanted = named(text)
    try:
        encoding = _encoding(path)
        columns = tables.columns(path, encoding=encoding)
        rows = [row.values for row in tables.rows(path, encoding=encoding)]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    missing = [name for name in (*wanted, *also) if name not in columns]
    if missing:
        raise BadInput(f"{path.name} has no column {' or '.join(missing)}. It has: {', '.join(columns)}.")
    return Letters(columns, rows, [_text(row, wanted) for row in rows])


def named(text: str) -> list[str]:
    """The column names in an option. BadInput where there is none."""
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise BadInput("Name at least one text column, for example --text title,content")
    return found


def write(path: Path, letters: Letters, guesses: Sequence[Sequence[Guess]]) -> None:
    """The letters with ADDED: the likeliest label, its probability, and the three likeliest (in CSV joined by "|").

    The file appears whole or not at all. BadInput where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path.with_name(path.name + ".part"), path, letters, guesses)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error


def _write(part: Path, path: Path, letters: Letters, guesses: Sequence[Sequence[Guess]]) -> None:
    with part.open("w", encoding="utf-8", newline="") as out:
        if path.suffix.lower() == ".jsonl":
            out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in _lines(letters, guesses))
        else:
            columns = [*(name for name in letters.columns if name not in ADDED), *ADDED]
            table = csv.DictWriter(out, columns, extrasaction="ignore")
            table.writeheader()
            table.writerows(_lines(letters, guesses, joined=True))
    part.replace(path)


def _lines(
    letters: Letters, guesses: Sequence[Sequence[Guess]], *, joined: bool = False
) -> Iterator[dict[str, object]]:
    for row, found in zip(letters.rows, guesses, strict=True):
        top = [guess.value for guess in found[:3]]
        yield {
            **row,
            "predicted": top[0],
            "probability": round(found[0].probability, 4),
            "top3": _SEPARATOR.join(top) if joined else top,
        }


def _text(row: Mapping[str, str], wanted: Sequence[str]) -> Text:
    title, *others = (row.get(name, "") for name in wanted)
    return Text(title, "\n".join(part for part in others if part))


def _encoding(path: Path) -> str:
    if path.suffix.lower() == ".xlsx":
        return "utf-8"
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"

"""The facts of a frozen cycle as files: JIEBAN_HOME/cycles/<cycle>/v<n>/ with everything its result was counted from.

A version is written beside its place and moved there whole, within the transaction that writes its row. So a row has
its files; a folder that a crash left without a row counts for nothing, and the next freezing puts its own in its place.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.conf import settings

from jieban.appraisal import cases
from jieban.appraisal.recompute import Case
from jieban.core import canon

CASES, UNITS, MARKS, SCHEME, RESULT = "cases.parquet", "units.csv", "marks.csv", "scheme.toml", "result.json"
FILES: Final = (CASES, UNITS, MARKS, SCHEME, RESULT)
MANIFEST: Final = "manifest.json"
UNIT_COLUMNS: Final = ("code", "name", "kind", "district", "residents", "base", "appeals")
MARK_COLUMNS: Final = ("unit", "name", "got", "of")
# The cases as the bundle has them; the manifest holds their hash too, so that a bundle can be held against it.
CASES_CSV: Final = "cases.csv"
_ROWS: Final = 65_536
_DRAFT, _ABANDONED_SECONDS = ".draft-", 86_400.0


def folder(cycle: str, version: int) -> Path:
    """Where a version lies."""
    return _home(cycle) / f"v{version}"


@contextmanager
def draft(cycle: str) -> Iterator[Path]:
    """A folder to write a version in, which is gone after the block unless it was put in its `place`."""
    home = _home(cycle)
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"{_DRAFT}{secrets.token_hex(6)}"
    fresh.mkdir()
    _sweep(home, fresh.stat().st_mtime)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_facts(at: Path, facts: pa.Table, units: Mapping[str, Case], marks: Sequence[Case], scheme: str) -> None:
    """Write what a result is counted from: the cases (as `cases.COLUMNS`), the units, the marks, the scheme's text."""
    sorted_facts = facts.select(list(cases.COLUMNS)).sort_by("assignment")
    pq.write_table(sorted_facts, at / CASES, compression="zstd", row_group_size=4 * _ROWS)
    by_unit = sorted(marks, key=lambda one: (one["unit"], one["name"]))
    (at / UNITS).write_bytes(_table(UNIT_COLUMNS, (units[code] for code in sorted(units))))
    (at / MARKS).write_bytes(_table(MARK_COLUMNS, by_unit))
    (at / SCHEME).write_bytes(scheme.encode())


def seal(at: Path, result: bytes, about: Mapping[str, Any]) -> str:
    """Add the result and the manifest, which has the hash of every file; the hash of the manifest."""
    (at / RESULT).write_bytes(result)
    files = {name: {"sha256": digest(at / name), "size": (at / name).stat().st_size} for name in FILES}
    manifest = canon.dumps({**about, "files": files, CASES_CSV: _csv_digest(at / CASES)})
    (at / MANIFEST).write_bytes(manifest)
    for name in (*FILES, MANIFEST):
        _sync(at / name)
    _sync(at)
    return sha256(manifest).hexdigest()


def place(at: Path, cycle: str, version: int) -> None:
    """Move a sealed draft to its place. To be called in the transaction that has written the version's row."""
    target = folder(cycle, version)
    if target.exists():
        shutil.rmtree(target)
    at.rename(target)
    _sync(target.parent)


def manifest(at: Path) -> dict[str, Any]:
    """What the manifest in a folder says."""
    found: dict[str, Any] = orjson.loads((at / MANIFEST).read_bytes())
    return found


def rows(at: Path, name: str) -> list[Case]:
    """The rows of units.csv or marks.csv."""
    with (at / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def csv_blocks(parquet: Path) -> Iterator[bytes]:
    """The cases as CSV, in blocks: the head first, days as 2026-10-19, what is not known empty."""
    yield (",".join(cases.COLUMNS) + "\n").encode()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    with pq.ParquetFile(parquet) as file:
        for batch in file.iter_batches(_ROWS):
            out = io.BytesIO()
            pa_csv.write_csv(pa.Table.from_batches([batch]), out, options)
            yield out.getvalue()


def digest(path: Path) -> str:
    """The SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _csv_digest(parquet: Path) -> dict[str, Any]:
    found, size = sha256(), 0
    for block in csv_blocks(parquet):
        found.update(block)
        size += len(block)
    return {"sha256": found.hexdigest(), "size": size}


def _table(columns: Sequence[str], lines: Iterable[Case]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def _home(cycle: str) -> Path:
    return Path(settings.JIEBAN_HOME) / "cycles" / cycle


def _sweep(home: Path, now: float) -> None:
    """Remove drafts that a crash left behind a day before `now` (seconds since 1970)."""
    for left in home.glob(f"{_DRAFT}*"):
        with suppress(FileNotFoundError):
            if now - left.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

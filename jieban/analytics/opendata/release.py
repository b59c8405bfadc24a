"""A release: the datasets as CSV files and `datapackage.json`, a Data Package that Frictionless tools read.

A release is made beside the one before it and takes its place as a whole.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics import engines
from jieban.analytics.lake import Lake
from jieban.analytics.opendata import rules
from jieban.analytics.opendata.counting import Counted
from jieban.analytics.opendata.datasets import DATASETS, Dataset, Value
from jieban.core.errors import BadInput

PACKAGE: Final = "datapackage.json"
_ZH, _EN = "zh-hans", "en"
_TITLE = lazy("12345 热线开放数据")
_SAYS = lazy("按月统计，没有个人信息。件数太少的格子不公布（空着），发布规则见 docs/open-data.md。")
_SOURCE = lazy("接办：12345 热线工单的统计")
LICENCE: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True, slots=True)
class Release:
    """What was released: months (yyyymm), rows of all files, and how many numbers in them are withheld."""

    months: list[int]
    datasets: int
    rows: int
    withheld: int


def due(lake: Lake, *, at: datetime, by: rules.Rules) -> list[int]:
    """The months of the lake that may be released at `at`.

    Of a lake that was synced only those that it tells to their end; none before its first sync is done.
    """
    state = lake.state()
    if "first" in state.marks:
        return []
    synced = state.marks.get("at")
    until = min(at, datetime.fromisoformat(synced)) if synced else at
    return rules.released(state.months(), until.astimezone(at.tzinfo).date(), by)


def last(folder: Path) -> int:
    """The last month of the release in a folder, 0 where there is none."""
    try:
        said = json.loads((folder / PACKAGE).read_text("utf-8"))
    except (OSError, ValueError):
        return 0
    return max((int(month.replace("-", "")) for month in said.get("months", [])), default=0)


def build(
    lake: Lake, folder: Path, *, at: datetime, by: rules.Rules, publisher: str = "", engine: str = "duckdb"
) -> Release:
    """Make the release of a lake in a folder; a dataset without a row is left out.

    BadInput where no month is old enough, or where the folder holds something else.
    """
    months = due(lake, at=at, by=by)
    if not months:
        raise BadInput(f"No month of the lake ended {by.lag} days ago or earlier; there is nothing to release yet.")
    if folder.exists() and any(folder.iterdir()) and not (folder / PACKAGE).is_file():
        raise BadInput(f"{folder} holds something else than a release. Name an empty folder.")
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    fresh.mkdir(parents=True)
    try:
        with engines.open(engine, lake) as source, translation.override(_ZH):
            counted = Counted(source, months, by)
            told = [(dataset, list(dataset.rows(counted))) for dataset in DATASETS]
            files = [_written(fresh, dataset, rows) for dataset, rows in told if rows]
        said = _package(months, at, by, publisher) | {"resources": [resource for resource, _rows, _empty in files]}
        (fresh / PACKAGE).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
        _take_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Release(months, len(files), sum(rows for _, rows, _ in files), sum(empty for _, _, empty in files))


def _take_place(fresh: Path, folder: Path) -> None:
    old = folder.with_name(f"{fresh.name}.old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _written(folder: Path, dataset: Dataset, rows: list[tuple[Value, ...]]) -> tuple[dict[str, Any], int, int]:
    """Write a dataset; its description, its rows, and its numbers that are withheld."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in dataset.fields])
    writer.writerows(rows)
    data = ("\ufeff" + out.getvalue()).encode()
    (folder / f"{dataset.name}.csv").write_bytes(data)
    counts = [field.type for field in dataset.fields].index("integer")
    return _resource(dataset, data, len(rows)), len(rows), sum(row[counts] is None for row in rows)


def _resource(dataset: Dataset, data: bytes, rows: int) -> dict[str, Any]:
    fields = [
        {"name": one.name, "type": one.type, **_both("title", one.title), **_both("description", one.says)}
        for one in dataset.fields
    ]
    return {
        "name": dataset.name, "type": "table", "profile": "tabular-data-resource", "path": f"{dataset.name}.csv",
        **_both("title", dataset.title), **_both("description", dataset.says), "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "bytes": len(data), "rows": rows,
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": list(dataset.keys)},
    }  # fmt: skip


def _package(months: list[int], at: datetime, by: rules.Rules, publisher: str) -> dict[str, Any]:
    told = [f"{month // 100}-{month % 100:02d}" for month in months]
    return {
        "name": "jieban-open-data", "profile": "data-package", **_both("title", _TITLE), **_both("description", _SAYS),
        "version": told[-1].replace("-", "."), "created": at.isoformat(timespec="seconds"),
        "licenses": [LICENCE], "sources": [_both("title", _SOURCE)],
        "contributors": [{"title": publisher, "role": "publisher"}] if publisher else [],
        "keywords": ["12345", "热线", "接诉即办"], "months": told,
        "rules": {"smallest_count": by.cell, "smallest_sample": by.sample, "days_after_month": by.lag},
    }  # fmt: skip


def _both(name: str, word: Any) -> dict[str, str]:
    """A word in Chinese under its name and in English under `name`En; nothing for no word."""
    out = {}
    for key, language in ((name, _ZH), (f"{name}En", _EN)):
        with translation.override(language):
            out[key] = str(word)
    return {key: text for key, text in out.items() if text}

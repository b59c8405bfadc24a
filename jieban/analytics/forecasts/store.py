"""Where forecasts are kept: Parquet files in a folder, and `made.json`, which names them and says what they rest on.

New files lie beside the old ones until `made.json` is replaced in one step; whoever reads sees one making or another.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from jieban.analytics.forecasts import rules

MADE: Final = "made.json"
# Raised when a column changes its meaning; older files are then made anew.
VERSION: Final = 1

_KEY = [pa.field(name, pa.string()) for name in ("category", "district", "street")]
_LIST = pa.list_(pa.float64())


def _side(name: str) -> list[pa.Field]:
    lists = [name, *(f"{name}_{end}{level}" for end in ("low", "high") for level in rules.LEVELS)]
    single = [f"{name}_mase", f"{name}_mae", *(f"{name}_covered{level}" for level in rules.LEVELS)]
    return [*(pa.field(one, _LIST) for one in lists), *(pa.field(one, pa.float64()) for one in single)]


SCHEMAS: Final = {
    "series": pa.schema([*_KEY, pa.field("status", pa.string()), pa.field("better", pa.string()),
                         pa.field("history", _LIST), *_side("model"), *_side("naive")]),
    "hours": pa.schema([pa.field("day", pa.date32()), pa.field("hour", pa.int8()), pa.field("naive", pa.float64()),
                        *(pa.field(one, pa.float64()) for one in ("mean", "low80", "high80", "low95", "high95"))]),
    "points": pa.schema([pa.field("month", pa.int32()), *_KEY, pa.field("place", pa.string()),
                         pa.field("name", pa.string()), pa.field("orders", pa.int64())]),
}  # fmt: skip


@dataclass(slots=True)
class Made:
    """What `made.json` says. `lake` marks the files the months rest on, `months` and `ahead` are yyyymm.

    `until` is the last day the hours rest on. `about` holds counts and accuracy; `files` names the Parquet files.
    """

    at: str = ""
    lake: str = ""
    months: list[int] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    until: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def last_day(self) -> date | None:
        """The last day the hours rest on."""
        return date.fromisoformat(self.until) if self.until else None


def home() -> Path:
    """The folder of this installation's forecasts."""
    return Path(settings.JIEBAN_HOME) / "forecasts"


def made(folder: Path) -> Made:
    """What is there; an empty answer where nothing was made yet, or by another version."""
    try:
        said = json.loads((folder / MADE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return Made()
    return Made(**said["made"]) if said.get("version") == VERSION else Made()


def keep(folder: Path, what: Made, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write these tables anew and let `made.json` name them; files that nothing names any more go."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        file = f"{name}-{secrets.token_hex(6)}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[name]), folder / file, compression="zstd")
        what.files[name] = file
    said = {"version": VERSION, "made": {one: getattr(what, one) for one in Made.__dataclass_fields__}}
    fresh = folder / f"{MADE}.new"
    fresh.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    fresh.replace(folder / MADE)
    for path in folder.glob("*.parquet"):
        if path.name not in what.files.values():
            path.unlink(missing_ok=True)


def rows(folder: Path, what: Made, table: str, **equal: Any) -> list[dict[str, Any]]:
    """The rows of a table whose columns have these values (any of a list); none where it was not made."""
    if table not in what.files:
        return []
    where = [(name, "in", value) if isinstance(value, list) else (name, "=", value) for name, value in equal.items()]
    try:
        found = pq.read_table(folder / what.files[table], schema=SCHEMAS[table], filters=where or None)
    except FileNotFoundError:
        return rows(folder, made(folder), table, **equal)
    said: list[dict[str, Any]] = found.to_pylist()
    return said

"""A lake: a folder of Parquet files, cut by month, and `lake.json`, which names the files that count.

A change writes new files beside the old ones and then replaces `lake.json` in one step. Whoever reads sees the lake
before the change or after it; a change that is killed leaves the lake as it was, and its files are swept away later.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from jieban.analytics import schema
from jieban.core.errors import BadInput

MANIFEST: Final = "lake.json"
# A report may still read files that a change has put out of use; they are kept this long.
_KEPT_SECONDS = 3600.0
_GROUP_ROWS = 250_000


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file of a table: its path below the lake and its number of rows."""

    path: str
    rows: int


@dataclass(slots=True)
class State:
    """What `lake.json` says: the files of each table by month ("" for tables that are whole), and free marks.

    `marks` is how far a sync has come; `about` tells where the facts are from, for example the seed of a made-up city.
    """

    files: dict[str, dict[str, list[File]]] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    version: int = schema.VERSION

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return sum(file.rows for files in self.files.get(table, {}).values() for file in files)

    def months(self) -> list[int]:
        """The months with facts, as yyyymm, in their sequence."""
        return sorted(
            {int(month) for t in schema.FACTS for month, files in self.files.get(t.name, {}).items() if files}
        )


@dataclass(frozen=True, slots=True)
class Lake:
    """A lake in a folder."""

    folder: Path

    def exists(self) -> bool:
        """Whether there is one."""
        return (self.folder / MANIFEST).is_file()

    def state(self) -> State:
        """What it holds now. BadInput where the folder is no lake, or one of another version."""
        state = self.held()
        if state.version != schema.VERSION:
            how = "lake sync" if state.about.get("from") == "record" else "simulate"
            raise BadInput(self._other(state.version) + f"Build it anew: jieban {how} --lake {self.folder}")
        return state

    def held(self) -> State:
        """What it holds, also where it is of an earlier version. BadInput: no lake, or of a later version."""
        manifest = self.folder / MANIFEST
        try:
            said = json.loads(manifest.read_text("utf-8"))
            if said["version"] <= schema.VERSION:
                return _state(said)
        except FileNotFoundError:
            raise BadInput(
                f"There is no lake in {self.folder}. Make one: jieban lake sync --lake {self.folder}"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"{manifest} cannot be read: {error}. Sync into a new folder.") from None
        raise BadInput(self._other(said["version"]) + "Sync into a new folder.")

    def outdated(self) -> bool:
        """Whether it is of an earlier version, so that it must be built anew. BadInput as `held`."""
        return self.exists() and self.held().version < schema.VERSION

    def _other(self, version: int) -> str:
        return f"The lake in {self.folder} has version {version}, this Jieban reads version {schema.VERSION}. "

    def paths(self, table: str, state: State | None = None) -> list[Path]:
        """The files of a table, oldest month first."""
        months = (state or self.state()).files.get(table, {})
        return [self.folder / file.path for month in sorted(months) for file in months[month]]

    @contextmanager
    def change(self, *, anew: bool = False) -> Iterator[Change]:
        """Change it: what is written inside counts when the block ends without an error, all at once.

        One change at a time; a second one waits for the first. `anew`: one of an earlier version begins from nothing.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            nothing = not self.exists() or (anew and self.outdated())
            change = Change(self.folder, State() if nothing else self.state())
            before = _alive(change.state)
            yield change
            _commit(self.folder, change.state)
            _retire(self.folder, before - _alive(change.state))
            sweep(self)


@dataclass(slots=True)
class Change:
    """A change under way; `state` is the lake as it will be."""

    folder: Path
    state: State

    def place(self, table: str, month: int | None = None) -> Path:
        """A fresh path to write a file of a table to; nothing refers to it before `replace`."""
        name = f"{table}/{month or 'all'}-{secrets.token_hex(6)}.parquet"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def replace(self, table: str, month: int | None, paths: list[Path]) -> None:
        """Let these files be the whole of a month of a table (of the whole table without a month)."""
        files = [File(str(p.relative_to(self.folder)), pq.read_metadata(p).num_rows) for p in paths]
        self.state.files.setdefault(table, {})[str(month or "")] = [file for file in files if file.rows]

    def write(self, table: str, month: int | None, rows: pa.Table) -> None:
        """Write a month of a table (the whole table without a month) from memory. ValueError for a wrong schema."""
        path = self.place(table, month)
        write(rows, schema.TABLES[table], path)
        self.replace(table, month, [path])


def home() -> Lake:
    """The lake of this installation, below JIEBAN_HOME."""
    return Lake(Path(settings.JIEBAN_HOME) / "lake")


def write(rows: pa.Table, table: schema.Table, path: Path) -> None:
    """Write rows as one file of a table. A column that may be empty may be missing.

    ValueError (KeyError) where the columns are not those of the schema.
    """
    for column in table.columns:
        if column.empty and column.name not in rows.column_names:
            rows = rows.append_column(column.name, pa.nulls(rows.num_rows, column.type))
    cast = rows.select(table.arrow.names).cast(table.arrow)
    pq.write_table(cast, path, compression="zstd", compression_level=1, row_group_size=_GROUP_ROWS)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sweep(lake: Lake, *, older_than: float = _KEPT_SECONDS) -> int:
    """Delete files that went out of use at least this many seconds before the last change; how many."""
    changed = (lake.folder / MANIFEST).stat().st_mtime
    alive = _alive(lake.state())
    dead = [
        path
        for table in schema.TABLES
        for path in (lake.folder / table).glob("*.parquet")
        if str(path.relative_to(lake.folder)) not in alive and changed - path.stat().st_mtime > older_than
    ]
    for path in dead:
        path.unlink(missing_ok=True)
    return len(dead)


def _alive(state: State) -> set[str]:
    return {file.path for months in state.files.values() for files in months.values() for file in files}


def _retire(folder: Path, paths: set[str]) -> None:
    """Let files carry the moment at which they went out of use."""
    for path in paths:
        with suppress(FileNotFoundError):
            os.utime(folder / path)


def _state(said: Mapping[str, Any]) -> State:
    """What a manifest says."""
    files = {
        table: {month: [File(**one) for one in each] for month, each in months.items()}
        for table, months in said["files"].items()
    }
    return State(files, said["marks"], said["about"], said["version"])


def _commit(folder: Path, state: State) -> None:
    said: Mapping[str, Any] = {
        "version": schema.VERSION,
        "marks": state.marks,
        "about": state.about,
        "files": {
            table: {month: [{"path": f.path, "rows": f.rows} for f in files] for month, files in months.items()}
            for table, months in state.files.items()
        },
    }
    fresh = folder / f".{MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)

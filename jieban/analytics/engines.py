"""The engines that count: DuckDB inside the process, or Apache Spark where one machine is outgrown.

Both are given the same Ibis expressions over the same files. Without lake files a table is empty, not missing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from jieban.analytics import clusters, schema
from jieban.core.errors import BadInput

if TYPE_CHECKING:
    from jieban.analytics.lake import Lake, State


@dataclass(slots=True)
class Source:
    """A lake, open in an engine. `run` gives Arrow, `keep` counts once and lets what follows read the result."""

    engine: str
    connection: Any
    tables: dict[str, ir.Table]
    about: Mapping[str, Any] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    fetch: Callable[[ir.Table], pa.Table] | None = None

    def __getitem__(self, table: str) -> ir.Table:
        return self.tables[table]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return (self.fetch or self.connection.to_pyarrow)(expression)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression, one mapping each."""
        found: list[dict[str, Any]] = self.run(expression).to_pylist()
        return found

    def keep(self, expression: ir.Table) -> ir.Table:
        """Count this once; a table of the result."""
        held = expression.cache()
        self.kept.append(held)
        return held

    def release(self) -> None:
        """Let go of what was kept."""
        for held in self.kept:
            held.release()
        self.kept.clear()


@contextmanager
def duckdb(where: Lake, *, memory: str = "3GB", threads: int | None = None) -> Iterator[Source]:
    """The lake in DuckDB. `memory` bounds what it holds before it spills to the system's folder for temporary files.

    BadInput where there is no lake, or where files of it are missing.
    """
    state = where.state()
    files = _files(where, state)
    with tempfile.TemporaryDirectory(prefix="jieban-", ignore_cleanup_errors=True) as spill:
        options: dict[str, Any] = {"memory_limit": memory, "preserve_insertion_order": False, "temp_directory": spill}
        connection = ibis.duckdb.connect(**options, **({"threads": threads} if threads else {}))
        try:
            tables = {}
            for name, table in schema.TABLES.items():
                # By name: files that were written before a column came lack it.
                found = (
                    connection.read_parquet(files[name], table_name=name, union_by_name=True) if files[name] else None
                )
                tables[name] = _empty(table) if found is None else _whole(found, table)
            source = Source("duckdb", connection, tables, state.about)
            yield source
            source.release()
        finally:
            connection.disconnect()


@contextmanager
def spark(where: Lake, *, master: str = "") -> Iterator[Source]:
    """The lake in Apache Spark; `master` or JIEBAN_SPARK_MASTER names the cluster, for example spark://host:7077.

    Its workers must see the lake under the same path. A session that runs already is used, and left running. BadInput
    where pyspark is not installed, no master is named or answers, it has no free worker, or files are missing.
    """
    state = where.state()
    files = _files(where, state)
    with clusters.session(master or os.environ.get("JIEBAN_SPARK_MASTER", "")) as session:
        connection = ibis.pyspark.connect(session)
        tables = {}
        for name, table in schema.TABLES.items():
            paths = [str(path.resolve()) for path in files[name]]
            if paths:
                session.read.schema(clusters.struct(_plain(table))).parquet(*paths).createOrReplaceTempView(name)
            tables[name] = connection.table(name) if paths else _empty(table)
        source = Source("spark", connection, tables, state.about, fetch=partial(clusters.fetch, connection))
        yield source
        source.release()


ENGINES: Mapping[str, Callable[..., AbstractContextManager[Source]]] = {"duckdb": duckdb, "spark": spark}


def open(engine: str, where: Lake) -> AbstractContextManager[Source]:
    """The lake in the engine of this name. BadInput for an unknown one."""
    if engine not in ENGINES:
        raise BadInput(f"There is no engine {engine}. Known: {', '.join(ENGINES)}.")
    return ENGINES[engine](where)


def _files(where: Lake, state: State) -> dict[str, list[Path]]:
    """The files of every table. BadInput where one is gone."""
    files = {name: where.paths(name, state) for name in schema.TABLES}
    gone = [path for paths in files.values() for path in paths if not path.is_file()]
    if gone:
        raise BadInput(
            f"The lake in {where.folder} lacks {len(gone)} of its files, first {gone[0].relative_to(where.folder)}. "
            "Sync into a new folder."
        )
    return files


def _plain(table: schema.Table) -> pa.Schema:
    """The schema of a table as engines see it: codes are text."""
    return pa.schema([pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.arrow])


def _whole(found: ir.Table, table: schema.Table) -> ir.Table:
    """With the columns that no file has yet, empty."""
    types = ibis.Schema.from_pyarrow(_plain(table))
    lacking = {name: ibis.null(types[name]) for name in table.arrow.names if name not in found.columns}
    return found.mutate(**lacking) if lacking else found


def _empty(table: schema.Table) -> ir.Table:
    return ibis.memtable(_plain(table).empty_table())

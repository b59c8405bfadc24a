"""The engines that count: DuckDB inside the process, or Apache Spark where one machine is outgrown.

Both are given the same Ibis expressions over the same files. Without lake files a table is empty, not missing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from jieban.analytics import schema
from jieban.core.errors import BadInput

if TYPE_CHECKING:
    from jieban.analytics.lake import Lake


@dataclass(slots=True)
class Source:
    """A lake, open in an engine. `run` gives Arrow, `keep` counts once and lets what follows read the result."""

    engine: str
    connection: Any
    tables: dict[str, ir.Table]
    about: Mapping[str, Any] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def __getitem__(self, table: str) -> ir.Table:
        return self.tables[table]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self.connection.to_pyarrow(expression)

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
    """The lake in DuckDB. `memory` bounds what it holds before it spills to disk."""
    options: dict[str, Any] = {"memory_limit": memory, "preserve_insertion_order": False}
    if threads:
        options["threads"] = threads
    connection = ibis.duckdb.connect(**options)
    state = where.state()
    try:
        tables = {}
        for table in schema.TABLES.values():
            paths = where.paths(table.name, state)
            tables[table.name] = connection.read_parquet(paths, table_name=table.name) if paths else _empty(table)
        source = Source("duckdb", connection, tables, state.about)
        yield source
        source.release()
    finally:
        connection.disconnect()


@contextmanager
def spark(where: Lake, *, master: str = "") -> Iterator[Source]:
    """The lake in Apache Spark; `master` or JIEBAN_SPARK_MASTER names the cluster, for example spark://host:7077.

    BadInput where pyspark is not installed or no master is named.
    """
    master = master or os.environ.get("JIEBAN_SPARK_MASTER", "")
    if not master:
        raise BadInput("No Spark master is named. Set JIEBAN_SPARK_MASTER, for example spark://host:7077.")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadInput("pyspark is not installed. Install the extra: pip install 'jieban[spark]'.") from None
    session = SparkSession.builder.master(master).appName("jieban").config(map=_SPARK).getOrCreate()
    connection = ibis.pyspark.connect(session)
    state = where.state()
    try:
        tables = {}
        for table in schema.TABLES.values():
            paths = [str(path.resolve()) for path in where.paths(table.name, state)]
            if paths:
                session.read.parquet(*paths).createOrReplaceTempView(table.name)
            tables[table.name] = connection.table(table.name) if paths else _empty(table)
        source = Source("spark", connection, tables, state.about)
        yield source
        source.release()
    finally:
        session.stop()


_SPARK: dict[str, bool | float | int | str | None] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": os.environ.get("JIEBAN_SPARK_PARTITIONS", "8"),
    "spark.driver.host": os.environ.get("SPARK_LOCAL_IP", "127.0.0.1"),
    "spark.driver.bindAddress": os.environ.get("SPARK_LOCAL_IP", "127.0.0.1"),
}

ENGINES: Mapping[str, Callable[..., AbstractContextManager[Source]]] = {"duckdb": duckdb, "spark": spark}


def open(engine: str, where: Lake) -> AbstractContextManager[Source]:
    """The lake in the engine of this name. BadInput for an unknown one."""
    if engine not in ENGINES:
        raise BadInput(f"There is no engine {engine}. Known: {', '.join(ENGINES)}.")
    return ENGINES[engine](where)


def _empty(table: schema.Table) -> ir.Table:
    plain = pa.schema(
        [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.arrow]
    )
    return ibis.memtable(plain.empty_table())

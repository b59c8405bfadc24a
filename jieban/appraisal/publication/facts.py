"""The frozen cases of a version, open in an engine of their own: no lake is needed to read what was frozen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ibis
import ibis.expr.types as ir

from jieban.analytics.engines import Source
from jieban.appraisal import store
from jieban.appraisal.publication.rules import Quiet
from jieban.core.errors import BadInput


@contextmanager
def of(cycle: str, version: int) -> Iterator[tuple[Source, ir.Table]]:
    """The engine and the table of cases. BadInput where the files of the version are gone."""
    kept = store.folder(cycle, version) / store.CASES
    if not kept.is_file():
        raise BadInput(f"{cycle} 期第 {version} 版的事实文件不在了。请系统管理员先用 jieban verify 检查。")
    connection = ibis.duckdb.connect(memory_limit="1GB", preserve_insertion_order=False)
    try:
        yield Source("duckdb", connection, {}), connection.read_parquet(str(kept), table_name="cases")
    finally:
        connection.disconnect()


def quiet(cycle: str, version: int) -> list[Quiet]:
    """The units that nothing was sent to in the cycle, by code; none where the files are gone."""
    kept = store.folder(cycle, version)
    rows = store.rows(kept, store.UNITS) if (kept / store.UNITS).is_file() else []
    return [Quiet(row["code"], row["name"], row["kind"]) for row in rows if row["appeals"] == "0"]

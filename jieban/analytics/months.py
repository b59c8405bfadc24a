"""Writing a month of the lake: rows come in small tables, some orders are left out, memory stays small."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jieban.analytics import schema
from jieban.analytics.lake import Change

_GROUP_ROWS = 100_000


class File:
    """A Parquet file of a table that grows; use with `with`. Rows are held until they make a good group."""

    def __init__(self, change: Change, table: schema.Table, month: int) -> None:
        self.path = change.place(table.name, month)
        self._schema = table.arrow
        self._held: list[pa.Table] = []

    def __enter__(self) -> Self:
        self._writer = pq.ParquetWriter(self.path, self._schema, compression="zstd", compression_level=1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def add(self, rows: pa.Table) -> None:
        """Take rows; their columns are those of the schema."""
        self._held.append(rows)
        if sum(table.num_rows for table in self._held) >= _GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.concat_tables(self._held).unify_dictionaries(), row_group_size=_GROUP_ROWS)
            self._held.clear()


def rewrite(
    change: Change, month: int, *, without: Collection[int] | None, rows: Iterable[Mapping[str, pa.Table]]
) -> None:
    """Let the month hold what it held, but for these orders (None: for all), and these rows of the tables of facts."""
    with ExitStack() as stack:
        files = {table.name: stack.enter_context(File(change, table, month)) for table in schema.FACTS}
        if without is not None:
            for name, kept in _kept(change, month, without):
                files[name].add(kept)
        for piece in rows:
            for name, fresh in piece.items():
                files[name].add(fresh)
    for name, file in files.items():
        change.replace(name, month, [file.path])


def _kept(change: Change, month: int, without: Collection[int]) -> Iterator[tuple[str, pa.Table]]:
    gone = pa.array(sorted(without), pa.int64())
    for table in schema.FACTS:
        key = "order" if "order" in table.arrow.names else "id"
        for file in change.state.files.get(table.name, {}).get(str(month), []):
            for batch in pq.ParquetFile(change.folder / file.path).iter_batches(batch_size=_GROUP_ROWS):
                held = pa.Table.from_batches([batch])
                yield table.name, held.filter(pc.invert(pc.is_in(held[key], value_set=gone))).cast(table.arrow)

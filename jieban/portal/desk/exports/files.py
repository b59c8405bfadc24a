"""Rows as files that are written while the rows come: CSV line by line, XLSX and Parquet into a file on disk.

None of them holds more than one chunk of rows in memory. No cell runs as a formula: CSV cells that would are marked
with an apostrophe, XLSX cells are text by type.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from jieban.portal.desk import downloads
from jieban.portal.desk.exports import columns as columns_
from jieban.portal.desk.exports.columns import FLAG, MOMENT, NUMBER, Column, Value

Rows = Iterable[Sequence[tuple[Value, ...]]]
# Rows below its head that a sheet of a workbook holds.
XLSX_MOST: Final = 1_048_575
# Characters that a cell of a workbook holds, and those it cannot hold.
_CELL = 32_767
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DAY_TIME = "%Y-%m-%d %H:%M:%S"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[Column], chunks: Rows, zone: tzinfo) -> Iterator[bytes]:
    """The file, a chunk at a time: UTF-8 with its mark so that office programs read it rightly."""
    writer = csv.writer(_Echo())
    yield ("\ufeff" + writer.writerow([str(column.title) for column in columns])).encode()
    for chunk in chunks:
        yield "".join(writer.writerow([_word(value, zone) for value in row]) for row in chunk).encode()


def xlsx(columns: Sequence[Column], chunks: Rows, zone: tzinfo, out: IO[bytes]) -> None:
    """Write a workbook of one sheet with a frozen head; at most `XLSX_MOST` rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, str(column.title)) for column in columns])
    for chunk in chunks:
        for row in chunk:
            sheet.append([_sheet_cell(sheet, value, zone) for value in row])
    book.save(out)


def parquet(columns: Sequence[Column], chunks: Rows, zone: tzinfo, out: IO[bytes]) -> None:
    """Write Parquet, one row group a chunk; columns go by their codes, titles stand in the metadata of each field."""
    schema = pa.schema([pa.field(c.code, _type(c, zone), metadata={"title": str(c.title)}) for c in columns])
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for chunk in chunks:
            arrays = [
                pa.array([_arrow(value) for value in values], field.type)
                for values, field in zip(zip(*chunk, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _type(column: Column, zone: tzinfo) -> pa.DataType:
    kinds = {NUMBER: pa.int64(), FLAG: pa.bool_(), MOMENT: pa.timestamp("us", tz=str(zone))}
    return kinds.get(column.kind, pa.string())


def _arrow(value: Value) -> Any:
    return None if value == "" else value


def _word(value: Value, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime(_DAY_TIME)
    return downloads.cell(columns_.cell(value))


def _sheet_cell(sheet: Any, value: Value, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool) or value is None:
        return columns_.cell(value) or None
    return _text(sheet, value) if isinstance(value, str) else value


def _text(sheet: Any, text: str) -> Any:
    """Text that stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, _FORBIDDEN.sub("", text)[:_CELL])
    cell.data_type = "s"
    return cell

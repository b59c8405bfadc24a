"""A run from its begin to the last byte: checked, written down, read a chunk at a time, hashed, closed.

The pages and `jieban export` hand over the same file by the same code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from jieban.accounts.actor import Actor
from jieban.analytics.exports import actions, queries, rules
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.orders.models import Order
from jieban.portal.desk.exports import columns, files
from jieban.portal.desk.exports.columns import Column, Value

_WRITERS = {rules.XLSX: files.xlsx, rules.PARQUET: files.parquet}
KINDS = {
    rules.CSV: "text/csv; charset=utf-8",
    rules.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    rules.PARQUET: "application/vnd.apache.parquet",
}
HIDDEN = "•••"


@dataclass(slots=True)
class Take:
    """A run under way; `rows` is how many have been read so far."""

    run: ExportRun
    columns: list[Column]
    found: QuerySet[Order]
    loaded: Loaded
    by: Actor
    language: str
    rows: int = 0


def start(
    export: SavedExport, *, by: Actor, at: datetime, loaded: Loaded, purpose: str = "", address: str | None = None
) -> Take:
    """Begin a run. BadInput where a workbook cannot hold the rows, or a purpose is missing."""
    period = actions.period(export, at=at, cycle_day=loaded.pack.settings.cycle_start_day)
    found = queries.orders(export, period, by=by)
    if export.format == rules.XLSX and (count := found.count()) > files.XLSX_MOST:
        told = _("这次有 %(count)d 行，一张 Excel 表最多 %(most)d 行。请把格式改成 CSV，或把时间取短一些。")
        raise BadInput(told % {"count": count, "most": files.XLSX_MOST})
    run = actions.begin(export, by=by, at=at, period=period, purpose=purpose, address=address)
    return Take(run, columns.chosen(export.columns), found, loaded, by, translation.get_language() or "")


def stream(take: Take) -> Iterator[bytes]:
    """The CSV, a chunk of rows at a time as it is read; the run is closed with the last one."""
    digest, size = sha256(), 0
    try:
        for block in _spoken(files.csv_lines(take.columns, _chunks(take), clock.zone()), take.language):
            digest.update(block)
            size += len(block)
            yield block
    except BaseException as error:
        actions.fail(take.run, rows=take.rows, why=type(error).__name__)
        raise
    actions.finish(take.run, rows=take.rows, size=size, sha256=digest.hexdigest(), at=clock.now())


def written(take: Take, out: IO[bytes]) -> None:
    """Write the whole file to `out`, which can be read back, and close the run."""
    try:
        if take.run.format == rules.CSV:
            out.writelines(_spoken(files.csv_lines(take.columns, _chunks(take), clock.zone()), take.language))
        else:
            _WRITERS[take.run.format](take.columns, _chunks(take), clock.zone(), out)
    except BaseException as error:
        actions.fail(take.run, rows=take.rows, why=type(error).__name__)
        raise
    size = out.seek(0, 2)
    out.seek(0)
    digest = file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]
    out.seek(0)
    actions.finish(take.run, rows=take.rows, size=size, sha256=digest, at=clock.now())


def on_disk(take: Take) -> IO[bytes]:
    """The whole file in a nameless one on disk, which is gone when it is closed."""
    out = tempfile.TemporaryFile(dir=settings.JIEBAN_HOME)  # noqa: SIM115
    try:
        written(take, out)
    except BaseException:
        out.close()
        raise
    return out


def preview(export: SavedExport, found: QuerySet[Order], *, by: Actor, loaded: Loaded, most: int) -> list[list[Any]]:
    """The first rows as they will be, personal data hidden."""
    shown = columns.chosen(export.columns)
    chunk = next(queries.chunks(found, most=most), [])
    seen = [columns.seen(order, parts, loaded, by) for order, parts in chunk]
    return [[HIDDEN if c.personal else columns.cell(c.read(one)) for c in shown] for one in seen]


def _chunks(take: Take) -> Iterator[Sequence[tuple[Value, ...]]]:
    """Rows, a chunk at a time; whose personal data goes out is written down before it does."""
    for chunk in queries.chunks(take.found):
        seen = [columns.seen(order, parts, take.loaded, take.by) for order, parts in chunk]
        if take.run.personal:
            actions.note(take.run, [one.order for one in seen if not one.shut], at=clock.now())
        take.rows += len(chunk)
        yield [columns.row(one, take.columns) for one in seen]


def _spoken(blocks: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Each block made in that language, whatever the thread speaks that asks for it."""
    while True:
        with translation.override(language or None):
            block = next(blocks, None)
        if block is None:
            return
        yield block

"""Importing a file of matters: every row is imported, known already, or rejected with a reason, and never half-written.

Rows go through `portal.filing.file` in batches. The progress of the run is committed with the orders of its batch, so
that a run that was killed goes on behind the last whole batch: every row counts exactly once.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core.errors import BadInput
from jieban.intake import mapping as mappings
from jieban.intake import tables
from jieban.intake.mapping import Mapping
from jieban.intake.models import ImportRun
from jieban.intake.rules import Filing
from jieban.intake.tables import Row
from jieban.orders.actions import gathered, together, write
from jieban.orders.book import Book
from jieban.portal import filing

BATCH = 500


@dataclass(frozen=True, slots=True)
class Job:
    """What is imported: a file under a mapping. `channel`, where given, stands for every row."""

    file: Path
    mapping: Mapping
    rejects: Path
    channel: str = ""
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Batch:
    """Some rows: those that became filings, and those that did not, with the reason."""

    rows: list[Row]
    filings: list[tuple[Row, Filing]] = field(default_factory=list)
    rejected: list[tuple[Row, str]] = field(default_factory=list)

    @property
    def keys(self) -> set[tuple[str, str]]:
        """What the filings are known by."""
        return {filing.key for _, filing in self.filings}


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of a batch: its rejected rows in their order, and how many were known."""

    rejected: list[tuple[Row, str]]
    duplicates: int


def prepare(file: Path, mapping: Path, *, channel: str = "", rejects: Path | None = None) -> Job:
    """Read the mapping and look at the file's columns. BadInput says what does not fit before anything is written."""
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    if file.suffix.lower() not in (".csv", ".xlsx", ".jsonl"):
        raise BadInput(f"{file.name}: only .csv, .xlsx and .jsonl files can be imported.")
    if not mapping.is_file():
        raise BadInput(f"There is no mapping file {mapping}. Ready ones lie in the folder mappings/.")
    found = mappings.read(mapping.read_text(encoding="utf-8"), name=mapping.name)
    columns = tables.columns(file, encoding=found.encoding, delimiter=found.delimiter)
    mappings.check_columns(found, columns, name=file.name)
    return Job(file, found, rejects or file.with_name(f"{file.name}.rejects.csv"), channel, tuple(columns))


def count(job: Job) -> int:
    """How many rows the file has; reading them all also proves its encoding."""
    return sum(1 for _ in _rows(job))


def run(job: Job, *, clock: Callable[[], datetime], progress: Callable[[int], None] = lambda _: None) -> ImportRun:
    """Import the file, going on where an earlier run of it was stopped. Returns the run with its counts.

    A file that was imported to its end before is gone through again: its rows come out as duplicates. `progress` is
    told the number of rows done after each batch. `clock` gives the time of each batch.
    """
    loaded = city.current(at=clock())
    state = _begin(job, at=clock())
    by = actors.channel(job.mapping.source, client="cli")
    with _Rejects(job, upto=state.rows) as rejects, _desk(job, state, rejects) as desk:
        progress(state.rows)
        for rows in _batches(islice(_rows(job), state.rows, None)):
            desk.take(_read(rows, job, loaded.pack), by, clock())
            progress(state.rows)
        desk.finish()
    progress(state.rows)
    state.finished = True
    state.save(update_fields=["finished"])
    return state


def _rows(job: Job) -> Iterator[Row]:
    return tables.rows(job.file, encoding=job.mapping.encoding, delimiter=job.mapping.delimiter)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _begin(job: Job, *, at: datetime) -> ImportRun:
    """The unfinished run of this file under this mapping, or one that begins at its first row."""
    digest = sha256(f"{job.mapping.sha256} {job.channel}".encode()).hexdigest()
    with job.file.open("rb") as data:
        file_digest = sha256()
        while piece := data.read(1 << 20):
            file_digest.update(piece)
    key = {
        "source": job.mapping.source[:32], "file_sha256": file_digest.hexdigest(), "mapping_sha256": digest,
    }  # fmt: skip
    found, _ = ImportRun.objects.get_or_create(**key, defaults={"started_at": at})
    if found.finished:
        found.started_at, found.finished = at, False
        found.rows = found.imported = found.duplicates = found.rejected = 0
        found.save()
    return found


def _read(rows: Sequence[Row], job: Job, pack: Pack) -> _Batch:
    batch = _Batch(list(rows))
    for row in rows:
        try:
            batch.filings.append((row, mappings.filing(row, job.mapping, pack=pack, channel=job.channel)))
        except BadInput as error:
            batch.rejected.append((row, str(error)))
    return batch


class _Desk:
    """Files batches one after the other: each in one transaction with how far the run has come."""

    def __init__(self, state: ImportRun, rejects: _Rejects) -> None:
        self.state, self.rejects = state, rejects

    def __enter__(self) -> _Desk:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open."""

    def take(self, batch: _Batch, by: Actor, at: datetime) -> None:
        """File the batch; when another process filed one of its rows in the same instant, look again."""
        try:
            self._whole(batch, by, at)
        except IntegrityError:
            self.state.refresh_from_db()
            self._whole(batch, by, at)

    def finish(self) -> None:
        """Wait until everything taken is written."""

    def _whole(self, batch: _Batch, by: Actor, at: datetime) -> None:
        with together():
            self.note(batch, self.sort_out(batch, by, at))

    def sort_out(self, batch: _Batch, by: Actor, at: datetime) -> _Told:
        """File what can be filed; which rows are rejected and how many are known."""
        outcomes = filing.file([f for _, f in batch.filings], by=by, at=at, look_first=True)
        pairs = list(zip(batch.filings, outcomes, strict=True))
        refused = [(row, " ".join(p.what for p in o.problems)) for (row, _), o in pairs if o.problems]
        rejected = sorted([*batch.rejected, *refused], key=lambda item: item[0].number)
        return _Told(rejected, sum(o.duplicate for o in outcomes))

    def note(self, batch: _Batch, told: _Told) -> None:
        """Write down how far the run has come, in the transaction of the batch."""
        state = self.state
        self.rejects.write(told.rejected)
        state.rows += len(batch.rows)
        state.rejected += len(told.rejected)
        state.duplicates += told.duplicates
        state.imported += len(batch.rows) - len(told.rejected) - told.duplicates
        state.save(update_fields=["rows", "rejected", "duplicates", "imported"])


class _TwoDesks(_Desk):
    """Works out a batch while the one before is being written by a second connection.

    A batch is written only after the one before it, so that what is committed is always a whole number of batches from
    the first row on. A batch that shares a number with the one under way waits for it.
    """

    def __init__(self, state: ImportRun, rejects: _Rejects) -> None:
        super().__init__(state, rejects)
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._under_way: tuple[Future[None], _Batch, Actor, datetime] | None = None

    def __exit__(self, *_: object) -> None:
        self._writer.submit(connection.close)
        self._writer.shutdown(wait=True)

    def take(self, batch: _Batch, by: Actor, at: datetime) -> None:
        """Work out the batch and hand it to the writer."""
        if self._under_way is not None and batch.keys & self._under_way[1].keys:
            self.finish()
        with gathered() as book:
            told = self.sort_out(batch, by, at)
        self.finish()
        self._under_way = (self._writer.submit(self._write, book, batch, told), batch, by, at)

    def finish(self) -> None:
        """Wait for the batch under way; where another process filed one of its rows meanwhile, file it again."""
        if self._under_way is None:
            return
        (written, batch, by, at), self._under_way = self._under_way, None
        try:
            written.result()
        except IntegrityError:
            self.state.refresh_from_db()
            self._whole(batch, by, at)

    def _write(self, book: Book, batch: _Batch, told: _Told) -> None:
        with transaction.atomic():
            write(book)
            self.note(batch, told)


def _desk(job: Job, state: ImportRun, rejects: _Rejects) -> _Desk:
    """Two desks where a second connection can write beside ours, and no row depends on one before it (same phone)."""
    beside = connection.vendor == "postgresql" and not connection.in_atomic_block
    return (_TwoDesks if beside and "phone" not in job.mapping.columns else _Desk)(state, rejects)


class _Rejects:
    """The reject file: row number, reason, and the original row. Written before the batch is committed.

    What a killed run wrote beyond its last committed row is taken out when the run goes on.
    """

    def __init__(self, job: Job, *, upto: int) -> None:
        self._job = job
        self._kept = self._before(upto)
        self._out: Any = None

    def _before(self, upto: int) -> list[list[str]]:
        if not upto or not self._job.rejects.exists():
            return []
        last = next(islice((row.number for row in _rows(self._job)), upto - 1, None), 0)
        with self._job.rejects.open(encoding="utf-8-sig", newline="") as text:
            lines = list(csv.reader(text))[1:]
        return [line for line in lines if line and line[0].isdecimal() and int(line[0]) <= last]

    def __enter__(self) -> _Rejects:
        self._job.rejects.unlink(missing_ok=True)
        if self._kept:
            self._lines(self._kept)
        return self

    def __exit__(self, *_: object) -> None:
        if self._out is not None:
            self._out.close()

    def write(self, rejected: Sequence[tuple[Row, str]]) -> None:
        """Append rows with their reasons; they are on disk when this returns."""
        columns = self._job.columns
        extra = [name for row, _ in rejected for name in row.values if name not in columns]
        self._lines(
            [
                str(row.number), reason, *(row.values.get(name, "") for name in columns),
                *(row.values[name] for name in dict.fromkeys(extra) if name in row.values),
            ]
            for row, reason in rejected
        )  # fmt: skip

    def _lines(self, lines: Iterable[Sequence[str]]) -> None:
        lines = list(lines)
        if not lines:
            return
        if self._out is None:
            self._out = self._job.rejects.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._out).writerow(["row", "reason", *self._job.columns])
        csv.writer(self._out).writerows(lines)
        self._out.flush()

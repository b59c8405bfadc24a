"""Bringing the lake up to date with the record, from either database.

The first time month by month, the newest first; after that only what has changed. Every step is one change of the lake
with a mark of how far it came, so that a sync may be killed at any moment: the next one goes on there. Doing the same
twice writes the same rows, so nothing is lost where a mark lags behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Max, Min, Q, QuerySet

from jieban.analytics import changes, facts, gather, months, names, schema
from jieban.analytics.changes import Mark
from jieban.analytics.lake import Change, Lake
from jieban.city import queries
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, Conflict
from jieban.orders.models import Entry, Order

# Orders gathered and written at once.
CHUNK: Final = 5_000
# A first sync begins only when nobody is writing; it waits this long for that moment.
PATIENCE: Final = 60.0

Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What a sync did: orders written anew, the months (yyyymm) they lie in, and whether it built the lake anew."""

    orders: int = 0
    months: set[int] = field(default_factory=set)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    lake: Lake
    city: facts.City
    at: datetime
    tell: Tell
    report: Report


def sync(
    lake: Lake, *, at: datetime, loaded: Loaded, fresh: bool = False, tell: Tell = lambda done, total: None
) -> Report:
    """Bring the lake up to date as of `at` (aware); `fresh` builds it anew. `tell` hears orders done and orders in all.

    It is built anew by itself where there is none or one of an earlier version, where the city's categories have
    changed, and where the record is another one than it was made from. BadInput: the lake holds facts that are from no
    record. Conflict: a first sync found somebody writing without end.
    """
    units = dict(Unit.objects.values_list("pk", "code"))
    work = _Work(lake, facts.city(loaded.pack, units, clock.zone(), queries.proofs), at, tell, Report())
    marks = _marks(lake)
    named = _names(loaded, units.values())
    if fresh or not _same(marks) or not _same_categories(lake, named):
        _begin(work)
    _write_names(lake, named)
    if "first" in _marks(lake):
        _build(work)
    _follow(work)
    return work.report


def until(lake: Lake) -> datetime | None:
    """The moment as of which the lake tells the record; None where it was never synced to its end."""
    said = _marks(lake).get("at")
    return datetime.fromisoformat(said) if said else None


def _marks(lake: Lake) -> dict[str, Any]:
    if not lake.exists():
        return {}
    state = lake.held()
    if not state.marks and state.months():
        raise BadInput(f"The lake in {lake.folder} holds facts that were made up. Sync into another folder.")
    return {} if lake.outdated() else state.marks


def _same(marks: Mapping[str, Any]) -> bool:
    """Whether the lake was made from this very record: its last entry still stands there as it did."""
    known = marks.get("first") or marks
    if "entry" not in known:
        return False
    return _hash(known["entry"]) == str(known["hash"])


def _hash(entry: int) -> str:
    return Entry.objects.filter(pk=entry).values_list("hash", flat=True).first() or ""


def _told(entry: int, at: datetime) -> dict[str, Any]:
    return {"entry": entry, "hash": _hash(entry), "at": at.isoformat()}


def _begin(work: _Work) -> None:
    """Set out to build the lake anew; what it holds is read until each month is replaced."""
    mark = changes.mark(PATIENCE)
    if not mark.settled:
        raise Conflict(
            "Somebody has been writing to the record for a minute without an end, for example an import. "
            "Sync again when it has finished."
        )
    with work.lake.change(anew=True) as change:
        change.state.marks["first"] = {**_told(mark.entry, work.at), "done": []}
        change.state.about = {"from": "record", "city": work.city.pack.city.code}


def _build(work: _Work) -> None:
    """Month by month what is not done yet, then the marks of a finished lake."""
    work.report.whole = True
    spans, total = _months(), Order.objects.count()
    work.tell(0, total)
    for month, begin, end in reversed(spans):
        with work.lake.change() as change:
            first = change.state.marks.get("first")
            if first is None:
                return
            if month not in first["done"]:
                _fill(work, change, month, begin, end, total)
                first["done"].append(month)
    with work.lake.change() as change:
        first = change.state.marks.pop("first", None)
        if first is not None:
            _drop(change, {month for month, _, _ in spans})
            change.state.marks |= {key: first[key] for key in ("entry", "hash", "at")}


def _fill(work: _Work, change: Change, month: int, begin: datetime, end: datetime, total: int) -> None:
    def rows() -> Iterator[dict[str, pa.Table]]:
        for gathered in _of_month(begin, end):
            yield facts.tables(gathered, work.city, at=work.at)
            work.report.orders += len(gathered.matters)
            work.tell(work.report.orders, total)

    with gather.snapshot():
        months.rewrite(change, month, without=None, rows=rows())
    work.report.months.add(month)


def _of_month(begin: datetime, end: datetime) -> Iterator[gather.Gathered]:
    """The orders received in a span, in the sequence they came, so many at a time; along the index of `received_at`."""
    found = Order.objects.filter(received_at__lt=end).order_by("received_at", "pk")
    after = Q(received_at__gte=begin)
    while (gathered := gather.of(found.filter(after)[:CHUNK])).matters:
        yield gathered
        last = gathered.matters[-1]
        beyond = Q(received_at__gt=last.received_at) | Q(pk__gt=last.id)
        after = Q(received_at__gte=last.received_at) & beyond


def _months() -> list[tuple[int, datetime, datetime]]:
    """The months of the record with their begin and end, the oldest first."""
    ends = Order.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    if ends["first"] is None:
        return []
    zone = clock.zone()
    first, last = (ends[key].astimezone(zone) for key in ("first", "last"))
    count = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    starts = [datetime(n // 12, n % 12 + 1, 1, tzinfo=zone) for n in count]
    return [(begin.year * 100 + begin.month, begin, end) for begin, end in pairwise(starts)]


def _drop(change: Change, known: Collection[int]) -> None:
    """Let go of months that the record does not have."""
    for month in set(change.state.months()) - set(known):
        for table in schema.FACTS:
            change.replace(table.name, month, [])


def _follow(work: _Work) -> None:
    """What the timeline says since the mark, then the limits that have passed since."""
    mark, marks = changes.mark(), work.lake.state().marks
    since = datetime.fromisoformat(marks["at"])
    for piece in changes.slices(marks["entry"]):
        _refresh(work, piece.orders, piece.matters, _reached(mark, piece.last))
    passed = changes.ran_out(min(since, work.at), work.at)
    for orders in changes.pieces(passed, changes.SLICE):
        _refresh(work, orders, (), {})
    with work.lake.change() as change:
        change.state.marks["at"] = max(since, work.at).isoformat()


def _reached(mark: Mark, last: int) -> dict[str, Any]:
    """The mark after a piece; where an earlier entry may still appear it stays, and the piece is read again."""
    entry = min(mark.entry, last)
    return {"entry": entry, "hash": _hash(entry)} if mark.settled else {}


def _refresh(work: _Work, orders: Collection[int], matters: Collection[int], reached: Mapping[str, Any]) -> None:
    """Write these orders anew, and those that came back by them."""
    with work.lake.change() as change:
        with gather.snapshot():
            wanted = set(orders)
            for piece in changes.pieces(matters, CHUNK):
                wanted |= changes.brought_back(piece)
            for month, ids in sorted(_by_month(work.city, wanted).items()):
                months.rewrite(change, month, without=ids, rows=_rows(work, ids))
                work.report.orders += len(ids)
                work.report.months.add(month)
                work.tell(work.report.orders, work.report.orders)
        if reached and change.state.marks["entry"] < reached["entry"]:
            change.state.marks |= reached


def _rows(work: _Work, ids: Sequence[int]) -> Iterator[dict[str, pa.Table]]:
    for piece in changes.pieces(ids, CHUNK):
        yield facts.tables(gather.of(_these(piece)), work.city, at=work.at)


def _these(ids: Sequence[int]) -> QuerySet[Order]:
    return Order.objects.filter(pk__in=ids).order_by("received_at", "pk")


def _by_month(city: facts.City, orders: Collection[int]) -> dict[int, list[int]]:
    out: dict[int, list[int]] = defaultdict(list)
    for piece in changes.pieces(orders, CHUNK):
        for pk, received in Order.objects.filter(pk__in=piece).values_list("pk", "received_at"):
            out[city.when(received)[1]].append(pk)
    return out


def _names(loaded: Loaded, codes: Collection[str]) -> dict[str, pa.Table]:
    """The explaining tables, with the units that records point to and that have left the pack."""
    tables = names.tables(loaded.pack)
    left = set(codes) - set(loaded.pack.units)
    rows = [names.gone(unit) for unit in Unit.objects.filter(code__in=left).select_related("district").order_by("code")]
    units = pa.concat_tables([tables["units"], pa.Table.from_pylist(rows, schema=schema.UNITS.arrow)])
    return {**tables, "units": units}


def _held(lake: Lake, table: str) -> pa.Table | None:
    paths = lake.paths(table) if lake.exists() else []
    return pa.concat_tables([pq.ParquetFile(path).read() for path in paths]) if paths else None


def _same_categories(lake: Lake, named: Mapping[str, pa.Table]) -> bool:
    """Whether the levels of the categories are what they were; every fact carries them."""
    held, now = _held(lake, "categories"), named["categories"]
    columns = ["code", "parent"]
    return held is not None and held.select(columns).equals(now.select(columns))


def _write_names(lake: Lake, named: Mapping[str, pa.Table]) -> None:
    stale = {name: rows for name, rows in named.items() if (held := _held(lake, name)) is None or not held.equals(rows)}
    if stale:
        with lake.change() as change:
            for name, rows in stale.items():
                change.write(name, None, rows)

"""The daily seal: one Merkle root over all entries written since the seal before, chained to it.

A seal covers entries by their running id, not by their date: an entry written later under an earlier date (an import of
old letters, say) falls under the next seal and breaks none. What a seal can and cannot prove: docs/adr/0003.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from jieban.core import canon
from jieban.orders.models import Entry, Seal

FIRST = "0" * 64
_CHUNK = 5000


def seal(*, until: date, at: datetime) -> list[Seal]:
    """Make the missing seals of the days up to and with `until`, oldest first; days without a new entry get none.

    Running it again makes nothing new. `until` must lie before the day of `at`: a day is sealed when it is over.
    """
    made: list[Seal] = []
    for day in _days(min(until, timezone.localdate(at) - timedelta(days=1))):
        fresh = _seal(day, at)
        made += [fresh] if fresh is not None else []
    return made


def unsealed_days(*, at: datetime) -> list[date]:
    """The past days that wait for their seal, oldest first."""
    return _days(timezone.localdate(at) - timedelta(days=1))


def hash_of(day: date, entries: int, last: int, root: str, previous: str) -> str:
    """SHA-256 over what a seal says and the hash of the seal before."""
    return canon.digest({"day": day, "entries": entries, "last": last, "root": root, "previous": previous})


def leaves(after: int, last: int) -> Iterator[str]:
    """The hashes of the entries with after < id <= last, in the order of their ids."""
    rows = Entry.objects.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("hash", flat=True)
    return rows.iterator(chunk_size=_CHUNK)


def _days(until: date) -> list[date]:
    """Days with entries that no seal covers. Late entries of a sealed day count as of the first day not yet sealed."""
    newest = Seal.objects.order_by("-day").first()
    open_entries = Entry.objects.filter(pk__gt=newest.last if newest else 0, at__lt=_end(until))
    moments = open_entries.datetimes("at", "day", tzinfo=timezone.get_default_timezone())
    floor = newest.day + timedelta(days=1) if newest else date.min
    return sorted({day for moment in moments if (day := max(moment.date(), floor)) <= until})


def _seal(day: date, at: datetime) -> Seal | None:
    """The seal of one day; None where somebody else made it meanwhile or nothing is left to seal."""
    top = _settled(day)
    with transaction.atomic():
        lock(Seal, "SHARE ROW EXCLUSIVE")
        before = Seal.objects.order_by("-day").first()
        after, previous = (before.last, before.hash) if before else (0, FIRST)
        if top <= after or (before is not None and before.day >= day):
            return None
        entries, root = canon.merkle(leaves(after, top))
        fresh = Seal(day=day, entries=entries, last=top, root=root, previous=previous, made_at=at)
        fresh.hash = hash_of(day, entries, top, root, previous)
        fresh.save(force_insert=True)
    return fresh


def _settled(day: date) -> int:
    """The highest id of an entry up to the end of the day, once no lower id can still be on its way.

    On PostgreSQL a transaction may hold an id it has not yet committed: the table lock waits for all such and is given
    back at once. On SQLite there is one writer.
    """
    with transaction.atomic():
        lock(Entry, "SHARE")
        return Entry.objects.filter(at__lt=_end(day)).aggregate(top=Max("pk"))["top"] or 0


def lock(table: type[models.Model], mode: str) -> None:
    """Lock a whole table until the end of the transaction; SQLite has done so at its beginning."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table._meta.db_table}" IN {mode} MODE')


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), timezone.get_default_timezone())


def chained() -> Iterator[tuple[Seal, int]]:
    """Every seal in the order of its day, with the id after which its entries begin."""
    after = 0
    for one in Seal.objects.order_by("day").iterator(chunk_size=_CHUNK):
        yield one, after
        after = one.last

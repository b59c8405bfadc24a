"""What a worker runs for callback: open what is ripe, give up what is lost, deliver the outbox. Each takes one batch.

Batches are claimed row by row (SKIP LOCKED where the database has it), so that several workers never take the same row;
a crash loses nothing, because nothing lives outside the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from jieban.accounts import actor as actors
from jieban.callback import actions, queries
from jieban.callback.senders import SENDERS, Letter
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import JiebanError
from jieban.orders import bulk, outbox
from jieban.orders.lifecycle import S
from jieban.orders.models import Message, Order

Row = TypeVar("Row", Order, Message)

BATCH = 200
# A message is tried this often, each wait four times the one before: 1, 4, 16, 64 … minutes, about three days in all.
TRIES = 7


def open_ripe(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Begin the callback of replied orders; returns how many."""
    by = actors.rule("办结后回访")
    with _some(queries.ripe(at=at, loaded=loaded), S.REPLIED, limit) as rows:
        actions.open(rows, by=by, at=at, loaded=loaded)
    return len(rows)


def give_up_lost(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Close orders whose citizen could not be reached; returns how many."""
    by = actors.rule("多次联系不上")
    with _some(queries.lost(at=at, loaded=loaded), S.CALLBACK, limit) as rows:
        actions.give_up(rows, by=by, at=at)
    return len(rows)


def deliver(*, at: datetime, limit: int = BATCH) -> int:
    """Send messages that are due; returns how many left. A failure is noted on the row and tried again later."""
    if not _leaving(at).exists():
        return 0
    with transaction.atomic():
        rows = list(_claim(_leaving(at)).order_by("after", "pk")[:limit])
        for way in {row.way for row in rows}:
            _deliver(way, [row for row in rows if row.way == way], at)
        bulk.update(rows, ("sent_at", "attempts", "after", "error", "body"))
    return sum(row.sent_at is not None for row in rows)


@contextmanager
def _some(found: QuerySet[Order], state: str, limit: int) -> Iterator[list[Order]]:
    """Up to `limit` of the found orders, claimed until the block ends; without those that somebody else moved on."""
    ids = list(found.values_list("pk", flat=True)[:limit])
    if not ids:
        yield []
        return
    with transaction.atomic():
        yield list(_claim(Order.objects.filter(pk__in=ids, state=state)).order_by("pk"))


def _claim(found: QuerySet[Row]) -> QuerySet[Row]:
    return found.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


def _leaving(at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(sent_at=None, after__lte=at, attempts__lt=TRIES, way__in=SENDERS)


def _deliver(way: str, rows: Sequence[Message], at: datetime) -> None:
    letters, sealed = _letters(rows)
    for row, error in sealed:
        _failed(row, error, at)
    ready = [row for row, _ in letters]
    try:
        SENDERS[way]([letter for _, letter in letters], at)
    except OSError as error:
        for row in ready:
            _failed(row, error, at)
        return
    for row in ready:
        row.sent_at, row.attempts, row.error = at, row.attempts + 1, ""
        row.body = {**row.body, "link": ""}


def _letters(rows: Sequence[Message]) -> tuple[list[tuple[Message, Letter]], list[tuple[Message, Exception]]]:
    good: list[tuple[Message, Letter]] = []
    bad: list[tuple[Message, Exception]] = []
    for row in rows:
        try:
            good.append((row, _letter(row)))
        except JiebanError as error:
            bad.append((row, error))
    return good, bad


def _letter(row: Message) -> Letter:
    link = crypto.unseal(bytes.fromhex(row.body.get("link", "")))
    return Letter(row.pk, crypto.unseal(row.recipient), row.body["text"].replace("{link}", link))


def _failed(row: Message, error: Exception, at: datetime) -> None:
    later = at + timedelta(minutes=4**row.attempts)
    row.attempts += 1
    row.error = str(error)[:200]
    urgent = bool(row.body.get("urgent"))
    row.after = outbox.leaves(later, urgent=urgent, quiet=outbox.QUIET if urgent else outbox.hours(at))

"""Reads of intake: what is known already, who called before, and what waits for a person."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from jieban.core import crypto
from jieban.intake import caller_queries
from jieban.intake.rules import REPEAT_DAYS, clean_phone
from jieban.orders.lifecycle import S
from jieban.orders.models import Contact, Order

SEALED = "sealed:"
Key = tuple[str, str]


def known(keys: Iterable[Key]) -> dict[Key, Order]:
    """The first order of each contact that came before under these (source, source id); one query a source."""
    found: dict[Key, Order] = {}
    for source, ids in _by_source(keys).items():
        rows = Order.objects.filter(contact__source=source, contact__source_id__in=ids)
        for order in rows.select_related("contact").order_by("-pk"):
            found[source, order.contact.source_id] = order
    return found


def _by_source(keys: Iterable[Key]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = defaultdict(list)
    for source, source_id in keys:
        if source_id:
            out[source].append(source_id)
    return out


def waiting() -> QuerySet[Order]:
    """Orders that are received and on which nobody has decided: the agents' queue, oldest first."""
    return Order.objects.filter(state=S.RECEIVED).select_related("contact").order_by("received_at", "pk")


def history(phone: str, *, limit: int = 20) -> QuerySet[Order]:
    """The caller's earlier orders, newest first, found by the keyed index without reading any number.

    Numbers that somebody has recognised as the same person's count as one.
    """
    numbers = numbers_of(phone)
    if not numbers:
        return Order.objects.none()
    return Order.objects.filter(contact__phone_index__in=numbers).order_by("-received_at", "-pk")[:limit]


def numbers_of(phone: str) -> frozenset[str]:
    """The index of a number as typed and of all numbers of the same person; empty where none was typed."""
    index = crypto.index(clean_phone(phone))
    return caller_queries.linked([index]).get(index, frozenset())


def earlier(indexes: Collection[str], *, at: datetime) -> dict[tuple[str, str, str], int]:
    """The first order of each (phone index, category, place) in the sixty days before `at`: id by that triple."""
    wanted = {index for index in indexes if index}
    if not wanted:
        return {}
    since = at - timedelta(days=REPEAT_DAYS)
    numbers = caller_queries.linked(wanted)
    theirs = {number for group in numbers.values() for number in group}
    rows = Order.objects.filter(contact__phone_index__in=theirs, received_at__gte=since, received_at__lte=at)
    found = rows.exclude(category="").order_by("-received_at", "-pk")
    said = found.values_list("contact__phone_index", "category", "place", "pk")
    mine = {number: [index for index in wanted if number in numbers[index]] for number in theirs}
    return {(index, c, p): pk for number, c, p, pk in said for index in mine[number]}


def words_of(contact: Contact) -> str:
    """What was said, also where it is kept sealed. The caller logs the reading first (`accounts.log_reading`)."""
    if contact.words.startswith(SEALED):
        return crypto.unseal(base64.b64decode(contact.words.removeprefix(SEALED)))
    return contact.words

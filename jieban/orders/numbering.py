"""Running numbers for order numbers: unique under any number of writers, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from jieban.core import numbers
from jieban.orders import bulk
from jieban.orders.models import Counter

SEQUENCE = "jieban_order_running"


def take(days: Sequence[date], *, prefix: str = "JB") -> list[str]:
    """One order number for each day given. The running part cycles through a million, over all days together.

    PostgreSQL: a sequence, so that concurrent filings never wait for each other. SQLite: a counter row, inside the
    caller's transaction (there is only one writer).
    """
    return [numbers.number(day, n, prefix) for day, n in zip(days, _running(len(days)), strict=True)]


def _running(count: int) -> list[int]:
    if connection.vendor == "postgresql":
        return [row[0] for row in bulk.ask(f"SELECT nextval('{SEQUENCE}') FROM generate_series(1, {count})")]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Counter._meta.db_table} (name, last) VALUES ('order', %s) "  # noqa: S608
            "ON CONFLICT (name) DO UPDATE SET last = last + excluded.last RETURNING last",
            [count],
        )
        last: int = cursor.fetchone()[0]
    return list(range(last - count + 1, last + 1))

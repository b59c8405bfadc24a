"""A large record out of a small one: every row of it copied many times by the database itself, in seconds.

Only what lists and pages read is copied, and the copies' timelines are left out unless asked for: the record so made
cannot be verified, and is good for nothing but counting statements and looking at plans.
"""

from __future__ import annotations

from django.db import connection, models

from jieban.orders.models import Answer, Assignment, Contact, Entry, Order


def multiply(copies: int, *, timelines: bool = False) -> int:
    """Make `copies` more of every order with contact, assignments and answers; returns how many orders there are.

    With `timelines` their entries are copied too, word for word.
    """
    # Every copy's keys lie this far from those of the copy before.
    tables = (Contact, Order, Assignment, Answer, *((Entry,) if timelines else ()))
    step = 1 + max(table.objects.aggregate(last=models.Max("pk"))["last"] or 0 for table in tables)
    caller = f"substr(n || {_name(Contact, 'phone_index')}, 1, 64)"
    _copy(
        Contact, copies, step, {"source_id": f"'X' || ({_name(Contact, 'id')} + n * {step})", "phone_index": caller}, ()
    )
    anew = {"number": f"'X' || ({_name(Order, 'id')} + n * {step})"}
    _copy(Order, copies, step, anew, ("contact", "repeat_of", "cluster_of"))
    _copy(Assignment, copies, step, {}, ("order",))
    _copy(Answer, copies, step, {}, ("order", "assignment"))
    if timelines:
        _copy(Entry, copies, step, {}, ("order",))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Order.objects.count()


def _copy(
    table: type[models.Model],
    copies: int,
    step: int,
    instead: dict[str, str],
    keys: tuple[str, ...],
) -> None:
    """One INSERT … SELECT: the key and the keys named are moved on by the copy's number, the rest is as it was."""
    moved = {"id", *(f"{key}_id" for key in keys)}
    columns = [field.column for field in table._meta.concrete_fields]
    values = [
        instead.get(column, f"{_name(table, column)} + n * {step}" if column in moved else _name(table, column))
        for column in columns
    ]
    own = ", ".join(f'"{column}"' for column in columns)
    counter = f"WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < {copies})"  # noqa: S608
    into, name = f'INSERT INTO "{table._meta.db_table}" ({own})', table._meta.db_table
    taken = f'SELECT {", ".join(values)} FROM "{name}" CROSS JOIN counter'  # noqa: S608 own names
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {counter} {taken}")


def _name(table: type[models.Model], column: str) -> str:
    return f'"{table._meta.db_table}"."{column}"'

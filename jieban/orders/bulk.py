"""Writing many rows at once: new ones on PostgreSQL by COPY, which costs a fifth of what INSERT does from a batch on.

Small numbers of rows, and SQLite, go the usual way. Either way the rows have their keys afterwards, and every row's key
rises with its place in the list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models

# From this many rows on, asking for keys in a statement of its own is paid back.
ENOUGH = 60
# The statement of a bulk_create grows with its rows; beyond this it is cut in two.
_BATCH = 2000
Group = tuple[type[models.Model], Sequence[models.Model]]
_plans: dict[type[models.Model], list[tuple[str, Callable[[Any], Any] | None]]] = {}


def insert(groups: Sequence[Group]) -> None:
    """Insert the rows of each table, tables in the order given; rows may point to unsaved rows of tables before."""
    wanted = [(table, rows) for table, rows in groups if rows]
    if connection.vendor == "postgresql" and sum(len(rows) for _, rows in wanted) >= ENOUGH:
        _copy(wanted)
        return
    for table, rows in wanted:
        table._default_manager.bulk_create(rows, batch_size=_BATCH)


def update(rows: Sequence[models.Model], columns: Collection[str]) -> None:
    """Write these columns (attribute names) of rows of one table: one prepared statement, no CASE for each value."""
    if len(rows) == 1 and columns:
        rows[0].save(update_fields=sorted(columns), force_update=True)
    elif rows and columns:
        table, quote = type(rows[0])._meta, connection.ops.quote_name
        fields = [field for field in table.concrete_fields if field.attname in columns]
        told = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
        values = [(*(f.get_db_prep_save(getattr(r, f.attname), connection) for f in fields), r.pk) for r in rows]
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quote(table.db_table)} SET {told} WHERE id = %s", values)  # noqa: S608


def _copy(groups: Sequence[Group]) -> None:
    _give_keys(groups)
    for table, rows in groups:
        _link(rows)
        plan = _plan(table)
        names = ", ".join(f'"{field.column}"' for field in table._meta.concrete_fields)
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table._meta.db_table}" ({names}) FROM STDIN') as out:
            for row in rows:
                held = row.__dict__
                out.write_row([held[name] if turn is None else turn(held[name]) for name, turn in plan])
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias


def _give_keys(groups: Sequence[Group]) -> None:
    """Take the keys of all rows from the tables' sequences, in one statement.

    The tables are locked first, as an INSERT would: whoever seals a day waits for keys that are taken but not committed.
    """
    parts = [
        f"SELECT {place}, nextval(pg_get_serial_sequence('\"{table._meta.db_table}\"', 'id')) "  # noqa: S608 own names
        f"FROM generate_series(1, {len(rows)})"
        for place, (table, rows) in enumerate(groups)
    ]
    tables = ", ".join(f'"{table._meta.db_table}"' for table, _ in groups)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN ROW EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(parts))
        keys = sorted(cursor.fetchall())
    every = (row for _, rows in groups for row in rows)
    for row, (_, key) in zip(every, keys, strict=True):
        row.pk = key


def _link(rows: Iterable[models.Model]) -> None:
    """Put the keys of rows that were unsaved until now into the rows that point to them."""
    for row in rows:
        for name, other in row._state.fields_cache.items():
            if other is not None:
                row.__dict__[f"{name}_id"] = other.pk


def _plan(table: type[models.Model]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """The columns of a table with what turns a value into one that COPY takes, worked out once."""
    if table not in _plans:
        _plans[table] = [(field.attname, _turn(field)) for field in table._meta.concrete_fields]
    return _plans[table]


def _turn(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return lambda value: orjson.dumps(value).decode()
    return bytes if isinstance(field, models.BinaryField) else None

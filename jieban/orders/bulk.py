"""Writing rows of several tables at once, cheaply; on SQLite the usual way.

On PostgreSQL the keys of all rows are asked for first. A few rows then go out in one round trip, as prepared statements
behind one another; many go by COPY, which costs a fifth of what INSERT does. Either way the rows have their keys
afterwards, and every row's key rises with its place in the list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import orjson
import psycopg
from django.db import connection, models

# From this many rows on, asking for keys in a statement of its own is paid back; from so many on, COPY is.
SOME, ENOUGH = 3, 60
# The statement of a bulk_create grows with its rows; beyond this it is cut in two.
_BATCH = 2000
Group = tuple[type[models.Model], Sequence[models.Model]]
_plans: dict[type[models.Model], list[tuple[str, Callable[[Any], Any] | None]]] = {}


def insert(groups: Sequence[Group]) -> None:
    """Insert the rows of each table, tables in the order given; rows may point to unsaved rows of tables before."""
    wanted = [(table, rows) for table, rows in groups if rows]
    count = sum(len(rows) for _, rows in wanted)
    if connection.vendor != "postgresql" or count < SOME:
        for table, rows in wanted:
            table._default_manager.bulk_create(rows, batch_size=_BATCH)
        return
    _give_keys(wanted)
    for _, rows in wanted:
        _link(rows)
    _send(wanted) if count < ENOUGH else _copy(wanted)
    for row in (row for _, rows in wanted for row in rows):
        row._state.adding, row._state.db = False, connection.alias


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
    for table, rows in groups:
        with connection.cursor() as cursor, cursor.copy(f"COPY {_target(table)} FROM STDIN") as out:
            for row in rows:
                out.write_row(_values(row, _plan(table)))


def _send(groups: Sequence[Group]) -> None:
    """One prepared INSERT a row, all of them under way before the first is answered."""
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        for table, rows in groups:
            plan = _plan(table)
            statement = f"INSERT INTO {_target(table)} VALUES ({', '.join(['%s'] * len(plan))})"  # noqa: S608 own names
            for row in rows:
                cursor.execute(statement, _values(row, plan), prepare=True)
            _log(statement)


def _target(table: type[models.Model]) -> str:
    names = ", ".join(f'"{field.column}"' for field in table._meta.concrete_fields)
    return f'"{table._meta.db_table}" ({names})'


def _values(row: models.Model, plan: Sequence[tuple[str, Callable[[Any], Any] | None]]) -> list[Any]:
    held = row.__dict__
    return [held[name] if turn is None else turn(held[name]) for name, turn in plan]


def ask(*statements: str) -> list[tuple[Any, ...]]:
    """Run the statements in one round trip, together with the BEGIN of a transaction that has not sent one yet.

    PostgreSQL only. Returns the rows of the last statement.
    """
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        for statement in statements:
            cursor.execute(statement)
        _log(*statements)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _log(*statements: str) -> None:
    """What goes past Django's own cursor still counts where statements are counted."""
    if connection.queries_logged:
        connection.queries_log.extend({"sql": statement, "time": "0"} for statement in statements)


def _give_keys(groups: Sequence[Group]) -> None:
    """Take the keys of all rows from the tables' sequences, in one statement.

    The tables are locked first, as an INSERT would: whoever seals a day waits for keys taken but not committed.
    """
    parts = [
        f"SELECT {place}, nextval(pg_get_serial_sequence('\"{table._meta.db_table}\"', 'id')) "  # noqa: S608 own names
        f"FROM generate_series(1, {len(rows)})"
        for place, (table, rows) in enumerate(groups)
    ]
    tables = ", ".join(f'"{table._meta.db_table}"' for table, _ in groups)
    keys = sorted(ask(f"LOCK TABLE {tables} IN ROW EXCLUSIVE MODE", " UNION ALL ".join(parts)))
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

"""Lakes of chance: any number of contacts with what follows from them, the same for the same seed.

They make no sense as a city; they are there so that every column takes every value, empty ones too.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from jieban.analytics import schema
from jieban.analytics.lake import Lake
from tests.analytics import ten
from tests.analytics.ten import Row

FIRST: Final = date(2019, 1, 1)
DAYS: Final = 1096
_WORDS: Final[dict[str, Sequence[Any]]] = {
    "channel": ("phone", "enterprise", "web", "wechat"),
    "kind": ("consultation", "help", "complaint", "report", "suggestion", "praise"),
    "category": ("01", "0103", "0104", "010203", "02", "0201", "0301", "0302", "0502", "08", "1401"),
    "district": ("110105", "110111", "110118"),
    "street": ("110105002", "110111103", "110118001"),
    "outcome": ("dispatched", "answered", "transferred", "guided", "open"),
    "place": ("estate1", "estate2"),
    "urgency": ("2h", "24h", "3d", "7d", "15d"),
    "owner": ("ordinary", "unmanaged", "central"),
    "ground": ("ex_facts", "ex_project", "terminated"),
    "state": ("handling", "closed", "archived", "terminated"),
    "unit": ("110105", "110118", "110105-hc", "110105002", "110111103", "bj-traffic", "so-heat", "pf-jd"),
    "section": ("110105-hc1",),
    "role": ("lead", "assist"),
    "result": ("completed", "redirected", "terminated", "open"),
    "way": ("phone", "sms", "web"),
    "solved": ("yes", "part", "no", "explained"),
    "satisfied": ("yes", "mostly", "no"),
    "hour": range(24),
    "rounds": (1, 2),
    "round": (1, 2),
    "sendings": (1, 2, 3),
}


def tables(seed: int, contacts: int) -> dict[str, list[Row]]:
    """Tables of facts of chance; units, categories and channels are those of the ten-row lake."""
    dice = random.Random(seed)
    found: dict[str, list[Row]] = {table.name: [] for table in schema.FACTS}
    for number in range(contacts):
        contact = _row(dice, schema.CONTACTS, id=number, caller=dice.choice((None, *range(1 + contacts // 3))))
        found["contacts"].append(contact)
        if contact["outcome"] != "dispatched":
            continue
        found["orders"].append(_row(dice, schema.ORDERS, **{k: v for k, v in contact.items() if k != "outcome"}))
        for _ in range(dice.randint(1, 3)):
            work = _row(dice, schema.ASSIGNMENTS, id=len(found["assignments"]), order=number)
            found["assignments"].append(work)
            for _ in range(dice.randint(0, 2)):
                told = {key: work[key] for key in ("order", "unit", "role")}
                found["answers"].append(
                    _row(dice, schema.ANSWERS, id=len(found["answers"]), assignment=work["id"], **told)
                )
    said = ten.tables()
    return found | {table.name: said[table.name] for table in schema.NAMES}


def lay(folder: Path, seed: int, contacts: int) -> Lake:
    """A lake of chance in a folder, each month in two files."""
    return ten.put(Lake(folder), tables(seed, contacts), pieces=2)


def _row(dice: random.Random, table: schema.Table, **given: Any) -> Row:
    day = FIRST + timedelta(days=dice.randrange(DAYS))
    row = {column.name: _value(dice, column) for column in table.columns} | {"day": day} | given
    code = row["category"] or ""
    return row | {
        "month": row["day"].year * 100 + row["day"].month,
        "category1": code[:2] or None,
        "category2": code[:4] if len(code) > 2 else None,
    }


def _value(dice: random.Random, column: schema.Column) -> Any:
    if column.empty and dice.random() < 0.25:
        return None
    if column.name in _WORDS:
        return dice.choice(_WORDS[column.name])
    if pa.types.is_boolean(column.type):
        return dice.random() < 0.5
    if pa.types.is_date(column.type):
        return FIRST + timedelta(days=dice.randrange(DAYS))
    return dice.randrange(1, 60_000) if pa.types.is_integer(column.type) else ""

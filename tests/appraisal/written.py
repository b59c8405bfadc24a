"""A lake of answers written down: what citizens said about which unit on which day, in the city of a pack.

lake = written.lay(folder, pack, [written.said("110108007", day, n=3), written.said("110108007", day, solved="no")])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from jieban.analytics import names, schema
from jieban.analytics.lake import Lake, write
from jieban.city.pack import Pack

Row = dict[str, Any]


def said(unit: str, day: date, *, n: int = 1, category: str = "030201", **named: Any) -> list[Row]:
    """`n` answers about a unit: reached, contacted in time, solved and satisfied, unless said otherwise."""
    usual: Row = {
        "unit": unit, "day": day, "category1": category[:2], "category2": category[:4], "category": category,
        "role": "lead",
        "round": 1, "way": "phone", "reached": True, "contacted": True, "in_time": True, "solved": "yes",
        "satisfied": "yes", "urgency": "7d", "dual": False, "done_day": day - timedelta(days=1), "regraded": False,
    }  # fmt: skip
    return [{**usual, **named} for _ in range(n)]


def lay(folder: Path, pack: Pack, answers: Iterable[Iterable[Row]]) -> Lake:
    """Write them as a lake. Rows that name the same `assignment` are rounds of one; others get one each."""
    numbers, months = count(1_000_000), defaultdict[int, list[Row]](list)
    for row in (row for some in answers for row in some):
        number, day = next(numbers), row["day"]
        month = day.year * 100 + day.month
        own = {"id": number, "order": row.get("assignment", number), "assignment": number, "month": month, "last": True}
        months[month].append({**own, **row, "excluded": row.get("ground") is not None})
    lake, table = Lake(folder), schema.TABLES["answers"]
    with lake.change() as change:
        for month, rows in sorted(months.items()):
            path = change.place("answers", month)
            write(pa.Table.from_pylist(rows, schema=table.arrow), table, path)
            change.replace("answers", month, [path])
        for name, found in names.tables(pack).items():
            path = change.place(name)
            write(found, schema.TABLES[name], path)
            change.replace(name, None, [path])
    return lake

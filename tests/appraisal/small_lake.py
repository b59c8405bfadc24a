"""The small city's cases as a lake, for what begins at answers and not at cases.

lake = small_lake.lay(folder, small.cases("u1 yes yes", "u2 no no"))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jieban.analytics import schema
from jieban.analytics.lake import Lake
from jieban.appraisal import recompute
from tests.analytics import ten
from tests.appraisal import small

_FLAGS = ("dual", "reached", "contacted", "in_time")


def lay(folder: Path, cases: Sequence[recompute.Case]) -> Lake:
    """A lake whose answers are these cases, with the small city's units and one contact, order, sending each."""
    answers = [_answer(case) for case in cases]
    facts = {name: [_fact(name, row) for row in answers] for name in ("contacts", "orders", "assignments")}
    units = [_unit(unit) for unit in small.UNITS.values()]
    return ten.put(Lake(folder), {**facts, "answers": answers, "units": units})


def _answer(case: recompute.Case) -> dict[str, Any]:
    day = date.fromisoformat(case["day"])
    row: dict[str, Any] = {name: value or None for name, value in case.items()}
    row |= {name: None if case[name] == "" else case[name] == "1" for name in _FLAGS}
    row |= {name: int(case[name]) for name in ("assignment", "order", "round")}
    done = date.fromisoformat(case["done_day"]) if case["done_day"] else None
    return row | {
        "id": int(case["assignment"]), "day": day, "month": day.year * 100 + day.month, "done_day": done,
        "last": True, "regraded": False, "excluded": bool(case["ground"]), "street": None,
    }  # fmt: skip


def _fact(table: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The row of another table that belongs to an answer; what the answer does not tell is usual."""
    usual = {
        "hour": 9, "channel": "phone", "kind": "help", "firm": False, "outcome": "dispatched", "state": "closed",
        "rounds": 1, "sendings": 1, "result": "completed", "complete_on_time": True, "excluded": answer["excluded"],
    }  # fmt: skip
    number = answer["assignment"] if table == "assignments" else answer["order"]
    there = {column.name for column in schema.TABLES[table].columns}
    return {name: value for name, value in {**answer, **usual, "id": number}.items() if name in there}


def _unit(unit: recompute.Case) -> dict[str, Any]:
    path = "".join(f"{code}/" for code in dict.fromkeys((unit["district"], unit["code"])) if code)
    numbers = {name: int(unit[name]) if unit[name] else None for name in ("residents", "base")}
    named = {name: unit[name] or None for name in ("code", "name", "kind", "district")}
    return {**named, **numbers, "path": path, "group": None, "zone": None, "turn": None}

"""A lake of twelve streets in two districts with answers written by a rule, so that every count is known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jieban.analytics.lake import Lake
from tests.analytics import ten
from tests.appraisal import small

STREETS = [f"s{n:02}" for n in range(12)]
# One street has 30 of its 40 answers within ten minutes of its call, from three numbers; each other street has one.
PLAYS, ASKED, SOON = "s03", 40, 30
UNITS = [
    *({"code": code, "name": f"{code}街道", "kind": "street", "district": f"d{n % 2 + 1}"}
      for n, code in enumerate(STREETS)),
    *({"code": code, "name": code, "kind": "district", "district": code} for code in ("d1", "d2")),
]  # fmt: skip


def lay(folder: Path, *, orders: list[int] | None = None, playing: bool = True) -> Lake:
    """The lake in a folder, of the cycle `small.FIRST`; `orders` are ids of orders that the answers are of."""
    tables = ten.tables()
    model = {**tables["answers"][0], "section": None, "owner": None}
    answers = [_answer(model, unit, n, playing and unit == PLAYS) for unit in STREETS for n in range(ASKED)]
    for n, answer in enumerate(answers):
        own = orders[n % len(orders)] if orders and answer["unit"] == PLAYS else n + 1
        answer |= {"id": n + 1, "order": own, "assignment": n + 1}
    received = {answer["order"]: answer for answer in answers}
    contacts = [
        {**tables["contacts"][0], "id": order, "day": one["day"], "month": one["month"]}
        for order, one in received.items()
    ]
    units = [{**tables["units"][0], **unit, "path": f"{unit['code']}/", "residents": 1000} for unit in UNITS]
    return ten.put(
        Lake(folder),
        {**tables, "contacts": contacts, "orders": [], "assignments": [], "answers": answers, "units": units},
    )


def _answer(model: dict[str, Any], unit: str, n: int, playing: bool) -> dict[str, Any]:
    day = small.FIRST + timedelta(days=n % 28)
    prompted = n < (SOON if playing else 1)
    return {
        **model, "unit": unit, "day": day, "month": day.year * 100 + day.month, "done_day": date(2026, 10, 19),
        "round": 1, "last": True, "reached": n % 10 != 9 or playing, "solved": "yes", "satisfied": "yes",
        "category1": "03", "category2": "0301", "category": f"03010{n % 4 + 1}", "proof": True, "regraded": False,
        "ground": None, "excluded": False, "asked_after": 9 if prompted else 700,
        "caller": n % 3 if playing and prompted else 1000 + n,
    }  # fmt: skip

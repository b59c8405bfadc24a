"""Lakes sown for forecasts: contacts of invented series whose season, level and noise are known.

lake = sown.lake(folder, cells, first=date(2019, 1, 1), days=1065)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jieban.analytics import schema
from jieban.analytics.lake import Lake
from tests.analytics import ten

# Share of a day's calls by hour: quiet at night, a peak before noon.
HOURS = np.array([1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 8, 6, 7, 8, 8, 7, 6, 5, 4, 4, 3, 2, 2], dtype=float)
WEEK = (1.1, 1.05, 1.0, 1.0, 1.0, 0.8, 0.75)


@dataclass(frozen=True, slots=True)
class Cell:
    """Contacts of one category in one street, `rate` a day on average; `season` multiplies by month from January."""

    category: str
    district: str
    street: str
    rate: float
    season: Sequence[float] = (1.0,) * 12
    place: str | None = None


def lake(folder: Path, cells: Sequence[Cell], *, first: date, days: int, seed: int = 1) -> Lake:
    """A lake of contacts and orders (each contact is one order), Poisson around the rates."""
    rng = np.random.default_rng(seed)
    dates = [first + timedelta(days=n) for n in range(days)]
    week = np.array([WEEK[day.weekday()] for day in dates])
    rates = np.array([[cell.rate * cell.season[day.month - 1] for day in dates] for cell in cells]) * week
    counts = rng.poisson(rates)
    cell_of, day_of = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    hours = rng.choice(24, size=len(cell_of), p=HOURS / HOURS.sum()).astype(np.int8)
    made, begun = Lake(folder), 0
    months = np.array([day.year * 100 + day.month for day in dates])
    with made.change() as change:
        for month in sorted(set(months.tolist())):
            chosen = np.flatnonzero(months[day_of] == month)
            rows = _rows(cells, dates, cell_of[chosen], day_of[chosen], hours[chosen], month, begun)
            change.write("contacts", month, _table("contacts", rows))
            change.write("orders", month, _table("orders", rows))
            begun += len(chosen)
        for name in ("categories", "units", "channels", "places"):
            found = ten.tables().get(name, [])
            change.write(name, None, ten.arrow(name, found))
    return made


def _rows(
    cells: Sequence[Cell], dates: list[date], cell_of: Any, day_of: Any, hours: Any, month: int, begun: int
) -> dict[str, Any]:
    count = len(cell_of)
    said = {name: np.array([getattr(cell, name) for cell in cells], dtype=object)[cell_of]
            for name in ("category", "district", "street", "place")}  # fmt: skip
    steady: dict[str, Any] = {
        "channel": "phone", "kind": "help", "firm": False, "outcome": "dispatched", "state": "archived",
        "rounds": 1, "sendings": 1, "excluded": False, "month": month,
    }  # fmt: skip
    return {name: [value] * count for name, value in steady.items()} | {
        "id": range(begun, begun + count),
        "day": [dates[n] for n in day_of],
        "hour": hours,
        "category": said["category"],
        "category1": [code[:2] for code in said["category"]],
        "district": said["district"],
        "street": said["street"],
        "place": said["place"],
    }


def _table(name: str, rows: dict[str, Any]) -> pa.Table:
    columns = schema.TABLES[name].columns
    return pa.table(
        {
            one.name: pa.array(
                rows[one.name], type=one.type.value_type if pa.types.is_dictionary(one.type) else one.type
            )
            for one in columns
            if one.name in rows
        }
    )

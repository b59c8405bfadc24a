"""Makes the forecasts of a lake and keeps them: months when a new whole month is there, hours when a new day is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.analytics.forecasts import days, months, reading, rules, store
from jieban.analytics.forecasts.reading import Counts, Key
from jieban.analytics.forecasts.store import Made
from jieban.analytics.lake import Lake, State
from jieban.core.deadlines import Calendar

# A street is forecast where a category brings it so many contacts a month, its trial thinned out: there are thousands.
STREET_ENOUGH: Final = 30.0
STREET_EVERY: Final = 2
Tell = Callable[[int, int], None]


def make(
    lake: Lake, folder: Path, *, at: datetime, calendar: Calendar, steps: int = months.STEPS, tell: Tell | None = None
) -> Made:
    """Make all forecasts of the lake anew. BadInput where there is no lake."""
    return _make(lake, folder, Made(), calendar, at, steps, tell)


def renew(lake: Lake, folder: Path, *, at: datetime, calendar: Calendar) -> bool:
    """Make anew what the lake has outgrown: months after a new whole month, hours after a new day. Whether any was."""
    before = store.made(folder)
    after = _make(lake, folder, before, calendar, at, len(before.ahead) or months.STEPS, None)
    return after.at != before.at


def _make(
    lake: Lake, folder: Path, before: Made, calendar: Calendar, at: datetime, steps: int, tell: Tell | None
) -> Made:
    state = lake.state()
    with engines.duckdb(lake) as source:
        span = reading.span(source, state)
        whole = span.months() if span else []
        until = span.last.isoformat() if span else ""
        what = replace(before, about=dict(before.about), files=dict(before.files))
        tables: dict[str, list[dict[str, Any]]] = {}
        if whole != before.months or not before.at:
            tables |= _months(source, what, whole, steps, tell)
            what.lake = mark(state)
        if until != before.until or not before.at:
            what.until = until
            tables["hours"] = _hours(source, what, calendar)
    if tables:
        what.at = at.isoformat()
        store.keep(folder, what, tables)
    return what


def mark(state: State) -> str:
    """A short name for the files of contacts and orders that a lake holds."""
    held = {name: {m: [f.path for f in files] for m, files in state.files.get(name, {}).items()}
            for name in ("contacts", "orders")}  # fmt: skip
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]


def _months(
    source: Source, what: Made, whole: list[int], steps: int, tell: Tell | None
) -> dict[str, list[dict[str, Any]]]:
    what.months, what.ahead = whole, months.after(whole[-1], steps) if whole else []
    counts = reading.monthly(source, whole)
    found = _all(counts, steps, tell)
    what.about["months"] = about(found)
    series = [_row(key, counts, one) for key, one in found.items()]
    ago = [month - 100 for month in what.ahead]
    return {"series": series, "points": reading.points(source, [month for month in ago if month in whole])}


def _all(counts: Counts, steps: int, tell: Tell | None) -> dict[Key, months.Monthly]:
    """Every series with its forecast; streets only where the counts carry one."""
    keys = [key for key, values in counts.by.items() if not key[2] or values[-12:].mean() >= STREET_ENOUGH]
    found = {}
    for n, key in enumerate(keys):
        found[key] = months.forecast(counts.by[key], steps, every=STREET_EVERY if key[2] else 1)
        if tell:
            tell(n + 1, len(keys))
    return found


def _row(key: Key, counts: Counts, found: months.Monthly) -> dict[str, Any]:
    named = dict(zip(("category", "district", "street"), key, strict=True))
    return named | {"history": counts.by[key].tolist()} | months.flat(found)


def about(found: dict[Key, months.Monthly]) -> dict[str, Any]:
    """How many series there are, how many are forecast, and how good that was in the past, streets apart."""
    out: dict[str, Any] = {}
    for name, street in (("districts", False), ("streets", True)):
        out[name] = _quality([one for key, one in found.items() if bool(key[2]) == street])
    return out


def _quality(found: list[months.Monthly]) -> dict[str, Any]:
    pairs = [(one.model, one.naive) for one in found if one.model and one.naive]
    said: dict[str, Any] = {status: sum(one.status == status for one in found) for status in ("ok", "short", "few")}
    said["better"] = sum(one.better == months.MODEL for one in found)
    both = [(m.mase, n.mase) for m, n in pairs if m.mase is not None and n.mase is not None]
    if both:
        said["mase"], said["mase_naive"] = (round(float(np.mean(side)), 4) for side in zip(*both, strict=True))
        said["ratio"] = round(said["mase"] / said["mase_naive"], 4) if said["mase_naive"] else None
    for level in rules.LEVELS if pairs else ():
        said[f"covered{level}"] = round(float(np.mean([model.covered[level] for model, _ in pairs])), 4)
    return said


def _hours(source: Source, what: Made, calendar: Calendar) -> list[dict[str, Any]]:
    last = what.last_day
    read = reading.hourly(source, last) if last else None
    what.about["hours"] = {
        "days": len(read[1]) if read else 0, "least": days.least(), "enough": days.ENOUGH,
        "calls": round(float(read[1][-days.WINDOW :].sum(axis=1).mean()), 1) if read else 0.0,
    }  # fmt: skip
    if read is None:
        return []
    found = days.forecast(*read, calendar)
    if found.model is None or found.naive is None:
        return []
    what.about["hours"] |= {"mae": found.model_mae, "mae_naive": found.naive_mae,
                            **{f"covered{level}": share for level, share in (found.covered or {}).items()}}  # fmt: skip
    band = found.model
    return [
        {"day": found.days[n // days.HOURS], "hour": n % days.HOURS, "mean": float(band.mean[n]),
         "naive": float(found.naive.mean[n]),
         **{f"{end}{level}": float(getattr(band, end)[level][n]) for end in ("low", "high") for level in rules.LEVELS}}
        for n in range(len(band.mean))
    ]  # fmt: skip

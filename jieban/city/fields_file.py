"""Reads `fields.toml` and `indicators.csv`, optional files of a city pack: 七有五性 (`jieban.city.fields`)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from pydantic import ValidationError

from jieban.city.fields import Fields, Model
from jieban.city.sheets import Report, rows

FILE, VALUES = "fields.toml", "indicators.csv"
_COLUMNS: Final = "period district indicator value source"


def read(
    files: Mapping[str, str], report: Report, *, categories: Collection[str], districts: Iterable[str]
) -> Fields | None:
    """What the files say; None for a pack without `fields.toml`. Mistakes go to the report."""
    if FILE not in files:
        return None
    try:
        model = Model.model_validate(tomllib.loads(files[FILE], parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        report.add(FILE, 0, f"The TOML cannot be read ({error}).", "Correct this line.")
        return None
    except ValidationError as error:
        for one in error.errors():
            report.add(FILE, 0, f"{'.'.join(map(str, one['loc']))}: {one['msg']}", "The README tells each key.")
        return None
    for code in sorted({code for one in model.fields for code in one.categories} - set(categories)):
        report.add(FILE, 0, f"There is no category “{code}”.", "Use a code of categories.csv.")
    return Fields(model, _values(files, report, model, set(districts)))


def _values(
    files: Mapping[str, str], report: Report, model: Model, districts: set[str]
) -> dict[tuple[str, str, str], Decimal]:
    out: dict[tuple[str, str, str], Decimal] = {}
    known = [one.code for one in model.indicators]
    for cells in rows(files, VALUES, _COLUMNS, report) if VALUES in files else ():
        period, district = cells.need("period"), cells.choice("district", districts)
        key = (period, district, cells.choice("indicator", known))
        cells.need("source")
        if not _is_month(period):
            cells.wrong("period", f"“{period}” is no month.", "Write it as 2026-10.")
        if key in out:
            cells.wrong("period", "This value stands twice.", "Keep one line a period, district and indicator.")
        out[key] = Decimal(str(cells.number("value", -1e12, 1e12)))
    return out


def _is_month(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return len(text) == 7

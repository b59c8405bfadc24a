"""What figures are held against: residents of an area, whom a unit serves, and the functional zone of a district.

A pack without `areas.csv` has none; measures per 10,000 residents and per base are then empty, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jieban.city.pack import Area
from jieban.city.sheets import Report, rows

if TYPE_CHECKING:
    from jieban.city.pack import UnitSpec

FILE = "areas.csv"
_COLUMNS = "unit zone residents base base_of source"
_MOST = 2_000_000_000


def read(files: Mapping[str, str], report: Report, units: Mapping[str, UnitSpec]) -> dict[str, Area]:
    """The areas by the code of their unit; empty for a pack without the file."""
    if FILE not in files:
        return {}
    found = {}
    for cells in rows(files, FILE, _COLUMNS, report):
        code = cells.need("unit")
        if code not in units:
            cells.wrong("unit", f"There is no unit “{code}”.", "Use a code of units.csv.")
        if code in found:
            cells.wrong("unit", f"{code} stands twice.", "Keep one line a unit.")
        cells.need("source")
        residents, base = (cells.number_or_none(name, 1, _MOST) for name in ("residents", "base"))
        if base and not cells.text("base_of"):
            cells.wrong("base_of", "A base is given, but not of what.", "Write for example 供热用户.")
        found[code] = Area(code, cells.text("zone"), _whole(residents), _whole(base), cells.text("base_of"))
    return found


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)

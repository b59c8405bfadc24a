"""The printed figures that the invented city follows, from its pack, and what was chosen where none is printed.

Volumes are in 万 (10,000 items), as printed. `docs/simulation.md` says where the printed figures contradict each other.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from jieban.city import reading
from jieban.city.pack import Pack

HERE: Final = Path(__file__).parent
FIRST, LAST = date(2019, 1, 1), date(2021, 11, 30)
WHOLE: Final = 31_340_000
NONE: Final = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """`printed` is published.json of the pack, `chosen` is chosen.toml of this package."""

    printed: dict[str, Any]
    chosen: dict[str, Any]

    @property
    def months(self) -> list[int]:
        """The 35 months of the report as yyyymm."""
        return [year * 100 + month for year in (2019, 2020, 2021) for month in range(1, 13)][:35]

    @property
    def accepted(self) -> list[float]:
        """Accepted items of each month, in 万."""
        return [value for year in ("2019", "2020", "2021") for value in self.chosen["months"][year]]


@cache
def read(city: Path) -> tuple[Pack, Figures]:
    """The pack in this folder and its figures, read from files; no database is asked."""
    files = {p.name: p.read_text("utf-8") for p in city.iterdir() if p.name in (*reading.FILES, *reading.OPTIONAL)}
    printed = json.loads((city / "published.json").read_text("utf-8"))
    chosen = tomllib.loads((HERE / "lake" / "chosen.toml").read_text("utf-8"))
    return reading.read(files), Figures(printed, chosen)

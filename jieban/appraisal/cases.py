"""The cases of a cycle: one row an assignment whose citizen was asked, as the bundle has them.

A case belongs to one cycle only: an answer that comes late about work reported before the cycle's end still counts in
it. Where an assignment was asked about several times within the cycle, the newest round counts.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from jieban.analytics.engines import Source
from jieban.appraisal.cycles import Cycle

# What a scheme weighs a case by, and what the citizen's answer was: whatever else differs, these decide.
PROFILE: Final = ("category1", "category2", "category", "owner", "role", "dual", "urgency")
OUTCOME: Final = ("reached", "contacted", "in_time", "solved", "satisfied")
COLUMNS: Final = (
    "assignment", "order", "day", "done_day", "round", "way", "unit", "section", "district",
    *PROFILE, *OUTCOME, "ground",
)  # fmt: skip
_FLAGS: Final = ("dual", "reached", "contacted", "in_time")


def of(source: Source, cycle: Cycle) -> ir.Table:
    """The cases of a cycle, in COLUMNS; codes that are not known are empty, flags are "1", "0" or empty."""
    given = source["answers"]
    late, taken = given["done_day"] < cycle.end, given["done_day"] < cycle.first
    mine = (given["day"] >= cycle.first) & (given["day"] < cycle.end)
    mine = mine & ~((given["day"] < cycle.taken_end) & taken.fill_null(False))
    after = (given["day"] >= cycle.end) & (given["day"] < cycle.late_end) & late.fill_null(False)
    asked = given.filter(mine | after)
    newest = asked.group_by("assignment").aggregate(newest=asked["round"].max())
    last = asked.join(newest, "assignment").filter(lambda t: t["round"] == t["newest"])
    units = source["units"].select(unit="code", unit_district="district")
    placed = last.drop("district").left_join(units, "unit").drop("unit_right").rename(district="unit_district")
    return placed.select(*(_text(placed, name) for name in COLUMNS))


def _text(table: ir.Table, name: str) -> ir.Value:
    """A column as the bundle writes it."""
    column = table[name]
    if name in _FLAGS:
        return ibis.cases((column.isnull(), ""), (column, "1"), else_="0").name(name)
    if column.type().is_string():
        return column.fill_null("").name(name)
    return column

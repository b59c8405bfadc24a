"""The counts that open data is made of, by the measures of the house, for the months that are released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis.expr.types as ir

from jieban.analytics import measures
from jieban.analytics.engines import Source
from jieban.analytics.measures import Ratio, Sum
from jieban.analytics.opendata import hiding
from jieban.analytics.opendata.hiding import ALL, Cell, Hidden
from jieban.analytics.opendata.rules import Rules

TIMELY = (measures.SIGNED_IN_TIME, measures.RESPONDED_IN_TIME, measures.COMPLETED_IN_TIME)
Key = tuple[str, ...]


@dataclass(slots=True)
class Names:
    """What codes are called, and how many people live in a district."""

    categories: dict[str, str]
    units: dict[str, str]
    channels: dict[str, str]
    residents: dict[str, int]


@dataclass
class Counted:
    """Everything by month; keys are codes, empty for what is not known."""

    source: Source
    months: Sequence[int]
    rules: Rules

    @cached_property
    def names(self) -> Names:
        """What codes are called."""
        units = self.source.rows(self.source["units"].select("code", "name", "residents"))
        return Names(
            {row["code"]: row["name"] for row in self.source.rows(self.source["categories"])},
            {row["code"]: row["name"] for row in units},
            {row["code"]: row["name"] for row in self.source.rows(self.source["channels"])},
            {row["code"]: row["residents"] for row in units if row["residents"]},
        )

    @cached_property
    def matters(self) -> dict[int, dict[Cell, int]]:
        """Accepted items by category of the first level and district, sums included: every month the whole table."""
        found = self._counts(measures.ACCEPTED, "category1", "district")
        keys = {key for counts in found.values() for key in counts}
        grid = {(row, column) for row, _ in keys for _, column in keys}
        return {month: hiding.summed({cell: found[month].get(cell, 0) for cell in grid}) for month in self.months}

    @cached_property
    def withheld(self) -> dict[int, Hidden]:
        """What of these tables is withheld."""
        return {
            month: hiding.table({c: n for c, n in values.items() if ALL not in c}, self.rules.cell)
            for month, values in self.matters.items()
        }

    @cached_property
    def streets(self) -> dict[int, dict[Key, int]]:
        """Accepted items by district and street."""
        return self._dense(self._counts(measures.ACCEPTED, "district", "street"))

    @cached_property
    def channels(self) -> dict[int, dict[Key, int]]:
        """Accepted items by channel."""
        return self._dense(self._counts(measures.ACCEPTED, "channel"))

    @cached_property
    def kinds(self) -> dict[int, dict[Key, int]]:
        """Accepted items by kind."""
        return self._dense(self._counts(measures.ACCEPTED, "kind"))

    @cached_property
    def durations(self) -> dict[int, dict[Key, int]]:
        """Closed orders by class of the time from received to closed, the class as text."""
        facts = measures.dated(self.source["orders"])
        found = self._filed(
            measures.durations(facts.filter(facts["month"].isin(self.months)), "close_minutes", ["month"])
        )
        return self._dense({month: {(str(row["class"]),): row["n"] for row in rows} for month, rows in found.items()})

    @cached_property
    def handled(self) -> dict[int, dict[Key, dict[str, int]]]:
        """What units had to do and whether in time, by kind of unit."""
        return self._sums("assignments", "group", (measures.HANDLED, *_parts(TIMELY)))

    @cached_property
    def answers(self) -> dict[int, dict[Key, dict[str, int]]]:
        """What citizens said, by district."""
        return self._sums("answers", "district", _parts(measures.THREE_RATES))

    def _counts(self, what: Sum, *by: str) -> dict[int, dict[Key, int]]:
        found = self._sums(what.fact, by, (what,))
        return {month: {key: sums[what.name] for key, sums in rows.items()} for month, rows in found.items()}

    def _sums(self, fact: str, by: str | Sequence[str], sums: Sequence[Sum]) -> dict[int, dict[Key, dict[str, int]]]:
        keys = [by] if isinstance(by, str) else list(by)
        facts = measures.placed(self.source, fact)
        counted = measures.cube(facts.filter(facts["month"].isin(self.months)), ["month", *keys], sums)
        out: dict[int, dict[Key, dict[str, int]]] = {month: {} for month in self.months}
        for month, rows in self._filed(counted).items():
            for row in rows:
                key = tuple(row[name] or "" for name in keys)
                out[month][key] = {one.name: int(row[one.name]) for one in sums}
        return out

    def _filed(self, expression: ir.Table) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in self.source.rows(expression):
            found[row["month"]].append(row)
        return found

    def _dense(self, found: Mapping[int, Mapping[Key, int]]) -> dict[int, dict[Key, int]]:
        """Every key that occurs, in every month."""
        keys = sorted({key for counts in found.values() for key in counts})
        return {month: {key: found.get(month, {}).get(key, 0) for key in keys} for month in self.months}


def _parts(ratios: Sequence[Ratio]) -> tuple[Sum, ...]:
    return tuple({one.name: one for ratio in ratios for one in (ratio.top, ratio.bottom)}.values())

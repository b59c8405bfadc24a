"""What the data report counts: a handful of cubes, each read once from the lake; every table adds these up further.

The cubes are counted by an engine (DuckDB or Spark) with measures.py alone. They have some ten thousand rows, so what
follows is done here in Arrow, alike for every engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from jieban.analytics import measures as m
from jieban.analytics import names as groups
from jieban.analytics.data_report.callers import callers
from jieban.analytics.data_report.period import Period, within
from jieban.analytics.engines import Source
from jieban.core.errors import BadInput

CONTACT_SUMS: Final = (m.ACCEPTED, m.PHONE, m.NETWORK, m.SENT, m.TOLD, m.CONSULTATIONS, m.PRAISE)
WORK_SUMS: Final = (m.HANDLED, m.LED)
ANSWER_SUMS: Final = (m.SCORED, m.RESPONDED, m.SAID_SOLVED, m.SOLVED, m.SAID_SATISFIED, m.SATISFIED)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What codes mean: rows of the explaining tables by code."""

    categories: Mapping[str, Row]
    units: Mapping[str, Row]
    channels: Mapping[str, Row]

    def category(self, code: str) -> str:
        """The name of a category, its code where the lake does not know it."""
        return str(self.categories.get(code, {}).get("name", code))

    def unit(self, code: str) -> str:
        """The name of a unit; a street with its district before it, because many names occur twice."""
        row = self.units.get(code, {})
        name, district = str(row.get("name", code)), self.units.get(row.get("district") or "", {})
        return f"{district['name']}{name}" if row.get("kind") == "street" and district else name

    def districts(self) -> list[Row]:
        """The districts in the order of the city."""
        found = [row for row in self.units.values() if row["kind"] == "district"]
        return sorted(found, key=lambda row: (row.get("turn") is None, row.get("turn"), row["code"]))


@dataclass(frozen=True, slots=True)
class Counts:
    """The cubes. `callers` holds the numbers by year and by month, `faithful` those heard in every year."""

    period: Period
    names: Names
    contacts: pa.Table
    handled: pa.Table
    answers: pa.Table
    orders: int
    callers: Mapping[str, list[Row]]
    faithful: int

    def accepted(self, by: Sequence[str] = (), **where: Any) -> list[Row]:
        """Contacts added up by month, year, channel, category1 or category2."""
        return rolled(self.contacts, by, CONTACT_SUMS, where)

    def work(self, by: Sequence[str] = (), **where: Any) -> list[Row]:
        """Assignments added up by year, unit, group, kind, district, zone or category1."""
        return rolled(self.handled, by, WORK_SUMS, where)


def count(source: Source, since: date | None = None, until: date | None = None) -> Counts:
    """Read the lake. Without days its whole period; BadInput where it has no contacts in them."""
    period = _period(source, since, until)
    names = Names(*({row["code"]: row for row in source.rows(source[table])} for table in
                    ("categories", "units", "channels")))  # fmt: skip
    contacts = within(m.placed(source, "contacts"), period)
    work = m.cube(m.dated(within(source["assignments"], period)), ("year", "unit", "category1"), WORK_SUMS)
    answers = m.cube(within(source["answers"], period), ("month",), ANSWER_SUMS)
    orders = m.cube(within(source["orders"], period), (), (m.ORDERS,))
    by_matter = m.cube(contacts, ("year", "month", "channel", "category1", "category2"), CONTACT_SUMS)
    return Counts(
        period, names, _plain(source.run(by_matter)), _placed(_plain(source.run(work)), names),
        _plain(source.run(answers)), source.rows(orders)[0]["orders"],
        *callers(source, period),
    )  # fmt: skip


def rolled(counted: pa.Table, by: Sequence[str], sums: Sequence[m.Sum], where: Mapping[str, Any]) -> list[Row]:
    """The rows of a cube where columns have these values, added up by fewer columns."""
    for key, value in where.items():
        counted = counted.filter(pc.equal(counted[key], value))
    found = counted.group_by(list(by)).aggregate([(one.name, "sum") for one in sums])
    return [{key.removesuffix("_sum"): value or 0 if key.endswith("_sum") else value for key, value in row.items()}
            for row in found.to_pylist()]  # fmt: skip


def ranked(rows: list[Row], by: str, of: m.Sum, top: int | None = None) -> list[Row]:
    """The rows with a known `by`, the largest first; equal ones by code."""
    known = [row for row in rows if row[by] is not None]
    return sorted(known, key=lambda row: (-row[of.name], row[by]))[:top]


def share(part: float, whole: float) -> float | None:
    """One over the other; None of nothing."""
    return part / whole if whole else None


def _period(source: Source, since: date | None, until: date | None) -> Period:
    if since and until and since > until:
        raise BadInput(f"The first day {since} is after the last day {until}.")
    days = source["contacts"].aggregate(since=source["contacts"].day.min(), until=source["contacts"].day.max())
    known = source.rows(days)[0]
    if known["since"] is None:
        raise BadInput("The lake has no contacts. Fill it: jieban lake sync, or jieban simulate.")
    return Period(since or known["since"], until or known["until"])


def _plain(found: pa.Table) -> pa.Table:
    """With plain strings for codes, whatever the engine gives."""
    fields = [pa.field(f.name, pa.string() if not pa.types.is_integer(f.type) else pa.int64()) for f in found.schema]
    return found.cast(pa.schema(fields))


def _placed(work: pa.Table, names: Names) -> pa.Table:
    """Work of units with their group, kind, district and zone."""
    rows = [names.units.get(code, {}) for code in work["unit"].to_pylist()]
    for key in ("group", "kind", "district", "zone"):
        work = work.append_column(key, pa.array([row.get(key) for row in rows], pa.string()))
    return work


KINDS: Final = (
    (groups.DEPARTMENTS, "区级部门"),
    (groups.STREETS, "街乡镇"),
    (groups.MUNICIPAL, "市属机构"),
    (groups.SOE, "国有企业"),
    (groups.PLATFORM, "电商企业及其他单位"),
)


def by_kind(counts: Counts, **where: Any) -> dict[str, int]:
    """Work by the five kinds of units; units of no kind are 其他."""
    found = dict.fromkeys((key for key, _ in KINDS), 0)
    for row in counts.work(("group",), **where):
        found[row["group"] or groups.PLATFORM] += row["handled"]
    return found

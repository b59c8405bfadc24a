"""Scores of a cycle: the engine of the lake adds up whole numbers, `recompute.py` weighs, judges, scores and ranks.

The engine is told by two small tables what each kind of case weighs and what each answer adds; both are made by the
functions of `recompute.py`, so there is one rule and two ways of adding whole numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from jieban.analytics import measures, spans
from jieban.analytics.engines import Source
from jieban.appraisal import cases, marks, recompute
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table

# The engine knows a case's way to a unit by these columns.
_SUBJECTS: Final = ("unit", "section", "district")
_AREAS: Final = {"street": "street", "district": "district"}


@dataclass(frozen=True, slots=True)
class Result:
    """The boards of a cycle as `recompute.py` gives them, exact numbers still exact, and the units they speak of."""

    cycle: Cycle
    boards: list[Table]
    units: dict[str, Case]
    marks: list[Case]

    def printed(self) -> Table:
        """The result as `result.json` has it: plain values, the same bytes for the same cycle every time."""
        scored = {row["unit"] for board in self.boards for row in board["rows"]}
        return {
            "cycle": self.cycle.code, "first": str(self.cycle.first), "end": str(self.cycle.end),
            "scheme": {"code": self.cycle.scheme.model.code, "sha256": self.cycle.scheme.sha256},
            "note": self.cycle.scheme.model.note, "boards": [recompute.printed(board) for board in self.boards],
            "names": {code: unit["name"] for code, unit in self.units.items() if code in scored},
        }  # fmt: skip


def score(source: Source, cycle: Cycle, *, given: Sequence[Case] = ()) -> Result:
    """All boards of a cycle from the lake, with its own marks and the `given` ones, which the record holds."""
    units = units_of(source, cycle)
    found = [*marks.counted(source, cycle), *given]
    return boards(source, cases.of(source, cycle), cycle, units, found)


def boards(source: Source, facts: ir.Table, cycle: Cycle, units: dict[str, Case], found: list[Case]) -> Result:
    """The boards of these cases (of `cases.of`, or of a frozen file) by the scheme of the cycle."""
    return scored(source, counted(source, facts), cycle, units, found)


def scored(source: Source, cells: Cells, cycle: Cycle, units: dict[str, Case], found: list[Case]) -> Result:
    """The boards of cases that have been counted into cells."""
    out = []
    for board in cycle.scheme.values["boards"]:
        told = weighed(cells, planned(cycle, board), board)
        out.append({"code": board["code"], "rows": ranked(source, told, cycle, board, units, found)})
    return Result(cycle, out, units, found)


def planned(cycle: Cycle, board: Table) -> Table:
    """What of the scheme of a cycle holds for one of its boards."""
    return recompute.plan(cycle.scheme.values, board["code"], str(cycle.first))


def ranked(
    source: Source, told: ir.Table, cycle: Cycle, board: Table, units: dict[str, Case], found: list[Case]
) -> list[Table]:
    """The rows of a board, best first, from what `weighed` tells."""
    held, sums = planned(cycle, board), _sums(source, told, on(board, units))
    rows = [recompute.score(held, board, units[code], counted, found) for code, counted in sums.items()]
    return recompute.rank(rows, cycle.scheme.values["ties"])


@dataclass(frozen=True, slots=True)
class Cells:
    """Cases (one row each, or `cases` of them a row), each with the number of its kind of case and of its outcome."""

    table: ir.Table
    profiles: list[dict[str, str]]
    outcomes: list[dict[str, str]]


def counted(source: Source, facts: ir.Table) -> Cells:
    """Cases by unit, ground, kind of case and outcome, kept in the engine."""
    keys = (*_SUBJECTS, *cases.PROFILE, *cases.OUTCOME)
    kept = source.keep(facts.group_by(*keys, "ground").aggregate(cases=lambda t: t.count()))
    found = numbered(source, kept)
    slim = source.keep(found.table.select(*_SUBJECTS, "ground", "profile", "outcome", "cases"))
    return Cells(slim, found.profiles, found.outcomes)


def numbered(source: Source, table: ir.Table) -> Cells:
    """A table with the columns of cases, and beside them the numbers of kind and outcome."""
    profiles = source.rows(table.select(*cases.PROFILE).distinct())
    outcomes = source.rows(table.select(*cases.OUTCOME).distinct())
    whole = _joined(_joined(table, profiles, cases.PROFILE, "profile"), outcomes, cases.OUTCOME, "outcome")
    return Cells(whole, profiles, outcomes)


def _joined(table: ir.Table, rows: Sequence[Mapping[str, str]], columns: Sequence[str], name: str) -> ir.Table:
    """With the number of each row's combination of columns."""
    told = ibis.memtable(
        [{**row, name: n} for n, row in enumerate(rows)],
        schema=ibis.schema({**dict.fromkeys(columns, "string"), name: "int32"}),
    )
    return table.join(told, list(columns))


def weighed(cells: Cells, held: Table, board: Table) -> ir.Table:
    """The cells that weigh something by a plan, each with its `subject`, its `weight` in 1e-8 and its `state`.

    `met` tells whether the citizen was reached, the columns of RATES what each rate gets in hundredths (empty: no valid
    answer), `explained` whether the citizen says 没解决，但解释清楚了. `matter` is the second level of the category,
    `state` is "", "excluded" or "filed".
    """
    weights, worths = _weights(cells, held)
    told = cells.table.join(weights, "profile").join(_points(cells, worths), ["worth", "outcome"])
    subject = told["trade"] if board["by"] == "trade" else told[board["by"]]
    state = ibis.cases((told["ground"] == "", ""), (told["ground"] == "terminated", "filed"), else_="excluded")
    return told.mutate(subject=subject, state=state).filter(lambda t: t["weight"] > 0)


def on(board: Table, units: dict[str, Case]) -> list[str]:
    """The codes of the units that a board compares."""
    return [code for code, unit in units.items() if recompute.belongs(board, unit)]


def _sums(source: Source, told: ir.Table, subjects: list[str]) -> dict[str, Counter[str]]:
    """What `recompute.add` would count for each unit of a board, added up by the engine."""
    mine = told.filter(told["subject"].isin(subjects))
    rows = source.rows(mine.group_by("subject").aggregate(**_aggregates(mine)))
    return {row.pop("subject"): Counter({k: int(n) for k, n in row.items() if n}) for row in sorted(rows, key=_code)}


def _code(row: Mapping[str, Any]) -> str:
    return str(row["subject"])


def _weights(cells: Cells, held: Table) -> tuple[ir.Table, list[Table]]:
    """What each kind of case weighs, which trade it is of, and which worth of answers holds for it."""
    rows, worths = [], dict[str, Table]()
    for number, case in enumerate(cells.profiles):
        weight, worth = recompute.weigh(held, case)
        worths.setdefault(json.dumps(worth), worth)
        kind = list(worths).index(json.dumps(worth))
        rows.append((number, case["category2"], weight, recompute.trade(held, case), kind))
    columns = {"profile": "int32", "matter": "string", "weight": "int64", "trade": "string", "worth": "int32"}
    return ibis.memtable(rows, schema=ibis.schema(columns)), list(worths.values())


def _points(cells: Cells, worths: Sequence[Table]) -> ir.Table:
    """What each outcome adds to each rate by each worth of answers; empty where it is no valid answer."""
    rows = [
        (kind, number, case["reached"] == "1", case["solved"] == "explained", *recompute.judge(case, worth).values())
        for kind, worth in enumerate(worths)
        for number, case in enumerate(cells.outcomes)
    ]
    columns = {"worth": "int32", "outcome": "int32", "met": "boolean", "explained": "boolean"}
    return ibis.memtable(rows, schema=ibis.schema(columns | dict.fromkeys(recompute.RATES, "int64")))


def _aggregates(t: ir.Table) -> dict[str, ir.Value]:
    """The sums of `recompute.add` under the same names."""
    counts = t["state"] == ""
    sums = {
        "n": t["cases"].sum(where=counts & t["met"]),
        "unreached": t["cases"].sum(where=counts & ~t["met"]),
        "excluded": t["cases"].sum(where=t["state"] == "excluded"),
        "filed": t["cases"].sum(where=t["state"] == "filed"),
    }
    for scope, within in (("adjusted", counts), ("raw", t["state"] != "filed")):
        for rate in recompute.RATES:
            valid, weighed = within & t[rate].notnull(), t["cases"] * t["weight"]
            sums[f"{scope}_{rate}_n"] = t["cases"].sum(where=valid)
            sums[f"{scope}_{rate}_of"] = weighed.sum(where=valid)
            sums[f"{scope}_{rate}_got"] = (weighed * t[rate]).sum(where=valid)
    return {name: one.fill_null(0).cast("int64") for name, one in sums.items()}


def units_of(source: Source, cycle: Cycle) -> dict[str, Case]:
    """The units of the city with what `units.csv` of a bundle tells: kind, residents, base, and their appeals.

    Appeals are accepted items in the area of a street or district, and what was sent to any other unit, of the cycle's
    days: 万人诉求比 and 基数诉求比 are made from them, for observation.
    """
    appeals: Counter[str] = Counter()
    contacts = spans.within(source["contacts"], cycle.first, cycle.end)
    for column in _AREAS.values():
        appeals.update(_counted(source, contacts, column, measures.ACCEPTED))
    sent = _counted(source, spans.within(source["assignments"], cycle.first, cycle.end), "unit", measures.HANDLED)
    rows = source.rows(source["units"].select("code", "name", "kind", "district", "residents", "base").order_by("code"))
    return {
        row["code"]: {name: "" if value is None else str(value) for name, value in row.items()}
        | {"appeals": str((appeals if row["kind"] in _AREAS else sent).get(row["code"], 0))}
        for row in rows
    }


def _counted(source: Source, facts: ir.Table, by: str, of: measures.Sum) -> dict[str, int]:
    rows = source.rows(measures.cube(facts.filter(facts[by].notnull()), [by], [of]))
    return {row[by]: row[of.name] for row in rows}

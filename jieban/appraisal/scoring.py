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
    scheme, first = cycle.scheme.values, str(cycle.first)
    cells = _cells(source, facts)
    out = []
    for board in scheme["boards"]:
        held = recompute.plan(scheme, board["code"], first)
        sums = _sums(source, cells, held, board, units)
        rows = [recompute.score(held, board, units[code], counted, found) for code, counted in sums.items()]
        out.append({"code": board["code"], "rows": recompute.rank(rows, scheme["ties"])})
    return Result(cycle, out, units, found)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cases by unit, kind of case and outcome, kept in the engine; both kinds with their number and what they say."""

    table: ir.Table
    profiles: list[dict[str, str]]
    outcomes: list[dict[str, str]]


def _cells(source: Source, facts: ir.Table) -> _Cells:
    state = ibis.cases((facts["ground"] == "", ""), (facts["ground"] == "terminated", "filed"), else_="excluded")
    keys = (*_SUBJECTS, *cases.PROFILE, *cases.OUTCOME)
    counted = facts.mutate(state=state).group_by(*keys, "state").aggregate(cases=lambda t: t.count())
    kept = source.keep(counted)
    profiles = source.rows(kept.select(*cases.PROFILE).distinct())
    outcomes = source.rows(kept.select(*cases.OUTCOME).distinct())
    numbered = _joined(_joined(kept, profiles, cases.PROFILE, "profile"), outcomes, cases.OUTCOME, "outcome")
    slim = source.keep(numbered.select(*_SUBJECTS, "state", "profile", "outcome", "cases"))
    return _Cells(slim, profiles, outcomes)


def _joined(table: ir.Table, rows: Sequence[Mapping[str, str]], columns: Sequence[str], name: str) -> ir.Table:
    """With the number of each row's combination of columns."""
    told = ibis.memtable(
        [{**row, name: n} for n, row in enumerate(rows)],
        schema=ibis.schema({**dict.fromkeys(columns, "string"), name: "int32"}),
    )
    return table.join(told, list(columns))


def _sums(source: Source, cells: _Cells, held: Table, board: Table, units: dict[str, Case]) -> dict[str, Counter[str]]:
    """What `recompute.add` would count for each unit of a board, added up by the engine."""
    weights, worths = _weights(cells, held)
    told = cells.table.join(weights, "profile").join(_points(cells, worths), ["worth", "outcome"])
    subject = told["trade"] if board["by"] == "trade" else told[board["by"]]
    there = [code for code, unit in units.items() if recompute.belongs(board, unit)]
    mine = told.mutate(subject=subject).filter(lambda t: (t["weight"] > 0) & t["subject"].isin(there))
    rows = source.rows(mine.group_by("subject").aggregate(**_aggregates(mine)))
    return {row.pop("subject"): Counter({k: int(n) for k, n in row.items() if n}) for row in sorted(rows, key=_code)}


def _code(row: Mapping[str, Any]) -> str:
    return str(row["subject"])


def _weights(cells: _Cells, held: Table) -> tuple[ir.Table, list[Table]]:
    """What each kind of case weighs, which trade it is of, and which worth of answers holds for it."""
    rows, worths = [], dict[str, Table]()
    for number, case in enumerate(cells.profiles):
        weight, worth = recompute.weigh(held, case)
        worths.setdefault(json.dumps(worth), worth)
        rows.append((number, weight, recompute.trade(held, case), list(worths).index(json.dumps(worth))))
    columns = ibis.schema({"profile": "int32", "weight": "int64", "trade": "string", "worth": "int32"})
    return ibis.memtable(rows, schema=columns), list(worths.values())


def _points(cells: _Cells, worths: Sequence[Table]) -> ir.Table:
    """What each outcome adds to each rate by each worth of answers; empty where it is no valid answer."""
    rows = [
        (kind, number, case["reached"] == "1", *recompute.judge(case, worth).values())
        for kind, worth in enumerate(worths)
        for number, case in enumerate(cells.outcomes)
    ]
    columns = {"worth": "int32", "outcome": "int32", "met": "boolean", **dict.fromkeys(recompute.RATES, "int64")}
    return ibis.memtable(rows, schema=ibis.schema(columns))


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

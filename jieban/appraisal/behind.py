"""What stands behind each number of a board: how many cases, and which. One test a number, for count and list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from jieban.analytics import spans
from jieban.analytics.engines import Source
from jieban.appraisal import recompute, scoring
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table
from jieban.appraisal.scoring import Cells
from jieban.core.errors import BadInput

Test = Callable[[ir.Table], ir.BooleanValue]
FULL, PART, MISSED, OF, EXPLAINED = "full", "part", "missed", "of", "explained"
APPEALS: Final = "appeals"
_AREAS: Final = {"street": "street", "district": "district"}


def _within(scope: str) -> Test:
    return (lambda t: t["state"] == "") if scope == "adjusted" else (lambda t: t["state"] != "filed")


def _rate(scope: str, rate: str, which: str) -> Test:
    """Valid answers to a rate within a scope: all, worth 1, less, nothing; or explained without being solved."""
    said: dict[str, Test] = {
        OF: lambda t: t[rate].notnull(), FULL: lambda t: t[rate] == 100, MISSED: lambda t: t[rate] == 0,
        PART: lambda t: (t[rate] > 0) & (t[rate] < 100), EXPLAINED: lambda t: t[rate].notnull() & t["explained"],
    }  # fmt: skip
    return lambda t: _within(scope)(t) & said[which](t).fill_null(False)


_STATES: Final[Mapping[str, Test]] = {
    "n": lambda t: (t["state"] == "") & t["met"],
    "unreached": lambda t: (t["state"] == "") & ~t["met"],
    "excluded": lambda t: t["state"] == "excluded",
    "filed": lambda t: t["state"] == "filed",
}
# Every number of a board by its name, and which cases it counts.
TESTS: Final[Mapping[str, Test]] = {
    **_STATES,
    **{
        f"{scope}_{rate}_{which}": _rate(scope, rate, which)
        for scope in recompute.SCOPES
        for rate in recompute.RATES
        for which in (OF, FULL, PART, MISSED)
    },
    **{f"{scope}_resolution_{EXPLAINED}": _rate(scope, "resolution", EXPLAINED) for scope in recompute.SCOPES},
}


def names(case: Case, held: Table) -> list[str]:
    """The numbers that count this case by a plan, none where it weighs nothing: TESTS without an engine."""
    weight, worth = recompute.weigh(held, case)
    if not weight:
        return []
    state = "filed" if case["ground"] == "terminated" else "excluded" if case["ground"] else ""
    out = [state or ("n" if case["reached"] == "1" else "unreached")]
    scopes = [] if state == "filed" else ["raw"] if state else list(recompute.SCOPES)
    for rate, value in recompute.judge(case, worth).items():
        if value is None:
            continue
        said = [OF, FULL if value == 100 else MISSED if value == 0 else PART]
        said += [EXPLAINED] if rate == "resolution" and case["solved"] == "explained" else []
        out += [f"{scope}_{rate}_{which}" for scope in scopes for which in said]
    return out


def counts(source: Source, told: ir.Table) -> dict[str, dict[str, int]]:
    """Every number of TESTS by unit, of cells that weigh something (`scoring.weighed`)."""
    sums = {name: told["cases"].sum(where=test(told)).fill_null(0).cast("int64") for name, test in TESTS.items()}
    rows = source.rows(told.group_by("subject").aggregate(**sums))
    return {row.pop("subject"): row for row in rows}


def grounds(source: Source, told: ir.Table) -> dict[str, dict[str, int]]:
    """How many are left out, by unit and ground."""
    out: dict[str, dict[str, int]] = {}
    left = told.filter(TESTS["excluded"](told))
    rows = source.rows(left.group_by("subject", "ground").aggregate(cases=left["cases"].sum().cast("int64")))
    for row in sorted(rows, key=lambda one: (-one["cases"], one["ground"])):
        out.setdefault(row["subject"], {})[row["ground"]] = row["cases"]
    return out


def cases_behind(
    source: Source, facts: ir.Table, cycle: Cycle, board: Table, *, unit: str, which: str, ground: str = ""
) -> ir.Table:
    """The cases that one number of one unit of a board counts, the newest first. BadInput for an unknown number.

    `facts` are those of `cases.of`, cut down to what the reader may see; every column of theirs is there, with what
    `scoring.weighed` adds.
    """
    if which not in TESTS:
        raise BadInput("这个数字没有对应的清单。请从考评页重新点开。")
    held = recompute.plan(cycle.scheme.values, board["code"], str(cycle.first))
    mine = facts if board["by"] == "trade" else facts.filter(facts[board["by"]] == unit)
    told = scoring.weighed(_cells(source, mine), held, board)
    found = told.filter((told["subject"] == unit) & TESTS[which](told))
    found = found.filter(found["ground"] == ground) if ground else found
    return found.order_by(ibis.desc("day"), ibis.desc("assignment"))


def _cells(source: Source, facts: ir.Table) -> Cells:
    return scoring.numbered(source, source.keep(facts))


def appeals_behind(source: Source, cycle: Cycle, unit: Case) -> ir.Table:
    """The orders (`order`) behind the appeals of a unit, by `scoring.units_of`: of its area, or sent to it."""
    if (column := _AREAS.get(unit["kind"])) is not None:
        came = spans.within(source["contacts"], cycle.first, cycle.end)
        return came.filter(came[column] == unit["code"]).select("day", order="id").order_by(ibis.desc("day"), "order")
    sent = spans.within(source["assignments"], cycle.first, cycle.end)
    mine = sent.filter(sent["unit"] == unit["code"])
    return mine.select("day", "order", assignment="id").order_by(ibis.desc("day"), "order", "assignment")


def number(source: Source, found: ir.Table) -> int:
    """How many rows."""
    return int(source.run(found.count().as_table())[0][0].as_py())


def page(source: Source, found: ir.Table, *, start: int, most: int) -> list[dict[str, Any]]:
    """So many rows from `start` on."""
    return source.rows(found.limit(most, offset=start))

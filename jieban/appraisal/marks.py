"""Marks (评分项): what stands beside the three rates in a score, by unit: parts (rates) and points (numbers).

A mark is a row of `marks.csv`: the unit, the name the scheme uses, `got`, and for parts `of` how many. There is one row
for a unit and name. What a scheme does not name is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import ibis.expr.types as ir

from jieban.analytics import measures, spans
from jieban.analytics.engines import Source
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case


def _praise(source: Source, cycle: Cycle) -> ir.Table:
    """市民表扬: praise that was sent to the unit."""
    praised = source["orders"].filter(source["orders"]["kind"] == "praise")
    sent = spans.within(source["assignments"], cycle.first, cycle.end)
    mine = sent.semi_join(praised, sent["order"] == praised["id"])
    return measures.cube(mine, ["unit"], [measures.HANDLED]).rename(got="handled")


def _late(source: Source, cycle: Cycle) -> ir.Table:
    """超期办结: work of the cycle that was reported after its due, or is not yet reported and past it."""
    sent = spans.within(source["assignments"], cycle.first, cycle.end)
    late = sent.filter((~sent["complete_on_time"]).fill_null(False))
    return measures.cube(late, ["unit"], [measures.HANDLED]).rename(got="handled")


COUNTED: Final[Mapping[str, Callable[[Source, Cycle], ir.Table]]] = {"praise": _praise, "late": _late}


def counted(source: Source, cycle: Cycle) -> list[Case]:
    """The marks of a cycle that the lake itself can tell, of those that its scheme names."""
    named = (*cycle.scheme.model.parts, *cycle.scheme.model.points)
    return [
        {"unit": row["unit"], "name": name, "got": str(row["got"]), "of": str(row.get("of") or "")}
        for name in named
        if name in COUNTED
        for row in source.rows(COUNTED[name](source, cycle).order_by("unit"))
    ]

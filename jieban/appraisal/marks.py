"""Marks (评分项): what stands beside the three rates in a score, by unit: parts (rates) and points (numbers).

A mark is a row of `marks.csv`: the unit, the name the scheme uses, `got`, and for parts `of` how many. There is one row
for a unit and name. What a scheme does not name is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import ibis.expr.types as ir

from jieban.analytics import measures, spans
from jieban.analytics.engines import Source
from jieban.appraisal import cases
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case

# As long as the lake watches whether a solved matter comes again (docs/lake.md, `orders.came_back`).
_COMES_BACK: Final = 90


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


def _first_duty(source: Source, cycle: Cycle) -> ir.Table:
    """首接负责: of matters that several units had to act on, those led by the unit that the citizen calls solved.

    `of` are those about which the citizen said whether they are solved.
    """
    several = source["orders"].filter(source["orders"]["sendings"] > 1)
    found = cases.of(source, cycle)
    said = (found["ground"] == "") & (found["reached"] == "1") & (found["solved"] != "")
    led = found.filter((found["role"] == "lead") & said)
    mine = led.semi_join(several, led["order"] == several["id"])
    return mine.group_by("unit").aggregate(got=mine.count(where=mine["solved"] == "yes"), of=mine.count())


def _proactive(source: Source, cycle: Cycle) -> ir.Table:
    """主动治理: of matters that the unit led and the citizen called solved, those that did not come again in 90 days.

    They are those closed in the cycle's days, 90 days earlier: only of these it is known whether they came again.
    """
    back = timedelta(days=_COMES_BACK)
    orders = source["orders"]
    closed = orders.filter((orders["closed_day"] >= cycle.first - back) & (orders["closed_day"] < cycle.end - back))
    solved = closed.filter(closed["came_back"].notnull()).select(order="id", again="came_back")
    led = source["assignments"].filter(lambda t: (t["role"] == "lead") & (t["result"] == "completed"))
    mine = led.select("order", "unit").join(solved, "order")
    return mine.group_by("unit").aggregate(got=mine.count(where=~mine["again"]), of=mine.count())


COUNTED: Final[Mapping[str, Callable[[Source, Cycle], ir.Table]]] = {
    "first_duty": _first_duty, "proactive": _proactive, "praise": _praise, "late": _late,
}  # fmt: skip


def counted(source: Source, cycle: Cycle) -> list[Case]:
    """The marks of a cycle that the lake itself can tell, of those that its scheme names."""
    named = (*cycle.scheme.model.parts, *cycle.scheme.model.points)
    return [
        {"unit": row["unit"], "name": name, "got": str(row["got"]), "of": str(row.get("of") or "")}
        for name in named
        if name in COUNTED
        for row in source.rows(COUNTED[name](source, cycle).order_by("unit"))
    ]

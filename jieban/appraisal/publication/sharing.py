"""Who took part in a street's orders (抄送): departments that led or assisted, whom it whistled for, its communities
and property firms. Each is told how the shared orders ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis.expr.types as ir

from jieban.analytics.engines import Source


@dataclass(frozen=True, slots=True)
class Shared:
    """Orders that a street shared with a partner: how many, and of those answered how many were solved, satisfied."""

    street: str
    partner: str
    orders: int
    answered: int
    solved: int
    satisfied: int


def pairs(source: Source, facts: ir.Table, streets: Collection[str], *, partner: str = "") -> list[Shared]:
    """Every street with every partner (or with one), by code; what is left out or filed is not counted."""
    both = _together(facts, streets)
    both = both.filter(both["partner"] == partner) if partner else both
    answered = (both["reached"] == "1") & (both["solved"] != "")
    sums = {
        "orders": both["order"].nunique(),
        "answered": both["order"].nunique(where=answered),
        "solved": both["order"].nunique(where=answered & (both["solved"] == "yes")),
        "satisfied": both["order"].nunique(where=answered & (both["satisfied"] == "yes")),
    }
    rows = source.rows(both.group_by("street", "partner").aggregate(**sums).order_by("partner", "street"))
    return [Shared(**row) for row in rows]


def partners(source: Source, facts: ir.Table, streets: Collection[str]) -> set[str]:
    """Everybody who took part in an order of these streets, by code."""
    return {row["partner"] for row in source.rows(_together(facts, streets).select("partner").distinct())}


def _together(facts: ir.Table, streets: Collection[str]) -> ir.Table:
    """The streets' cases, once for each partner of the order."""
    scored = facts.filter(facts["ground"] == "")
    mine = scored.filter(scored["unit"].isin(sorted(streets))).rename(street="unit")
    columns = ("street", "partner", "order", "reached", "solved", "satisfied")
    inside = mine.filter(mine["section"] != "").mutate(partner=mine["section"]).select(*columns)
    others = scored.select(shared="order", partner="unit")
    beside = mine.join(others, mine["order"] == others["shared"]).filter(lambda t: t["partner"] != t["street"])
    return inside.union(beside.select(*columns), distinct=True)

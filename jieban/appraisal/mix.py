"""Difficulty of the mix (难度): what a unit would have resolved had its cases gone as such cases go in the city.

The city's resolution rate in each second-level category, weighted by the unit's own cases there. It is for observation:
no board is ranked by it.
"""

from __future__ import annotations

import ibis.expr.types as ir

MATTER = "matter"


def expected(told: ir.Table) -> ir.Table:
    """By `subject`: `of`, the weight of its valid answers, `got`, what they were worth, and what was `expected`.

    `told` has a row for one case or several (`cases`): `subject` (empty: none of the board, but of the city all the
    same), `matter` (second level of the category; without one a matter of their own), `weight` and `resolution`
    in hundredths (null: no valid answer). `got` and `expected` over 100 `of` are shares.
    """
    valid = told.filter(told["resolution"].notnull() & (told["weight"] > 0))
    weight = valid["cases"] * valid["weight"]
    sums = {"of": weight.sum(), "got": (weight * valid["resolution"]).sum()}
    here = valid.group_by("subject", MATTER).aggregate(**sums)
    there = here.group_by(MATTER).aggregate(city_of=here["of"].sum(), city_got=here["got"].sum())
    both = here.join(there, MATTER)
    share = both["of"].cast("float64") * both["city_got"].cast("float64") / both["city_of"].cast("float64")
    by = both.group_by("subject").aggregate(of=both["of"].sum(), got=both["got"].sum(), expected=share.sum())
    return by.filter(by["subject"] != "")

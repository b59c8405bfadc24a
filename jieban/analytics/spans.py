"""Facts of some days: from a first day up to, not including, an end."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir


def within(facts: ir.Table, first: date, end: date) -> ir.Table:
    """The facts whose own day lies between."""
    return facts.filter((facts["day"] >= first) & (facts["day"] < end))


def asked(answers: ir.Table, first: date, end: date) -> ir.Table:
    """The answers given between, with `last` as it was at the end: the newest round asked about within the days."""
    given = within(answers, first, end)
    newest = given.group_by("assignment").aggregate(newest=given["round"].max())
    joined = given.join(newest, "assignment")
    return joined.mutate(last=joined["round"] == joined["newest"]).drop("newest")

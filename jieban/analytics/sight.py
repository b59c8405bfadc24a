"""What of the lake a post may see: the same as `orders.queries` and `appraisal.queries` give it of the record.

Everything, or what lies in its area and what its units handled. What a unit was only told of (知会) is not in the lake.
"""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from jieban.accounts.actor import Actor, Sight
from jieban.analytics import schema
from jieban.analytics.engines import Source


def through(source: Source, actor: Actor) -> Source:
    """The lake as the actor's post sees it: every table of facts already cut down. What is kept is kept together."""
    if actor.sight == Sight.ALL:
        return source
    cut = {table.name: seen(source[table.name], actor, source) for table in schema.FACTS}
    return replace(source, tables={**source.tables, **cut})


def seen(facts: ir.Table, actor: Actor, source: Source) -> ir.Table:
    """The facts (of any table, also joined or filtered) that the actor's post may see.

    Of contacts and orders those that lie in its area or that its units handled; of assignments and answers those of its
    units.
    """
    if actor.sight == Sight.ALL:
        return facts
    if actor.sight == Sight.NONE or not actor.unit_code:
        return facts.filter(ibis.literal(False))
    units = _units(actor, source)
    if "unit" in facts.columns:
        return facts.filter(_held(facts, units))
    handled = source["assignments"]
    handled = handled.filter(_held(handled, units))
    mine = facts["id"].isin(handled["order"])
    if actor.sight == Sight.UNIT:
        return facts.filter(mine)
    return facts.filter(mine | _in(facts["street"], units) | _in(facts["district"], units))


def _units(actor: Actor, source: Source) -> ir.Column:
    """The codes of the actor's units: its own, and in a tree all below it."""
    units = source["units"]
    if actor.sight == Sight.UNIT:
        return units.filter(units["code"] == actor.unit_code)["code"]
    return units.filter(units["path"].startswith(actor.unit_path))["code"]


def _held(facts: ir.Table, units: ir.Column) -> ir.BooleanValue:
    """Done by one of the units; also where it was handed down to one of them."""
    mine = _in(facts["unit"], units)
    return mine | _in(facts["section"], units) if "section" in facts.columns else mine


def _in(code: ir.Column, units: ir.Column) -> ir.BooleanValue:
    return code.isin(units).fill_null(False)

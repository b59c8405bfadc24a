"""What a report is about: the whole city, a district, a street, a trade (category), a unit, or firms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics import schema, sight
from jieban.analytics.engines import Source
from jieban.core.errors import BadInput

CITY, DISTRICT, STREET, CATEGORY, UNIT, FIRMS = "city", "district", "street", "category", "unit", "firms"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about; `code` is a unit's or a category's, `name` what sentences call it."""

    kind: str = CITY
    code: str = ""
    name: str = "全市"
    path: str = ""
    district: str = ""


WHOLE: Final = Scope()
OF_FIRMS: Final = Scope(FIRMS, "", "企业")


def of_unit(source: Source, code: str) -> Scope:
    """The area of a district or street, else what a unit handles. BadInput for a code that the lake does not know."""
    units = source["units"]
    found = source.rows(units.filter(units.code == code))
    if not found:
        raise BadInput(f"The lake knows no unit {code}. Give a unit's code, for example that of a street.")
    row = found[0]
    kind = row["kind"] if row["kind"] in (DISTRICT, STREET) else UNIT
    return Scope(kind, code, row["name"], row["path"], row["district"] or "")


def of_category(source: Source, code: str) -> Scope:
    """A trade: everything under a category. BadInput for a code that the lake does not know."""
    categories = source["categories"]
    found = source.rows(categories.filter(categories.code == code))
    if not found:
        raise BadInput(f"The lake knows no category {code}. Give a category's code, for example that of a first level.")
    return Scope(CATEGORY, code, found[0]["name"])


def cut(source: Source, scope: Scope) -> Mapping[str, ir.Table]:
    """The tables of facts with only what the report is about.

    Of an area: what lies in it, and what its units had to do. Of a unit: what it and the units below it handled.
    """
    return {table.name: _CUTS[scope.kind](source[table.name], source, scope) for table in schema.FACTS}


def _whole(facts: ir.Table, source: Source, scope: Scope) -> ir.Table:
    return facts


def _area(facts: ir.Table, source: Source, scope: Scope) -> ir.Table:
    if "unit" in facts.columns:
        return _unit(facts, source, scope)
    return facts.filter(facts[scope.kind] == scope.code)


def _unit(facts: ir.Table, source: Source, scope: Scope) -> ir.Table:
    everything_below = Actor(Role.RULE, scope.name, unit_code=scope.code, unit_path=scope.path, sight=Sight.TREE)
    return sight.seen(facts, everything_below, source)


def _category(facts: ir.Table, source: Source, scope: Scope) -> ir.Table:
    return facts.filter(
        (facts.category1 == scope.code) | (facts.category2 == scope.code) | (facts.category == scope.code)
    )


def _firms(facts: ir.Table, source: Source, scope: Scope) -> ir.Table:
    if "firm" in facts.columns:
        return facts.filter(facts.firm)
    orders = source["orders"]
    return facts.filter(facts.order.isin(orders.filter(orders.firm)["id"]))


_CUTS: Final[Mapping[str, Callable[[ir.Table, Source, Scope], ir.Table]]] = {
    CITY: _whole,
    DISTRICT: _area,
    STREET: _area,
    CATEGORY: _category,
    UNIT: _unit,
    FIRMS: _firms,
}


def named(source: Source, kind: str, code: str) -> Scope:
    """The scope of a kind and code. BadInput for a code that the lake does not know."""
    if kind in (CITY, FIRMS):
        return WHOLE if kind == CITY else OF_FIRMS
    return of_category(source, code) if kind == CATEGORY else of_unit(source, code)

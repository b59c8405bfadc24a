"""七有五性 of each district: 社会评价 from what citizens answered about its fields, and indicators from a file.

社会评价 is the composite of the three rates by the cycle's scheme, over the cases whose category belongs to a field; it
takes the share that the city's file says, the indicators take the rest. What has no value is named and takes no weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from jieban.analytics.engines import Source
from jieban.appraisal import cases, scoring
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table
from jieban.city.fields import Fields, Indicator
from jieban.city.schemes import Scheme

_FIELD: Final = "field"


@dataclass(frozen=True, slots=True)
class Monitored:
    """An indicator of one district: its value and its score from 0 to 100; both None where no value is known."""

    indicator: Indicator
    value: Fraction | None
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class OfField:
    """A field of one district: the row of its cases (None without one) and its indicators."""

    code: str
    name: str
    said: Table | None
    indicators: tuple[Monitored, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district's whole: `social` and `monitored` from 0 to 100, `total` by the share of each; None without a value.

    `missing` are the codes of indicators without a value. `rank` is None without a total, and where fewer citizens
    answered than the scheme asks of a district.
    """

    code: str
    name: str
    social: Table | None
    monitored: Fraction | None
    total: Fraction | None
    fields: tuple[OfField, ...]
    missing: tuple[str, ...]
    rank: int | None = None


def districts(source: Source, cycle: Cycle, fields: Fields, units: Mapping[str, Case]) -> list[District]:
    """Every district, best first; those without a total last. `units` as `scoring.units_of` gives them."""
    return of_cases(source, cases.of(source, cycle), cycle, fields, units)


def of_cases(
    source: Source, facts: ir.Table, cycle: Cycle, fields: Fields, units: Mapping[str, Case]
) -> list[District]:
    """The same of cases that are given: `cases.of`, or a frozen file of them."""
    rows = _said(source, facts, cycle, fields, units)
    found = [_district(unit, rows, cycle, fields) for unit in units.values() if unit["kind"] == "district"]
    held = sorted(found, key=lambda one: (not _enough(one), -(one.total or 0), one.code))
    return [replace(one, rank=_rank(held, one)) for one in held]


def _rank(held: Sequence[District], one: District) -> int | None:
    if not _enough(one):
        return None
    return 1 + sum(_enough(other) and (other.total or 0) > (one.total or 0) for other in held)


def _enough(one: District) -> bool:
    return one.total is not None and one.social is not None and bool(one.social["enough"])


def _said(source: Source, facts: ir.Table, cycle: Cycle, fields: Fields, units: Mapping[str, Case]) -> dict[str, Table]:
    """The rows of every district ("110105") and of every field in it ("110105/safety")."""
    scheme = cycle.scheme
    own = replace(
        cycle, scheme=replace(scheme, values={**scheme.values, "boards": _boards(scheme), "parts": {}, "points": {}})
    )
    areas = {code: unit for code, unit in units.items() if unit["kind"] == "district"}
    each = {
        f"{code}/{one.code}": {**unit, "code": f"{code}/{one.code}", "kind": _FIELD}
        for code, unit in areas.items()
        for one in fields.model.fields
    }
    result = scoring.boards(source, _in_fields(facts, fields), own, areas | each, [])
    return {row["unit"]: row for board in result.boards for row in board["rows"]}


def _boards(scheme: Scheme) -> list[Table]:
    """Districts as a whole, with the answers that the scheme asks of them, and each field in each."""
    asked = [board["enough"] for board in scheme.values["boards"] if board["by"] == "district"]
    whole: Table = {
        "code": "social", "by": "district", "kinds": ["district"], "enough": max(asked, default=1), "marks": False,
    }  # fmt: skip
    return [whole, {"code": "fields", "by": "section", "kinds": [_FIELD], "enough": 1, "marks": False}]


def _in_fields(facts: ir.Table, fields: Fields) -> ir.Table:
    """The cases that belong to a field, which stands with their district in the place of the section.

    A category belongs where the deepest of its levels that a field names belongs.
    """
    of = {code: one.code for one in fields.model.fields for code in one.categories}
    levels = [facts[name].cases(*of.items(), else_=None) for name in ("category", "category2", "category1")]
    told = facts.mutate(field=ibis.coalesce(*levels)).filter(lambda t: t["field"].notnull())
    return told.mutate(section=told["district"].concat("/", told["field"])).drop("field")


def _district(unit: Case, rows: Mapping[str, Table], cycle: Cycle, fields: Fields) -> District:
    model, code = fields.model, unit["code"]
    seen = {one.code: monitored(one, fields, cycle.code, code) for one in model.indicators}
    of_fields = tuple(
        OfField(
            one.code,
            one.name,
            rows.get(f"{code}/{one.code}"),
            tuple(m for m in seen.values() if m.indicator.field == one.code),
        )
        for one in model.fields
    )
    social, numbers = rows.get(code), whole(list(seen.values()))
    said = social["composite"]["score"] if social else None
    missing = tuple(key for key, one in seen.items() if one.score is None)
    total = _total(said, numbers, Fraction(model.social))
    return District(code, unit["name"], social, numbers, total, of_fields, missing)


def _total(said: Any, numbers: Fraction | None, share: Fraction) -> Fraction | None:
    return None if said is None or numbers is None else share * said + (1 - share) * numbers


def monitored(one: Indicator, fields: Fields, period: str, district: str) -> Monitored:
    """An indicator's score: 0 at its worst value or beyond, 100 at its best, straight in between."""
    value = fields.value(period, district, one.code)
    if value is None:
        return Monitored(one, None, None)
    worst, best = Fraction(one.worst), Fraction(one.best)
    share = (Fraction(value) - worst) / (best - worst)
    return Monitored(one, Fraction(value), 100 * max(Fraction(0), min(Fraction(1), share)))


def whole(seen: Sequence[Monitored]) -> Fraction | None:
    """The weighted mean of the scores that are there; None without one."""
    there = [(Fraction(one.indicator.weight), one.score) for one in seen if one.score is not None]
    weight = sum((weight for weight, _ in there), Fraction(0))
    return sum((w * score for w, score in there), Fraction(0)) / weight if weight else None

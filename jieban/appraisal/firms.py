"""The report on the enterprise line from the lake: firms beside everybody, by month, matter, district and result.

Firms are items whose contact is one (`firm` of the facts). Days are from a first up to, not including, an end: by when
the item came in, results by when they were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import ibis.expr.types as ir
from django.db.models import QuerySet

from jieban.accounts.actor import Actor
from jieban.analytics import measures, spans
from jieban.analytics.engines import Source
from jieban.appraisal import queries, rules
from jieban.appraisal.queries import Period
from jieban.appraisal.rules import Rate
from jieban.city.schemes import Scheme
from jieban.orders import queries as orders
from jieban.orders.models import Order

FIRM: Final = "firm"
_CAME: Final = (measures.OF_FIRMS, measures.ACCEPTED)
_GIVEN: Final = (
    measures.SCORED, measures.UNREACHED, measures.RESPONDED, measures.SAID_SOLVED, measures.SOLVED,
    measures.SOLVED_PART, measures.EXPLAINED, measures.SAID_SATISFIED, measures.SATISFIED, measures.SATISFIED_MOSTLY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """Items that came in one month: of firms, and of everybody."""

    first: date
    firms: int
    everybody: int


@dataclass(frozen=True, slots=True)
class Share:
    """Items of firms of one kind (`key`: a district's code, or the first level of a category)."""

    key: str
    firms: int
    everybody: int


@dataclass(frozen=True, slots=True)
class Results:
    """The three rates of firms or of everybody, how many results they rest on, and the mean time to first contact."""

    n: int
    unreached: int
    response: Rate
    resolution: Rate
    satisfaction: Rate
    contact: timedelta | None
    contacts: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    months: tuple[Month, ...]
    matters: tuple[Share, ...]
    districts: tuple[Share, ...]
    firms: Results
    everybody: Results


def report(source: Source, first: date, end: date, scheme: Scheme | None) -> Report:
    """Everything about these days, of what the source shows; answers are worth what the scheme says."""
    return Report(
        months(source, first, end), _shares(source, "category1", first, end), _shares(source, "district", first, end),
        results(source, first, end, scheme, firms=True), results(source, first, end, scheme, firms=False),
    )  # fmt: skip


def months(source: Source, first: date, end: date) -> tuple[Month, ...]:
    """Items by month, in their sequence."""
    counted = measures.cube(spans.within(source["contacts"], first, end), ["month"], _CAME).order_by("month")
    return tuple(
        Month(date(row["month"] // 100, row["month"] % 100, 1), *(row[one.name] for one in _CAME))
        for row in source.rows(counted)
    )


def _shares(source: Source, column: str, first: date, end: date) -> tuple[Share, ...]:
    """Items of firms by a column of the facts, most first; "" where it is not known."""
    rows = source.rows(measures.cube(spans.within(source["contacts"], first, end), [column], _CAME))
    found = (Share(row[column] or "", *(row[one.name] for one in _CAME)) for row in rows)
    return tuple(sorted((one for one in found if one.firms), key=lambda one: (-one.firms, one.key)))


def results(source: Source, first: date, end: date, scheme: Scheme | None, *, firms: bool) -> Results:
    """The three rates over all results given in these days, and the mean time to first contact of what was sent.

    Answers are worth what `scheme` says, each case the same: callers are compared, not units. No rates without it.
    """
    given = _of(source, spans.asked(source["answers"], first, end), firms)
    [row] = source.rows(measures.cube(given, (), _GIVEN))
    sent = _of(source, spans.within(source["assignments"], first, end), firms)
    [spread] = source.rows(measures.spread(sent.filter(sent["round"] == 1), "respond_minutes"))
    mean = timedelta(minutes=spread["mean"]) if spread["n"] else None
    return Results(row["scored"], row["unreached"], *_rates(row, scheme), mean, spread["n"])


def _of(source: Source, facts: ir.Table, firms: bool) -> ir.Table:
    """Those about orders of firms, or all."""
    if not firms:
        return facts
    theirs = source["orders"].filter(source["orders"]["firm"])
    return facts.semi_join(theirs, facts["order"] == theirs["id"])


def _rates(row: Mapping[str, Any], scheme: Scheme | None) -> tuple[Rate, Rate, Rate]:
    """Response, resolution and satisfaction, scored by the scheme."""
    solved = {"yes": row["solved"], "part": row["solved_part"], "explained": row["explained"]}
    solved["no"] = row["said_solved"] - sum(solved.values())
    satisfied = {"yes": row["satisfied"], "mostly": row["satisfied_mostly"]}
    satisfied["no"] = row["said_satisfied"] - sum(satisfied.values())
    worth = scheme.values if scheme else {}
    return (
        Rate(100 * row["responded"], row["scored"], row["responded"]),
        Rate(
            rules.worth(solved, worth.get("solved")), row["said_solved"], row["solved"], row["solved_part"],
            row["explained"],
        ),
        Rate(
            rules.worth(satisfied, worth.get("satisfied")), row["said_satisfied"], row["satisfied"],
            row["satisfied_mostly"],
        ),
    )  # fmt: skip


def orders_behind(period: Period, *, rate: str, which: str, firms: bool, actor: Actor) -> QuerySet[Order]:
    """The orders behind one number of the rates, as the record has them now. BadInput for an unknown number."""
    found = queries.scored(period).filter(queries.seen(actor))
    mine = found.filter(order__contact__appellant=FIRM) if firms else found
    behind = mine.filter(queries.test(rate, which)).values("order")
    return orders.visible_to(actor).filter(pk__in=behind).order_by("-callback_at", "-pk")

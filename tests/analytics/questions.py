"""Every measure, asked in several ways: what two engines must answer alike, to the last digit where it is a count.

A question is a function from a source to a table; `QUESTIONS` has all of them by name. A measure without a question
fails tests/analytics/test_measures.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import ibis.expr.types as ir

from jieban.analytics import measures as m
from jieban.analytics.engines import Source

# Every month of the lakes that are asked.
MONTHS: Final = tuple(year * 100 + month for year in (2019, 2020, 2021) for month in range(1, 13))

Question = Callable[[Source], ir.Table]

GROUPS: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "contacts": ((), ("year",), ("month", "channel_kind"), ("category2", "district", "street")),
    "orders": ((), ("month", "channel"), ("category1", "urgency", "state")),
    "assignments": ((), ("month", "group"), ("unit", "role"), ("unit_district", "zone")),
    "answers": ((), ("month", "group"), ("unit",), ("unit_district", "category1", "way")),
}


def sums(fact: str) -> list[m.Sum]:
    """All sums over a table of facts."""
    return [one for one in m.SUMS.values() if one.fact == fact]


def ratios(fact: str) -> list[m.Ratio]:
    """All ratios of sums over a table of facts."""
    return [one for one in m.RATIOS.values() if one.bottom.fact == fact]


def counted(fact: str, *by: str) -> Question:
    """Every sum and ratio over a table of facts."""
    return lambda source: m.rated(m.cube(m.placed(source, fact), by, sums(fact)), ratios(fact))


def rolled(fact: str, first: tuple[str, ...], then: tuple[str, ...]) -> Question:
    """The same in two steps."""

    def ask(source: Source) -> ir.Table:
        cube = m.cube(m.placed(source, fact), first, sums(fact))
        return m.rated(m.roll(cube, then, sums(fact)), ratios(fact))

    return ask


def _accepted(source: Source, *by: str) -> ir.Table:
    return m.cube(m.placed(source, "contacts"), by, [m.ACCEPTED])


def _per(fact: str, of: m.Sum, key: str, base: str, each: int) -> Question:
    def ask(source: Source) -> ir.Table:
        return m.per(m.peopled(source, m.cube(m.placed(source, fact), [key], [of]), key), of, base, each, "per")

    return ask


QUESTIONS: Final[Mapping[str, Question]] = {
    **{f"{fact} by {', '.join(by) or 'nothing'}": counted(fact, *by) for fact, ways in GROUPS.items() for by in ways},
    "contacts rolled": rolled("contacts", ("month", "channel", "year", "category1"), ("year", "category1")),
    "orders rolled": rolled("orders", ("month", "district"), ("district",)),
    "assignments rolled": rolled("assignments", ("month", "unit", "group"), ("group",)),
    "answers rolled": rolled("answers", ("month", "unit", "year"), ()),
    "share of categories": lambda s: m.shared(_accepted(s, "category1"), m.ACCEPTED),
    "share of channels in a year": lambda s: m.shared(_accepted(s, "year", "channel"), m.ACCEPTED, ["year"]),
    "growth by year": lambda s: m.grown(_accepted(s, "year"), m.ACCEPTED, "year"),
    "growth by month": lambda s: m.grown(_accepted(s, "month"), m.ACCEPTED, "month"),
    "growth by month over a year": lambda s: m.grown(
        _accepted(s, "category1", "month"), m.ACCEPTED, "month", ["category1"], back=12
    ),
    "growth by day over a week": lambda s: m.grown(_accepted(s, "day"), m.ACCEPTED, "day", back=7),
    "orders per 10,000 residents of a district": _per("orders", m.ORDERS, "district", "residents", 10_000),
    "handled per 1,000 users of a unit": _per("assignments", m.HANDLED, "unit", "base", 1_000),
    "numbers by year": lambda s: m.numbers(s["contacts"], "year"),
    "numbers by month": lambda s: m.numbers(s["contacts"], "month"),
    "calls by year": lambda s: m.calls(s["contacts"], "year"),
    "calls by month": lambda s: m.calls(s["contacts"], "month"),
    "numbers of all three years": lambda s: m.always(s["contacts"], 3),
    "numbers heard again and again": lambda s: m.repeated(s["contacts"], 2),
    "orders and numbers by place": lambda s: m.callers(s["orders"], ["place", "category"]),
    "months in which numbers were heard": lambda s: m.heard(s["contacts"], MONTHS),
    "how long until sent": lambda s: m.durations(s["orders"], "dispatch_minutes"),
    "how long until closed": lambda s: m.durations(m.dated(s["orders"]), "close_minutes", ["year", "category1"]),
    "how long until signed": lambda s: m.durations(m.placed(s, "assignments"), "sign_minutes", ["group"]),
    "middle of closing": lambda s: m.spread(s["orders"], "close_minutes"),
    "middle of closing by month": lambda s: m.spread(s["orders"], "close_minutes", ["month"]),
    "middle of contact by unit": lambda s: m.spread(s["assignments"], "respond_minutes", ["unit"]),
    "middle of work by role": lambda s: m.spread(s["assignments"], "complete_minutes", ["role", "urgency"]),
}

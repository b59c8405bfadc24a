"""What a report counts: sums of `measures` over a period and the periods it is compared with, read once each.

Nothing is counted here in a way of its own: each is a cube of the house's measures with the period as one more key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from jieban.analytics import measures
from jieban.analytics.engines import Source
from jieban.analytics.measures import Ratio, Sum
from jieban.analytics.periodic import scopes
from jieban.analytics.periodic.compare import Line
from jieban.analytics.periodic.scopes import Scope
from jieban.analytics.periodic.spans import DAY, Period
from jieban.analytics.periodic.words import Rate

UNKNOWN: Final = "未分类"
ELSEWHERE: Final = "未定位"
Lines = dict[str, Line]
# The period before, a year before, a week before, and the usual ones.
Against = tuple[Period | None, Period | None, Period | None, tuple[Period, ...]]
Test = Callable[[ir.Table], ir.BooleanValue]


@dataclass(slots=True)
class Counts:
    """A lake as one report reads it: its scope, its period, and the first and last day that the lake knows."""

    source: Source
    scope: Scope
    period: Period
    first: date | None = None
    last: date | None = None
    tables: dict[str, ir.Table] = field(default_factory=dict)
    _names: dict[str, dict[str, str]] = field(default_factory=dict)
    _compared: Against | None = None

    def sums(self, fact: str, sums: Sequence[Sum]) -> Lines:
        """Each sum over the whole scope, by its name."""
        found = self._tally(fact, (), sums, None)
        return {one.name: found.get(((), one.name), self.line({})) for one in sums}

    def by(self, fact: str, keys: Sequence[str], one: Sum, where: Test | None = None) -> dict[tuple[str, ...], Line]:
        """One sum by some columns; an empty code is ""."""
        return {key: line for (key, _), line in self._tally(fact, keys, (one,), where).items()}

    def rates(self, ratios: Sequence[Ratio], keys: Sequence[str] = ()) -> dict[tuple[str, ...], dict[str, Lines]]:
        """By some columns and by the ratio's name: its `top` and `bottom`."""
        sums = {one.name: one for ratio in ratios for one in (ratio.top, ratio.bottom)}
        found = self._tally(ratios[0].top.fact, keys, tuple(sums.values()), None)
        groups = {key for key, _ in found} or ({()} if not keys else set())
        none = self.line({})
        return {
            key: {
                ratio.name: {
                    "top": found.get((key, ratio.top.name), none),
                    "bottom": found.get((key, ratio.bottom.name), none),
                }
                for ratio in ratios
            }
            for key in groups
        }

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression over `tables`."""
        return self.source.rows(expression)

    def within(self, fact: str, period: Period | None = None) -> ir.Table:
        """The facts of the period (this one without another)."""
        return self.tables[fact].filter(_in(period or self.period))

    def name(self, table: str, code: str) -> str:
        """What a code of categories or units is called; its own letters where the lake has no name for it."""
        if table not in self._names:
            found = self.source.rows(self.source[table].select("code", "name"))
            self._names[table] = {row["code"]: row["name"] for row in found}
        return self._names[table].get(code, code)

    def places(self, codes: Collection[str]) -> dict[str, str]:
        """What places are called."""
        places = self.source["places"]
        known = {row["code"]: row["name"] for row in self.source.rows(places.filter(places.code.isin(list(codes))))}
        return {code: known.get(code, code) for code in codes}

    def known(self, period: Period) -> bool:
        """Whether the lake reaches back that far."""
        return self.first is not None and period.since >= self.first

    def line(self, by_period: Mapping[Period, int]) -> Line:
        """Counts by period as a line; 0 in a period that the lake knows and has nothing of."""
        before, last_year, week_ago, usual = self._against()

        def at(one: Period | None) -> int | None:
            return None if one is None else by_period.get(one, 0)

        counted = tuple(by_period.get(one, 0) for one in usual)
        return Line(by_period.get(self.period, 0), at(before), at(last_year), counted, at(week_ago))

    def near(self, facts: ir.Table) -> ir.BooleanValue:
        """Of this period or the one before."""
        return _in(self.period)(facts) | _in(self.period.before)(facts)

    def _against(self) -> Against:
        """The periods to compare with that the lake knows; worked out once."""
        if self._compared is None:
            period = self.period
            usual = tuple(one for one in period.usual if self.known(one))
            before, last_year = (one if self.known(one) else None for one in (period.before, period.last_year))
            week_ago = usual[0] if period.rhythm == DAY and usual else None
            self._compared = (before, last_year, week_ago, usual)
        return self._compared

    def _tally(
        self, fact: str, keys: Sequence[str], sums: Sequence[Sum], where: Test | None
    ) -> dict[tuple[tuple[str, ...], str], Line]:
        spans, days = _days(self.period)
        facts = self.tables[fact]
        facts = facts.filter(facts.month.between(*(_month(day) for day in (min(days), max(days)))))
        facts = facts.filter(where(facts)) if where else facts
        numbered = facts.inner_join(_calendar(days), "day")
        counted: dict[tuple[tuple[str, ...], str], dict[Period, int]] = {}
        for row in self.source.rows(measures.cube(numbered, ("span", *keys), sums)):
            key = tuple(row[name] or "" for name in keys)
            for one in sums:
                counted.setdefault((key, one.name), {})[spans[row["span"]]] = int(row[one.name])
        return {key: self.line(found) for key, found in counted.items()}


def edges(source: Source) -> tuple[date | None, date | None]:
    """The first and the last day that the lake has contacts of; None for an empty one."""
    contacts = source["contacts"]
    row = source.rows(contacts.aggregate(first=contacts.day.min(), last=contacts.day.max()))[0]
    return row["first"], row["last"]


def counting(source: Source, scope: Scope, period: Period) -> Counts:
    """A lake, ready to be counted for a report."""
    first, last = edges(source)
    tables = {name: _placed(source, name, facts) for name, facts in scopes.cut(source, scope).items()}
    return Counts(source, scope, period, first, last, tables)


def rate_now(lines: Lines) -> Rate:
    """A rate of this period."""
    return Rate(lines["top"].now, lines["bottom"].now)


def rate_before(lines: Lines) -> Rate | None:
    """The rate of the period before; None where the lake is too young."""
    return _rate(lines["top"].before, lines["bottom"].before)


def rate_last_year(lines: Lines) -> Rate | None:
    """The rate a year before; None where the lake is too young."""
    return _rate(lines["top"].last_year, lines["bottom"].last_year)


def named(counted: Mapping[tuple[str, ...], Line], call: Callable[[str], str], unknown: str) -> Lines:
    """Lines by one column, under names instead of codes. Names that several codes share get their code behind them."""
    out: Lines = {}
    for (code,), line in counted.items():
        word = call(code) if code else unknown
        out[f"{word}（{code}）" if word in out else word] = line
    return out


def first(lines: Mapping[Any, Line], most: int, *, least: int = 1) -> list[tuple[Any, Line]]:
    """The groups with most now, at most so many and with at least so many cases."""
    ordered = sorted(lines.items(), key=lambda one: (-one[1].now, one[0]))
    return [one for one in ordered if one[1].now >= least][:most]


def _rate(top: int | None, bottom: int | None) -> Rate | None:
    return None if top is None or bottom is None else Rate(top, bottom)


def _placed(source: Source, name: str, facts: ir.Table) -> ir.Table:
    held = Source(source.engine, source.connection, {**source.tables, name: facts}, source.about, source.kept)
    return measures.placed(held, name)


def _days(period: Period) -> tuple[list[Period], dict[date, int]]:
    """The period and all that it is compared with, and for each of their days the number of its period."""
    spans = list(dict.fromkeys((period, period.before, period.last_year, *period.usual)))
    days = {
        one.since + timedelta(days=n): number
        for number, one in enumerate(spans)
        for n in range((one.until - one.since).days + 1)
    }
    return spans, days


def _calendar(days: Mapping[date, int]) -> ir.Table:
    """The days with their periods, to be joined: shorter for an engine to read than a case for each period."""
    return ibis.memtable(pa.table({"day": pa.array(days, pa.date32()), "span": pa.array(days.values(), pa.int32())}))


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _in(period: Period) -> Test:
    months = (_month(period.since), _month(period.until))
    return lambda t: t.month.between(*months) & t.day.between(period.since, period.until)

"""Every measure of the house, defined once as an Ibis expression. Nobody counts a second way.

A `Sum` adds up over the rows of one table of facts, so its groups can be added up further (`cube`, then `roll`). A
`Ratio` is one sum over another; it is always made from sums, never averaged. Both take grouping columns by name: those
of the facts, and those that `dated` and `placed` add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from jieban.analytics.engines import Source


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows of `fact` pass `test` (all without one), or the sum of `value` over them."""

    name: str
    fact: str
    says: str
    test: Callable[[ir.Table], ir.BooleanValue] | None = None
    value: Callable[[ir.Table], ir.NumericValue] | None = None

    def over(self, table: ir.Table) -> ir.Value:
        """The aggregate over raw facts; 0 where no row passes."""
        passes = self.test(table) if self.test else None
        if self.value is None:
            return table.count(where=passes)
        return self.value(table).sum(where=passes).fill_null(0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One sum over another, from 0 to 1 (or a mean); empty where the lower one is 0."""

    name: str
    top: Sum
    bottom: Sum
    says: str


# Contacts (受理)
ACCEPTED: Final = Sum("accepted", "contacts", "受理量: accepted items")
PHONE: Final = Sum("phone", "contacts", "电话受理量", lambda t: t.channel_kind == "phone")
NETWORK: Final = Sum("network", "contacts", "网络受理量", lambda t: t.channel_kind == "network")
SENT: Final = Sum("dispatched", "contacts", "派单量: items sent to units", lambda t: t.outcome == "dispatched")
TOLD: Final = Sum("answered", "contacts", "解答咨询量: items answered at once", lambda t: t.outcome == "answered")
CONSULTATIONS: Final = Sum("consultations", "contacts", "咨询量", lambda t: (t.kind == "consultation").fill_null(False))
PRAISE: Final = Sum("praise", "contacts", "表扬量", lambda t: (t.kind == "praise").fill_null(False))
OF_FIRMS: Final = Sum("firms", "contacts", "企业诉求量", lambda t: t.firm)

# Orders (派单)
ORDERS: Final = Sum("orders", "orders", "派单量: orders sent to units")
SENDINGS: Final = Sum("sendings", "orders", "assignments of these orders", value=lambda t: t.sendings.cast("int64"))
TOLD_FIRST: Final = Sum("first_known", "orders", "orders whose first unit could say", lambda t: t.right_first.notnull())
RIGHT_FIRST: Final = Sum(
    "right_first", "orders", "首派准确量: kept by the first unit", lambda t: t.right_first.fill_null(False)
)
SOLVED_ONCE: Final = Sum("solved_orders", "orders", "solved by the citizen's word", lambda t: t.came_back.notnull())
CAME_BACK: Final = Sum(
    "came_back", "orders", "回潮量: solved matters that came again", lambda t: t.came_back.fill_null(False)
)
CLOSED: Final = Sum("closed", "orders", "结案量", lambda t: t.closed_day.notnull())
URGENT: Final = Sum(
    "urgent", "orders", "突发: orders with the two-hour clock", lambda t: (t.urgency == "2h").fill_null(False)
)

# Assignments (承办)
HANDLED: Final = Sum("handled", "assignments", "承办量: what units had to do")
LED: Final = Sum(
    "led", "assignments", "主办量: what units led and did not send back",
    lambda t: (t.role == "lead") & (t.result != "redirected"),
)  # fmt: skip
LATE: Final = Sum(
    "late", "assignments", "超期未办结: past the due and still open",
    lambda t: (t.result == "open") & (t.complete_on_time == False).fill_null(False),  # noqa: E712
)  # fmt: skip


def _timely(word: str, what: str) -> tuple[Sum, Sum]:
    column = f"{word}_on_time"
    return (
        Sum(f"{word}_judged", "assignments", f"{what}: due or done", lambda t: t[column].notnull()),
        Sum(f"{word}_on_time", "assignments", f"{what}: by the due", lambda t: t[column].fill_null(False)),
    )


SIGN_JUDGED, SIGN_ON_TIME = _timely("sign", "签收")
RESPOND_JUDGED, RESPOND_ON_TIME = _timely("respond", "首次联系")
COMPLETE_JUDGED, COMPLETE_ON_TIME = _timely("complete", "办结")


# Answers (回访): the last result of each assignment, without what was excluded. docs/adr/0013-three-rates.md
def _scored(t: ir.Table) -> ir.BooleanValue:
    return t["last"] & ~t.excluded


def _said_solved(t: ir.Table) -> ir.BooleanValue:
    return _scored(t) & t.reached & t.solved.notnull()


def _said_satisfied(t: ir.Table) -> ir.BooleanValue:
    return _scored(t) & t.reached & t.satisfied.isin(("yes", "mostly", "no")).fill_null(False)


def _solved_is(word: str) -> Callable[[ir.Table], ir.BooleanValue]:
    return lambda t: _said_solved(t) & (t.solved == word).fill_null(False)


def _satisfied_is(word: str) -> Callable[[ir.Table], ir.BooleanValue]:
    return lambda t: _said_satisfied(t) & (t.satisfied == word).fill_null(False)


SCORED: Final = Sum("scored", "answers", "回访结果数", _scored)
UNREACHED: Final = Sum("unreached", "answers", "未联系上", lambda t: _scored(t) & ~t.reached)
RESPONDED: Final = Sum(
    "responded", "answers", "响应: contacted in time, unless the citizen denies it",
    lambda t: _scored(t) & t.in_time & t.contacted.fill_null(True),
)  # fmt: skip
SAID_SOLVED: Final = Sum("said_solved", "answers", "对是否解决作了评价", _said_solved)
SOLVED: Final = Sum("solved", "answers", "解决", _solved_is("yes"))
SOLVED_PART: Final = Sum("solved_part", "answers", "部分解决", _solved_is("part"))
EXPLAINED: Final = Sum("explained", "answers", "没解决，但解释清楚了", _solved_is("explained"))
SAID_SATISFIED: Final = Sum("said_satisfied", "answers", "对是否满意作了评价", _said_satisfied)
SATISFIED: Final = Sum("satisfied", "answers", "满意", _satisfied_is("yes"))
SATISFIED_MOSTLY: Final = Sum("satisfied_mostly", "answers", "基本满意", _satisfied_is("mostly"))

RESPONSE: Final = Ratio("response", RESPONDED, SCORED, "响应率")
RESOLUTION: Final = Ratio("resolution", SOLVED, SAID_SOLVED, "解决率")
SATISFACTION: Final = Ratio("satisfaction", SATISFIED, SAID_SATISFIED, "满意率")
THREE_RATES: Final = (RESPONSE, RESOLUTION, SATISFACTION)
UNREACHABLE: Final = Ratio("unreachable", UNREACHED, SCORED, "未联系上占比")
SIGNED_IN_TIME: Final = Ratio("signed_in_time", SIGN_ON_TIME, SIGN_JUDGED, "按时签收率")
RESPONDED_IN_TIME: Final = Ratio("responded_in_time", RESPOND_ON_TIME, RESPOND_JUDGED, "按时响应率")
COMPLETED_IN_TIME: Final = Ratio("completed_in_time", COMPLETE_ON_TIME, COMPLETE_JUDGED, "按时办结率")
FIRST_TIME_RIGHT: Final = Ratio("first_time_right", RIGHT_FIRST, TOLD_FIRST, "首派准确率")
BACK: Final = Ratio("back", CAME_BACK, SOLVED_ONCE, "回潮率")
PER_ORDER: Final = Ratio("assignments_per_order", SENDINGS, ORDERS, "每单承办数")


def dated(facts: ir.Table) -> ir.Table:
    """With the `year` of a fact's day beside its `month`."""
    return facts.mutate(year=(facts.month // 100).cast("int32"))


def placed(source: Source, fact: str) -> ir.Table:
    """The facts with what their codes mean: `channel_kind` of contacts; `group`, `unit_district`, `zone` of a unit."""
    facts = dated(source[fact])
    if fact in ("contacts", "orders"):
        channels = source["channels"].select(channel="code", channel_kind="kind")
        return facts.left_join(channels, "channel").drop("channel_right")
    units = source["units"].select(unit="code", group="group", unit_district="district", zone="zone")
    return facts.left_join(units, "unit").drop("unit_right")


def cube(facts: ir.Table, by: Sequence[str], sums: Sequence[Sum]) -> ir.Table:
    """One row a group of raw facts with each sum under its name."""
    counted = {one.name: one.over(facts) for one in sums}
    return facts.group_by(*by).aggregate(**counted) if by else facts.aggregate(**counted)


def roll(counted: ir.Table, by: Sequence[str], sums: Sequence[Sum]) -> ir.Table:
    """The groups of a cube added up to fewer."""
    added = {one.name: counted[one.name].sum().fill_null(0).cast("int64") for one in sums}
    return counted.group_by(*by).aggregate(**added) if by else counted.aggregate(**added)


def rated(counted: ir.Table, ratios: Sequence[Ratio]) -> ir.Table:
    """With each ratio beside the sums it is made from."""
    return counted.mutate(**{one.name: ratio(counted[one.top.name], counted[one.bottom.name]) for one in ratios})


def ratio(top: ir.NumericValue, bottom: ir.NumericValue) -> ir.FloatingValue:
    """One number over another as a float; empty where the lower is 0."""
    return top.cast("float64") / bottom.cast("float64").nullif(0.0)


def shared(counted: ir.Table, of: Sum, within: Sequence[str] = (), name: str = "share") -> ir.Table:
    """With the share of each row in the whole of its `within` group (the whole table without one)."""
    whole = counted[of.name].sum().over(ibis.window(group_by=[counted[key] for key in within]))
    return counted.mutate(**{name: ratio(counted[of.name], whole)})


def grown(
    counted: ir.Table, of: Sum, along: str, by: Sequence[str] = (), back: int = 1, name: str = "growth"
) -> ir.Table:
    """With the growth of each row over the one `back` periods before it, within its `by` group; 0.1 is +10 %.

    `along` is `year`, `month` or `day`; month and 12 is the growth over a year. Empty where the earlier period has no
    row or counts 0: a missing month is never passed over.
    """
    place = _place(counted, along)
    frame = ibis.window(group_by=[counted[key] for key in by], order_by=place, range=(-back, -back))
    before = counted[of.name].sum().over(frame)
    return counted.mutate(**{name: ratio(counted[of.name] - before, before)})


def _place(counted: ir.Table, along: str) -> ir.IntegerValue:
    """A period as a number that goes up by 1 from each to the next."""
    column = counted[along]
    if along == "month":
        return column // 100 * 12 + column % 100
    return column.delta(date(1970, 1, 1), unit="day") if along == "day" else column


def per(counted: ir.Table, of: Sum, base: str, each: int, name: str) -> ir.Table:
    """With a sum per so many of a column of people or users: 万人诉求比 is per 10,000 `residents`."""
    return counted.mutate(**{name: ratio(counted[of.name] * each, counted[base])})


def peopled(source: Source, counted: ir.Table, of: str) -> ir.Table:
    """With `residents` and `base` of the unit, street or district whose code is in column `of`; empty if unknown."""
    units = source["units"].select(**{of: "code"}, residents="residents", base="base")
    return counted.left_join(units, of).drop(f"{of}_right")


def numbers(contacts: ir.Table, period: str) -> ir.Table:
    """Calling numbers by `period` ("year" or "month"): all, those new in it, and those known from an earlier one.

    Columns: the period, `numbers`, `new`, `returning`. New is what no earlier contact of these came from.
    """
    known = dated(contacts).filter(lambda t: t.caller.notnull())
    both = _first(known.select("caller", period).distinct(), period)
    counted = both.group_by(period).aggregate(numbers=both.count(), new=both.count(where=both.fresh))
    return counted.mutate(returning=counted.numbers - counted.new)


def calls(contacts: ir.Table, period: str) -> ir.Table:
    """Contacts by `period` from any number, from new numbers and from those known from an earlier period.

    Columns: the period, `calls`, `new`, `returning`. Contacts without a number are left out.
    """
    known = dated(contacts).filter(lambda t: t.caller.notnull())
    both = _first(known.group_by("caller", period).aggregate(n=known.count()), period)
    sums = {"calls": both.n.sum(), "new": both.n.sum(where=both.fresh).fill_null(0)}
    counted = both.group_by(period).aggregate(**{name: each.cast("int64") for name, each in sums.items()})
    return counted.mutate(returning=counted.calls - counted.new)


def _first(seen: ir.Table, period: str) -> ir.Table:
    """One row a number and period, with `fresh` where the number was not heard before."""
    first = seen.group_by("caller").aggregate(first=seen[period].min())
    return seen.join(first, "caller").mutate(fresh=lambda t: t[period] == t["first"])


def callers(facts: ir.Table, by: Sequence[str]) -> ir.Table:
    """How many rows each group has, and from how many different known `numbers` they came."""
    return facts.group_by(*by).aggregate(n=facts.count(), numbers=facts.caller.nunique())


def repeated(contacts: ir.Table, least: int) -> ir.Table:
    """One row: `numbers` that were heard at least so often among these contacts, and how many `contacts` are theirs."""
    known = contacts.filter(contacts.caller.notnull())
    each = known.group_by("caller").aggregate(n=known.count())
    often = each.filter(each.n >= least)
    return often.aggregate(numbers=often.count(), contacts=often.n.sum().fill_null(0))


def always(contacts: ir.Table, years: int) -> ir.Table:
    """One row: `numbers` that were heard in each of this many years."""
    known = dated(contacts).filter(lambda t: t.caller.notnull()).select("caller", "year").distinct()
    each = known.group_by("caller").aggregate(years=known.count())
    return each.aggregate(numbers=each.count(where=each.years >= years))


# As many months fit into one whole number as it has bits, the sign left out.
HEARD_MONTHS: Final = 62


def _bits(bits: int) -> int:  # type: ignore[empty-body]
    """Every bit that is set in any row. Ibis takes the signature alone from here: the engines do it, and of Spark's
    own Ibis 12 does not know."""


_any_bit: Final = ibis.udf.agg.builtin(_bits, name="bit_or", signature=(("int64",), "int64"))


def heard(contacts: ir.Table, months: Sequence[int]) -> ir.Table:
    """How many calling numbers (`numbers`) were heard in which of these months: one row a pattern of months.

    Bit n of `heard` says that they called in `months[n]`, which are yyyymm without a gap. This is one reading for all
    that `numbers` and `always` answer with a reading each. ValueError for more than `HEARD_MONTHS` months.
    """
    if len(months) > HEARD_MONTHS:
        raise ValueError(f"{len(months)} months do not fit into one number, {HEARD_MONTHS} do.")
    known = contacts.filter(contacts.caller.notnull() & contacts.month.between(months[0], months[-1]))
    start = months[0] // 100 * 12 + months[0] % 100
    # Shifted down from the top bit: engines take a small literal for 32 bits and overflow.
    bit = ibis.literal(1 << HEARD_MONTHS) >> (HEARD_MONTHS + start - _place(known, "month")).cast("int32")
    each = known.mutate(bit=bit).group_by("caller").aggregate(heard=lambda t: _any_bit(t.bit))
    return each.group_by("heard").aggregate(numbers=each.count())


# Upper ends of the classes of a duration, in minutes; the last class is open.
HOUR, DAY = 60, 1440
CLASSES: Final = (2 * HOUR, DAY, 3 * DAY, 7 * DAY, 15 * DAY, 30 * DAY)


def durations(facts: ir.Table, minutes: str, by: Sequence[str] = ()) -> ir.Table:
    """How many facts took how long: one row a group and class.

    `class` is its number from 0, `upto` its end in minutes (empty for the last one, which is open), `n` the facts.
    """
    known = facts.filter(facts[minutes].notnull())
    ends = ibis.cases(*((known[minutes] <= end, n) for n, end in enumerate(CLASSES)), else_=len(CLASSES))
    upto = ibis.cases(*((known[minutes] <= end, end) for end in CLASSES), else_=ibis.null())
    classed = known.mutate(**{"class": ends.cast("int32"), "upto": upto.cast("int32")})
    return classed.group_by(*by, "class", "upto").aggregate(n=classed.count())


def spread(facts: ir.Table, minutes: str, by: Sequence[str] = ()) -> ir.Table:
    """Mean, median and 90th percentile of a duration in minutes, and on how many facts they rest."""
    known = facts.filter(facts[minutes].notnull())
    column = known[minutes].cast("float64")
    counted = {"n": known.count(), "mean": column.mean(), "median": column.quantile(0.5), "p90": column.quantile(0.9)}
    return known.group_by(*by).aggregate(**counted) if by else known.aggregate(**counted)


SUMS: Final[Mapping[str, Sum]] = {value.name: value for value in list(globals().values()) if isinstance(value, Sum)}
RATIOS: Final[Mapping[str, Ratio]] = {v.name: v for v in list(globals().values()) if isinstance(v, Ratio)}

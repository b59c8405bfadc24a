"""The contacts and orders of one month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from jieban.analytics import names
from simulation.lake import callers
from simulation.lake.city import City, Floats, Ints
from simulation.lake.drawing import even, parted, pick, pick_rows
from simulation.lake.plan import MonthPlan, Plan

_HOURS = np.array(
    [2, 1.2, 0.8, 0.6, 0.6, 0.9, 1.8, 3.5, 6.5, 8.2, 8.4, 7.2, 4.8, 5.2, 6.8, 7.2, 6.9, 6, 4.8, 4.5, 4.2, 3.6, 2.9, 2.4]
)
ANSWERED, DISPATCHED, TRANSFERRED, GUIDED = range(4)
OUTCOMES = ["answered", "dispatched", "transferred", "guided"]
KINDS = ["consultation", "help", "complaint", "report", "suggestion", "praise"]

# How far days of one kind differ (standard deviation of the logarithm); own estimate.
_DAILY = 0.05


@dataclass(slots=True)
class Month:
    """The contacts of a month in the sequence of their ids; -1 stands for nothing.

    `day` counts from the first of the month; `dest` is the sink that leads. `place` is known for orders alone.
    """

    plan: MonthPlan
    two: Ints
    dest: Ints
    day: Ints
    hour: Ints
    channel: Ints
    kind: Ints
    caller: Ints
    district: Ints
    street: Ints
    three: Ints
    place: Ints
    outcome: Ints
    unit: Ints
    truths: list[dict[str, object]] = field(default_factory=list)

    @property
    def orders(self) -> Ints:
        """The places of those that were sent to units."""
        return np.flatnonzero(self.dest >= 0)

    def of(self, days: Ints) -> Ints:
        """The month, as yyyymm, in which days lie that count from the first of this one."""
        day = np.datetime64(self.plan.first) + days.astype("timedelta64[D]")
        months = day.astype("datetime64[M]").astype(np.int64)
        return np.asarray((1970 + months // 12) * 100 + months % 12 + 1)


def draw(plan: Plan, month: MonthPlan, rng: np.random.Generator) -> Month:
    """Draw a month from its counts."""
    two, dest, praise = _cells(plan.city, month, rng)
    n = len(two)
    drawn = Month(
        plan=month, two=two, dest=dest,
        day=_days(month, n, rng), hour=pick(np.cumsum(_HOURS) / _HOURS.sum(), even(rng, n)),
        channel=pick(channels(plan, month), even(rng, n)), kind=_kinds(plan.city, two, dest, praise, rng),
        caller=callers.draw(plan.callers, month.month, n, rng),
        district=np.full(n, -1), street=np.full(n, -1), three=_threes(plan.city, two, dest, rng), place=np.full(n, -1),
        outcome=_outcomes(plan, dest, praise, rng), unit=np.full(n, -1),
    )  # fmt: skip
    _locate(plan, drawn, rng)
    drawn.unit = lead_units(plan, drawn, rng)
    return drawn


def _cells(city: City, month: MonthPlan, rng: np.random.Generator) -> tuple[Ints, Ints, np.ndarray]:
    cells = np.arange(month.leads.size)
    sent = np.repeat(cells, month.leads.ravel())
    told = np.repeat(np.arange(len(month.answered)), month.answered)
    two = np.concatenate([sent // city.dests, told])
    dest = np.concatenate([sent % city.dests, np.full(len(told), -1)])
    praise = np.zeros(len(two), dtype=bool)
    praise[len(two) - month.praise :] = True
    mix = rng.permutation(len(two))
    return two[mix], dest[mix], praise[mix]


def _days(month: MonthPlan, n: int, rng: np.random.Generator) -> Ints:
    """No two working days are alike: each is a few per cent above or below what its kind of day brings."""
    weights = month.weights * np.exp(_DAILY * rng.standard_normal(len(month.weights)))
    ends = np.rint(np.cumsum(weights) / weights.sum() * n).astype(np.int64)
    return np.repeat(np.arange(len(month.weights)), np.diff(ends, prepend=0))


def _kinds(city: City, two: Ints, dest: Ints, praise: np.ndarray, rng: np.random.Generator) -> Ints:
    """Who is answered at once mostly asks; who is sent on mostly wants something done."""
    hints = np.array([KINDS.index(kind) for kind in city.kinds] + [0])
    u, hint = even(rng, len(two)), hints[two]
    sent = np.where((hint == 0) & (u < 0.7), 1, hint)
    kind = np.where(dest >= 0, sent, np.where(u < 0.9, 0, np.where(hint == 0, 4, hint)))
    return np.where(praise, KINDS.index("praise"), kind)


def _outcomes(plan: Plan, dest: Ints, praise: np.ndarray, rng: np.random.Generator) -> Ints:
    chosen = plan.figures.chosen["outcomes"]
    u = even(rng, len(dest))
    told = np.where(u < chosen["transferred"], TRANSFERRED, np.where(u > 1 - chosen["guided"], GUIDED, ANSWERED))
    return np.where(dest >= 0, DISPATCHED, np.where(praise, ANSWERED, told))


def channel_codes(plan: Plan) -> list[str]:
    """The channels in the sequence of their chances."""
    return ["phone", "line_12319", "line_96310", "enterprise", "wechat", *plan.figures.chosen["channels"]["others"]]


def channels(plan: Plan, month: MonthPlan) -> Floats:
    """Running chances of the channels in this month."""
    said, figures = plan.figures.chosen["channels"], plan.figures
    like = figures.months[month.like]
    of_year = sum(v for m, v in zip(figures.months, figures.accepted, strict=True) if m // 100 == like // 100)
    network = said["network"][str(like // 100)] / of_year
    since = sum(v for m, v in zip(figures.months, figures.accepted, strict=True) if m >= said["enterprise_from"])
    firms = said["enterprise"] / since if like >= said["enterprise_from"] else 0.0
    wechat = said["wechat"] / (said["network"]["2020"] + said["network"]["2021"]) if like >= said["wechat_from"] else 0
    others = np.array(list(said["others"].values()), float)
    phone = 1 - network - firms
    lines = np.array([0.6, 0.4]) * said["lines"]
    return np.cumsum([
        phone * (1 - said["lines"]), *(phone * lines), firms, network * wechat,
        *(network * (1 - wechat) * others / others.sum()),
    ])  # fmt: skip


def _threes(city: City, two: Ints, dest: Ints, rng: np.random.Generator) -> Ints:
    """The third level: of every order, and of most that were answered; the first of a list more often."""
    starts = np.append(city.three_start, city.three_start[-1])
    count = np.zeros(len(city.two) + 1, dtype=np.int64)
    count[: len(starts) - 1] = np.diff(starts)[: len(count)]
    start = np.zeros(len(city.two) + 1, dtype=np.int64)
    start[: len(city.three_start) - 1] = city.three_start[:-1]
    told = rng.random(len(two))
    found = start[two] + (count[two] * told**1.5).astype(np.int64)
    return np.where((count[two] > 0) & ((dest >= 0) | (rng.random(len(two)) < 0.7)), found, -1)


def _locate(plan: Plan, month: Month, rng: np.random.Generator) -> None:
    """District, street and place: of what a street leads the street's own; of others by what streets handle."""
    city, n = plan.city, len(plan.city.districts)
    weights = plan.streets[1 if month.plan.month >= 202101 else 0]
    leads = month.plan.leads.sum(axis=0)
    by_district = np.cumsum(leads[:n] + leads[n : 2 * n]) / max((leads[:n] + leads[n : 2 * n]).sum(), 1)
    owned = (month.dest >= 0) & (month.dest < 2 * n)
    loose = pick(by_district, rng.random(len(month.two)))
    known = (month.dest >= 0) | (rng.random(len(month.two)) < 0.55)
    month.district = np.where(owned, month.dest % n, np.where(known, loose, -1))
    for d in range(n):
        mine = city.streets_of(d)
        chances = np.cumsum(weights[mine]) / weights[mine].sum()
        rows = np.flatnonzero((month.district == d) & (month.dest != n + d))
        month.street[rows] = mine[pick(chances, rng.random(len(rows)))]
        own = np.flatnonzero(month.dest == n + d)
        month.street[own] = mine[parted(rng, len(own), weights[mine])]
    orders = month.orders
    month.place[orders] = places(city, month.street[orders], rng)


def places(city: City, street: Ints, rng: np.random.Generator) -> Ints:
    """A place in each street, some much more often than others; none for one in seven."""
    start, size = city.place_start[street], np.diff(city.place_start)[street]
    found = start + (size * rng.random(len(street)) ** 2).astype(np.int64)
    return np.where((size > 0) & (rng.random(len(street)) < 0.86), found, -1)


def lead_units(plan: Plan, month: Month, rng: np.random.Generator) -> Ints:
    """The unit that leads each order; -1 where none does."""
    return units(plan, month.two, month.dest, month.street, rng)


def units(plan: Plan, two: Ints, dest: Ints, street: Ints, rng: np.random.Generator) -> Ints:
    """A unit of each sink, by what the matter is."""
    n, choice = len(plan.city.districts), plan.choice
    out = np.full(len(two), -1)
    u = even(rng, len(two))
    mine = np.flatnonzero((dest >= 0) & (dest < n))
    out[mine] = choice.department_units[dest[mine], pick_rows(choice.departments, two[mine], rng.random(len(mine)))]
    mine = np.flatnonzero((dest >= n) & (dest < 2 * n))
    out[mine] = choice.street_units[street[mine]]
    for k, group in enumerate((names.MUNICIPAL, names.SOE, names.PLATFORM)):
        mine = np.flatnonzero(dest == 2 * n + k)
        out[mine] = choice.units[group][pick_rows(choice.chances[group], two[mine], u[mine])]
    return out

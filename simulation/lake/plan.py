"""The whole city as counts: how many contacts, orders and assignments each month holds of each kind and for each sink.

Counts are fixed before anything is drawn, so that every share is as calibrated up to the rounding of whole numbers, and
the rows of a month do not depend on those of another.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from jieban.city.pack import Pack
from jieban.core.errors import BadInput
from simulation import figures as printed
from simulation.figures import Figures
from simulation.lake import callers, curves, fitting, handled, parting, streets, terms
from simulation.lake import city as cities
from simulation.lake.city import City, Floats, Ints

LEAST = 20_000
_DIPS = {"holiday": 0.62, "saturday": 0.8, "sunday": 0.74}


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What one month holds. `leads` and `extras` are (second levels, sinks), `answered` (second levels and none)."""

    month: int
    like: int
    first: date
    weights: Floats
    contacts: int
    leads: Ints
    extras: Ints
    answered: Ints
    praise: int
    first_id: int
    first_assignment: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a worker needs: the city, its choices of units, and its months."""

    city: City
    terms: terms.Terms
    figures: Figures
    seed: int
    start: date
    end: date
    scale: float
    choice: parting.Choice
    streets: Floats
    callers: callers.Callers
    months: list[MonthPlan]


def make(pack: Pack, figures: Figures, *, contacts: int, start: date, end: date, seed: str) -> Plan:
    """The counts of a city with so many contacts from `start` to `end`. BadInput for a wrong period or number."""
    _check(contacts, start, end)
    city = cities.of(pack)
    accepted = curves.accepted(city, figures)
    sinks = handled.sinks(city, figures)
    one = handled.table(city, figures, sinks)
    two = handled.spread(city, one, accepted[:, :-1].sum(axis=0))
    led = figures.printed["totals"]["dispatched_orders"] / sinks.sum()
    sizes = streets.volumes(city, figures, sinks[16:32] * 1e4, led)
    joint = over_time(city, figures, accepted, two, sizes, led)
    calendar = _Months(pack, figures, start, end)
    scale = contacts / (sum(calendar.volume(n) for n in range(len(calendar.months))) * 1e4)
    counted = _count(city, figures, calendar, accepted, joint, led, scale, contacts)
    return Plan(
        city=city,
        terms=terms.of(pack, city),
        figures=figures,
        seed=zlib.crc32(seed.encode()),
        start=start,
        end=end,
        scale=scale,
        choice=parting.choice(pack, city, figures, two),
        streets=streets.weights(city, sizes, led),
        callers=callers.plan(figures, [(m.month, m.contacts) for m in counted], zlib.crc32(seed.encode())),
        months=counted,
    )


def _check(contacts: int, start: date, end: date) -> None:
    if start > end:
        raise BadInput(f"The period ends ({end}) before it begins ({start}).")
    if start < printed.FIRST:
        raise BadInput(f"There are no figures before {printed.FIRST}. Begin on that day or later.")
    if contacts < LEAST:
        raise BadInput(f"{contacts} contacts are too few for shares to show. Ask for {LEAST} or more.")


class _Months:
    """The months of a period: which printed month each is like, how much lies inside, its days."""

    def __init__(self, pack: Pack, figures: Figures, start: date, end: date) -> None:
        self.pack, self.figures, self.start, self.end = pack, figures, start, end
        ends = (start.year * 12 + start.month - 1, end.year * 12 + end.month)
        self.months = [n // 12 * 100 + n % 12 + 1 for n in range(*ends)]

    def like(self, n: int) -> int:
        """The place of the printed month that month `n` is drawn like."""
        month = self.months[n]
        while month not in self.figures.months:
            month -= 100
        return self.figures.months.index(month)

    def growth(self, n: int) -> float:
        """How many times the volume of the printed month."""
        years = self.months[n] // 100 - self.figures.months[self.like(n)] // 100
        return float(self.figures.chosen["later"]["growth"] ** years)

    def days(self, n: int) -> tuple[date, Floats]:
        """The first day of the month, and the weight of each of its days; 0 outside the period."""
        first = date(self.months[n] // 100, self.months[n] % 100, 1)
        days = [first + timedelta(k) for k in range(31) if (first + timedelta(k)).month == first.month]
        inside = [self.start <= day <= self.end for day in days]
        return first, np.array([_weight(self.pack, day) for day in days]) * inside

    def part(self, n: int) -> float:
        """How much of the month lies inside the period."""
        first, weights = self.days(n)
        whole = sum(_weight(self.pack, first + timedelta(k)) for k in range(len(weights)))
        return float(weights.sum() / whole)

    def volume(self, n: int) -> float:
        """Its accepted items at full size, in 万."""
        return float(self.figures.accepted[self.like(n)] * self.growth(n) * self.part(n))


def _weight(pack: Pack, day: date) -> float:
    if day in pack.calendar.holidays:
        return _DIPS["holiday"]
    if day.weekday() < 5 or day in pack.calendar.workdays:
        return 1.0
    return _DIPS["saturday"] if day.weekday() == 5 else _DIPS["sunday"]


def over_time(
    city: City, figures: Figures, accepted: Floats, two: Floats, sizes: streets.Volumes, led: float
) -> Floats:
    """(35 months, second levels, sinks) of what is handled, in 万: with the tilts that are told of each district."""
    n, months = len(city.districts), np.array(figures.months)
    profile = accepted[:, :-1] / np.maximum(accepted[:, :-1].sum(axis=0), 1e-9)
    by_month = profile * two.sum(axis=1)
    out = by_month[:, :, None] * (two / np.maximum(two.sum(axis=1, keepdims=True), 1e-9))
    out *= _tilted(city, figures)
    late = months // 100 == 2021
    aims = np.array([sizes.led[city.streets_of(d)].sum() for d in range(n)]) / led / 1e4
    for _ in range(40):
        now = out[late, :, n : 2 * n].sum(axis=(0, 1))
        out[late, :, n : 2 * n] *= aims / now
        out = fitting.rake(out, [(0, two), (2, by_month)], rounds=1)
    return fitting.rake(out, [(0, two)], rounds=1)


def _tilted(city: City, figures: Figures) -> Floats:
    n, tilt = len(city.districts), figures.chosen["tilt"]
    time = np.linspace(-1, 1, len(figures.months))
    slope = np.zeros((len(city.two), city.dests))
    by_code = {d["code"]: d for d in figures.printed["districts"]}
    for d, code in enumerate(city.districts):
        for c, two in enumerate(city.two):
            name = city.names[two[:2]]
            way = (name in by_code[code]["rising_share"]) * tilt["rising"] + (
                name in by_code[code]["falling_share"]
            ) * tilt["falling"]
            slope[c, [d, n + d]] = way
    tilted: Floats = np.exp(time[:, None, None] * slope)
    return tilted


def _count(
    city: City,
    figures: Figures,
    calendar: _Months,
    accepted: Floats,
    joint: Floats,
    led: float,
    scale: float,
    total: int,
) -> list[MonthPlan]:
    places = range(len(calendar.months))
    like = [calendar.like(n) for n in places]
    times = np.array([calendar.growth(n) * calendar.part(n) for n in places]) * scale * 1e4
    contacts = fitting.whole(np.array([calendar.volume(n) for n in places]) * scale * 1e4)
    contacts[-1] += total - contacts.sum()
    # Sinks first: what a district or a kind of unit handles is then exact to one item.
    cells = (joint[like] * times[:, None, None]).transpose(2, 1, 0)
    leads = fitting.whole(cells * led).transpose(2, 1, 0)
    extras = fitting.whole(cells * (1 - led)).transpose(2, 1, 0)
    wanted = accepted[like] * times[:, None]
    praise = fitting.whole(_praise(figures)[like] * times / 1e4)
    out, ids, assignments = [], 1, 1
    for n in places:
        rest = np.maximum(wanted[n] - [*leads[n].sum(axis=1), 0], 0)
        answered = fitting.whole(rest * (contacts[n] - leads[n].sum()) / rest.sum())
        first, weights = calendar.days(n)
        out.append(
            MonthPlan(
                month=calendar.months[n], like=like[n], first=first, weights=weights / weights.sum(),
                contacts=int(contacts[n]), leads=leads[n], extras=extras[n], answered=answered,
                praise=min(int(praise[n]), int(answered[-1])), first_id=ids, first_assignment=assignments,
            )
        )  # fmt: skip
        ids += int(contacts[n])
        assignments += int(leads[n].sum() + extras[n].sum())
    return out


def _praise(figures: Figures) -> Floats:
    """Praise calls of each month, in items: from the first month's towards those of now, with the printed sum."""
    said = figures.printed["praise_calls"]
    first, now, whole = said["2019-01_items"], said["monthly_now_items"], said["three_years"] * 1e4
    time = np.arange(len(figures.months))
    halves = np.linspace(0.5, 60, 2000)
    curves_ = first + (now - first) * (1 - np.exp(-time[None, :] / halves[:, None]))
    best: Floats = curves_[np.argmin(np.abs(curves_.sum(axis=1) - whole))]
    return best

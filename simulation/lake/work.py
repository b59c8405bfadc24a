"""What the units did: the assignments of a month's orders, with their times against the limits of the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.lake import contacts
from simulation.lake.city import Ints
from simulation.lake.contacts import Month
from simulation.lake.drawing import even, lognormal
from simulation.lake.plan import Plan

LEAD, ASSIST = 0, 1
COMPLETED, REDIRECTED, TERMINATED, OPEN = range(4)
RESULTS = ["completed", "redirected", "terminated", "open"]
DAY = 1440
# Limits in minutes by urgency, as in the city's clocks; signing within working hours is taken as fourteen clock hours.
_HANDLE = {"2h": 120, "24h": 1440, "7d": 10_080, "15d": 21_600}
_SIGN = {"2h": 30, "24h": 120, "7d": 840, "15d": 840}
_RESPOND = {"2h": 30, "24h": 120, "7d": 1440, "15d": 1440}
_BEFORE_ASKED = 0.8


@dataclass(slots=True)
class Work:
    """One entry an assignment, those of one order not side by side; `order` is a place in the month's orders.

    Minutes count from the first of the month (`sent`, `done`) or from sent (the others); -1 is not yet. `section` is a
    number of the sections of the plan's terms.
    """

    order: Ints
    unit: Ints
    role: Ints
    result: Ints
    sent: Ints
    sign: Ints
    respond: Ints
    complete: Ints
    limits: tuple[Ints, Ints, Ints]
    again: np.ndarray
    section: Ints


def minutes_left(plan: Plan, month: Month) -> int:
    """Minutes from the first of the month to the end of the period."""
    return ((plan.end - month.plan.first).days + 1) * DAY


def draw(plan: Plan, month: Month, rng: np.random.Generator) -> tuple[Work, Ints]:
    """The assignments of a month, and the minute of the month in which each order was received."""
    orders = month.orders
    received = month.day[orders] * DAY + month.hour[orders] * 60 + rng.integers(0, 60, len(orders))
    left = minutes_left(plan, month)
    wait = lognormal(rng, len(orders), 17, 1.0).astype(np.int64) + 1
    sent_first = np.minimum(received + wait, left - 1)
    order, unit, first_extra = _rows(plan, month, rng)
    redirected = _redirected(plan, month, first_extra, len(orders), rng)
    role = np.where((np.arange(len(order)) < len(orders)) | redirected, LEAD, ASSIST)
    later = np.where(_moved(order, redirected, len(orders)), rng.integers(60, 2000, len(order)), 0)
    sent = np.minimum(sent_first[order] + later, left - 1)
    work = _timed(plan, month, order, unit, role, sent, redirected, rng)
    return _opened(work, redirected, left), received


def _rows(plan: Plan, month: Month, rng: np.random.Generator) -> tuple[Ints, Ints, np.ndarray]:
    """Order and unit of each assignment: leads first, then the extras; and which is the first extra of its order."""
    orders = month.orders
    place, sink = _extras(plan, month, rng)
    two, street = month.two[orders][place], month.street[orders][place]
    unit = contacts.units(plan, two, sink, street, rng)
    unit = _other(plan, month.unit[orders][place], unit, sink, street)
    first = np.zeros(len(place), dtype=bool)
    first[np.unique(place, return_index=True)[1]] = True
    return (
        np.concatenate([np.arange(len(orders)), place]),
        np.concatenate([month.unit[orders], unit]),
        np.concatenate([np.zeros(len(orders), dtype=bool), first]),
    )


def _extras(plan: Plan, month: Month, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Which order each further assignment belongs to, and its sink: of the same kind of matter, in the same district.

    Departments help where a street leads and streets where a department does, as far as there are such orders.
    """
    n, dests = len(plan.city.districts), plan.city.dests
    cells = np.repeat(np.arange(month.plan.extras.size), month.plan.extras.ravel())
    two, sink = cells // dests, cells % dests
    orders = month.orders
    local, group = sink < 2 * n, two * n + sink % n
    by_place = _pool(
        month.two[orders] * n + month.district[orders], month.dest[orders] < n, len(plan.city.two) * n, rng
    )
    by_two = _pool(month.two[orders], month.dest[orders] < 2 * n, len(plan.city.two), rng)
    found = np.full(len(sink), -1)
    streets = local & (sink >= n)
    found[streets] = _take(by_place, group[streets], from_end=True)
    found[local & ~streets] = _take(by_place, group[local & ~streets], from_end=False)
    found[~local] = _take(by_two, two[~local], from_end=True)
    return _settled(found, sink, n, month.district[orders], rng)


def _settled(found: Ints, sink: Ints, n: int, district: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Those that found no order of their kind join any order of their district; without one they are left out."""
    for k in np.flatnonzero(found < 0):
        near = np.flatnonzero(district == sink[k] % n) if sink[k] < 2 * n else np.arange(len(district))
        if len(near):
            found[k] = near[int(rng.integers(len(near)))]
    return found[found >= 0], sink[found >= 0]


def _pool(group: Ints, last: np.ndarray, groups: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Orders by group, those marked `last` at its end: the sequence, and start and size of each group."""
    order = np.lexsort((rng.random(len(group)), last, group))
    size = np.bincount(group, minlength=groups)
    return order, np.concatenate([[0], np.cumsum(size)[:-1]]), size


def _take(pool: tuple[Ints, Ints, Ints], group: Ints, *, from_end: bool) -> Ints:
    """One order after the other of each group, round again where there are too few; -1 where there is none."""
    order, start, size = pool
    if not len(group):
        return group
    turn = (
        np.arange(len(group))
        - np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1])[
            np.cumsum(np.concatenate([[0], np.diff(group) != 0]))
        ]
    )
    count = np.maximum(size[group], 1)
    place = np.where(from_end, count - 1 - turn % count, turn % count)
    return np.where(size[group] > 0, order[np.minimum(start[group] + place, len(order) - 1)], -1)


def _other(plan: Plan, lead: Ints, unit: Ints, sink: Ints, street: Ints) -> Ints:
    """Where the same unit came out twice, the next one of its kind and district."""
    n, choice, out = len(plan.city.districts), plan.choice, unit.copy()
    for k in np.flatnonzero(lead == unit):
        if sink[k] < n:
            near = choice.department_units[sink[k]]
        elif sink[k] < 2 * n:
            near = choice.street_units[plan.city.streets_of(int(sink[k]) - n)]
        else:
            near = list(choice.units.values())[sink[k] - 2 * n]
        out[k] = near[(int(np.flatnonzero(near == unit[k])[0]) + 1) % len(near)]
    return out


def right_first(plan: Plan, month: Month) -> float:
    """The share of orders that went to the right unit first, rising over the printed months."""
    first, last = plan.figures.chosen["rates"]["right_first"]
    return float((first + (last - first) * month.plan.like / (len(plan.figures.months) - 1)) / 100)


def _redirected(plan: Plan, month: Month, first: np.ndarray, orders: int, rng: np.random.Generator) -> np.ndarray:
    """Of the first extras as many as there are orders that went wrong: they stand for the unit that gave it back."""
    wrong = (1 - right_first(plan, month)) * orders / max(first.sum(), 1)
    out = np.zeros(len(first), dtype=bool)
    out[first] = even(rng, int(first.sum())) < wrong
    return out


def _moved(order: Ints, redirected: np.ndarray, orders: int) -> np.ndarray:
    """Leads that came after a unit had given the order back."""
    wrong = np.zeros(orders, dtype=bool)
    wrong[order[redirected]] = True
    moved = np.zeros(len(order), dtype=bool)
    moved[:orders] = wrong
    return moved


def _timed(
    plan: Plan,
    month: Month,
    order: Ints,
    unit: Ints,
    role: Ints,
    sent: Ints,
    redirected: np.ndarray,
    rng: np.random.Generator,
) -> Work:
    n, orders = len(order), month.orders
    two = month.two[orders][order]
    urgency = plan.choice.urgency[two]
    limits = tuple(np.array([table[u] for u in plan.city.urgencies])[urgency] for table in (_SIGN, _RESPOND, _HANDLE))
    epidemic = plan.city.two_of[two] == 0
    slow = np.exp(0.12 * np.sin(unit * 12.9898))
    median = plan.figures.chosen["rates"]["response"]
    late = np.interp(month.plan.like, [0, len(plan.figures.months) - 1], [100 - x for x in median]) / 100
    sign = lognormal(rng, n, 0.03 * limits[0] + 4, 0.9)
    # So wide that the told share comes in time: the quantile of the share, at a spread of 0.7.
    within = np.exp(-0.7 * _quantile(1 - float(late)))
    respond = lognormal(rng, n, limits[1] * within * slow, 0.7)
    respond = np.where(epidemic, np.minimum(respond, limits[1] * 0.95), respond)
    respond = np.maximum(respond, sign + 1)
    complete = np.maximum(lognormal(rng, n, limits[2] * 0.38 * slow, 0.55), respond + 1)
    return Work(
        order=order, unit=unit, role=role, result=np.where(redirected, REDIRECTED, COMPLETED), sent=sent,
        sign=sign.astype(np.int64), respond=respond.astype(np.int64), complete=complete.astype(np.int64),
        limits=(limits[0], limits[1], limits[2]), again=np.zeros(n, dtype=bool), section=np.full(n, -1),
    )  # fmt: skip


def _quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def _opened(work: Work, redirected: np.ndarray, left: int) -> Work:
    """What lies behind the end of the period has not happened yet."""
    work.complete = np.where(redirected | (work.sent + work.complete >= left), -1, work.complete)
    work.respond = np.where(redirected | (work.sent + work.respond >= left), -1, work.respond)
    work.sign = np.where(work.sent + work.sign >= left, -1, work.sign)
    work.result = np.where(~redirected & (work.complete < 0), OPEN, work.result)
    return work

"""What citizens said when they were asked, and what became of the orders: the three rates come out as calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.lake import work as working
from simulation.lake.city import Floats, Ints
from simulation.lake.contacts import Month
from simulation.lake.drawing import even, lognormal
from simulation.lake.plan import Plan
from simulation.lake.work import DAY, Work

YES, PART, NO, EXPLAINED = range(4)
SOLVED = ["yes", "part", "no", "explained"]
SATISFIED = ["yes", "mostly", "no"]
WAYS = ["phone", "sms", "web"]
STATES = ["handling", "callback_pending", "closed", "archived", "terminated"]
TERMINATED_STATE = STATES.index("terminated")
_REACHED, _AGAIN, _EXCLUDED, _TERMINATED, _BACK = 0.9, 0.07, 0.02, 0.003, 0.04
_KEPT_DAYS = 30


@dataclass(slots=True)
class Fate:
    """Of each order: when the citizen was asked (minute of the month, -1 not yet), its state and its rounds."""

    asked: Ints
    state: Ints
    rounds: Ints
    excluded: np.ndarray
    right_first: Ints
    came_back: Ints


@dataclass(slots=True)
class Said:
    """One entry an answer; `assignment` is a place in the month's work. -1 stands for no answer."""

    assignment: Ints
    round: Ints
    last: np.ndarray
    asked: Ints
    way: Ints
    reached: np.ndarray
    contacted: Ints
    in_time: np.ndarray
    solved: Ints
    satisfied: Ints


def draw(plan: Plan, month: Month, work: Work, received: Ints, rng: np.random.Generator) -> tuple[Fate, Said]:
    """Answers about every completed assignment of orders whose units are all done, and how each order stands."""
    left, orders = working.minutes_left(plan, month), len(month.orders)
    kept = work.result != working.REDIRECTED
    done = np.full(orders, -1)
    np.maximum.at(done, work.order[kept], (work.sent + work.complete)[kept])
    open_ = np.zeros(orders, dtype=bool)
    open_[work.order[work.result == working.OPEN]] = True
    asked = done + lognormal(rng, orders, 1300, 0.6).astype(np.int64)
    again = even(rng, orders) < _AGAIN
    second = asked + again * lognormal(rng, orders, 4000, 0.3).astype(np.int64)
    again &= second < left
    last = np.where(again, second, asked)
    waiting = open_ | (last >= left)
    last = np.where(waiting, -1, last)
    again &= ~waiting
    fate = _fate(month, last, open_, again, left, rng)
    fate.right_first[:] = 1
    fate.right_first[work.order[work.result == working.REDIRECTED]] = 0
    said = _say(plan, month, work, fate, asked, again, rng)
    _came_back(work, fate, said, orders, rng)
    return fate, said


def _fate(month: Month, last: Ints, open_: np.ndarray, again: np.ndarray, left: int, rng: np.random.Generator) -> Fate:
    ended = last >= 0
    excluded = ended & (even(rng, len(last)) < _EXCLUDED)
    state = np.where(open_, 0, np.where(~ended, 1, np.where(last + _KEPT_DAYS * DAY < left, 3, 2)))
    state = np.where(excluded & (even(rng, len(last)) < _TERMINATED / _EXCLUDED), TERMINATED_STATE, state)
    none = np.full(len(last), -1)
    return Fate(last, state, 1 + again.astype(np.int64), excluded, none.copy(), none.copy())


def _say(
    plan: Plan, month: Month, work: Work, fate: Fate, first_asked: Ints, again: np.ndarray, rng: np.random.Generator
) -> Said:
    final = np.flatnonzero((work.result == working.COMPLETED) & (fate.asked[work.order] >= 0))
    before = final[again[work.order[final]]]
    work.again[before] = True
    n, m = len(final), len(before)
    asked = fate.asked[work.order[final]]
    solved, satisfied = _judged(plan, month, work, final, asked, rng)
    reached = even(rng, n) < _REACHED
    in_time = work.respond[final] <= work.limits[1][final]
    denied = even(rng, n) < 0.015
    epidemic = _epidemic(plan, month, work, final)
    contacted = np.where(reached, np.where(denied & ~epidemic, 0, 1), -1)
    return Said(
        assignment=np.concatenate([final, before]),
        round=np.concatenate([fate.rounds[work.order[final]], np.ones(m, dtype=np.int64)]),
        last=np.concatenate([np.ones(n, dtype=bool), np.zeros(m, dtype=bool)]),
        asked=np.concatenate([asked, first_asked[work.order[before]]]),
        way=np.searchsorted([0.78, 0.95], rng.random(n + m)),
        reached=np.concatenate([reached, np.ones(m, dtype=bool)]),
        contacted=np.concatenate([contacted, np.ones(m, dtype=np.int64)]),
        in_time=np.concatenate([in_time, work.respond[before] <= work.limits[1][before]]),
        solved=np.concatenate([np.where(reached, solved, -1), np.full(m, NO)]),
        satisfied=np.concatenate([np.where(reached, satisfied, -1), np.full(m, 2)]),
    )


def _epidemic(plan: Plan, month: Month, work: Work, rows: Ints) -> np.ndarray:
    return np.asarray(plan.city.two_of[month.two[month.orders][work.order[rows]]] == 0)


def rates(plan: Plan, month: Month, asked: Ints) -> tuple[Floats, Floats]:
    """Resolution and satisfaction that the answers of each asking day's month are to come to, as shares."""
    first = month.plan.like
    ahead = np.minimum(first + _months_ahead(plan, month, asked), len(plan.figures.months) - 1)
    path = plan.figures.chosen["rates"]["path"]
    at = [plan.figures.months.index(m) for m, _, _ in path]
    every = np.arange(len(plan.figures.months))
    table = [np.interp(every, at, [row[k] for row in path]) / 100 for k in (1, 2)]
    return table[0][ahead], table[1][ahead]


def _months_ahead(plan: Plan, month: Month, asked: Ints) -> Ints:
    first = np.datetime64(month.plan.first)
    day = first + (asked // DAY).astype("timedelta64[D]")
    return np.asarray((day.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64))


def _judged(
    plan: Plan, month: Month, work: Work, rows: Ints, asked: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Solved and satisfied; a unit's own level moves its chances without moving those of the month."""
    resolution, satisfaction = rates(plan, month, asked)
    epidemic = _epidemic(plan, month, work, rows)
    high = [x / 100 for x in plan.figures.chosen["rates"]["epidemic"]]
    lean = leaning(plan, month)[work.unit[rows]]
    chance = _moved(resolution, lean, epidemic, high[0])
    solved = even(rng, len(rows)) < chance
    pleased = _moved(satisfaction, lean * 0.7, epidemic, high[1])
    both = 0.97
    rest = np.clip((pleased - chance * both) / np.maximum(1 - chance, 1e-6), 0.02, 0.98)
    content = even(rng, len(rows)) < np.where(solved, both, rest)
    other = np.searchsorted([0.35, 0.8], even(rng, len(rows))) + 1
    return np.where(solved, YES, other), np.where(content, 0, np.where(even(rng, len(rows)) < 0.55, 1, 2))


def _moved(target: Floats, lean: Floats, epidemic: np.ndarray, high: float) -> Floats:
    """Chances around the target: epidemic matters at their own level, the others so that the mean is the target."""
    others = ~epidemic
    if not others.any():
        return np.full(len(target), high)
    share = epidemic.mean()
    base = (target - share * high) / max(1 - share, 1e-6)
    chance = np.clip(base + lean, 0.05, 0.99)
    chance[others] += (base - chance)[others].mean()
    return np.where(epidemic, high, np.clip(chance, 0.02, 0.995))


def leaning(plan: Plan, month: Month) -> Floats:
    """How far each unit lies above or below the city, as a share: governance streets by their printed ranks."""
    rng = np.random.default_rng(plan.seed)
    out = rng.uniform(-0.06, 0.06, len(plan.city.units))
    column = "composite_rank_2020" if month.plan.month < 202101 else "composite_rank_2021_month_avg"
    for row in plan.figures.printed["governance_streets"]["rows"]:
        if column in row:
            out[plan.city.unit(row["code"])] = 0.06 - 0.12 * row[column] / len(plan.city.streets)
    return out


def _came_back(work: Work, fate: Fate, said: Said, orders: int, rng: np.random.Generator) -> None:
    """Of the orders whose lead solved it, a few came again."""
    leads = said.last & (said.solved == YES) & (said.assignment < orders)
    solved = work.order[said.assignment[leads]]
    fate.came_back[solved] = even(rng, len(solved)) < _BACK

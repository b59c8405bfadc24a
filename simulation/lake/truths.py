"""What is planted in the invented city to be found again.

Each truth moves orders that are there already, so that no count of any category or kind of unit changes; it is told
with the ids it is made of. Its size in a full city stands in `chosen.toml`; a smaller city has fewer orders of it, down
to `least`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.lake.asking import YES, Said
from simulation.lake.city import Ints
from simulation.lake.contacts import Month
from simulation.lake.plan import Plan
from simulation.lake.signs import Signs
from simulation.lake.work import COMPLETED, DAY, Work

# Who calls for a coaching unit: so few numbers that each answers again and again.
_COACHED_NUMBERS = 6
# How much of it is said within so many minutes of the unit's own call.
_PROMPTED, _PROMPT = 0.85, 25
# A truth of fewer orders than this could not be seen by anybody; it is left out.
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Truth:
    """One row of `[[truth]]` in chosen.toml: what, in which months, of which second level, where, and how much."""

    kind: str
    months: list[int]
    category: str
    district: str
    streets: list[str]
    days: list[int]
    size: int
    least: int

    def wanted(self, scale: float) -> int:
        """How many orders it is made of at this scale."""
        return max(self.least, round(self.size * scale))


def of_month(plan: Plan, month: int) -> list[Truth]:
    """The truths that are planted in a month (yyyymm)."""
    return [truth for truth in map(_read, plan.figures.chosen["truth"]) if month in truth.months]


def _read(row: dict[str, Any]) -> Truth:
    return Truth(**row)


def plant(plan: Plan, month: Month, rng: np.random.Generator) -> None:
    """Move orders of the month, before their work is drawn, so that its truths are there; they are noted in it."""
    taken = np.zeros(len(month.two), dtype=bool)
    for truth in of_month(plan, month.plan.month):
        if truth.kind not in MOVES:
            continue
        rows = _chosen(plan, month, truth, taken, rng)
        if len(rows) < _FEWEST or not _inside(month, truth):
            continue
        taken[rows] = True
        MOVES[truth.kind](plan, month, truth, rows, rng)
        month.truths.append(_told(plan, month, truth, rows))


def _chosen(plan: Plan, month: Month, truth: Truth, taken: np.ndarray, rng: np.random.Generator) -> Ints:
    """Orders of the right kind that the district's streets or anybody for the city leads, as many as are wanted."""
    n, city = len(plan.city.districts), plan.city
    district = city.districts.index(truth.district)
    anybody = (month.dest >= 2 * n) | (month.dest == district)
    local = (month.dest == n + district) | (anybody & (month.district == district))
    inside = month.two == city.two.index(truth.category)
    found = np.flatnonzero((month.dest >= 0) & local & inside & ~taken)
    return np.sort(rng.permutation(found)[: truth.wanted(plan.scale)])


def _inside(month: Month, truth: Truth) -> bool:
    """Whether the days of a truth lie in the period."""
    return all(month.plan.weights[day - 1] > 0 for day in truth.days)


def _lay(plan: Plan, month: Month, rows: Ints, streets: list[str]) -> None:
    """Let orders lie in these streets, one after the other; where the street leads, that street does."""
    n, city = len(plan.city.districts), plan.city
    laid = np.array([city.streets.index(code) for code in streets])[np.arange(len(rows)) % len(streets)]
    month.street[rows] = laid
    month.district[rows] = city.street_district[laid]
    led = rows[(month.dest[rows] >= n) & (month.dest[rows] < 2 * n)]
    month.unit[led] = plan.choice.street_units[month.street[led]]


def _at_point(plan: Plan, month: Month, rows: Ints, street: str) -> None:
    """Let orders lie at one place: the street's last, where hardly anybody else calls from."""
    index = plan.city.streets.index(street)
    month.place[rows] = plan.city.place_start[index + 1] - 1


def _days(month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """On these days of the month. The ids of a month do not follow the hours, so nothing else has to move."""
    month.day[rows] = np.array(truth.days)[rng.integers(0, len(truth.days), len(rows))] - 1


def _burst(plan: Plan, month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """突增: many callers within hours about one point."""
    _lay(plan, month, rows, truth.streets[:1])
    _at_point(plan, month, rows, truth.streets[0])
    _days(month, truth, rows, rng)
    month.hour[rows] = rng.integers(8, 12, len(rows))
    month.three[rows] = month.three[rows[0]]


def _duplicates(plan: Plan, month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """一事多单: one caller in two tells the same matter of the same point once more on the same or the next day."""
    _lay(plan, month, rows, truth.streets[:1])
    _at_point(plan, month, rows, truth.streets[0])
    _days(month, truth, rows, rng)
    month.three[rows] = month.three[rows[0]]
    month.caller[rows] = month.caller[rows[::2]][np.arange(len(rows)) // 2]


def _repeating(plan: Plan, month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """重复: the same few callers about the same point, month after month."""
    _burst_place(plan, month, truth, rows)
    keys = np.random.default_rng([plan.seed, 7]).integers(1, 2**62, _COACHED_NUMBERS)
    month.caller[rows] = keys[np.arange(len(rows)) % len(keys)]


def _burst_place(plan: Plan, month: Month, truth: Truth, rows: Ints) -> None:
    _lay(plan, month, rows, truth.streets[:1])
    _at_point(plan, month, rows, truth.streets[0])
    month.three[rows] = month.three[rows[0]]


def _heating(plan: Plan, month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """停暖: one estate without heat for two days."""
    _lay(plan, month, rows, truth.streets[:1])
    _at_point(plan, month, rows, truth.streets[0])
    _days(month, truth, rows, rng)
    early = rng.random(len(rows)) < 0.6
    month.hour[rows] = np.where(early, rng.integers(6, 10, len(rows)), rng.integers(18, 22, len(rows)))


def _flood(plan: Plan, month: Month, truth: Truth, rows: Ints, rng: np.random.Generator) -> None:
    """积水: one summer night over several streets, from the evening into the next morning."""
    _lay(plan, month, rows, truth.streets)
    late = rng.random(len(rows)) < 0.65
    month.day[rows] = np.where(late, truth.days[0], truth.days[-1]) - 1
    month.hour[rows] = np.where(late, rng.integers(20, 24, len(rows)), rng.integers(0, 7, len(rows)))


def _told(plan: Plan, month: Month, truth: Truth, rows: Ints) -> dict[str, Any]:
    city, first = plan.city, np.datetime64(month.plan.first)
    days = np.unique(month.day[rows])
    places = sorted({city.places[p] for p in month.place[rows] if p >= 0})
    one = truth.kind not in ("flood", "coaching")
    return {
        "kind": truth.kind,
        "month": month.plan.month,
        "from": str(first + int(days.min())),
        "to": str(first + int(days.max())),
        "category": truth.category,
        "district": truth.district,
        "streets": truth.streets,
        "place": places[0] if one and len(places) == 1 else None,
        "unit": truth.streets[0] if truth.kind == "coaching" else None,
        "orders": [int(row) + month.plan.first_id for row in rows],
    }


MOVES: dict[str, Callable[[Plan, Month, Truth, Ints, np.random.Generator], None]] = {
    "burst": _burst,
    "duplicates": _duplicates,
    "repeating": _repeating,
    "heating": _heating,
    "flood": _flood,
}


def coach(plan: Plan, month: Month, work: Work, said: Said, signs: Signs, rng: np.random.Generator) -> None:
    """诱导评价: a unit whose orders are all “solved” and “satisfied” at once, by one way of asking, from few numbers.

    Nearly all of it is said minutes after the unit's own call, and it shows no pictures. Nothing of its work is better
    than before: its times stay, only what is said of it jumps. The months are those in which the citizens were asked.
    """
    asked = month.of(said.asked // DAY)
    for truth in (one for one in map(_read, plan.figures.chosen["truth"]) if one.kind == "coaching"):
        unit = plan.city.unit(truth.streets[0])
        mine = np.flatnonzero((work.unit[said.assignment] == unit) & said.last & np.isin(asked, truth.months))
        mine = mine[work.result[said.assignment[mine]] == COMPLETED]
        if not len(mine):
            continue
        said.solved[mine], said.satisfied[mine] = YES, 0
        said.reached[mine], said.contacted[mine], said.way[mine] = True, 1, 2
        prompted = mine[rng.random(len(mine)) < _PROMPTED]
        signs.after[prompted] = rng.integers(1, _PROMPT, len(prompted))
        signs.proof[mine] = np.where(signs.needed[mine], 0, -1)
        rows = month.orders[np.unique(work.order[said.assignment[mine]])]
        keys = np.random.default_rng([plan.seed, 11]).integers(1, 2**62, _COACHED_NUMBERS)
        month.caller[rows] = keys[rng.integers(0, len(keys), len(rows))]
        told = {"asked": [int(one) for one in np.unique(asked[mine])]}
        month.truths.append(_told(plan, month, truth, rows) | told)

"""The codes of a city's pack as numbers, so that rows can be drawn as arrays.

Sinks ("dest") are numbered: departments of each district, then streets of each district, then municipal units, state
firms, platforms. The last category of each level (index `n`) means that none was given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jieban.analytics import names
from jieban.city.pack import FUNCTION_PREFIX, Category, Duty, Pack

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Behind a first level's code: a matter of which only the first level was given.
ONLY = "-"
KINDS = (names.DEPARTMENTS, names.STREETS, names.MUNICIPAL, names.SOE, names.PLATFORM)


@dataclass(frozen=True, slots=True)
class City:
    """Codes in fixed sequences and how they hang together."""

    districts: list[str]
    streets: list[str]
    street_district: Ints
    units: list[str]
    unit_group: list[str]
    places: list[str]
    place_start: Ints
    one: list[str]
    two: list[str]
    two_of: Ints
    three: list[str]
    three_start: Ints
    kinds: list[str]
    urgencies: list[str]
    names: dict[str, str]
    duties: dict[str, list[Duty]]

    @property
    def dests(self) -> int:
        """How many sinks there are."""
        return 2 * len(self.districts) + 3

    def unit(self, code: str) -> int:
        """The number of a unit."""
        return self.units.index(code)

    def streets_of(self, district: int) -> Ints:
        """The numbers of a district's streets."""
        return np.flatnonzero(self.street_district == district)


def of(pack: Pack) -> City:
    """The pack as numbers, in the order of its codes."""
    districts = sorted(u.code for u in pack.units.values() if u.kind == "district")
    streets = sorted(u.code for u in pack.units.values() if u.kind == "street")
    groups = [(u.code, _group(u.kind)) for u in sorted(pack.units.values(), key=lambda u: u.code)]
    working = [(code, group) for code, group in groups if group]
    one, two, three = (sorted(c.code for c in pack.categories.values() if c.level == level) for level in (1, 2, 3))
    both = [*two, *(code + ONLY for code in one)]
    places = defaultdict(list)
    for place in pack.places:
        if place.street:
            places[place.street].append(place.code)
    return City(
        districts=districts,
        streets=streets,
        street_district=np.array([districts.index(pack.units[s].district) for s in streets]),
        units=[code for code, _ in working],
        unit_group=[group for _, group in working],
        places=[code for street in streets for code in places[street]],
        place_start=np.cumsum([0, *(len(places[street]) for street in streets)]),
        one=one,
        two=both,
        two_of=np.array([one.index(c[:2]) for c in both] + [len(one)]),
        three=three,
        three_start=np.searchsorted([pack.categories[c].parent for c in three], [*two, "~"]),
        kinds=[_kind(pack.categories[c]) if c in pack.categories else "help" for c in both],
        urgencies=list(pack.clocks),
        names={**{c.code: c.name for c in pack.categories.values()}, **{c + ONLY: "" for c in one}},
        duties=_duties(pack, both),
    )


def _kind(category: Category) -> str:
    return category.kind_hint or "help"


def _group(kind: str) -> str:
    """Only whole units handle: a street, not its communities and offices; of a district its departments."""
    if kind in ("district", "community", "grid", "office", "property_firm"):
        return ""
    return next((group for group, kinds in names.GROUPS.items() if kind in kinds), "")


def _duties(pack: Pack, two: list[str]) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {code: [] for code in two}
    for duty in pack.duties:
        if duty.category[:4] in found:
            found[duty.category[:4]].append(duty)
    return found


def functions(pack: Pack, city: City) -> tuple[list[str], Ints]:
    """The functions of district departments, and the unit number of each (district, function)."""
    known = sorted({function for _, function in pack.functions})
    place: dict[str, Any] = {code: n for n, code in enumerate(city.units)}
    grid = [[place[pack.functions[d, f]] for f in known] for d in city.districts]
    return known, np.array(grid)


def said(duty: Duty) -> list[tuple[str, float]]:
    """What units a duty names, with weight: who leads, who helps. A department is named by its function."""
    return [(duty.lead, 1.0), *((name, 0.35) for name in duty.assistants)]


def sink(city: City, name: str) -> str:
    """The group of a unit expression of a duty."""
    if name.startswith(FUNCTION_PREFIX):
        return names.DEPARTMENTS
    if name in ("street", "community"):
        return names.STREETS
    if name == "firm":
        return names.PLATFORM
    return city.unit_group[city.unit(name)] if name in city.units else names.DEPARTMENTS

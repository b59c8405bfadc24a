"""Which unit handles it: for each second level the chances of departments, municipal units, firms and platforms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jieban.analytics import names
from jieban.city.pack import FUNCTION_PREFIX, Pack
from simulation.figures import Figures
from simulation.lake import city as cities
from simulation.lake.city import City, Floats, Ints


@dataclass(frozen=True, slots=True)
class Choice:
    """Running chances (second levels, candidates) by kind of unit, the candidates' numbers, and urgencies."""

    departments: Floats
    department_units: Ints
    chances: dict[str, Floats]
    units: dict[str, Ints]
    street_units: Ints
    urgency: Ints


def choice(pack: Pack, city: City, figures: Figures, volumes: Floats) -> Choice:
    """The chances, so that units with a given volume come to it. `volumes` is (second levels, sinks), in 万."""
    known, grid = cities.functions(pack, city)
    departments = np.full((len(city.two), len(known)), 0.004)
    for c, code in enumerate(city.two):
        for duty in city.duties[code]:
            for name, weight in cities.said(duty):
                function = name.removeprefix(FUNCTION_PREFIX)
                if function in known:
                    departments[c, known.index(function)] += weight
    chances, units = {}, {}
    for place, group in enumerate((names.MUNICIPAL, names.SOE, names.PLATFORM)):
        units[group] = np.array([n for n, g in enumerate(city.unit_group) if g == group])
        chances[group] = _running(_shared(city, figures, units[group], volumes[:, 32 + place]))
    return Choice(
        departments=_running(departments),
        department_units=grid,
        chances=chances,
        units=units,
        street_units=np.array([city.unit(code) for code in city.streets]),
        urgency=_urgency(city),
    )


def _shared(city: City, figures: Figures, units: Ints, volumes: Floats) -> Floats:
    """(second levels, units) whose rows come to the volumes and whose columns come to what is given for units."""
    codes = [city.units[u] for u in units]
    given: dict[str, float] = figures.chosen["units"]
    prior = np.full((len(city.two), len(units)), 0.002)
    for c, code in enumerate(city.two):
        for duty in city.duties[code]:
            for name, weight in cities.said(duty):
                if name in codes:
                    prior[c, codes.index(name)] += weight
    prior[:, [k for k, code in enumerate(codes) if code == "etown"]] += 0.1
    aims = np.array([given.get(code, 0.0) for code in codes])
    fixed, rest = aims > 0, volumes.sum() - aims.sum()
    most = 0.9 * aims[fixed].min() if fixed.any() else np.inf
    table: Floats = prior * (volumes / prior.sum(axis=1))[:, None]
    for _ in range(400):
        columns = table.sum(axis=0)
        columns[~fixed] = np.minimum(columns[~fixed] * rest / columns[~fixed].sum(), most)
        table *= np.where(fixed, aims, columns) / table.sum(axis=0)
        table *= (volumes / np.maximum(table.sum(axis=1), 1e-12))[:, None]
    return table


def _running(table: Floats) -> Floats:
    rows: Floats = np.cumsum(table, axis=1) / np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    rows[:, -1] = 1.0
    return rows


def _urgency(city: City) -> Ints:
    """The urgency of each second level: that of its first duty, general where none is named."""
    general = city.urgencies.index("7d")
    return np.array([city.urgencies.index(city.duties[c][0].urgency) if city.duties[c] else general for c in city.two])

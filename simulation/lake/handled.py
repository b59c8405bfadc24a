"""What units handle, in 万: categories against sinks, as printed for kinds of unit, districts and zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import linprog

from simulation.figures import Figures
from simulation.lake import city as cities
from simulation.lake.city import City, Floats
from simulation.lake.fitting import Bound, fit

# How near a printed number a sum may come to the point where it would be rounded otherwise.
_ROUNDING = 0.46
# 149 of 1176 is 12.7 %, and 12.6 % is printed: the shares of zones are held to this only.
_ZONE_SHARE = 0.0008
_ZONES = {"110101": 0, "110102": 0, "110105": 0, "110106": 0, "110107": 0, "110108": 0, "110112": 0,
          "110111": 1, "110113": 1, "110114": 1, "110115": 1}  # fmt: skip


def sinks(city: City, figures: Figures) -> Floats:
    """The volume of each sink: a point inside all printed roundings, as far from their edges as can be."""
    n, printed = len(city.districts), figures.printed
    total = printed["checks_derived"]["implied_total_assignments"]
    rows: list[tuple[Floats, float, float]] = []
    eye = np.eye(2 * n + 3)
    every, streets = eye[: 2 * n].sum(axis=0), eye[n : 2 * n].sum(axis=0)

    def near(row: Floats, value: float, half: float) -> None:
        rows.append((row, value, half))

    def share(row: Floats, of: Floats, pct: float, half: float = 0.0005) -> None:
        """`row` is this percentage of `of`, to `half` of it."""
        size = float((of @ guess) * half)
        rows.append((row - of * pct / 100, 0.0, size))

    by_code = {d["code"]: d for d in printed["districts"]}
    guess = _guess(city, by_code, printed)
    kinds = list(printed["handling_share_by_unit_type_pct"].values())
    for row, pct in zip((every - streets, streets, eye[2 * n], eye[2 * n + 1], eye[2 * n + 2]), kinds, strict=True):
        near(row, total * pct / 100, total * 0.0005)
    for d, code in enumerate(city.districts):
        said, both = by_code[code], eye[d] + eye[n + d]
        near(both, said["handled"], 0.5)
        near(eye[d], said["district_departments"], 0.5)
        near(eye[n + d], said["streets_towns"], 0.5)
        share(both, every, said["share_of_districts_pct"])
        share(eye[d], both, said["district_departments_pct"])
    for zone, said in enumerate(printed["functional_zones"].values()):
        row = sum((eye[d] + eye[n + d] for d, c in enumerate(city.districts) if _ZONES.get(c, 2) == zone), 0 * eye[0])
        near(row, said["requests"], 0.5)
        share(row, every, said["share_pct"], _ZONE_SHARE)
    for k, said in enumerate(guess[2 * n :]):
        near(eye[2 * n + k], float(said), 0.5)
    near(eye.sum(axis=0), total, 0.4)
    return _inside(rows)


def _guess(city: City, by_code: dict[str, Any], printed: dict[str, Any]) -> Floats:
    said = [by_code[c] for c in city.districts]
    ends = [
        printed["checks_derived"][k] for k in ("implied_municipal_agencies", "implied_soe", "implied_ecommerce_other")
    ]
    return np.array([*(d["district_departments"] for d in said), *(d["streets_towns"] for d in said), *ends], float)


def _inside(rows: list[tuple[Floats, float, float]]) -> Floats:
    """The point that keeps the largest same part of each tolerance free. ValueError where none is inside."""
    size = len(rows[0][0])
    above = [[*row, half] for row, _, half in rows]
    below = [[*-row, half] for row, _, half in rows]
    ends = [value + half for _, value, half in rows] + [half - value for _, value, half in rows]
    found = linprog([*[0.0] * size, -1.0], A_ub=above + below, b_ub=ends, bounds=[(0, None)] * size + [(0, 1)])
    if not found.success:
        raise ValueError(f"The printed volumes of units contradict each other: {found.message}")
    return np.array(found.x[:-1])


def table(city: City, figures: Figures, volumes: Floats) -> Floats:
    """(20 categories, sinks): the top fives of districts and top tens of zones as printed, and nothing above them."""
    bounds = [*_columns(city, volumes), *_district_tops(city, figures), *_zone_tops(city, figures)]
    return fit(_prior(city, figures, volumes), bounds, rounds=3000, within=2e-4)


def _prior(city: City, figures: Figures, volumes: Floats) -> Floats:
    n, chosen = len(city.districts), figures.chosen
    by_code = {d["code"]: d for d in figures.printed["districts"]}
    out = np.zeros((len(city.one), city.dests))
    both = volumes[:n] + volumes[n : 2 * n]
    for c, code in enumerate(city.one):
        name = city.names[code]
        districts, *rest = chosen["handled"][name]
        part = both * _lean(name, city)
        part *= districts / part.sum()
        tops = np.array([by_code[d]["top5"].get(name, 0) for d in city.districts], float)
        part = np.where(tops > 0, tops, part)
        streets = volumes[n : 2 * n] * chosen["street_share"][name]
        streets = streets / (streets + volumes[:n])
        out[c] = [*(part * (1 - streets)), *(part * streets), *rest]
    return out


def _lean(name: str, city: City) -> Floats:
    """The country has more of country matters."""
    country = np.array([_ZONES.get(d, 2) for d in city.districts])
    return (
        np.where(country == 0, 0.25, np.where(country == 1, 1.0, 2.0)) if name == "农村管理" else np.ones(len(country))
    )


def _columns(city: City, volumes: Floats) -> Iterator[Bound]:
    places = np.arange(len(city.one) * city.dests).reshape(len(city.one), city.dests)
    for dest, volume in enumerate(volumes):
        yield Bound(places[:, dest], volume, volume)


def _district_tops(city: City, figures: Figures) -> Iterator[Bound]:
    by_code = {d["code"]: d for d in figures.printed["districts"]}
    for d, code in enumerate(city.districts):
        yield from _tops(city, [d], by_code[code]["top5"], gap=0.2)


def _zone_tops(city: City, figures: Figures) -> Iterator[Bound]:
    for zone, said in enumerate(figures.printed["functional_zones"].values()):
        members = [d for d, code in enumerate(city.districts) if _ZONES.get(code, 2) == zone]
        yield from _tops(city, members, said["top10"], gap=0.1)


def _tops(city: City, members: list[int], top: dict[str, float], gap: float) -> Iterator[Bound]:
    """Printed categories near their number, all others below the last of them by at least this gap."""
    n, last = len(city.districts), min(top.values())
    places = np.arange(len(city.one) * city.dests).reshape(len(city.one), city.dests)
    for c, code in enumerate(city.one):
        cells = places[c][[*members, *(n + m for m in members)]]
        value = top.get(city.names[code])
        if value is None:
            yield Bound(cells, 0, last - 0.05 - gap)
        else:
            yield Bound(cells, max(value - _ROUNDING, last - 0.05), value + _ROUNDING)


def spread(city: City, by_one: Floats, volumes: Floats) -> Floats:
    """(second levels, sinks): each category's row parted among its second levels, as the duties say."""
    n, out = len(city.districts), np.zeros((len(city.two), city.dests))
    groups = np.array([0] * n + [1] * n + [2, 3, 4])
    for c in range(len(city.one)):
        mine = np.flatnonzero(city.two_of[:-1] == c)
        leaning = np.array([_leaning(city, city.two[k]) for k in mine])[:, groups]
        share = volumes[mine] / volumes[mine].sum()
        prior = leaning * share[:, None] * by_one[c]
        for _ in range(50):
            prior *= (share * by_one[c].sum() / np.maximum(prior.sum(axis=1), 1e-12))[:, None]
            prior *= by_one[c] / prior.sum(axis=0)
        out[mine] = prior
    return out


def _leaning(city: City, code: str) -> Floats:
    weights = np.full(5, 0.08)
    for duty in city.duties[code]:
        for name, weight in cities.said(duty):
            weights[cities.KINDS.index(cities.sink(city, name))] += weight
    return weights

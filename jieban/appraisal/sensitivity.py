"""How sure ranks are (敏感性): by the noise of the answers, and by the weights of the rates.

The standard error of a composite is worked out from the cases themselves (the delta method for weighted ratios, so that
three answers of one citizen count as one citizen), with two made-up cases of full marks and two of none beside them, as
for the interval of Agresti and Coull, so that thirty yes of thirty are not taken for certain (docs/adr/0074). What is
said is therefore the same in every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt
from typing import Final

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from jieban.analytics.engines import Source
from jieban.appraisal import recompute, scoring, standings
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Table

Floats = npt.NDArray[np.float64]
# Two neighbours below this probability stand in an order that may be noise.
SURE: Final = 0.95
# By how much the weight of each rate is tilted.
TILT: Final = 0.05
_PLUS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Unit:
    """How sure the rank of a unit is.

    `error` is the standard error of its composite in points; `best` and `worst` are the ranks that the 95 % intervals
    allow; `tilted_best` and `tilted_worst` those it takes when the weight of a rate is five points more or less.
    `real` is the probability that it is truly better than the next one below, None for the last.
    """

    unit: str
    rank: int
    error: float
    best: int
    worst: int
    tilted_best: int
    tilted_worst: int
    real: float | None


@dataclass(frozen=True, slots=True)
class Tilt:
    """What comes of a rate that weighs `by` more, the others so much less in proportion: who moves, how far at most."""

    rate: str
    by: float
    moved: int
    largest: int


@dataclass(frozen=True, slots=True)
class Board:
    """The ranked units of a board, best first, and the six tilts."""

    units: tuple[Unit, ...]
    tilts: tuple[Tilt, ...]

    @property
    def unsure(self) -> int:
        """How many neighbours stand in an order that may be noise."""
        return sum(unit.real is not None and unit.real < SURE for unit in self.units)


@dataclass(frozen=True, slots=True)
class Answers:
    """Cases that count, grouped: `unit` (its place among the rows), how many, weight, shares by rate (nan: none)."""

    unit: npt.NDArray[np.int64]
    number: Floats
    weight: Floats
    share: Floats


def board(source: Source, told: ir.Table, cycle: Cycle, about: Table, rows: Sequence[Table]) -> Board:
    """How sure the ranks of a board are. `told` is what `scoring.weighed` tells of it, `rows` what it is ranked to."""
    ranked = [row for row in rows if row["rank"] is not None]
    if not ranked:
        return Board((), ())
    mine = told.filter((told["state"] == "") & told["subject"].isin([row["unit"] for row in ranked]))
    sums = mine.group_by("subject", "weight", *recompute.RATES).aggregate(cases=mine["cases"].sum())
    return of(ranked, _answers(source, sums, ranked), scoring.planned(cycle, about))


def of(rows: Sequence[Table], answers: Answers, held: Table) -> Board:
    """How sure the ranks of these rows are: ranked ones, best first, one at least; `answers` are their cases."""
    weights = {k: float(v) for k, v in (held["rates"] | held["parts"]).items()}
    shares, known = _shares(rows, list(weights))
    extra = np.array([float(sum(row["points"].values())) for row in rows])
    errors = np.sqrt(_variances(rows, answers, weights, shares, known))
    scores = np.array([float(row["composite"]["score"]) for row in rows])
    ties = _ties(rows, held["ties"])
    tilted = {(rate, by): _ranks(_composites(shares, known, _tilted(weights, rate, by)) + extra, ties)
              for rate in recompute.RATES for by in (-TILT, TILT)}  # fmt: skip
    plain = np.array([row["rank"] for row in rows])
    tilts = tuple(
        Tilt(rate, by, int((ranks != plain).sum()), int(np.abs(ranks - plain).max()))
        for (rate, by), ranks in tilted.items()
    )
    allowed = standings.possible(rows)
    every = np.vstack([plain, *tilted.values()])
    return Board(
        tuple(
            Unit(
                row["unit"], row["rank"], round(float(errors[n]), 6), *allowed[row["unit"]],
                int(every[:, n].min()), int(every[:, n].max()), _real(scores, errors, n),
            )
            for n, row in enumerate(rows)
        ),
        tilts,
    )  # fmt: skip


def _answers(source: Source, sums: ir.Table, rows: Sequence[Table]) -> Answers:
    places = {row["unit"]: n for n, row in enumerate(rows)}
    found = source.run(sums.order_by("subject", "weight", *recompute.RATES))
    rates = [found.column(name).cast("float64").to_numpy(zero_copy_only=False) / 100 for name in recompute.RATES]
    number, weight = (found.column(name).cast("float64").to_numpy() for name in ("cases", "weight"))
    unit = np.array([places[code] for code in found.column("subject").to_pylist()], dtype=np.int64)
    return Answers(unit, number, weight / 1e8, np.column_stack(rates))


def _shares(rows: Sequence[Table], names: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Shares by unit and piece (rates, then parts), and which of them are known."""
    pieces = [[(row["adjusted"] | row["parts"]).get(name) for name in names] for row in rows]
    known = np.array([[piece is not None for piece in row] for row in pieces])
    shares = np.array([[float(piece["share"]) if piece else 0.0 for piece in row] for row in pieces])
    return shares, known


def _composites(shares: Floats, known: npt.NDArray[np.bool_], weights: Mapping[str, float]) -> Floats:
    w = np.array(list(weights.values()))
    found: Floats = 100 * (shares @ w) / (known @ w)
    return found


def _tilted(weights: Mapping[str, float], rate: str, by: float) -> dict[str, float]:
    """The weights with one of them `by` more (between nothing and all), the others scaled to what is left."""
    mine = min(1.0, max(0.0, weights[rate] + by))
    rest = sum(w for name, w in weights.items() if name != rate)
    scale = (1 - mine) / rest if rest else 0.0
    return {name: mine if name == rate else w * scale for name, w in weights.items()}


def _ties(rows: Sequence[Table], ties: Sequence[str]) -> Floats:
    """What ranks equal composites, smaller first, by unit."""
    keys = [
        [
            float(row["per"]["residents"] or 0) if tie == "per_10k" else -float(row["adjusted"][tie]["share"])
            for tie in ties
        ]
        for row in rows
    ]
    return np.array(keys, dtype=np.float64).reshape(len(rows), len(ties))


def _ranks(scores: Floats, ties: Floats) -> npt.NDArray[np.int64]:
    """1, 2, 2, 4 …, as `recompute.rank` gives them."""
    keys = np.column_stack([-np.round(scores, 9), ties])
    order = np.lexsort(keys.T[::-1])
    same = np.concatenate([[False], (keys[order][1:] == keys[order][:-1]).all(axis=1)])
    places = np.arange(1, len(scores) + 1)
    held = np.maximum.accumulate(np.where(same, 0, places))
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = held
    return ranks


def _variances(
    rows: Sequence[Table], answers: Answers, weights: Mapping[str, float], shares: Floats, known: npt.NDArray[np.bool_]
) -> Floats:
    """Of each composite, in points squared: of the rates from the cases, of the parts from their numbers."""
    w: Floats = np.array(list(weights.values()))
    told: Floats = 100 * w / (known @ w)[:, None]
    rates = len(recompute.RATES)
    found: Floats = _of_rates(answers, told[:, :rates], len(rows))
    for n, name in enumerate(list(weights)[rates:], start=rates):
        number: Floats = np.array([float(row["parts"][name]["n"]) if name in row["parts"] else 0.0 for row in rows])
        share = (shares[:, n] * number + _PLUS) / (number + 2 * _PLUS)
        found += known[:, n] * told[:, n] ** 2 * share * (1 - share) / (number + 2 * _PLUS)
    return found


def _of_rates(answers: Answers, told: Floats, units: int) -> Floats:
    """Each case moves each rate by its weight times how far its answer lies from the rate, over the weight of all."""

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(answers.unit, weights=values, minlength=units), dtype=np.float64)

    valid = ~np.isnan(answers.share)
    said = np.where(valid, answers.share, 0.0)
    mean = total(answers.number * answers.weight) / np.maximum(total(answers.number), 1)
    moved, made_up = np.zeros(len(answers.unit)), np.zeros((2, units))
    for rate in range(said.shape[1]):
        mass = total(answers.number * answers.weight * valid[:, rate]) + 2 * _PLUS * mean
        share = (total(answers.number * answers.weight * said[:, rate]) + _PLUS * mean) / np.where(mass, mass, 1)
        pull = told[:, rate] / np.where(mass, mass, 1)
        far = np.where(valid[:, rate], said[:, rate] - share[answers.unit], 0.0)
        moved += pull[answers.unit] * answers.weight * far
        made_up += pull * mean * np.vstack([1 - share, -share])
    found: Floats = total(answers.number * moved**2) + _PLUS * (made_up**2).sum(axis=0)
    return found


def _real(scores: Floats, errors: Floats, n: int) -> float | None:
    """The probability that a unit is truly better than the one below it; equal ones are even."""
    if n + 1 >= len(scores):
        return None
    error = sqrt(errors[n] ** 2 + errors[n + 1] ** 2)
    z = (scores[n] - scores[n + 1]) / error if error else 0.0
    return round(0.5 * (1 + erf(z / sqrt(2))), 6)

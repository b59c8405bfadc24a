"""Invented counts of signs: cities where units differ and nobody plays, and units of one's choice that do."""

from __future__ import annotations

import numpy as np

from jieban.appraisal import integrity_rules as rules
from jieban.appraisal.integrity_rules import Counts, Group

# How often each sign is there in an ordinary answer.
BASE = {"soon": 0.012, "number": 0.001, "unshown": 0.03, "left_out": 0.02, "unreached": 0.1, "regraded": 0.01}


def sign(
    rng: np.random.Generator,
    units: int,
    base: float,
    *,
    size: float,
    spread: float,
    cycles: int = 4,
    how: str = "logit",
) -> list[Counts]:
    """One sign of one group over some cycles, the newest first: units of unequal size, mix and lasting level."""
    answers = rng.lognormal(np.log(size), 0.8, units)
    mix, strata = rng.dirichlet(np.full(5, 2.0), units), base * rng.lognormal(0, 0.4, 5)
    if how == "gamma":
        own = rng.gamma(1 / spread**2, spread**2, units)
    else:
        own = np.exp(rng.normal(-(spread**2) / 2, spread, units))
    chances = np.clip(strata[None, :] * own[:, None], 0, 0.95)
    asked = [rng.poisson(answers[:, None] * mix) for _ in range(cycles)]
    return [Counts(of.astype(float), rng.binomial(of, chances).astype(float)) for of in asked]


def group(rng: np.random.Generator, name: str, units: int, **more: float | str) -> Group:
    """A board with all signs."""
    every = {code: sign(rng, units, base, **more) for code, base in BASE.items()}  # type: ignore[arg-type]
    by_cycle = [{code: counts[n] for code, counts in every.items()} for n in range(len(every["soon"]))]
    return Group(name, [f"{name}{n}" for n in range(units)], by_cycle[0], by_cycle[1:])


def coach(rng: np.random.Generator, held: Group, unit: int, code: str, share: float) -> None:
    """Let so much of a unit's answers show a sign, on top of what it showed anyway."""
    counts = held.counts[code]
    more = rng.binomial((counts.of - counts.got)[unit].astype(int), share)
    counts.got[unit] += more


def alarms(*groups: Group, bounds: rules.Bounds | None = None) -> list[tuple[str, str]]:
    """Unit and sign of what is found."""
    held = bounds or rules.Bounds()
    return [(one.unit, one.sign) for one in rules.find(groups, held, rules.tests(groups, held))]

"""Signs of gaming (迹象) as statistics: which units lie so far above their group that chance does not explain it. Pure.

A unit is held against the rest of its group in the same cycle: its expected count comes from the others' rates for the
same mix of matters and ways of asking. Real units differ, so counts spread more than a binomial does. How much they
spread is learned from the others, together with how sure that is, and the chance of a count is its tail averaged over
what the others leave possible (a predictive logit-normal binomial). Over all tests of a cycle Holm's rule holds the
chance of any false alarm below `Bounds.alpha`. Why so: docs/integrity.md and docs/adr/0075.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from scipy.special import betainc, expit, log_expit, logit, logsumexp, ndtr

Floats: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

SOON, NUMBER, UNSHOWN, LEFT_OUT, UNREACHED, REGRADED = "soon", "number", "unshown", "left_out", "unreached", "regraded"


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign: how many times what is expected it must be to be worth a person's time."""

    code: str
    least_ratio: float


# What is rare must double; what one citizen in ten does anyway has to grow by half.
SIGNS: Final = (
    Sign(SOON, 2.0),
    Sign(NUMBER, 2.0),
    Sign(UNSHOWN, 2.0),
    Sign(LEFT_OUT, 2.0),
    Sign(UNREACHED, 1.5),
    Sign(REGRADED, 2.0),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is told: chance of any false alarm in a cycle, and the smallest excess, in answers.

    `minutes`: an answer within so many whole minutes of the unit's contact is soon. `matters`: a number that answers
    well about so many different matters of one unit answers for others. `peers`: with fewer other units there is no
    group to be held against.
    """

    alpha: float = 0.01
    excess: float = 5.0
    minutes: int = 30
    matters: int = 3
    peers: int = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """One sign of one group: by unit and stratum of the mix, how often it could be and was. Both (units, strata)."""

    of: Floats
    got: Floats


@dataclass(frozen=True, slots=True)
class Trial:
    """One unit and one sign: `got` of `of`, `expected` from the rest of its group, and the chance of so many."""

    board: str
    unit: str
    sign: str
    of: int
    got: int
    expected: float
    chance: float

    @property
    def ratio(self) -> float:
        """How many times what is expected."""
        return self.got / self.expected if self.expected else float("inf") if self.got else 0.0


# A unit's true log-odds lie around those expected of it as a normal does. Its standard deviation is one of _SPREADS,
# half-Cauchy around 0.5 before anything is seen; its level (the group's estimate is itself unsure) one of _LEVELS.
_SPREADS: Final[Floats] = np.geomspace(0.02, 5.0, 16)
_LIKELY: Final[Floats] = np.log(_SPREADS / (1.0 + (_SPREADS / 0.5) ** 2))
_LEVELS: Final[Floats] = np.array([-1.0, -0.5, -0.2, -0.08, -0.03, 0.0, 0.03, 0.08, 0.2, 0.5, 1.0, 2.0])
# What earlier cycles teach, as a share of a cycle's worth: most units differ month after month in the same way, so six
# cycles of nine units are not fifty-four units.
_PAST: Final = 0.5
# Where the integral over a unit's own log-odds is taken: fine in the middle, coarse outside.
_NODES: Final[Floats] = 0.5 * np.sinh(np.linspace(-4.1, 4.1, 165))
# A stratum of few answers borrows from the whole group, so many answers' worth.
_BORROWED: Final = 25.0


def expected(counts: Counts) -> Floats:
    """Of each unit, how many are expected by the rates of the others for the unit's mix. (units,)"""
    of, got = counts.of.sum(axis=0) - counts.of, counts.got.sum(axis=0) - counts.got
    whole = (got.sum(axis=1) + 0.5) / (of.sum(axis=1) + 1.0)
    rates = (got + _BORROWED * whole[:, None]) / (of + _BORROWED)
    return np.asarray((rates * counts.of).sum(axis=1))


def chances(counts: Counts, before: Sequence[Counts], wanted: Sequence[int]) -> dict[int, float]:
    """For each wanted unit the chance of its count or more, in a group that spreads as the rest of it does.

    `before`: the same group (same units and strata) in earlier cycles. They teach how far units lie apart, not how high
    the group stands; the unit's own past is left out of it, or a unit that always plays would hide itself.
    """
    of, got, share = _plain(counts)
    fits = _fits(of, got, share, _MIXES)
    past = [_fits(*_plain(one), _MIXES[:, _LEVELS == 0]) for one in before]
    now, then = fits.sum(axis=0), [one.sum(axis=0) for one in past]
    out = {}
    for unit in wanted:
        rest = _LIKELY + now - fits[unit]
        if past:
            shown = sum(total - one[unit] for total, one in zip(then, past, strict=True))
            rest = rest + _PAST * shown / len(past)
        weights = np.exp(rest - logsumexp(rest))
        tails = betainc(got[unit], of[unit] - got[unit] + 1.0, expit(logit(share[unit]) + _NODES))
        out[unit] = float(min(1.0, (weights * np.tensordot(tails, _MIXES, 1)).sum()))
    return out


def _plain(counts: Counts) -> tuple[Floats, Floats, Floats]:
    """Answers, signs and the expected share of each unit."""
    of = counts.of.sum(axis=1)
    share = np.where(of > 0, expected(counts) / np.maximum(of, 1.0), 0.5)
    return of, counts.got.sum(axis=1), np.clip(share, 1e-9, 1.0 - 1e-9)


def _mixes() -> Floats:
    """How likely each node is at each level and spread. (nodes, levels, spreads)

    The middle is moved down so that the mean of a rare share stays the expected one however far units lie apart.
    """
    edges = np.concatenate([[-np.inf], (_NODES[1:] + _NODES[:-1]) / 2, [np.inf]])
    middle = _LEVELS[:, None] - _SPREADS[None, :] ** 2 / 2
    return np.asarray(np.diff(ndtr((edges[:, None, None] - middle) / _SPREADS), axis=0))


_MIXES: Final = _mixes()


def _fits(of: Floats, got: Floats, share: Floats, mixes: Floats) -> Floats:
    """How well each level and spread explains each unit, as logarithms. (units, levels, spreads)"""
    odds = logit(share)[:, None] + _NODES[None, :]
    each = got[:, None] * log_expit(odds) + (of - got)[:, None] * log_expit(-odds)
    best = each.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.tensordot(np.exp(each - best), mixes, 1) + 1e-300) + best[:, :, None])


@dataclass(frozen=True, slots=True)
class Group:
    """The units of a board and the counts of every sign, this cycle's and those of earlier ones (newest first)."""

    board: str
    units: Sequence[str]
    counts: dict[str, Counts]
    before: Sequence[dict[str, Counts]] = ()


def find(groups: Sequence[Group], bounds: Bounds, tests: int) -> list[Trial]:
    """The alarms in these groups, the least likely first, out of so many `tests` of the whole cycle.

    What is found is taken out of what is usual and the rest is looked at again: several units that do the same must not
    hide one another. That keeps the rule, for a first false alarm has to pass the test with nothing wrong in the group.
    """
    found: dict[tuple[str, str, str], Trial] = {}
    while True:
        trials = [one for group in groups for sign in SIGNS for one in _try(group, sign, bounds, set(found))]
        fresh = holm(trials, tests - len(found), bounds.alpha)
        if not fresh:
            return sorted(found.values(), key=lambda one: (one.chance, one.board, one.unit, one.sign))
        found |= {_key(one): one for one in fresh}


def tests(groups: Sequence[Group], bounds: Bounds) -> int:
    """How many tests a cycle takes: every unit of every group by every sign."""
    return sum(_tests(group, sign, bounds) for group in groups for sign in SIGNS)


def _key(one: Trial) -> tuple[str, str, str]:
    return one.board, one.unit, one.sign


def holm(trials: Sequence[Trial], tests: int, alpha: float) -> list[Trial]:
    """Those that Holm's step-down rule lets pass of so many tests; any others had a greater chance or none at all."""
    out: list[Trial] = []
    for one in sorted(trials, key=lambda one: one.chance):
        if one.chance > alpha / max(1, tests - len(out)):
            break
        out.append(one)
    return out


def _tests(group: Group, sign: Sign, bounds: Bounds) -> int:
    """How many units of the group can be held against the others: those that were asked about at all."""
    there = int((group.counts[sign.code].of.sum(axis=1) > 0).sum())
    return there if there > bounds.peers else 0


def _try(group: Group, sign: Sign, bounds: Bounds, found: set[tuple[str, str, str]]) -> list[Trial]:
    """The trials of one sign in one group: only units far enough above what is expected to be told of at all."""
    if not _tests(group, sign, bounds):
        return []
    usual = np.array([[(group.board, unit, sign.code) not in found] for unit in group.units], dtype=np.float64)
    counts, *before = (_only(one[sign.code], usual) for one in (group.counts, *group.before))
    of, got, mean = counts.of.sum(axis=1), counts.got.sum(axis=1), expected(counts)
    wanted = [int(n) for n in np.flatnonzero((got >= sign.least_ratio * mean) & (got - mean >= bounds.excess))]
    chance = chances(counts, before, wanted) if wanted else {}
    return [
        Trial(group.board, group.units[n], sign.code, int(of[n]), int(got[n]), float(mean[n]), chance[n])
        for n in wanted
    ]


def _only(counts: Counts, usual: Floats) -> Counts:
    """Without the units that are no measure of what is usual: no answers of theirs, nothing to learn."""
    return Counts(counts.of * usual, counts.got * usual)

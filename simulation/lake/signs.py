"""What the appraisal counts answers by: who did the work inside, when was asked, what was shown, why it may not count.

All of it is drawn after the work and the answers, by dice of its own, so that those stay as they are calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.lake import work as working
from simulation.lake.asking import TERMINATED_STATE, Fate, Said
from simulation.lake.city import Ints
from simulation.lake.contacts import Month
from simulation.lake.plan import Plan
from simulation.lake.work import Work

# Shares; own estimates. Proof where it is asked for and where not; an answer just after a contact, in minutes.
_HANDED_DOWN, _TO_FIRM = 0.8, 0.5
_AGAIN_IN_TOUCH, _JUST_BEFORE, _SOON = 0.4, 0.012, 30
_PROOF, _SHOWN_UNASKED = 0.97, 0.25
_REGRADED = 0.01


@dataclass(slots=True)
class Signs:
    """One entry an answer; -1 is empty. `done` is the reply's minute of the month, `after` minutes since a contact.

    `proof` is 1 there, 0 lacking; `needed` tells whether it is asked for. `ground` is a number of the grounds of the
    terms, or one beyond them for what was terminated.
    """

    dual: np.ndarray
    done: Ints
    after: Ints
    needed: np.ndarray
    proof: Ints
    regraded: np.ndarray
    ground: Ints


def draw(plan: Plan, month: Month, work: Work, fate: Fate, said: Said) -> Signs:
    """The signs of every answer of a month; sections and second leads are written into its work."""
    rng = np.random.default_rng([plan.seed, month.plan.month, 5])
    _hand_down(plan, month, work, rng)
    _join_leads(plan, month, work)
    n, of = len(said.assignment), said.assignment
    order = work.order[of]
    done, touched = _times(month, work, said, rng)
    needed = _needed(plan, month, order)
    there = rng.random(n) < np.where(needed, _PROOF, _SHOWN_UNASKED)
    return Signs(
        dual=np.bincount(work.order[_leading(work)], minlength=len(month.orders))[order] > 1,
        done=done,
        after=_after(said.asked - touched, rng),
        needed=needed,
        proof=np.where(there, 1, np.where(needed, 0, -1)),
        regraded=rng.random(n) < _REGRADED,
        ground=_grounds(plan, fate, rng)[order],
    )


def _hand_down(plan: Plan, month: Month, work: Work, rng: np.random.Generator) -> None:
    """What streets do about a place goes down to its community, or to the property firm there."""
    place, terms = month.place[month.orders][work.order], plan.terms
    own = work.unit == plan.choice.street_units[month.street[month.orders][work.order]]
    firm = np.where(rng.random(len(place)) < _TO_FIRM, terms.firm[place], -1)
    section = np.where(firm >= 0, firm, terms.community[place])
    down = own & (place >= 0) & (work.result != working.REDIRECTED) & (rng.random(len(place)) < _HANDED_DOWN)
    work.section = np.where(down, section, -1)


def _join_leads(plan: Plan, month: Month, work: Work) -> None:
    """双派: where the catalogue has two units lead, the first that helps leads too, unless it is a street.

    What streets led is printed and stays.
    """
    helps = (work.role == working.ASSIST) & plan.terms.dual[month.two[month.orders][work.order]]
    helps &= ~np.isin(work.unit, plan.choice.street_units)
    rows = np.flatnonzero(helps)
    work.role[rows[np.unique(work.order[rows], return_index=True)[1]]] = working.LEAD


def _leading(work: Work) -> np.ndarray:
    return np.asarray((work.role == working.LEAD) & (work.result != working.REDIRECTED))


def _times(month: Month, work: Work, said: Said, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """When the unit replied and when it was last in touch before; of a second round after the first asking."""
    of, n = said.assignment, len(said.assignment)
    first = np.full(len(work.order), -1)
    before = ~said.last
    first[of[before]] = said.asked[before]
    begun = np.where(said.last, first[of], -1)
    span = said.asked - begun
    done = np.where(
        begun >= 0, begun + (span * (0.5 + 0.4 * rng.random(n))).astype(np.int64), (work.sent + work.complete)[of]
    )
    met = np.where(begun >= 0, begun + ((done - begun) * 0.3).astype(np.int64), (work.sent + work.respond)[of])
    again = rng.random(n) < _AGAIN_IN_TOUCH
    return done, met + (again * rng.random(n) * (done - met)).astype(np.int64)


def _after(minutes: Ints, rng: np.random.Generator) -> Ints:
    """Minutes since the last contact; now and then the unit had just called."""
    just = rng.random(len(minutes)) < _JUST_BEFORE
    return np.where(just, np.minimum(minutes, rng.integers(0, _SOON, len(minutes))), minutes)


def _needed(plan: Plan, month: Month, order: Ints) -> np.ndarray:
    """Whether the category asks for pictures."""
    rows = month.orders[order]
    three = month.three[rows]
    return np.where(three >= 0, plan.terms.proof_three[three], plan.terms.proof_two[month.two[rows]])


def _grounds(plan: Plan, fate: Fate, rng: np.random.Generator) -> Ints:
    """Why each order is left out; the first ground of the pack more often than the next."""
    count = len(plan.terms.grounds)
    chances = np.cumsum(1 / np.arange(1, count + 1))
    found = np.searchsorted(chances / chances[-1], rng.random(len(fate.excluded)))
    found = np.where(fate.state == TERMINATED_STATE, count, np.minimum(found, count - 1))
    return np.where(fate.excluded, found, -1)

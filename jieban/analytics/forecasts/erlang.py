"""How many seats must be taken so that callers are answered in time: the Erlang C formula.

Source: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges", 1917; the recursion over Erlang B as in G. Koole, "Call Center Optimization", 2013, chapter 4. It assumes
that calls come independently at an even rate within the hour and that nobody hangs up, so it errs on the safe side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# A caller who waits is not helped by more seats than this in one hall; a larger load is a mistake of the input.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Aim:
    """What is aimed at: minutes a call takes with what is written up after it, the share `level` of calls answered
    within `answer` seconds, and the share of paid time `away` from the phone (breaks, training, leave)."""

    minutes: float
    answer: float
    level: float
    away: float


def load(calls: float, minutes: float) -> float:
    """The offered load in erlangs: calls an hour times minutes each over sixty."""
    return calls * minutes / 60


def waits(erlangs: float, seats: int) -> float:
    """The probability that a caller has to wait at all; 1 where the seats cannot keep up."""
    if seats <= erlangs:
        return 1.0
    blocked = 1.0
    for taken in range(1, seats + 1):
        blocked = erlangs * blocked / (taken + erlangs * blocked)
    return seats * blocked / (seats - erlangs * (1 - blocked))


def answered(calls: float, seats: int, *, minutes: float, within: float) -> float:
    """The share of calls answered within so many seconds, from 0 to 1."""
    erlangs = load(calls, minutes)
    if seats <= erlangs:
        return 0.0
    return 1 - waits(erlangs, seats) * math.exp(-(seats - erlangs) * within / (minutes * 60))


def seats(calls: float, aim: Aim) -> int:
    """The fewest seats that reach the aim with so many calls in the hour; at least one. ValueError beyond `MOST`."""
    erlangs = load(calls, aim.minutes)
    if erlangs >= MOST:
        raise ValueError(f"{calls:.0f} calls in an hour are too many to seat.")
    found = max(1, math.floor(erlangs) + 1)
    while answered(calls, found, minutes=aim.minutes, within=aim.answer) < aim.level:
        found += 1
    return found


def rostered(taken: int, aim: Aim) -> int:
    """How many people must be on the roster so that so many seats are taken."""
    return math.ceil(taken / (1 - aim.away))

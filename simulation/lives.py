"""What happens to an order after it was sent: how units work, and what citizens say then. Pure.

Rates are near the published ones (solved about 95 %, satisfied about 96 % in 2024) and differ from unit to unit; how
long things take is our own estimate. Everything is drawn from the rng that is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

# How often: signed late, answered late, completed late, left lying, and a first call that reaches nobody.
LATE_SIGN, LATE_RESPONSE, LATE_END, STALLED, MISSED = 0.02, 0.01, 0.05, 0.035, 0.12
# A new round is taken more seriously.
AGAIN = 0.6
# The chance that the first, second and third call of the callback reaches the citizen.
REACHED = (0.86, 0.7, 0.55)
# Hours in which people work on each urgency; the most urgent knows no night.
_AWAKE = {"24h": (time(6, 30), time(22, 30)), "7d": (time(8, 30), time(18)), "15d": (time(8, 30), time(17, 30))}
_CALLS = ((time(9), time(12)), (time(14), time(20)))


@dataclass(frozen=True, slots=True)
class Part:
    """An assignment as its life is planned: number in the order, urgency, round, and the moments of its clocks."""

    no: int
    urgency: str
    round: int
    sent_at: datetime
    sign_due: datetime
    respond_due: datetime
    handle_due: datetime


@dataclass(frozen=True, slots=True)
class Manner:
    """How a unit works: `pace` around 1 (more is slower), and how likely its work solves the matter and pleases."""

    pace: float
    solves: float
    pleases: float
    hands_down: float


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """One thing that will be done: when, and by which name; `no` is the number of the assignment, 0 for the order."""

    at: datetime
    name: str
    no: int = 0
    data: dict[str, Any] = field(default_factory=dict, compare=False)


def manner(unit: str, kind: str, *, seed: str) -> Manner:
    """The manner of a unit, always the same for the same code and seed."""
    rng = Random(f"{seed}/manner/{unit}")
    solves = 0.88 + 0.115 * rng.betavariate(3.2, 1.2)
    return Manner(
        pace=rng.uniform(0.75, 1.3),
        solves=solves,
        pleases=min(0.99, solves + rng.uniform(-0.02, 0.03)),
        hands_down=0.55 if kind == "street" else 0.12,
    )


def work(part: Part, how: Manner, rng: Random) -> list[Deed]:
    """All deeds of one unit in one round, in the order of their times."""
    hurry = how.pace * (AGAIN if part.round > 1 else 1.0)
    signed = _moment(part, min(part.sign_due, part.respond_due), rng.betavariate(1.6, 4.5) * hurry, LATE_SIGN, rng)
    deeds = [Deed(signed, "sign", part.no)]
    responded = _moment(part, part.respond_due, rng.betavariate(1.8, 4.0) * hurry, LATE_RESPONSE, rng)
    responded = max(responded, signed + timedelta(minutes=rng.randint(3, 25)))
    if rng.random() < MISSED:
        deeds.append(Deed(signed + (responded - signed) / 2, "missed", part.no))
    deeds.append(
        Deed(responded, "respond", part.no, {"way": rng.choices(("phone", "visit", "message"), (80, 14, 6))[0]})
    )
    return deeds + _labour(part, responded, how, hurry, rng)


def _labour(part: Part, since: datetime, how: Manner, hurry: float, rng: Random) -> list[Deed]:
    """What comes after the first contact: handed down, noted, reported; some lie for two or three times their limit."""
    deeds = []
    share = rng.betavariate(2.4, 3.2) * hurry if rng.random() >= STALLED else rng.uniform(1.6, 3.2)
    ended = _moment(part, part.handle_due, share, LATE_END, rng)
    least = since + max((part.handle_due - since) * rng.uniform(0.05, 0.25), timedelta(minutes=12))
    ended = max(ended, _awake(least, _AWAKE[part.urgency], rng) if part.urgency in _AWAKE else least)
    if rng.random() < how.hands_down:
        deeds.append(Deed(_between(since, ended, 0.12, rng), "down", part.no))
    elif rng.random() < 0.5:
        deeds.append(Deed(_between(since, ended, 0.15, rng), "start", part.no))
    for nth in range(rng.choices((0, 1, 2), (45, 40, 15))[0]):
        deeds.append(Deed(_between(since, ended, 0.4 + 0.3 * nth, rng), "note", part.no))
    good = rng.random() < how.solves
    deeds.append(Deed(ended, "complete", part.no, {"good": good, "pictures": rng.random() < 0.12}))
    return deeds


def ask(replied_at: datetime, rng: Random, *, callable_: bool = True) -> list[Deed]:
    """The callback of a replied order: opened at once, then tries until somebody answers; `answer` says which way."""
    deeds = [Deed(replied_at + timedelta(seconds=rng.randint(2, 40)), "open")]
    if rng.random() < 0.2 or not callable_:
        if callable_ or rng.random() < 0.35:
            moment = replied_at + timedelta(hours=rng.uniform(0.3, 30))
            deeds.append(Deed(_awake(moment, (time(7, 30), time(22, 30)), rng), "answer", 0, {"way": "web"}))
        return deeds
    moment = replied_at + timedelta(hours=rng.uniform(3, 54))
    for no, chance in enumerate(REACHED):
        moment = _awake(moment, _CALLS[no % 2] if no else _CALLS[rng.random() < 0.6], rng)
        if rng.random() < chance:
            return [*deeds, Deed(moment, "answer", 0, {"way": "phone"})]
        outcome = rng.choices(("no_answer", "busy", "off"), (70, 20, 10))[0]
        deeds.append(Deed(moment, "attempt", 0, {"outcome": outcome}))
        moment += timedelta(hours=rng.uniform(4.2, 20))
    return deeds


def opinion(good: bool, how: Manner, rng: Random, *, round_no: int) -> dict[str, Any]:
    """The four answers. `good`: the unit's work was up to its usual; a later round mends most of what was left."""
    chance = 0.985 if good else 0.35 + 0.2 * (round_no - 1)
    solved = "yes" if rng.random() < chance else rng.choices(("part", "no", "explained"), (38, 50, 12))[0]
    weights = {
        "yes": (how.pleases * 0.86, how.pleases * 0.14, 0.02, 0.03),
        "part": (0.15, 0.6, 0.2, 0.05),
        "no": (0.02, 0.28, 0.6, 0.1),
        "explained": (0.3, 0.5, 0.1, 0.1),
    }[solved]
    satisfied = rng.choices(("yes", "mostly", "no", "none"), weights)[0]
    attitude = {"yes": "good", "mostly": rng.choice(("good", "fair")), "none": ""}.get(satisfied, "bad")
    contacted = rng.random() < (0.995 if good else 0.9)
    return {"contacted": contacted, "solved": solved, "satisfied": satisfied, "attitude": attitude}


def _moment(part: Part, due: datetime, share: float, late: float, rng: Random) -> datetime:
    """A moment on the way to `due`, or after it in `late` of the cases, within waking hours."""
    if share < 1 and rng.random() < late:
        share = rng.uniform(1.05, 1.6)
    moment = part.sent_at + (due - part.sent_at) * min(share, 0.97 if share < 1 else share)
    awake = _awake(moment, _AWAKE[part.urgency], rng) if part.urgency in _AWAKE else moment
    if awake > due >= moment:
        # Nobody lets a limit run out asleep: it is done the evening before.
        awake = _evening(moment, _AWAKE[part.urgency][1], rng)
    return max(awake, part.sent_at + timedelta(minutes=rng.randint(1, 9)))


def _awake(moment: datetime, hours: tuple[time, time], rng: Random) -> datetime:
    """`moment`, or the next one within the waking hours; the zone is that of `moment`."""
    begin, end = hours
    if begin <= moment.time() < end:
        return moment
    day = moment.date() if moment.time() < begin else moment.date() + timedelta(days=1)
    return datetime.combine(day, begin, moment.tzinfo) + timedelta(seconds=rng.randrange(5400))


def _evening(moment: datetime, end: time, rng: Random) -> datetime:
    """Shortly before the last time at or before `moment` that people went to sleep or home."""
    day = moment.date() if moment.time() >= end else moment.date() - timedelta(days=1)
    return datetime.combine(day, end, moment.tzinfo) - timedelta(minutes=rng.randint(1, 40))


def _between(start: datetime, end: datetime, share: float, rng: Random) -> datetime:
    """A moment between the two, by day where there is a day between them."""
    moment = start + (end - start) * min(max(share + rng.uniform(-0.1, 0.1), 0.02), 0.95)
    awake = _awake(moment, _AWAKE["24h"], rng)
    return awake if awake < end else moment


def last(deeds: Sequence[Deed]) -> datetime:
    """When the last of the deeds is done."""
    return max(deed.at for deed in deeds)

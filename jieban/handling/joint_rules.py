"""Arithmetic of joint work: by when a called unit comes, how long it has, how a score is checked, who is next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jieban.city import limits
from jieban.city.joint import Level
from jieban.city.pack import Pack, UnitSpec
from jieban.core.errors import BadInput

CALLED, CALLER = "called", "caller"
SCORES = {5: "很好", 4: "好", 3: "一般", 2: "差", 1: "很差"}
ENDED = ("redirected", "terminated")


class Part(Protocol):
    """What is asked of an assignment here."""

    no: int
    role: str
    state: str


def first_receiver(parts: Sequence[Part]) -> int | None:
    """The number of the assignment that leads to the end (首接负责): the first lead that is not handed over."""
    leads = sorted(part.no for part in parts if part.role == "lead" and part.state not in ENDED)
    return leads[0] if leads else None


def arrive_by(pack: Pack, urgency: str, *, at: datetime, meet: datetime | None, handle_due: datetime) -> datetime:
    """By when a unit called at `at` must be on the spot: the time agreed, else the limit of the urgency.

    BadInput where the time agreed is no time ahead, or after the caller's own limit while that still runs.
    """
    if meet is None:
        return limits.run_out(pack, arrival_limit(pack, urgency), at=at)
    if meet <= at:
        raise BadInput("约的到场时间已经过了，请写一个以后的时间。")
    if at < handle_due < meet:
        raise BadInput("约的到场时间比本单位的办理时限还晚，请提前，或先申请延期。")
    return meet


def arrival_limit(pack: Pack, urgency: str) -> str:
    """The limit string for coming to the spot: the pack's own, else that of the first response."""
    own = pack.joint.arrival.get(urgency)
    return own.limit if own else limits.clock(pack, urgency).respond.limit


def crosses(caller: UnitSpec | None, called: UnitSpec | None) -> bool:
    """Whether a whistle goes over a district's border (跨区吹哨); city-wide bodies belong to no district."""
    one, other = (_district(unit) for unit in (caller, called))
    return bool(one and other and one != other)


def _district(unit: UnitSpec | None) -> str:
    if unit is None:
        return ""
    return unit.code if unit.kind == "district" else unit.district


def check_score(score: int, words: str) -> None:
    """Refuse a score that is none, and a low one without a word why."""
    if score not in SCORES:
        raise BadInput("打分从 1 到 5，5 最好。")
    if score <= 2 and len(words.strip()) < 4:
        raise BadInput("打 1 分或 2 分请写明为什么，至少四个字。")


def next_level(pack: Pack, unit: str, *, rank: int) -> tuple[Level, str] | None:
    """The nearest level above `rank` that has a receiver for a case led by `unit`, with that receiver's code."""
    for level in pack.joint.above(rank):
        if receiver := receiver_of(pack, level, unit):
            return level, receiver
    return None


def receiver_of(pack: Pack, level: Level, unit: str) -> str:
    """The code of the unit that receives at this level a case led by `unit`; empty where there is none."""
    if level.receiver == "own":
        return unit
    if level.receiver == "centre":
        return next((code for code, spec in pack.units.items() if spec.kind == "city_centre"), "")
    return _district(pack.units.get(unit))

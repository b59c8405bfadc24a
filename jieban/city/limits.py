"""When an assignment is due: the clocks of the pack counted from a moment. Pure: the time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from jieban.city.pack import Clock, Pack
from jieban.core import deadlines
from jieban.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Limits:
    """The three instants by which a unit must have signed, contacted the citizen, and finished."""

    sign: datetime
    respond: datetime
    handle: datetime


def clock(pack: Pack, urgency: str) -> Clock:
    """The clock of an urgency; BadInput names those the pack has."""
    if urgency not in pack.clocks:
        raise BadInput(f"没有“{urgency}”这一档时限。可以选：{'、'.join(pack.clocks)}。")
    return pack.clocks[urgency]


def first(pack: Pack, urgency: str, *, at: datetime) -> Limits:
    """The limits of a first round that begins at `at`."""
    own = clock(pack, urgency)
    return Limits(*(run_out(pack, span.limit, at=at) for span in (own.sign, own.respond, own.handle)))


def again(pack: Pack, urgency: str, *, at: datetime) -> Limits:
    """The limits of a rework round: the pack's rework limit or half the first limit, whichever ends sooner (T21)."""
    fresh = first(pack, urgency, at=at)
    half: timedelta = (fresh.handle - at) / 2
    handle = min(run_out(pack, pack.settings.rework_limit, at=at), at + half)
    return Limits(min(fresh.sign, handle), min(fresh.respond, handle), handle)


def run_out(pack: Pack, limit: str, *, at: datetime) -> datetime:
    """The instant at which `limit` runs out when counted from `at`, on the city's own calendar and in its time zone."""
    local = at.astimezone(ZoneInfo(pack.city.time_zone))
    return deadlines.due(local, deadlines.limit(limit), calendar=pack.calendar)

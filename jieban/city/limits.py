"""When an assignment is due: the clocks of the pack and its profiles counted from a moment. Pure: time is an argument.

`of` begins the clocks of an assignment. `Counted.columns` are the columns that a verb writes: the due moments, and
`clock`, which holds what they were counted from, so that `recount` finds the same moments again at any time:

    version, unit, category, urgency, round, start      what was asked: of which rules, for whom, from when
    asked        where the citizen's own clock begins (only with the lead), else absent
    by           when it ends at the latest, pauses left out (only for a unit that came in later), else absent
    pauses       [[from, until or null, cause], …], an open one with its planned end behind, if it has one; what stops
                 the citizen's clock too is in `FOR_THE_CITIZEN`
    extension    [granted at, until], or null
    profiles, limits, due, steps                        what came of it

Moments in it are ISO 8601 on the city's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jieban.city import alerts, profiles
from jieban.city.pack import Clock, Pack
from jieban.city.profiles import Chosen
from jieban.core import deadlines
from jieban.core.deadlines import Limit, Pause
from jieban.core.errors import BadInput

# Causes of a pause that stop the citizen's clock as well, since the citizen was told; others stop the unit's alone.
FOR_THE_CITIZEN = frozenset({"suspended", "hung"})
_MINUTE = timedelta(minutes=1)
_NONE: list[Pause] = []


@dataclass(frozen=True, slots=True)
class Limits:
    """The three instants by which a unit must have signed, contacted the citizen, and finished."""

    sign: datetime
    respond: datetime
    handle: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """The clocks of an assignment: the city's three, the unit's own shorter one, and what the citizen is promised.

    `promise` is None where the citizen's clock does not hang on this assignment. `warn_at` is when to warn first.
    """

    sign: datetime
    respond: datetime
    handle: datetime
    inner: datetime
    promise: datetime | None
    warn_at: datetime | None
    clock: dict[str, Any]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of an assignment that these clocks set."""
        return {
            "sign_due": self.sign, "respond_due": self.respond, "handle_due": self.handle, "inner_due": self.inner,
            "clock": self.clock, "warn_at": self.warn_at, "warned": "",
        }  # fmt: skip


def clock(pack: Pack, urgency: str) -> Clock:
    """The clock of an urgency; BadInput names those the pack has."""
    if urgency not in pack.clocks:
        raise BadInput(f"没有“{urgency}”这一档时限。可以选：{'、'.join(pack.clocks)}。")
    return pack.clocks[urgency]


def first(pack: Pack, urgency: str, *, at: datetime) -> Limits:
    """The city's own limits of a first round that begins at `at`, whatever the unit."""
    own = clock(pack, urgency)
    return Limits(*(run_out(pack, span.limit, at=at) for span in (own.sign, own.respond, own.handle)))


def again(pack: Pack, urgency: str, *, at: datetime) -> Limits:
    """The limits of a rework round: the pack's rework limit or half the first limit, whichever ends sooner (T21)."""
    fresh = first(pack, urgency, at=at)
    half = run_out(pack, _half(clock(pack, urgency).handle.limit), at=at)
    handle = min(run_out(pack, pack.settings.rework_limit, at=at), half)
    return Limits(min(fresh.sign, handle), min(fresh.respond, handle), handle)


def _half(text: str) -> str:
    """Half a limit, as a limit: working days and hours stay such, an odd number of them is rounded up."""
    span = deadlines.limit(text)
    if span.unit in ("wd", "wh"):
        return f"{(span.count + 1) // 2}{span.unit}"
    minutes = {"min": 1, "h": 60, "d": 1440}[span.unit] * span.count
    return f"{max(minutes // 2, 1)}min"


def run_out(pack: Pack, limit: str, *, at: datetime) -> datetime:
    """The instant at which `limit` runs out when counted from `at`, on the city's own calendar and in its time zone."""
    return deadlines.due(_local(pack, at), deadlines.limit(limit), calendar=pack.calendar)


def of(
    pack: Pack,
    unit: str,
    category: str,
    urgency: str,
    *,
    at: datetime,
    version: int,
    asked: datetime | None = None,
    by: datetime | None = None,
    round_no: int = 1,
) -> Counted:
    """The clocks of an assignment that begins at `at` for this unit and matter, by version `version` of the pack.

    `asked` is given with the lead: when the citizen's clock began. `by`, where it is sooner, ends the limit of
    a unit that comes in while the citizen's clock runs. From the second round on the limits are those of `again`.
    """
    begun: dict[str, Any] = {
        "version": version, "unit": unit, "category": category, "urgency": urgency, "round": round_no,
        "start": _local(pack, at).isoformat(), "pauses": [], "extension": None,
    }  # fmt: skip
    if asked is not None:
        begun["asked"] = _local(pack, asked).isoformat()
    if by is not None:
        begun["by"] = _local(pack, by).isoformat()
    return recount(pack, begun)


def recount(pack: Pack, known: Mapping[str, Any]) -> Counted:
    """Count the clocks anew from what a clock says it was counted from, by this pack; its results are not read.

    A pause that is still open counts until its planned end, and not at all where none is planned. Nothing gets earlier
    by a pause or an extension. The unit's own clock always ends before the city's.
    """
    count = _Count(pack, known)
    handle, inner = count.handle(), count.inner()
    due = {
        "sign": min(count.sooner("sign"), handle), "respond": min(count.sooner("respond"), handle), "inner": inner,
        "handle": handle,
    }  # fmt: skip
    promise = count.promise()
    told = {**due, **({"promise": promise} if promise is not None else {})}
    fresh = {
        **known, "profiles": count.chosen.codes, "limits": count.limits(), "warn": count.city.warn.limit,
        "due": {name: moment.isoformat() for name, moment in told.items()},
        "steps": [moment.isoformat() for moment in count.steps(handle)],
    }  # fmt: skip
    return Counted(**due, promise=promise, warn_at=alerts.first(fresh), clock=fresh)


def paused(known: Mapping[str, Any], *, at: datetime, cause: str, until: datetime | None = None) -> dict[str, Any]:
    """The clock with a pause that begins at `at`; where its end is planned, it is counted as planned until it ends."""
    plan = [until.isoformat()] if until is not None else []
    return {**known, "pauses": [*known["pauses"], [at.isoformat(), None, cause, *plan]]}


def planned(known: Mapping[str, Any], *, until: datetime) -> dict[str, Any]:
    """The clock whose open pause is to last until `until`."""
    open_ = [[*pause[:3], until.isoformat()] if pause[1] is None else pause for pause in known["pauses"]]
    return {**known, "pauses": open_}


def resumed(known: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The clock with its open pause ended at `at` (an empty one is dropped), ready to be counted anew."""
    ended = [
        pause if pause[1] else [pause[0], max(pause[0], at.isoformat(), key=_instant), pause[2]]
        for pause in known["pauses"]
    ]
    return {**known, "pauses": [pause for pause in ended if _instant(pause[0]) < _instant(pause[1])]}


def extended(known: Mapping[str, Any], *, at: datetime, until: datetime, asked: datetime) -> dict[str, Any]:
    """The clock with a limit that at `at` was moved to `until`; the citizen, who called at `asked`, is promised it."""
    again = int(known.get("extensions", 0)) + 1
    begun = known.get("asked") or asked.isoformat()
    return {**known, "extension": [at.isoformat(), until.isoformat()], "extensions": again, "asked": begun}


def resting(known: Mapping[str, Any]) -> str:
    """Why the clock stands still, empty where it runs."""
    return next((str(pause[2]) for pause in known.get("pauses", ()) if pause[1] is None), "")


class _Count:
    """One counting: the rules that apply, and the moments they lead to."""

    def __init__(self, pack: Pack, known: Mapping[str, Any]) -> None:
        self.pack = pack
        self.start = _read(pack, known["start"])
        self.city = clock(pack, known["urgency"])
        self.chosen: Chosen = profiles.choose(
            pack, unit=known["unit"], category=known["category"], urgency=known["urgency"], day=self.start.date()
        )
        self.round = int(known["round"])
        self.asked = _read(pack, known["asked"]) if known.get("asked") else None
        self.by = _read(pack, known["by"]) if known.get("by") else None
        ends = [(pause, pause[1] or next(iter(pause[3:]), None)) for pause in known["pauses"]]
        over = [(_read(pack, pause[0]), _read(pack, end), pause[2]) for pause, end in ends if end is not None]
        self.pauses: list[Pause] = [(a, b) for a, b, _ in over]
        self.told: list[Pause] = [(a, b) for a, b, why in over if why in FOR_THE_CITIZEN]
        self._known: dict[tuple[str, datetime, int], datetime] = {}
        self.extension = [_read(pack, text) for text in known["extension"] or ()]

    def limits(self) -> dict[str, str]:
        """The limits that were counted, as strings; `outer` is the city's or the law's."""
        trade, inner = self.chosen.trade, self.chosen.inner
        return {
            "sign": (trade and trade.sign) or self.city.sign.limit,
            "respond": (trade and trade.respond) or self.city.respond.limit,
            "outer": self.outer_limit, "handle": (trade and trade.handle) or self.outer_limit,
            "inner": (inner and (inner.handle or "、".join(inner.steps))) or f"{self.pack.settings.inner_share:g}",
        }  # fmt: skip

    @property
    def outer_limit(self) -> str:
        """The limit of the law where it has one of its own, else the city's."""
        law = self.chosen.outer
        return (law and law.handle) or self.city.handle.limit

    def sooner(self, name: str) -> datetime:
        """Signing or first contact: the soonest of the city's limit, the law's and the trade's."""
        own = [getattr(self.city, name).limit]
        own += [limit for row in (self.chosen.outer, self.chosen.trade) if row and (limit := getattr(row, name))]
        return min(self.counted(limit, self.start, self.pauses) for limit in own)

    def handle(self) -> datetime:
        """Handling: the law's limit or the city's, the trade's where sooner; an extension only makes it later."""
        return self.extended(self.plain(self.pauses), self.pauses)

    def plain(self, pauses: list[Pause]) -> datetime:
        """Handling without extension."""
        trade = self.chosen.trade
        outer = self.rounded(self.start, pauses)
        if self.by is not None:
            left = Limit(int((self.by - self.start) / _MINUTE), "min")
            outer = min(outer, deadlines.due(self.start, left, calendar=self.pack.calendar, pauses=pauses))
        return min(outer, self.counted(trade.handle, self.start, pauses)) if trade and trade.handle else outer

    def promise(self) -> datetime | None:
        """What the citizen is promised: the law's limit or the city's from when they asked, without the unit's own."""
        if self.asked is None:
            return None
        return self.extended(self.rounded(self.asked, self.told), self.told)

    def inner(self) -> datetime:
        """The unit's own limit: its profile's where that is shorter than the city's, else a share of the city's."""
        handle = self.plain(self.pauses)
        whole = self.plain(_NONE) if self.pauses else handle
        row = self.chosen.inner
        named = [row.handle] if row and row.handle else list(reversed(row.steps)) if row else []
        fitting = [limit for limit in named if self.counted(limit, self.start, _NONE) < whole]
        own = self.counted(fitting[0], self.start, self.pauses) if fitting else self.share(self.start, whole)
        last = handle
        if self.extension and (last := self.extended(handle, self.pauses)) > handle:
            own = max(own, self.share(self.extension[0], last, _NONE))
        return min(own, last - _MINUTE)

    def steps(self, handle: datetime) -> list[datetime]:
        """The milestones of the unit's own clock that lie before the limit."""
        row = self.chosen.inner
        found = [self.counted(limit, self.start, self.pauses) for limit in row.steps] if row else []
        return sorted(moment for moment in found if moment < handle)

    def share(self, start: datetime, end: datetime, pauses: list[Pause] | None = None) -> datetime:
        """The pack's share of the real time from `start` to `end`, in whole minutes, the pauses left out."""
        length = int((end - start) * self.pack.settings.inner_share / _MINUTE)
        stops = self.pauses if pauses is None else pauses
        return deadlines.due(start, Limit(length, "min"), calendar=self.pack.calendar, pauses=stops)

    def rounded(self, start: datetime, pauses: list[Pause]) -> datetime:
        """The outer limit from `start`; from the second round on the rework limit or half the first, the sooner."""
        whole = self.counted(self.outer_limit, start, pauses)
        if self.round == 1:
            return whole
        halved = self.counted(_half(self.outer_limit), start, pauses)
        return min(halved, self.counted(self.pack.settings.rework_limit, start, pauses))

    def extended(self, due: datetime, pauses: list[Pause]) -> datetime:
        """`due`, or the moment granted where that is later; a pause after the grant moves that on too."""
        if not self.extension:
            return due
        granted, until = self.extension
        whole = max(until - granted, timedelta(0))
        later = granted
        if whole:
            minutes = Limit(int(whole / _MINUTE), "min")
            later = deadlines.due(granted, minutes, calendar=self.pack.calendar, pauses=pauses) + whole % _MINUTE
        return max(due, later)

    def counted(self, limit: str, start: datetime, pauses: list[Pause]) -> datetime:
        """When `limit` runs out from `start`, the pauses left out."""
        key = (limit, start, id(pauses))
        if key not in self._known:
            self._known[key] = deadlines.due(start, deadlines.limit(limit), calendar=self.pack.calendar, pauses=pauses)
        return self._known[key]


def _local(pack: Pack, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(pack.city.time_zone))


def _read(pack: Pack, text: str) -> datetime:
    return _local(pack, datetime.fromisoformat(text))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""When a unit is warned that a limit comes near or has passed. Pure: a clock as `limits` writes it and a moment in.

Of signing, first contact and handling a unit hears twice: the pack's `warn` before the end, but never before half of
the time is gone, and when it has passed. Of its own inner limit and of milestones it hears when they are reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jieban.core import deadlines

CLOCKS = ("sign", "respond", "handle")
_LENGTH = {
    "min": timedelta(minutes=1), "h": timedelta(hours=1), "wh": timedelta(hours=1), "d": timedelta(days=1),
    "wd": timedelta(days=1),
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    """One thing to say: `at` a moment, about the clock `name` (sign, respond, handle, inner, step), near or late."""

    at: datetime
    name: str
    late: bool
    start: datetime
    due: datetime

    @property
    def key(self) -> str:
        """What an assignment remembers of it."""
        return f"{self.name}-{'late' if self.late else 'near'}"


def agenda(clock: Mapping[str, Any], stopped: Collection[str] = ()) -> list[Alert]:
    """Everything there is to say about a clock, soonest first, but for the clocks that have `stopped`."""
    if not clock:
        return []
    start = datetime.fromisoformat(clock["start"])
    due = {name: datetime.fromisoformat(text) for name, text in clock["due"].items()}
    span = deadlines.limit(clock["warn"])
    out = []
    for name in CLOCKS:
        near = max(due[name] - _LENGTH[span.unit] * span.count, start + (due[name] - start) / 2)
        out += [Alert(near, name, False, start, due[name]), Alert(due[name], name, True, start, due[name])]
    out.append(Alert(due["inner"], "inner", True, start, due["inner"]))
    out += [Alert(moment, "step", True, start, moment) for moment in map(datetime.fromisoformat, clock["steps"])]
    return sorted(one for one in out if one.name not in stopped)


def first(clock: Mapping[str, Any]) -> datetime | None:
    """The first moment at which there is something to say."""
    return min((one.at for one in agenda(clock)), default=None)


def coming(clock: Mapping[str, Any], *, after: datetime, stopped: Collection[str] = ()) -> datetime | None:
    """The next moment after `after` at which there is something to say, None where there is nothing more."""
    return min((one.at for one in agenda(clock, stopped) if one.at > after), default=None)


def reached(clock: Mapping[str, Any], *, since: datetime, at: datetime, stopped: Collection[str] = ()) -> list[Alert]:
    """What became due to be said from `since` up to `at`, both included, of each clock only the last."""
    found = {one.name: one for one in agenda(clock, stopped) if since <= one.at <= at}
    return sorted(found.values())

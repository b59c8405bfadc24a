"""What a city decides about supervision, repeats and abuse: frozen data, with defaults for a pack that is silent.

Letters by hand and on a leader's note exist in every city; what raises a letter by itself stands in `triggers.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from jieban.core import deadlines

KINDS = (
    "overdue", "double_no", "single_no", "repeat_caller", "repeat_problem", "cluster", "words", "channel",
    "leader_note", "by_hand",
)  # fmt: skip
# What only a person starts.
MANUAL = ("leader_note", "by_hand")
# What is about several orders at one point: one letter for all of them.
GROUPED = ("repeat_problem", "cluster")
_DAY = timedelta(days=1)
_REAL = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": _DAY}


@dataclass(frozen=True, slots=True)
class Level:
    """How high a letter stands: its name, the bodies that issue it together, who answers besides the units, its limit.

    `also` are unit expressions (`Pack.resolve`); `issuers` are names, for not every issuing body has posts here.
    """

    no: int
    name: str
    name_en: str
    issuers: tuple[str, ...]
    also: tuple[str, ...]
    limit: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """One rule that raises a letter. `what` is of `KINDS`; which of the numbers count depends on it.

    `over` is how long past the limit (overdue); `within` the window looked at; `times` how many orders, `callers` from
    how many different numbers; `words` and `channels` what is looked for. `urgencies` and `categories` narrow it
    (empty: all; a category holds those under it). `text` is the letter, with {number} {count} {callers} {days} {due}.
    """

    code: str
    what: str
    name: str
    name_en: str
    text: str
    level: int = 1
    limit: str = ""
    over: str = ""
    within: str = ""
    times: int = 0
    callers: int = 0
    words: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    valid_from: date = date(1970, 1, 1)
    valid_to: date | None = None
    official: bool = False
    source: str = ""

    def valid(self, day: date) -> bool:
        """Whether the rule is in force on `day` (`valid_to` is the first day it no longer is)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Repeats:
    """When a matter counts as having come back after 市民确认解决, and from how many orders on a point is a problem."""

    came_back: str = "60d"
    months: int = 6
    problem: int = 3
    caller: int = 5


@dataclass(frozen=True, slots=True)
class Abuse:
    """The procedure against abuse: how long a person may be heard, how long a measure may last, what it may shorten.

    `exclusion` is the ground on which a confirmed case asks to leave its orders out of scoring; empty: it never does.
    """

    hearing: str = "5wd"
    longest: int = 180
    evidence: int = 3
    minutes: int = 5
    exclusion: str = ""


HAND = Trigger("by_hand", "by_hand", "人工督办", "By hand", "请按督办要求办理 {number}，{due} 前回复办理情况。")
NOTE = Trigger(
    "leader_note", "leader_note", "领导批示", "Leader's note", "请按批示办理 {number}，{due} 前回复办理情况。"
)
FIRST = Level(1, "督办", "Supervision", (), (), "24h")


@dataclass(frozen=True, slots=True)
class Oversight:
    """All of it. `levels` by number, from 1 up; `triggers` as they stand in the file."""

    levels: Mapping[int, Level] = field(default_factory=lambda: {1: FIRST})
    triggers: tuple[Trigger, ...] = ()
    repeats: Repeats = Repeats()
    abuse: Abuse = Abuse()

    def level(self, no: int) -> Level:
        """The level of that number, else the highest below it."""
        return self.levels[max(known for known in self.levels if known <= max(no, 1))]

    def by_rule(self, day: date) -> tuple[Trigger, ...]:
        """The triggers that raise a letter by themselves on `day`."""
        return tuple(t for t in self.triggers if t.valid(day) and t.what not in MANUAL)

    def find(self, code: str) -> Trigger:
        """The trigger of that code, also those that every city has; an old code that is gone reads as by hand."""
        known = {trigger.code: trigger for trigger in (HAND, NOTE, *self.triggers)}
        return known.get(code, HAND)


def span(limit: str) -> timedelta:
    """The length of a window written as 30min, 2h or 30d."""
    read = deadlines.limit(limit)
    return _REAL[read.unit] * read.count

"""Who is rewarded (奖励) and who is asked to explain (约谈) after a cycle: rules as a pack gives them. Plain data.

Which units a rule finds is `jieban.appraisal.publication.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

REWARD, INTERVIEW = "reward", "interview"
LISTS: Final = (REWARD, INTERVIEW)
# The first so many; full marks; nobody appealed; the last so many, cycle after cycle; a rate below; fallen so far.
FIRST, FULL, QUIET, LAST, BELOW, FELL = "first", "full", "quiet", "last", "below", "fell"
KINDS: Final = (FIRST, FULL, QUIET, LAST, BELOW, FELL)
RATES: Final = ("response", "resolution", "satisfaction", "composite")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for the units of `boards`. `below` is in per cent (a composite: in points), `places` in ranks."""

    code: str
    list: str
    what: str
    name: str
    name_en: str
    boards: tuple[str, ...]
    source: str
    count: int = 0
    cycles: int = 1
    rate: str = ""
    below: float = 0.0
    places: int = 0
    valid_from: date = date(1970, 1, 1)
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Whether it holds for a cycle that begins on `day` (`valid_to`: the first day it no longer does)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Rewards:
    """All rules of a pack, and what must be said wherever they are shown (示例，非官方)."""

    note: str = ""
    rules: tuple[Rule, ...] = ()

    def on(self, day: date) -> tuple[Rule, ...]:
        """The rules that hold for a cycle that begins on `day`, in the order of the file."""
        return tuple(rule for rule in self.rules if rule.valid(day))

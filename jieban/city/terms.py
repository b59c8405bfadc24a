"""How a city calls back: what starts a new round, what is raised, what is looked at twice.

Plain values; `jieban.city.callbacks` reads them. All defaults are our own: no public rule was found for any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

STARTERS = ("double_no", "single_no", "part")


@dataclass(frozen=True, slots=True)
class LeadersDay:
    """领导回访日: on this day of the month (0: never) leaders of these districts (empty: all) call citizens."""

    day: int = 0
    orders: int = 10
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """What the caller says about matters whose category begins with `category` ("" for all)."""

    category: str
    opening: str
    question: str
    check: str


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The terms of callback. Limits are limit strings; shares go from 0 to 1.

    `starts` are the answers that begin a new round, of STARTERS; after `rounds` rounds a no closes the order with the
    no on record. An order is raised to `raise_level` after a double no and on entering `raise_round` (0: never).
    """

    rounds: int = 3
    starts: frozenset[str] = frozenset({"double_no", "single_no"})
    raise_double_no: bool = True
    raise_round: int = 3
    raise_level: str = "区级"
    claim: str = "20min"
    sample_share: float = 0.05
    sample_after: str = "3d"
    contact_before: str = "30min"
    same_number: int = 5
    same_within: str = "7d"
    bad_words: tuple[str, ...] = ("让我说满意", "叫我说满意", "让我打满意", "没来人", "没人来", "根本没", "敷衍")
    leaders: LeadersDay = LeadersDay()
    scripts: tuple[Script, ...] = ()

    def script(self, category: str) -> Script | None:
        """The script of a category: the one with the longest beginning in common, or None."""
        fits = [one for one in self.scripts if category.startswith(one.category)]
        return max(fits, key=lambda one: len(one.category), default=None)

"""How a city works together: how soon a called unit must come, how long ratings stay closed, the levels of 提级.

A pack may leave them out: then the limit of the first response serves for coming to the spot, and there is no ladder to
climb. `joint_sheet` reads them from `joint.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

RECEIVERS = ("own", "district", "centre")
TAKERS = ("chief", "leader", "district", "supervisor")
CAUSES = ("single_no", "double_no")


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit (`30min`, `1wd`), where it comes from, and whether that is an official rule."""

    limit: str
    source: str
    official: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder: whose people receive the case, in which posts, and how soon they must take it up.

    `receiver`: `own` the unit that leads, `district` the district it lies in, `centre` the city's hotline centre.
    """

    code: str
    rank: int
    name: str
    name_en: str
    receiver: str
    roles: tuple[str, ...]
    wait: Wait


@dataclass(frozen=True, slots=True)
class Joint:
    """The rules of joint work. `arrival` is by urgency; `raise_after` names the answers that raise a case by rule."""

    arrival: Mapping[str, Wait] = field(default_factory=dict)
    rating_window: str = "7d"
    raise_after: tuple[str, ...] = ()
    raise_to: str = ""
    levels: tuple[Level, ...] = ()

    def level(self, code: str) -> Level | None:
        """The level of that code."""
        return next((level for level in self.levels if level.code == code), None)

    def above(self, rank: int) -> tuple[Level, ...]:
        """The levels higher than `rank`, nearest first."""
        return tuple(level for level in self.levels if level.rank > rank)


NONE = Joint()

"""What a city asks of a reply and of the work behind it: photos as proof, levels of checking, ready texts, how often
the ledger is looked at, and how far a link for a party outside carries.

Plain frozen data; the defaults are Jieban's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proof:
    """Photos that a report of 单位已办结 must carry for a category and everything under it."""

    category: str
    before: bool
    after: bool
    basis: str
    official: bool


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A ready reply with placeholders, for a category and everything under it and for a result ("" for all)."""

    code: str
    title: str
    category: str
    result: str
    body: str


@dataclass(frozen=True, slots=True)
class Replies:
    """What is asked of a reply and of the work behind it; the defaults are Jieban's own.

    `check` is how long one level of checking may take, `review` how often a matter on the ledger is looked at.
    `outside_days` and `outside_reports` bound a link for a party outside, `question_days` the wait for the citizen.
    `levels` are the levels of checking by kind of unit, which a unit may switch on.
    """

    check: str = "4h"
    review: str = "31d"
    outside_days: int = 7
    outside_reports: int = 5
    question_days: int = 3
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    texts: tuple[ReplyText, ...] = ()

    def proof(self, category: str) -> Proof | None:
        """The proof asked for in that category: the line with the longest code that it begins with."""
        fits = [one for one in self.proofs if category.startswith(one.category)]
        return max(fits, key=lambda one: len(one.category), default=None)

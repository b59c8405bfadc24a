"""Invented citizens: surnames with a title, and numbers that nobody holds. Pure.

Numbers begin with three digits of a mobile network followed by 0000, a block kept for tests and never seen in real use;
names are a surname and 女士 or 先生. So no person of flesh and blood can be meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from simulation import words

BLOCKS = ("1380000", "1390000", "1360000", "1370000", "1500000", "1520000", "1860000")
# Share of contacts by people who have called before: 1 − 76.9 % new numbers in 2021 (reform report), within one year.
REGULAR = 0.12
REGULARS = 90


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the line. `hidden`: gives no name. `hide_name` and `sms` are wishes."""

    name: str
    phone: str
    appellant: str = "person"
    firm: str = ""
    hidden: bool = False
    hide_name: bool = True
    sms: bool = True


class Crowd:
    """The people of the city: mostly new ones, some who call again and again."""

    def __init__(self, seed: str) -> None:
        rng = Random(f"{seed}/crowd")
        self._regulars = [_person(rng, hidden=False) for _ in range(REGULARS)]

    def one(self, rng: Random, *, appellant: str = "person", regular: bool = True) -> Caller:
        """Somebody who has something to say; a firm has a name of its own."""
        if appellant == "firm":
            firm, phone = rng.choice(words.shared()["slots"]["firms"]), _phone(rng)
            return Caller(_spokesman(firm), phone, "firm", firm, hide_name=False)
        if regular and rng.random() < REGULAR:
            return rng.choice(self._regulars[: 1 + int(REGULARS * rng.random() ** 2)])
        return _person(rng, hidden=rng.random() < 0.03)


def staff_name(key: str) -> str:
    """The invented full name of a member of staff, always the same for the same key."""
    rng = Random(f"staff/{key}")
    slots = words.shared()["slots"]
    given = rng.sample(slots["given"], 2)
    return str(rng.choice(slots["surnames"])) + "".join(given)


def _spokesman(firm: str) -> str:
    """Who speaks for a firm, always the same for the same firm."""
    rng = Random(f"firm/{firm}")
    return str(rng.choice(words.shared()["slots"]["surnames"])) + rng.choice(("女士", "先生"))


def _person(rng: Random, *, hidden: bool) -> Caller:
    surname = rng.choice(words.shared()["slots"]["surnames"])
    name = "" if hidden else surname + rng.choice(("女士", "先生"))
    return Caller(name, _phone(rng), hidden=hidden, hide_name=rng.random() < 0.6, sms=rng.random() < 0.85)


def _phone(rng: Random) -> str:
    return f"{rng.choice(BLOCKS)}{rng.randrange(10_000):04d}"

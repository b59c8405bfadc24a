"""A small grammar of everyday speech: pieces from `speech/*.toml`, told anew with every throw of the dice. Pure.

In a piece `<rule>` is one of the pieces of that rule, `<2..9>` a number between both (both included), `[a|b|]` one of
the choices, nested at will. Slots in braces are left for `words.Slots`: facts of one matter, the same throughout.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).with_name("speech")
LEXICON = "synonyms.toml"
# Pieces that refer to each other in a circle would never end: deeper than this is a mistake in the files.
DEEPEST = 40
_TOKEN = re.compile(r"<(?:(\d+)\.\.(\d+)|(\w+))>")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")

Bank = Mapping[str, Sequence[str]]


@lru_cache(maxsize=1)
def bank() -> Bank:
    """All rules by name. ValueError where two files have the same rule."""
    out: dict[str, Sequence[str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name != LEXICON:
            rules = tomllib.loads(path.read_text(encoding="utf-8"))
            if out.keys() & rules.keys():
                raise ValueError(f"{path.name} repeats {sorted(out.keys() & rules.keys())}.")
            out |= rules
    return out


def expand(text: str, rng: Random) -> str:
    """`text` with all choices made and all rules told. KeyError for an unknown rule, ValueError for an endless one."""
    for _ in range(DEEPEST):
        if "[" in text:
            text = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
        elif "<" in text:
            text = _TOKEN.sub(lambda found: _token(found, rng), text)
        else:
            return text
    raise ValueError(f"This piece does not end: {text[:80]}")


def piece(rule: str, rng: Random) -> str:
    """One piece of a rule, told."""
    return expand(rng.choice(bank()[rule]), rng)


def several(rules: Iterable[str], rng: Random) -> list[str]:
    """A piece for each rule, not yet told, none twice; a rule with nothing new left is passed over."""
    out: dict[str, None] = {}
    for rule in rules:
        left = [text for text in bank()[rule] if text not in out]
        out |= {rng.choice(left): None} if left else {}
    return list(out)


def vary(text: str, rng: Random, *, share: float = 0.6) -> str:
    """`text` with some everyday words put in place of others: `share` of those for which the lexicon has any."""
    same, seen = _same()
    return seen.sub(lambda found: rng.choice(same[found[0]]) if rng.random() < share else found[0], text)


def slip(text: str, kind: str, rng: Random, *, count: int) -> str:
    """`text` with up to `count` words of a table of the lexicon (typos, dialect) put wrong or put broadly."""
    fitting = [pair for pair in _lexicon()[kind] if pair[0] in text]
    for right, other in rng.sample(fitting, min(count, len(fitting))):
        text = text.replace(right, other, 1)
    return text


def _token(found: re.Match[str], rng: Random) -> str:
    low, high, rule = found.groups()
    return rng.choice(bank()[rule]) if rule else str(rng.randint(int(low), int(high)))


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, Sequence[Sequence[str]]]:
    return tomllib.loads((FOLDER / LEXICON).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _same() -> tuple[Mapping[str, Sequence[str]], re.Pattern[str]]:
    """What may stand for the first word of each row, and the longest-first pattern of those words."""
    rows = {row[0]: row for row in _lexicon()["same"]}
    longest = sorted(rows, key=len, reverse=True)
    return rows, re.compile("|".join(map(re.escape, longest)))

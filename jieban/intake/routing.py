"""Special routing: what is not dispatched but told, transferred or sealed (domain.md §4.3), as pure functions.

Telling the right way is a form of handling; there is no "not accepted". A rule acts by itself only on words that leave
no doubt, and only for matters that another procedure already has in hand. Everything else is a suggestion to a person.
Reasons and cost: docs/adr/0020-special-routing.md.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jieban.city.pack import Pack

KINDS = ("order", "emergency", "legal", "petition", "secret", "unlawful", "market", "consultation")
# What the words are worth: beyond doubt; beyond doubt but beside another matter; worth a look.
SURE, BESIDE, MAYBE = 0.95, 0.6, 0.3
# From here on the matter waits for a person instead of being dispatched, where nobody is on the line.
HOLD = 0.5
_ENDS = re.compile(r"[。！？!?；;\n]+")


@dataclass(frozen=True, slots=True)
class Route:
    """Which way a matter goes. `told` is the text for the person, `line` an emergency line, `words` what decided it.

    `certain`: the rule may act without a person. `probability` is a weight of evidence, not a frequency.
    """

    kind: str
    ground: str = ""
    told: str = ""
    line: str = ""
    words: tuple[str, ...] = ()
    probability: float = 0.0
    certain: bool = False

    @property
    def held(self) -> bool:
        """Whether a person must look before anything is dispatched."""
        return self.kind not in ("order", "emergency") and not self.certain and self.probability >= HOLD

    def plain(self) -> dict[str, Any]:
        """As it is kept beside the other suggestions."""
        return {
            "value": self.kind, "ground": self.ground, "line": self.line, "words": list(self.words),
            "probability": self.probability, "certain": self.certain, "model": "routes",
        }  # fmt: skip


ORDER = Route("order")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    ground: str
    line: str
    told: str
    sure: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    maybe: re.Pattern[str] | None
    alone: bool


@dataclass(frozen=True, slots=True)
class _Table:
    rules: tuple[_Rule, ...]
    besides: re.Pattern[str]
    any: re.Pattern[str]


def route(text: str, *, pack: Pack) -> Route:
    """The way for a matter said in `text` (title and content): the first certain rule, else the strongest hint."""
    table = _table()
    if not table.any.search(text):
        return ORDER
    sentences = [part for part in _ENDS.split(text) if part]
    found = [hit for rule in table.rules if (hit := _weigh(rule, sentences, table.besides.search(text) is not None))]
    if not found:
        return ORDER
    rule, probability, words = max(found, key=lambda hit: hit[1])
    certain = rule.alone and probability >= SURE
    return Route(rule.kind, _ground(rule, pack), _told(rule, pack), rule.line, words, probability, certain)


def _weigh(rule: _Rule, sentences: list[str], besides: bool) -> tuple[_Rule, float, tuple[str, ...]] | None:
    for sentence in sentences:
        hit = rule.sure.search(sentence) if rule.sure else None
        if hit and not (rule.unless and rule.unless.search(sentence)):
            return rule, BESIDE if besides and rule.kind != "emergency" else SURE, (hit[0],)
    for sentence in sentences:
        hit = rule.maybe.search(sentence) if rule.maybe else None
        if hit:
            return rule, MAYBE, (hit[0],)
    return None


def by_hand(ground: str, *, pack: Pack, line: str = "", told: str = "") -> Route:
    """The route a person chose by its ground."""
    rule = next((r for r in _table().rules if r.ground == ground), None)
    said = pack.grounds[ground].tell if ground in pack.grounds else (rule.told if rule else "")
    return Route(rule.kind if rule else "market", ground, told or said, line, (), 1.0, True)


def _ground(rule: _Rule, pack: Pack) -> str:
    return rule.ground if rule.ground in pack.grounds else rule.kind


def _told(rule: _Rule, pack: Pack) -> str:
    """The pack's words; of an emergency the rule's own, since nobody can transfer a letter."""
    if rule.kind == "emergency" or rule.ground not in pack.grounds:
        return rule.told
    return pack.grounds[rule.ground].tell


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = tomllib.loads(Path(__file__).with_name("routes.toml").read_text(encoding="utf-8"))
    rules = tuple(_rule(row) for row in raw["route"])
    every = [p for row in raw["route"] for p in (*row["sure"], *row["maybe"])]
    return _Table(rules, _any_of(raw["besides"]) or re.compile("(?!)"), _any_of(every) or re.compile("(?!)"))


def _rule(row: dict[str, Any]) -> _Rule:
    patterns = {name: _any_of(row[name]) for name in ("sure", "unless", "maybe")}
    return _Rule(row["kind"], row["ground"], row["line"], row["told"], alone=row["alone"], **patterns)


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None

"""How fast somebody must act: words of danger, words of a failed supply, else what the duty catalogue says.

The clocks of a pack stand from the fastest to the slowest; danger to people is for the first, a failed supply of water,
power, gas or heat for the second (the four levels of the 2021 reform report). A word in a sentence that speaks of the
past, of fear or of rules counts little. What the catalogue says is only as sure as the category.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick_rs

from jieban.city.pack import ANY, Pack
from jieban.triage.texts import Guess, Text

MODEL = "urgency@1"
CATALOGUE = "catalogue"
# What a word is worth by itself, beside words that take its force away, and each further word.
_SURE, _UNSURE, _FURTHER = 0.85, 0.35, 0.05
_MOST = 0.97
_WORDS = 4
# Lists of the table: a clock's place in the pack, or what has none.
_SOFT, _NOTHING = -1, -2
_LEVELS = {"danger": 0, "supply": 1, "unless": _SOFT, "nothing": _NOTHING}
_ENDS = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class _Table:
    words: tuple[str, ...]
    levels: tuple[int, ...]
    finder: ahocorasick_rs.AhoCorasick


def suggest(texts: Sequence[Text], pack: Pack) -> list[list[Guess]]:
    """For each text the clock its own words ask for, the likelier of two first; empty where they ask for none."""
    clocks = list(pack.clocks)
    return [_by_words(text, clocks) for text in texts]


def unsure(guesses: Sequence[Guess]) -> bool:
    """Whether the words of a text leave its urgency open."""
    return not guesses or guesses[0].probability <= _UNSURE


def usual(category: str, sure: float, usual_of: Mapping[str, str]) -> list[Guess]:
    """The clock that the catalogue gives a category, as sure as the category; empty where it gives none."""
    found = usual_of.get(category, "")
    return [Guess(found, sure)] if found else []


def catalogue(pack: Pack) -> dict[str, str]:
    """The clock of each category by the newest line for any owner anywhere, its own or of a category above it."""
    lines = sorted((d for d in pack.duties if d.owner == d.territory == ANY), key=lambda d: d.valid_from)
    own = {duty.category: duty.urgency for duty in lines}
    out = {}
    for code in pack.categories:
        above = (own[node.code] for node in reversed(pack.category_path(code)) if node.code in own)
        out[code] = next(above, "")
    return out


def _by_words(text: Text, clocks: Sequence[str]) -> list[Guess]:
    table, whole = _table(), text.whole
    hits = table.finder.find_matches_as_indexes(whole)
    if all(table.levels[index] < 0 for index, _, _ in hits):
        return []
    said: dict[int, dict[str, float]] = {}
    breaks = [found.start() for found in _ENDS.finditer(whole)]
    soft = {_sentence(start, breaks) for index, start, _ in hits if table.levels[index] == _SOFT}
    for index, start, _ in hits:
        level = table.levels[index]
        if 0 <= level < len(clocks):
            worth = _UNSURE if _sentence(start, breaks) in soft else _SURE
            words = said.setdefault(level, {})
            words[table.words[index]] = max(worth, words.get(table.words[index], 0.0))
    return sorted((_guess(clocks[level], words) for level, words in sorted(said.items())), key=_less_likely)


def _sentence(start: int, breaks: Sequence[int]) -> int:
    return sum(at < start for at in breaks)


def _guess(clock: str, words: Mapping[str, float]) -> Guess:
    order = sorted(words, key=lambda word: (-words[word], word))
    further = _FURTHER * sum(words[word] >= _SURE for word in order[1:])
    return Guess(clock, min(words[order[0]] + further, _MOST), tuple(order[:_WORDS]))


def _less_likely(guess: Guess) -> float:
    return -guess.probability


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = tomllib.loads(Path(__file__).with_name("urgency.toml").read_text(encoding="utf-8"))
    rows = [(word, level) for name, level in _LEVELS.items() for word in raw[name]]
    words, levels = zip(*rows, strict=True)
    return _Table(words, levels, ahocorasick_rs.AhoCorasick(words, ahocorasick_rs.MatchKind.LeftmostLongest))

"""Which of the six kinds an appeal is, from the words people use for what they want (`kinds.toml`).

What a person calls the matter in the title counts more than what stands further down. The kind that is usual for the
category helps where the words do not say. The probability is the share of the evidence, squared, against that for the
other kinds and a constant doubt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick_rs

from jieban.city.pack import APPEAL_KINDS
from jieban.triage.texts import Guess, Text

MODEL = "kinds@1"
TITLE_FACTOR = 1.5
_WEIGHTS = {"plainly": 2.5, "clearly": 1.3, "perhaps": 0.4}
# How much the usual kind of a category that is certain says.
_USUAL = 1.2
_DOUBT = 0.5
_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Table:
    words: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: tuple[float, ...]
    finder: ahocorasick_rs.AhoCorasick


def suggest(texts: Sequence[Text], usual: Sequence[tuple[str, float]] = (), top: int = 3) -> list[list[Guess]]:
    """The likeliest kinds of each text, best first; empty where nothing speaks for any.

    `usual`, where given, has one pair a text: the kind usual for its category ("" if unknown), and how sure the
    category is (0 to 1).
    """
    given = usual or [("", 0.0)] * len(texts)
    return [_ranked(text, kind, sure, top) for text, (kind, sure) in zip(texts, given, strict=True)]


def _ranked(text: Text, usual: str, sure: float, top: int) -> list[Guess]:
    scores, words = _heard(text)
    if usual:
        scores[usual] = scores.get(usual, 0.0) + _USUAL * sure
    whole = sum(score * score for score in scores.values()) + _DOUBT
    order = sorted(scores, key=lambda kind: (-scores[kind], APPEAL_KINDS.index(kind)))[:top]
    return [Guess(kind, scores[kind] ** 2 / whole, _strongest(words.get(kind, {}))) for kind in order]


def _heard(text: Text) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """What each kind has for it, and by which words; a word counts once, in the title if it stands there."""
    table = _table()
    title = len(text.title)
    scores: dict[str, float] = {}
    words: dict[str, dict[str, float]] = {}
    for index, start, _ in table.finder.find_matches_as_indexes(text.whole):
        kind, word = table.kinds[index], table.words[index]
        said = words.setdefault(kind, {})
        if kind and word not in said:
            said[word] = table.weights[index] * (TITLE_FACTOR if start < title else 1.0)
            scores[kind] = scores.get(kind, 0.0) + said[word]
    return scores, words


def _strongest(said: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted((word for word in said if len(word) > 1), key=lambda word: (-said[word], word))[:_WORDS])


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
    rows = [
        (word, kind, weight) for kind in APPEAL_KINDS for how, weight in _WEIGHTS.items() for word in raw[kind][how]
    ]
    rows += [(word, "", 0.0) for word in raw["nothing"]]
    words, kinds, weights = zip(*rows, strict=True)
    return _Table(words, kinds, weights, ahocorasick_rs.AhoCorasick(words, ahocorasick_rs.MatchKind.LeftmostLongest))

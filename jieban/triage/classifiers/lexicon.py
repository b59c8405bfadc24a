"""The category from the words of the city pack: no training, no examples, from the first day of a city.

Each keyword is evidence for the categories that list it: a long word more than a short one, a word of one topic more
than a word of several, and in the title more than in the body. A word inside a longer known word says nothing by itself
(停车 in 小区停车费). Evidence is gathered at the second level; a third-level topic is named where it stands out there.

The probability is the share of the evidence, squared, against that for other categories and a constant doubt: one word
of two characters is even odds, one of four in the title is nine in ten, two matters in one letter leave both unsure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import ahocorasick_rs

from jieban.city.pack import Category, Pack
from jieban.triage.texts import Guess, Text

TITLE_FACTOR = 1.5
# Evidence of one keyword: of two characters, each further one, least and most. Three Latin letters are one character.
_TWO, _MORE, _LEAST, _MOST = 1.0, 0.6, 0.4, 2.8
_LATIN = 3
# A word that only the second level lists names a field, not a matter.
_BROAD = 0.7
# The evidence that "none of these" always has, among categories and among the topics of one.
_DOUBT, _TOPIC_DOUBT = 1.0, 0.3
# Share from which a topic is named instead of its category.
_STANDS_OUT = 0.7
_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a keyword speaks for: the topics (third level) and the categories above them, each with its weight."""

    topics: tuple[tuple[str, float], ...]
    groups: tuple[tuple[str, float], ...]


@dataclass(slots=True)
class _Evidence:
    """What a text says for each category, with the words that said it."""

    groups: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    topics: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    words: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))


class Lexicon:
    """The keywords of one pack. Building takes some milliseconds; suggesting is one pass over each text."""

    def __init__(self, pack: Pack, number: int) -> None:
        self.model = f"lexicon@{number}"
        meanings = _meanings(pack)
        self._words = list(meanings)
        self._meanings = list(meanings.values())
        self._finder = ahocorasick_rs.AhoCorasick([word.lower() for word in self._words])
        self._group = {code: _group(node, pack) for code, node in pack.categories.items()}

    def suggest(self, texts: Sequence[Text], top: int = 3) -> list[list[Guess]]:
        """The likeliest categories of each text, best first; empty where it holds no keyword."""
        return [self._ranked(self._evidence(text), top) for text in texts]

    def _evidence(self, text: Text) -> _Evidence:
        out = _Evidence()
        title = len(text.title)
        factors: dict[int, float] = {}
        for index, start in self._found(text.whole.lower()):
            factors[index] = TITLE_FACTOR if start < title else factors.get(index, 1.0)
        for index, factor in factors.items():
            meaning, word = self._meanings[index], self._words[index]
            for group, weight in meaning.groups:
                out.groups[group] += factor * weight
                out.words[group].append((-factor * weight, word))
            for topic, weight in meaning.topics:
                out.topics[self._group[topic]][topic] += factor * weight
        return out

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """The keywords in a text with where they start, without those inside a longer one."""
        hits = self._finder.find_matches_as_indexes(text, overlapping=True)
        hits.sort(key=_leftmost_longest)
        reach = 0
        for index, start, end in hits:
            if end > reach:
                reach = end
                yield index, start

    def _ranked(self, said: _Evidence, top: int) -> list[Guess]:
        if not said.groups:
            return []
        whole = sum(score * score for score in said.groups.values()) + _DOUBT
        order = sorted(said.groups, key=lambda code: (-said.groups[code], code))[:top]
        out: list[Guess] = []
        for code in order:
            words = tuple(word for _, word in sorted(said.words[code])[:_WORDS])
            out += _named(code, said.groups[code] ** 2 / whole, said.topics.get(code, {}), words)
        best, *others = out
        return [best, *sorted(others, key=lambda guess: -guess.probability)][:top]


def _leftmost_longest(hit: tuple[int, int, int]) -> tuple[int, int]:
    return hit[1], -hit[2]


def _named(group: str, probability: float, topics: dict[str, float], words: tuple[str, ...]) -> list[Guess]:
    """The guesses for one category: the topic that stands out, else the category and then the topics it may be."""
    whole = sum(score * score for score in topics.values()) + _TOPIC_DOUBT
    shares = sorted(((score * score / whole, code) for code, score in topics.items()), reverse=True)
    if shares and shares[0][0] >= _STANDS_OUT:
        return [Guess(shares[0][1], probability * shares[0][0], words)]
    return [Guess(group, probability, words), *(Guess(code, probability * share, words) for share, code in shares[:2])]


def _group(node: Category, pack: Pack) -> str:
    """The second-level category of a node, or the node itself above that."""
    path = pack.category_path(node.code)
    return path[1].code if len(path) > 1 else node.code


def _meanings(pack: Pack) -> dict[str, _Meaning]:
    """Every keyword with what it speaks for. A word of several categories is shared out among them."""
    listed: dict[str, set[str]] = defaultdict(set)
    for node in pack.categories.values():
        for word in (*node.keywords, *([node.name] if node.level > 1 else [])):
            listed[word].add(node.code)
    return {word: _meaning(word, sorted(codes), pack) for word, codes in listed.items() if word.strip()}


def _meaning(word: str, codes: list[str], pack: Pack) -> _Meaning:
    groups = sorted({_group(pack.categories[code], pack) for code in codes})
    topics = [code for code in codes if code not in groups]
    weight = _weight(word) * (1.0 if topics else _BROAD) / len(groups)
    return _Meaning(tuple((code, weight / len(topics)) for code in topics), tuple((code, weight) for code in groups))


def _weight(word: str) -> float:
    size = sum(1 / _LATIN if char.isascii() else 1 for char in word)
    return min(max(_TWO + _MORE * (size - 2), _LEAST), _MOST)

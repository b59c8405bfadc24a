"""Who is in charge of what, asked in everyday words: from "谁管僵尸车" to lines of the duty catalogue. Pure.

A question is heard in four ways: keywords and names of categories that stand in it (the longer the word, the more it
says; a word of several categories is shared out among them), pairs of characters that it shares with them (for words
nobody has listed), a unit that it names, and the code or the basis of a line. What is found is shown with the words
that found it. Which line then holds is decided by the same rules that dispatch goes by.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import ahocorasick_rs

from jieban.city.pack import ANY, FUNCTION_PREFIX, Duty, Pack
from jieban.dispatch import rules
from jieban.dispatch.rules import Catalogue, Facts, Target

# What people say around the matter, and what says nothing about it.
_AROUND = re.compile(
    "谁来管|谁在管|归谁管|该谁管|由谁管|谁负责|谁管理|谁管|谁办|该找谁|要找谁|找谁|哪个部门|哪个单位|什么部门|哪家|归哪|"
    "负责|主管|管辖|怎么办|请问|问一下|想问|一下|这个|那个|的事|问题|[?？。，,、！!吗呢啊吧了]"
)
_TWO, _MORE, _MOST = 1.0, 0.6, 2.8
# Shared pairs say less than a listed word; a unit's lead lines come before those where it only helps.
_PAIRS, _LEADS, _HELPS, _BASIS, _CODE = 0.9, 1.6, 0.8, 0.8, 9.0
# A word that only a second-level category lists names a field, not a matter.
_BROAD = 0.8
# A category called by its very name is meant more than one that only lists the word.
_NAMED = 1.25
# What lies this far below the best answers something else; below `_FAINT` nothing answers for certain.
_FAR, _FAINT = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the catalogue with the units it means at the chosen place (empty where no place was chosen)."""

    duty: Duty
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the category asked about, the line that holds for it, others for owners or places, and why."""

    category: str
    line: Line
    others: tuple[Line, ...]
    words: tuple[str, ...]
    score: float

    @property
    def faint(self) -> bool:
        """Whether only scattered characters speak for it: shown as near, never as the answer."""
        return self.score < _FAINT


class Search:
    """The words of one catalogue, made ready once; a question takes about a millisecond."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, pack = catalogue, catalogue.pack
        self._listed = _listed(pack)
        self._words = list(self._listed)
        self._finder = ahocorasick_rs.AhoCorasick([word.lower() for word in self._words])
        self._pairs: dict[str, set[str]] = defaultdict(set)
        for word, codes in self._listed.items():
            for pair in _pairs_of(word):
                self._pairs[pair] |= codes
        known = (unit for unit in pack.units.values() if unit.kind not in _NEVER)
        self._units = {name: unit.code for unit in known for name in unit.names}

    def find(self, question: str, facts: Facts, day: date, limit: int = 12) -> list[Found]:
        """The lines that answer, the best first. `facts` says where (street, district), so far as it is known."""
        matter = _AROUND.sub("", question).strip()
        if not matter:
            return []
        found: dict[str, Found] = {}
        for ways in (self._by_category(matter, facts, day), self._by_unit(question, matter, facts, day),
                     self._by_text(question, matter, facts, day)):  # fmt: skip
            for one in ways:
                known = found.get(one.line.duty.code)
                if known is None or one.score > known.score:
                    found[one.line.duty.code] = one
        best = sorted(found.values(), key=lambda one: (-one.score, one.category, one.line.duty.code))
        return [one for one in best if one.score >= best[0].score * _FAR][:limit]

    def lines(self, category: str, facts: Facts, day: date) -> tuple[Line, ...]:
        """The lines for a category, the one that holds at this place first, then those for owners and territories."""
        pack = self.catalogue.pack
        known = [duty for duty in self.catalogue.lines(category, day) if _near(duty, facts, pack)]
        known.sort(key=lambda duty: (rules.fits(duty, facts, pack), rules.rank(duty, facts, pack)), reverse=True)
        if not known:
            return ()
        level = pack.categories[known[0].category].level
        same = [duty for duty in known if pack.categories[duty.category].level == level]
        return tuple(self._line(duty, facts) for duty in same)

    def _line(self, duty: Duty, facts: Facts) -> Line:
        placed = bool(facts.street or facts.district)
        return Line(duty, rules.targets_of(duty, facts, self.catalogue.pack) if placed else ())

    def _by_category(self, matter: str, facts: Facts, day: date) -> Iterable[Found]:
        scores, words = self._heard(matter.lower())
        for code, score in scores.items():
            lines = self.lines(code, facts, day)
            if lines:
                said = tuple(word for word, _n in Counter(words[code]).most_common(4))
                yield Found(code, lines[0], lines[1:], said, round(score, 4))

    def _heard(self, matter: str) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
        """What speaks for each category, and by which words (with their lengths)."""
        scores: dict[str, float] = defaultdict(float)
        words: dict[str, dict[str, int]] = defaultdict(dict)
        for word in self._standing(matter):
            for code in self._listed[word]:
                scores[code] += self._weight(word, code)
                words[code][word] = len(word)
        for code, (share, pairs) in self._shared(matter).items():
            scores[code] += _PAIRS * share
            words[code] |= {pair: 1 for pair in pairs if not any(pair in word for word in words[code])}
        return scores, words

    def _standing(self, matter: str) -> list[str]:
        """The listed words in the question, without those inside a longer one."""
        hits = self._finder.find_matches_as_indexes(matter, overlapping=True)
        hits.sort(key=lambda hit: (hit[1], -hit[2]))
        out, reach = [], 0
        for index, _start, end in hits:
            if end > reach:
                reach = end
                out.append(self._words[index])
        return list(dict.fromkeys(out))

    def _weight(self, word: str, code: str) -> float:
        node = self.catalogue.pack.categories[code]
        weight = min(max(_TWO + _MORE * (len(word) - 2), 0.4), _MOST) * (1.0 if node.level == 3 else _BROAD)
        return weight / math.sqrt(len(self._listed[word])) * (_NAMED if word == node.name else 1.0)

    def _shared(self, matter: str) -> dict[str, tuple[float, list[str]]]:
        """How much of the question's pairs each category has, the rare ones counting more, and which."""
        wanted = _pairs_of(matter)
        size = max(len(self.catalogue.pack.categories), 1)
        rare = {pair: math.log(1 + size / (1 + len(self._pairs.get(pair, ())))) for pair in wanted}
        whole = sum(rare.values()) or 1.0
        out: dict[str, tuple[float, list[str]]] = {}
        for pair in sorted(wanted):
            for code in self._pairs.get(pair, ()):
                share, pairs = out.get(code, (0.0, []))
                out[code] = share + rare[pair] / whole, [*pairs, pair]
        return out

    def _by_unit(self, question: str, matter: str, facts: Facts, day: date) -> Iterable[Found]:
        """The lines in which a named unit acts, also under the name of its function in a district."""
        pack = self.catalogue.pack
        names = {code: name for name, code in self._units.items() if len(name) > 1 and name in question}
        works = {f for _, f in pack.functions if f in matter or (len(matter) > 2 and matter in f)}
        said = {**names, **{FUNCTION_PREFIX + f: f for f in works}}
        if not said:
            return
        for duty in pack.duties:
            part = _part(duty, said)
            if part is not None and duty.valid(day) and _near(duty, facts, pack):
                word, weight = part
                yield Found(duty.category, self._line(duty, facts), (), (word,), weight)

    def _by_text(self, question: str, matter: str, facts: Facts, day: date) -> Iterable[Found]:
        """The line whose code was typed, and those whose basis holds the words."""
        code = question.strip().upper()
        for duty in self.catalogue.pack.duties:
            if not duty.valid(day) or not _near(duty, facts, self.catalogue.pack):
                continue
            if duty.code.upper() == code:
                yield Found(duty.category, self._line(duty, facts), (), (duty.code,), _CODE)
            elif len(matter) > 2 and matter in duty.basis:
                yield Found(duty.category, self._line(duty, facts), (), (matter,), _BASIS)


_NEVER = ("office", "community", "street", "district", "city_centre")


def _part(duty: Duty, said: dict[str, str]) -> tuple[str, float] | None:
    """Which of the named units the line means, and how much that says."""
    if duty.lead in said:
        return said[duty.lead], _LEADS
    helps = next((e for e in (*duty.assistants, *duty.notice) if e in said), None)
    return None if helps is None else (said[helps], _HELPS)


def _near(duty: Duty, facts: Facts, pack: Pack) -> bool:
    """Whether the line may matter at this place: its territory holds it; anywhere, where no place was chosen."""
    spot = facts.street or facts.district
    return duty.territory == ANY or not spot or pack.within(spot, duty.territory)


def _listed(pack: Pack) -> dict[str, set[str]]:
    """Every word of the second and third level with the categories that list it."""
    out: dict[str, set[str]] = defaultdict(set)
    for node in pack.categories.values():
        for word in (node.name, *node.keywords) if node.level > 1 else ():
            out[word].add(node.code)
    return dict(out)


def _pairs_of(text: str) -> set[str]:
    """The pairs of neighbouring characters within runs of Chinese, and words of letters or figures."""
    out: set[str] = set()
    for run in re.findall(r"[0-9a-z]+|[\u3400-\u9fff]+", text.lower()):
        out.update([run] if run[0] < "\u3400" else (run[i : i + 2] for i in range(len(run) - 1)))
    return out

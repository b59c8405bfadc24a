"""Finding the answer to a question by its words: pairs of characters, weighed by how rare they are. Pure functions.

A few thousand articles fit in memory; an index over them is built in well under a second and asked in well under a
millisecond. No word list is needed, so that a city can write about anything.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# How much a pair counts by where it stands: titles and keywords are written to be found.
TITLE, KEYWORDS, BODY = 3.0, 3.0, 1.0
_WORD = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")
# Pairs that every question holds and that say nothing about its matter.
_EMPTY = frozenset(
    re.findall(
        "..",
        "怎么么办什么请问您好你好如何可以是否哪里多少咨询想问问一一下我想我们办理北京需要有没没有这个那个为什"
        "能不不能现在的话还是谢谢问题情况",
    )
)
_SNIPPET = 60
# Whom an article may be written for, where it does not serve everybody.
FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Text:
    """The current text of an article as it is searched and told."""

    code: str
    version: int
    title: str
    body: str
    keywords: str = ""
    category: str = ""
    owner: str = ""
    source: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers, how much of the question it covers (0 to 1), and the place in it that fits best."""

    text: Text
    score: float
    snippet: str


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters within each run of Chinese, and whole words of letters or figures."""
    out: set[str] = set()
    for run in _WORD.findall(text.lower()):
        out.update([run] if run[0] < "\u3400" else (run[i : i + 2] for i in range(len(run) - 1)))
    return out - _EMPTY


class Index:
    """The articles by the pairs in them. Building is linear in their length."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self._found: dict[str, dict[int, float]] = defaultdict(dict)
        for number, text in enumerate(texts):
            for pair, weight in _weights(text).items():
                self._found[pair][number] = weight
        self._rare = {p: math.log(1 + len(texts) / len(hits)) for p, hits in self._found.items()}
        self._unknown = math.log(1 + max(len(texts), 1))

    def search(self, question: str, limit: int = 5, audience: str = "") -> list[Hit]:
        """The articles that cover the question best, none below a tenth of it. An empty question finds nothing.

        What is written for the audience that asks comes first where it covers a third as much as the best; what is
        written for another comes after everything for all.
        """
        wanted = pairs(question)
        scores: Counter[int] = Counter()
        for pair in wanted:
            for number, weight in self._found.get(pair, {}).items():
                scores[number] += weight / TITLE * self._rare[pair]  # type: ignore[assignment]
        whole = sum(self._rare.get(pair, self._unknown) for pair in wanted)
        hits = [(min(score / whole, 1.0), number) for number, score in scores.items() if score >= whole / 10]
        most = max((score for score, _ in hits), default=0.0)
        best = sorted(hits, key=lambda hit: (self._after(hit, audience, most), -hit[0], self._texts[hit[1]].code))[
            :limit
        ]
        return [Hit(self._texts[n], round(score, 4), _snippet(self._texts[n].body, wanted)) for score, n in best]

    def _after(self, hit: tuple[float, int], audience: str, most: float) -> int:
        """Which group an article stands in: for those who ask, for all, for others."""
        own = self._texts[hit[1]].audience
        if own and own != audience:
            return 2
        return 0 if own and hit[0] >= most / 3 else 1


def _weights(text: Text) -> dict[str, float]:
    out: dict[str, float] = {}
    for part, weight in ((text.body, BODY), (text.keywords, KEYWORDS), (text.title, TITLE)):
        out.update(dict.fromkeys(pairs(part), weight))
    return out


def _snippet(body: str, wanted: Iterable[str]) -> str:
    """The sentence of the body that holds most of the wanted pairs, cut to some sixty characters."""
    sentences = [part.strip() for part in re.split(r"(?<=[。！？\n])", body) if part.strip()]
    best = max(sentences, key=lambda part: sum(pair in part for pair in wanted), default="")
    return best if len(best) <= _SNIPPET else best[: _SNIPPET - 1] + "…"

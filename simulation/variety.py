"""How varied a set of texts is: distinct n-grams, growth, near duplicates, lengths. Pure, and blind to who wrote it.

Spaces and line breaks are left out before anything is counted: they differ by platform, not by speech. Sets of
different size are compared at the same number of characters, for the share of distinct n-grams falls as texts grow.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

GRAMS = (2, 3, 4, 5)
# Shingles of three characters: two tellings of one event share few, a form letter with another name shares most.
SHINGLE = 3
NEAR, VERY_NEAR = 0.5, 0.7
_GAPS = re.compile(r"\s+")
_ENDS = re.compile(r"[。！？!?…；;]+")
# Texts compared with each other at once: bounds the memory of the product of shingle counts.
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Variety:
    """What was measured on `texts` texts.

    `distinct[n]`: distinct n-grams of characters ÷ n-grams in the first `characters` characters. `growth`: exponent of
    the number of distinct pairs against the length (Heaps). `near`, `very_near`: share of texts that have another with
    a Jaccard likeness of at least 0.5 and 0.7 over shingles of three characters. Lengths in characters, sentences a
    text; `lengths` are the 5, 25, 50, 75 and 95 % points.
    """

    texts: int
    characters: int
    distinct: Mapping[int, float]
    growth: float
    near: float
    very_near: float
    mean_length: float
    lengths: tuple[int, ...]
    sentences: float

    def rounded(self) -> dict[str, object]:
        """The same for a line of JSON, shares to four places."""
        raw = asdict(self)
        raw["distinct"] = {str(n): round(share, 4) for n, share in self.distinct.items()}
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in raw.items()}


def measure(texts: Sequence[str], *, characters: int, compared: int = 1000, seed: str = "variety") -> Variety:
    """Measure `texts` in an order drawn by `seed`. ValueError where they hold fewer than `characters` characters.

    Near duplicates are sought among the first `compared` texts, because more texts find more of them.
    """
    drawn = [bare for bare in map(squeezed, texts) if bare]
    Random(seed).shuffle(drawn)
    sample = equal(drawn, characters)
    likest = nearest(drawn[:compared])
    sizes = np.array([len(text) for text in drawn])
    return Variety(
        len(drawn), characters, {n: distinct(sample, n) for n in GRAMS}, growth(sample),
        float(np.mean(likest >= NEAR)), float(np.mean(likest >= VERY_NEAR)), float(sizes.mean()),
        tuple(int(point) for point in np.quantile(sizes, (0.05, 0.25, 0.5, 0.75, 0.95))),
        float(np.mean([sentences(text) for text in drawn])),
    )  # fmt: skip


def squeezed(text: str) -> str:
    """`text` without spaces and line breaks."""
    return _GAPS.sub("", text)


def equal(texts: Sequence[str], characters: int) -> list[str]:
    """The first texts up to exactly `characters` characters, the last one cut. ValueError where there are too few."""
    out, left = [], characters
    for text in texts:
        out.append(text[:left])
        left -= len(out[-1])
        if not left:
            return out
    raise ValueError(f"The texts hold {characters - left} characters, {characters} are needed.")


def grams(text: str, n: int) -> list[str]:
    """All n-grams of characters of one text, in their order."""
    return [text[at : at + n] for at in range(len(text) - n + 1)]


def distinct(texts: Sequence[str], n: int) -> float:
    """Distinct n-grams ÷ n-grams; no n-gram reaches over the end of a text. 0 where there is none."""
    found = [gram for text in texts for gram in grams(text, n)]
    return len(set(found)) / len(found) if found else 0.0


def growth(texts: Sequence[str]) -> float:
    """The exponent with which distinct pairs grow with the pairs read, by least squares over twenty points."""
    pairs = list(itertools.chain.from_iterable(grams(text, 2) for text in texts))
    marks = np.unique(np.geomspace(max(len(pairs) // 50, 1), len(pairs), 20).astype(int))
    seen: set[str] = set()
    counts, before = [], 0
    for mark in marks:
        seen.update(pairs[before:mark])
        counts.append(len(seen))
        before = mark
    return float(np.polyfit(np.log(marks), np.log(counts), 1)[0]) if len(marks) > 1 else 1.0


def nearest(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For each text the likeness (Jaccard over shingles, exact) of the other text that is most like it."""
    if len(texts) < 2:
        return np.zeros(len(texts))
    vectors = CountVectorizer(analyzer="char", ngram_range=(SHINGLE, SHINGLE), binary=True, lowercase=False)
    table = csr_matrix(vectors.fit_transform([text.ljust(SHINGLE) for text in texts]), dtype=np.float32)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    parts = [_likest(table, sizes, start) for start in range(0, len(texts), _ROWS)]
    return np.concatenate(parts).astype(np.float64)


def jaccard(left: str, right: str) -> float:
    """The likeness of two texts over the same shingles, 0 to 1."""
    one, other = set(grams(squeezed(left), SHINGLE)), set(grams(squeezed(right), SHINGLE))
    return len(one & other) / len(one | other) if one | other else 1.0


def sentences(text: str) -> int:
    """How many sentences a text has, by its full stops; at least one."""
    return max(1, sum(bool(part) for part in _ENDS.split(text)))


def _likest(
    table: csr_matrix, sizes: np.ndarray[tuple[int], np.dtype[np.float32]], start: int
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    rows = table[start : start + _ROWS]
    shared = np.asarray((rows @ table.T).todense())
    like = shared / (sizes[start : start + _ROWS, None] + sizes[None, :] - shared)
    like[np.arange(len(like)), start + np.arange(len(like))] = 0.0
    likest: np.ndarray[tuple[int], np.dtype[np.float32]] = like.max(axis=1)
    return likest

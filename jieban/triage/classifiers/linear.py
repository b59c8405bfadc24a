"""The trained model: a straight line between the letters of each label, over what `grams` sees of title and text.

The title is looked at twice: by itself, with more weight than the whole text, and as part of it. Scores become
probabilities through one temperature that was fitted on letters the model had not seen. The weights of a feature sum to
zero over the labels, so that a weight above zero speaks for its label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jieban.triage import grams
from jieban.triage.texts import Guess, Text

# The title alone counts half as much again as title and body together.
TITLE_WEIGHT = 1.5
_PHRASES = 3
_TELLING = 8
_LONGEST = 10
_MARKS = " \n，。、！？；：,.!?;:（）()“”\"'"
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How a model sees texts: its features and how much each tells, in titles and in whole texts.

    `speaking` marks the features that can be shown to a person: a single character explains nothing.
    """

    names: tuple[str, ...]
    speaking: Array
    known: Mapping[str, int]
    in_titles: grams.Vector
    in_texts: grams.Vector

    @classmethod
    def of(cls, names: tuple[str, ...], in_titles: grams.Vector, in_texts: grams.Vector) -> Eyes:
        """Eyes from what a model file keeps."""
        return cls(
            names=names, known={gram: n for n, gram in enumerate(names)}, in_titles=in_titles, in_texts=in_texts,
            speaking=np.array([len(gram) > 1 and gram.isalnum() for gram in names], dtype=bool),
        )  # fmt: skip

    def see(self, texts: Sequence[Text]) -> Any:
        """A sparse matrix, one row a text: the features of the title, then those of the whole text."""
        titles = grams.counted((text.title for text in texts), self.known)
        return self.rows(titles, grams.counted((text.whole for text in texts), self.known))

    def rows(self, titles: Any, wholes: Any) -> Any:
        """What `see` gives, from counts of the features in titles and whole texts."""
        blocks = [grams.weighed(titles, self.in_titles, TITLE_WEIGHT), grams.weighed(wholes, self.in_texts)]
        return sparse.hstack(blocks, format="csr", dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A trained model. `weights` has two rows a feature (title, text), one column a label; `facts` is its history."""

    labels: tuple[str, ...]
    eyes: Eyes
    weights: Array
    bias: Array
    temperature: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    model: str = "linear"

    def suggest(self, texts: Sequence[Text], top: int = 3) -> list[list[Guess]]:
        """The `top` likeliest labels of each text, best first; the best one with the words that speak for it."""
        if not texts:
            return []
        rows = self.eyes.see(texts)
        chances = self.probabilities(rows)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :top]
        words = self._telling(texts, rows, order[:, 0])
        likely = np.take_along_axis(chances, order, axis=1).tolist()
        return [
            [Guess(self.labels[k], p, said if n == 0 else ()) for n, (k, p) in enumerate(zip(ks, ps, strict=True))]
            for ks, ps, said in zip(order.tolist(), likely, words, strict=True)
        ]

    def probabilities(self, rows: Any) -> Array:
        """The probability of each label (columns) for each seen text (rows of `eyes.see`)."""
        return softmax(self.temperature * (rows @ self.weights + self.bias))

    def explain(self, text: Text, label: str) -> list[str]:
        """Short phrases of the text that speak most for `label`, strongest first. KeyError for an unknown label."""
        if label not in self.labels:
            raise KeyError(label)
        return list(self._telling([text], self.eyes.see([text]), np.array([self.labels.index(label)]))[0])

    def _telling(self, texts: Sequence[Text], rows: Any, chosen: Array) -> list[tuple[str, ...]]:
        """For each text the phrases made of the features that add most to the score of its chosen label."""
        owner = np.repeat(np.arange(len(texts)), np.diff(rows.indptr))
        added = rows.data * self.weights[rows.indices, chosen[owner]]
        features = rows.indices % len(self.eyes.names)
        kept = np.flatnonzero((added > 0) & self.eyes.speaking[features])
        kept = kept[np.lexsort((-added[kept], owner[kept]))]
        ends = np.searchsorted(owner[kept], np.arange(len(texts) + 1)).tolist()
        worth, said = added[kept].tolist(), [self.eyes.names[n] for n in features[kept].tolist()]
        return [
            phrases(text.whole, said[start : min(end, start + _TELLING)], worth[start:end])
            for text, start, end in zip(texts, ends[:-1], ends[1:], strict=True)
        ]


def softmax(scores: Array) -> Array:
    """Rows of scores as rows of probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return shares


def phrases(text: str, said: Sequence[str], worth: Sequence[float]) -> tuple[str, ...]:
    """The stretches of `text` covered by the features `said`, the most telling first, at most three.

    `worth` says how much each feature adds, in the same order, strongest first. Overlapping features become one phrase.
    """
    low = text.lower()
    low = low if len(low) == len(text) else text
    spots = sorted((at, len(gram), value) for gram, value in zip(said, worth, strict=False) for at in _all(low, gram))
    runs: list[tuple[int, int, float]] = []
    for at, size, value in spots:
        start, end, sum_ = runs[-1] if runs else (0, 0, 0.0)
        if runs and at < end and max(end, at + size) - start <= _LONGEST:
            runs[-1] = start, max(end, at + size), sum_ + value
        elif at >= end:
            runs.append((at, at + size, value))
    best = sorted(runs, key=lambda run: -run[2])
    return tuple(dict.fromkeys(text[start:end].strip(_MARKS) for start, end, _ in best))[:_PHRASES]


def _all(text: str, gram: str) -> list[int]:
    """Where `gram` lies in `text`."""
    found, at = [], text.find(gram)
    while at >= 0:
        found.append(at)
        at = text.find(gram, at + 1)
    return found

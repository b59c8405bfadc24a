"""Training: from letters with known labels to a model, with scores measured on letters the model had not seen.

The same recipe for every field and city, without a switch to turn:

- features of `grams`, the title weighed apart (`classifiers.linear`);
- one letter's weight is the inverse of how common its label is, so that rare labels are learnt as well;
- each label's own name counts as one letter, and each word of `functions.csv` implied by it as three tenths of one:
  what the name of a department says need not be learnt from examples;
- one linear support vector machine a label (C = 0.5, the middle of the range 0.3 to 1 in which the results on three
  collections of letters hardly moved); beyond a hundred labels the mean letter of each, which takes seconds where the
  machines take minutes and does better with a handful of letters a label;
- probabilities by one temperature fitted on the scores of letters left out (folds, or one fifth where that is long).
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sklearn
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.metrics import f1_score, top_k_accuracy_score
from sklearn.svm import LinearSVC

from jieban.core.errors import BadInput
from jieban.triage import functions, grams
from jieban.triage.classifiers.linear import Array, Eyes, Linear, softmax
from jieban.triage.texts import Text

NAME_WEIGHT, WORD_WEIGHT = 1.0, 0.3
MANY_LABELS = 100
FEW_LETTERS = 2000
# Weights of all labels together, and features at most: about 200 MB while training.
MOST_WEIGHTS, MOST_FEATURES = 25_000_000, 120_000
# Letters × labels from which leaving out one fifth once takes the place of five folds.
LONG = 40_000
FOLDS = 5
SEED = 12345
Tick = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """Letters with their labels, those without text or label left out and counted in `skipped`."""

    texts: list[Text]
    labels: list[str]
    skipped: int


def sample(texts: Sequence[Text], labels: Sequence[str]) -> Sample:
    """The letters one can learn from. BadInput where fewer than two labels remain."""
    kept = [(t, label.strip()) for t, label in zip(texts, labels, strict=True) if label.strip() and t.whole.strip()]
    if len({label for _, label in kept}) < 2:
        raise BadInput(
            f"A model needs letters of at least two labels; of {len(texts)} rows {len(kept)} have text and a label. "
            "Check the names given with --text and --label."
        )
    return Sample([t for t, _ in kept], [label for _, label in kept], len(texts) - len(kept))


def steps(learnt: Sample) -> int:
    """How often `train` will tick."""
    return _rounds(len(learnt.texts), len(set(learnt.labels))) + 2


def train(learnt: Sample, *, at: datetime, facts: dict[str, Any] | None = None, tick: Tick = lambda _: None) -> Linear:
    """A model with its scores. `facts` are kept in it; `tick` hears each step. Same letters, same model."""
    labels, answers = np.unique(learnt.labels, return_inverse=True)
    names = [str(label) for label in labels]
    tick("reading the letters")
    lesson = _Lesson.of(learnt, answers, names)
    rounds = _rounds(len(answers), len(names))
    scores = np.full((len(answers), len(names)), np.nan, dtype=np.float32)
    for fold in range(rounds):
        tick(f"measuring, round {fold + 1} of {rounds}")
        trial, kept = _fit(lesson.only(lesson.folds != fold), names)
        out = lesson.only(lesson.folds == fold)
        scores[lesson.folds[: len(answers)] == fold] = out.letters.rows(trial.eyes, kept) @ trial.weights + trial.bias
    tick("learning from all letters")
    fitted, _ = _fit(lesson, names)
    seen = ~np.isnan(scores[:, 0])
    temperature = _temperature(scores[seen], answers[seen])
    history = _history(learnt, names, answers, at) | {"scores": measured(scores[seen], answers[seen], rounds)}
    return Linear(
        labels=tuple(names), eyes=fitted.eyes, weights=fitted.weights, bias=fitted.bias, temperature=temperature,
        facts=(facts or {}) | history,
    )  # fmt: skip


def measured(scores: Array, answers: Array, rounds: int) -> dict[str, Any]:
    """Macro F1, and how often the right label is first or among the first three, on letters left out."""
    every = np.arange(scores.shape[1])
    three = min(3, len(every) - 1)
    return {
        "method": f"{FOLDS} folds" if rounds == FOLDS else "one fifth left out",
        "letters": len(answers),
        "macro_f1": round(float(f1_score(answers, scores.argmax(axis=1), average="macro", zero_division=0)), 4),
        "top1": round(float((scores.argmax(axis=1) == answers).mean()), 4),
        "top3": 1.0 if three < 2 else round(float(top_k_accuracy_score(answers, scores, k=three, labels=every)), 4),
    }


def _rounds(letters: int, labels: int) -> int:
    return FOLDS if letters * labels <= LONG else 1


def _folds(answers: Array, folds: int) -> Array:
    """A fold for each letter: shuffled, each label spread evenly, however rare it is."""
    shuffled = np.random.default_rng(SEED).permutation(len(answers))
    order = shuffled[np.argsort(answers[shuffled], kind="stable")]
    out = np.empty(len(answers), dtype=np.int64)
    out[order] = np.arange(len(answers)) % folds
    return out


@dataclass(frozen=True, slots=True)
class _Letters:
    """The counted features of letters: all their names, and one matrix each for titles and whole texts."""

    names: list[str]
    titles: Any
    wholes: Any

    @classmethod
    def read(cls, texts: Sequence[Text]) -> _Letters:
        names, wholes = grams.collected([text.whole for text in texts])
        known = {gram: n for n, gram in enumerate(names)}
        return cls(names, grams.counted((text.title for text in texts), known), wholes)

    def only(self, which: Array) -> _Letters:
        return _Letters(self.names, self.titles[which], self.wholes[which])

    def worth_keeping(self, labels: int) -> Array:
        """The features met often enough, the most frequent ones where there are too many, in their order."""
        common = np.bincount(self.wholes.indices, minlength=len(self.names))
        least = 1 if self.wholes.shape[0] <= FEW_LETTERS else 2
        most = max(min(MOST_FEATURES, MOST_WEIGHTS // (2 * labels)), 1000)
        ranked = np.argsort(-common, kind="stable")[:most]
        return np.sort(ranked[common[ranked] >= least])

    def rows(self, eyes: Eyes, kept: Array) -> Any:
        return eyes.rows(self.titles[:, kept], self.wholes[:, kept])


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What is learnt: the letters and, as small letters of their own, the labels' names and the words they imply.

    `targets` are numbers of labels, `worth` weights; `folds` are -1 for what is no letter and always learnt.
    """

    letters: _Letters
    targets: Array
    worth: Array
    folds: Array

    @classmethod
    def of(cls, learnt: Sample, answers: Array, names: Sequence[str]) -> _Lesson:
        implied = [(n, word) for n, listed in enumerate(functions.words(names)) for word in listed]
        extra = [*(Text(name) for name in names), *(Text(word) for _, word in implied)]
        worth = [(1.0, len(answers)), (NAME_WEIGHT, len(names)), (WORD_WEIGHT, len(implied))]
        return cls(
            _Letters.read([*learnt.texts, *extra]),
            np.concatenate([answers, np.arange(len(names)), np.array([n for n, _ in implied], dtype=np.int64)]),
            np.repeat([weight for weight, _ in worth], [times for _, times in worth]),
            np.concatenate([_folds(answers, FOLDS), np.full(len(extra), -1)]),
        )

    def only(self, which: Array) -> _Lesson:
        return _Lesson(self.letters.only(which), self.targets[which], self.worth[which], self.folds[which])

    def weights(self, labels: int) -> Array:
        """The worth of each, against how common its label is among the letters."""
        common = np.bincount(self.targets[self.folds >= 0], minlength=labels)
        weights: Array = self.worth * (common.sum() / (labels * np.maximum(common, 1)))[self.targets]
        return weights


def _fit(lesson: _Lesson, names: Sequence[str]) -> tuple[Linear, Array]:
    """A model without temperature, and the columns of the letters that it looks at."""
    letters = lesson.letters
    kept = letters.worth_keeping(len(names))
    told = grams.rarity(letters.titles[:, kept]), grams.rarity(letters.wholes[:, kept])
    eyes = Eyes.of(tuple(letters.names[n] for n in kept.tolist()), *told)
    fit = _vectors if len(names) <= MANY_LABELS else _means
    slopes, bias = fit(letters.rows(eyes, kept), lesson.targets, lesson.weights(len(names)), len(names))
    slopes -= slopes.mean(axis=1, keepdims=True)
    return Linear(labels=tuple(names), eyes=eyes, weights=slopes, bias=bias - bias.mean(), temperature=1.0), kept


def _vectors(rows: Any, targets: Array, weights: Array, labels: int) -> tuple[Array, Array]:
    """One line a label by linear support vectors; a label without any row is never guessed."""
    machine = LinearSVC(C=0.5, tol=1e-2, random_state=SEED).fit(rows, targets, sample_weight=weights)
    lines, offsets = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        lines, offsets = np.vstack([-lines, lines]), np.concatenate([-offsets, offsets])
    slopes = np.zeros((rows.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -1.0, dtype=np.float32)
    slopes[:, machine.classes_], bias[machine.classes_] = lines.T, offsets
    return slopes, bias


def _means(rows: Any, targets: Array, weights: Array, labels: int) -> tuple[Array, Array]:
    """The mean letter of each label: how near a text lies to it is its score."""
    shares = sparse.csr_matrix((weights, (targets, np.arange(len(targets)))), shape=(labels, len(targets)))
    sums = (shares @ rows).toarray().astype(np.float32)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 0, lengths, 1)).T, np.zeros(labels, dtype=np.float32)


def _temperature(scores: Array, answers: Array) -> float:
    """The factor that makes the scores of unseen letters the most honest probabilities (least log loss)."""

    def loss(power: float) -> float:
        chances = softmax(np.exp(power) * scores)
        return -float(np.log(np.maximum(chances[np.arange(len(answers)), answers], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4.0, 6.0), method="bounded").x))


def _history(learnt: Sample, names: Sequence[str], answers: Array, at: datetime) -> dict[str, Any]:
    counts = np.bincount(answers, minlength=len(names)).tolist()
    return {
        "trained": at.isoformat(timespec="seconds"),
        "letters": len(answers),
        "skipped": learnt.skipped,
        "counts": dict(zip(names, counts, strict=True)),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    }

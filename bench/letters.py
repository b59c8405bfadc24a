"""How well the answering unit of real letters is found with the unit hidden. Prints one JSON line.

    python bench/letters.py --data DIR        DIR (or JIEBAN_DATA) holds beijing_letters/train.csv

Each letter is guessed by models that have not seen it: 5 folds, each label spread evenly over them, repeated with fixed
seeds. The model is the one of `jieban train`, written to a file and read again, with title and content as the only
input: the reply and the other columns are not looked at. Nothing is chosen by these scores: the recipe and its few
numbers are fixed in jieban/triage/training.py and are the same for every collection.

Beside it runs a plain model on the same folds: TF-IDF over one or two characters of title and content, linear support
vectors with their defaults (of the ranges 1-2, 1-3, 2-4 the strongest here). Intervals are 95 % bootstrap intervals
over letters, with the folds' guesses held fixed; the ratio's is paired. Each figure is [value, low, high].
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from jieban.triage import modelfile, training
from jieban.triage.classifiers.linear import Linear
from jieban.triage.texts import Text

FOLDS, SEEDS, DRAWS = 5, (1, 2, 3), 1000
AT = datetime(2026, 1, 1, tzinfo=UTC)
Array = Any


def main() -> int:
    """Measure, print, return the exit code."""
    options = _options()
    if not options.data:
        sys.stderr.write("letters: say where the data lies: --data DIR or JIEBAN_DATA=DIR\n")
        return 1
    file = Path(options.data) / "beijing_letters" / "train.csv"
    if not file.is_file():
        sys.stderr.write(f"letters: {file} is missing. DIR must hold beijing_letters/train.csv.\n")
        return 1
    with file.open(encoding="utf-8-sig", newline="") as rows:
        letters = [(Text(row["title"], row["content"]), row["institution_grp"]) for row in csv.DictReader(rows)]
    print(json.dumps(measure([text for text, _ in letters], [label for _, label in letters]), ensure_ascii=False))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Find the answering unit of real letters.")
    parser.add_argument("--data", default=os.environ.get("JIEBAN_DATA", ""), help="folder with the public data sets")
    return parser.parse_args()


def measure(texts: list[Text], labels: list[str]) -> dict[str, Any]:
    """All figures for these letters."""
    names, answers = np.unique(labels, return_inverse=True)
    ours = np.stack([_guessed(texts, answers, names, seed, _ranked) for seed in SEEDS])
    plain = np.stack([_guessed(texts, answers, names, seed, _plainly) for seed in SEEDS])
    draws = np.random.default_rng(0).integers(len(answers), size=(DRAWS, len(answers)))
    common = np.bincount(answers).argmax()
    rare = np.flatnonzero(answers != common)
    rare_draws = rare[np.random.default_rng(0).integers(len(rare), size=(DRAWS, len(rare)))]

    def both(draw: Array) -> tuple[float, float]:
        return _f1(ours[:, draw, 0], answers[draw], len(names)), _f1(plain[:, draw, 0], answers[draw], len(names))

    pairs = np.array([both(draw) for draw in draws])
    here = both(np.arange(len(answers)))
    return {
        "bench": "letters", "letters": len(answers), "labels": len(names), "folds": FOLDS, "repeats": len(SEEDS),
        "macro_f1": _interval(here[0], pairs[:, 0]),
        "top1": _share(ours[:, :, :1], answers, draws),
        "top3": _share(ours, answers, draws),
        "plain_macro_f1": _interval(here[1], pairs[:, 1]),
        "plain_top1": _share(plain, answers, draws),
        "ratio": _interval(here[0] / here[1], pairs[:, 0] / pairs[:, 1]),
        "most_common_label": str(names[common]),
        "other_letters": len(rare),
        "other_top1": _share(ours[:, :, :1], answers, rare_draws, rare),
        "other_top3": _share(ours, answers, rare_draws, rare),
        "other_plain_top1": _share(plain, answers, rare_draws, rare),
        "f1_by_label": dict(zip(map(str, names), _by_label(ours[:, :, 0], answers, len(names)), strict=True)),
        **_speed(texts, labels),
    }  # fmt: skip


def _guessed(texts: list[Text], answers: Array, names: Array, seed: int, guess: Callable[..., Array]) -> Array:
    """For each letter the numbers of the labels guessed, best first, by a model that has not seen it."""
    out: Array = np.zeros((0, 0), dtype=int)
    for learnt, left in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(texts, answers):
        found: Array = guess(
            [texts[n] for n in learnt], [str(names[answers[n]]) for n in learnt], [texts[n] for n in left]
        )
        found = np.searchsorted(names, found)
        out = out if len(out) else np.zeros((len(texts), found.shape[1]), dtype=int)
        out[left] = found
    return out


def _ranked(texts: list[Text], labels: list[str], left: list[Text]) -> Array:
    model = _reread(training.train(training.sample(texts, labels), at=AT))
    return np.array([[guess.value for guess in guesses] for guesses in model.suggest(left, top=3)])


def _reread(model: Linear) -> Linear:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "unit.model"
        modelfile.save(model, file)
        return modelfile.load(file)


def _plainly(texts: list[Text], labels: list[str], left: list[Text]) -> Array:
    seen = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    machine = LinearSVC().fit(seen.fit_transform([text.whole for text in texts]), labels)
    return machine.predict(seen.transform([text.whole for text in left])).reshape(-1, 1)


def _f1(guessed: Array, answers: Array, labels: int) -> float:
    """Macro F1 over the labels that occur, the mean over the repeats."""
    return float(np.mean([[f for f in _each(row, answers, labels) if not np.isnan(f)] for row in guessed]))


def _each(guessed: Array, answers: Array, labels: int) -> Array:
    right = np.bincount(answers[guessed == answers], minlength=labels)
    real, said = np.bincount(answers, minlength=labels), np.bincount(guessed, minlength=labels)
    return np.where(real > 0, 2 * right / np.maximum(real + said, 1), np.nan)


def _by_label(guessed: Array, answers: Array, labels: int) -> list[float]:
    return [round(float(f), 3) for f in np.mean([_each(row, answers, labels) for row in guessed], axis=0)]


def _share(ranked: Array, answers: Array, draws: Array, which: Array | None = None) -> list[float]:
    """How often the right label is among those ranked, the mean over the repeats."""
    right = (ranked == answers[None, :, None]).any(axis=2).mean(axis=0)
    chosen = np.arange(len(answers)) if which is None else which
    return _interval(right[chosen].mean(), right[draws].mean(axis=1))


def _interval(value: float, drawn: Array) -> list[float]:
    return [round(float(number), 4) for number in (value, *np.quantile(drawn, (0.025, 0.975)))]


def _speed(texts: list[Text], labels: list[str]) -> dict[str, float]:
    """Texts a second of processor time on one core, in a batch of 4,000 of at most 120 characters; one text alone."""
    started = time.process_time()
    model = _reread(training.train(training.sample(texts, labels), at=AT))
    trained = time.process_time() - started
    short = [Text(text.title[:20], text.body[:100]) for text in texts * (1 + 4000 // len(texts))][:4000]
    started = time.process_time()
    model.suggest(short)
    many = time.process_time() - started
    started = time.process_time()
    for text in short[:500]:
        model.suggest([text])
    alone = (time.process_time() - started) / 500
    return {
        "train_s": round(trained, 1),
        "texts_per_s": round(len(short) / many),
        "one_text_ms": round(1000 * alone, 2),
    }


if __name__ == "__main__":
    sys.exit(main())

"""What triage reads and what it says: a text, a guess, and what every classifier can do.

A classifier takes many texts at once and asks no database. `model` names it in what it suggests ("lexicon@3"), so that
every suggestion that is kept tells what made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """A matter in a person's words. The title is what the matter is called, the body what is told about it."""

    title: str
    body: str = ""

    @property
    def whole(self) -> str:
        """Title and body as one text."""
        return f"{self.title}\n{self.body}" if self.body else self.title


@dataclass(frozen=True, slots=True)
class Guess:
    """One possible value with its probability (0 to 1) and the words of the text that speak most for it."""

    value: str
    probability: float
    words: tuple[str, ...] = ()


class Classifier(Protocol):
    """One way of guessing a field."""

    @property
    def model(self) -> str:
        """Name and version, joined by "@"."""

    def suggest(self, texts: Sequence[Text], top: int = 3) -> list[list[Guess]]:
        """The likeliest values of each text, best first, at most `top`; empty where nothing speaks for any value."""


def plain(guesses: Sequence[Guess], model: str) -> dict[str, Any]:
    """A suggestion as it is kept with the order (JSON values only), from guesses of which there is at least one."""
    best, *others = guesses
    return {
        "value": best.value,
        "probability": round(best.probability, 4),
        "words": list(best.words),
        "model": model,
        "alternatives": [{"value": g.value, "probability": round(g.probability, 4)} for g in others],
    }

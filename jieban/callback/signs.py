"""Signs that an answer may not be the citizen's own. Pure. A sign accuses nobody: a human looks and says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

JUST_BEFORE, NO_PROOF, SECOND_DIFFERS = "just_before", "no_proof", "second_differs"
SAME_NUMBER, AGAINST_ITSELF, BAD_WORDS = "same_number", "against_itself", "bad_words"
REASONS = (JUST_BEFORE, NO_PROOF, SECOND_DIFFERS, SAME_NUMBER, AGAINST_ITSELF, BAD_WORDS)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one answer. `contacts` are the units that contacted the citizen, and when."""

    at: datetime
    contacted: bool | None
    solved: str
    satisfied: str
    attitude: str
    words: str
    contacts: Sequence[tuple[str, datetime]]
    proof_needed: bool
    proof: bool
    same_number: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is worth a look."""

    before: timedelta
    same_number: int
    bad_words: Sequence[str]


def find(facts: Facts, bounds: Bounds) -> list[str]:
    """The signs in one answer, as codes of REASONS (with what belongs to it after a colon), the plainest first."""
    return list(_find(facts, bounds))


def _find(facts: Facts, bounds: Bounds) -> Iterator[str]:
    near = [(unit, facts.at - met) for unit, met in facts.contacts if timedelta(0) <= facts.at - met <= bounds.before]
    if near:
        unit, ago = min(near, key=lambda one: one[1])
        yield f"{JUST_BEFORE}:{unit} {int(ago.total_seconds() // 60)}"
    if facts.solved == "yes" and facts.proof_needed and not facts.proof:
        yield NO_PROOF
    if facts.same_number >= bounds.same_number:
        yield f"{SAME_NUMBER}:{facts.same_number}"
    if _against_itself(facts):
        yield AGAINST_ITSELF
    found = [word for word in bounds.bad_words if word in facts.words]
    if facts.satisfied == "yes" and found:
        yield f"{BAD_WORDS}:{found[0]}"


def _against_itself(facts: Facts) -> bool:
    """Nobody came but their manner was good; content with bad manners; nothing solved or explained, yet content."""
    return (
        (facts.contacted is False and facts.attitude == "good")
        or (facts.satisfied == "yes" and facts.attitude == "bad")
        or (facts.solved == "no" and facts.satisfied == "yes")
    )

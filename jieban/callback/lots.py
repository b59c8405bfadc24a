"""Drawing by lot so that anybody can draw again: a seed and a list give the same orders, and nobody can pick. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def place(seed: str, number: str) -> float:
    """Where a number falls between 0 and 1 under this seed."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def share(seed: str, numbers: Iterable[str], part: float) -> list[str]:
    """Each number with the chance `part`, whatever the others; in the order given."""
    return [number for number in numbers if place(seed, number) < part]


def few(seed: str, numbers: Iterable[str], wanted: int) -> list[str]:
    """`wanted` of the numbers (all where there are fewer), each as likely as any other, in the order drawn."""
    return sorted(numbers, key=lambda number: (place(seed, number), number))[:wanted]


def mark(numbers: Iterable[str]) -> str:
    """The SHA-256 of the list that was drawn from, whatever its order: proves later what lay in the pot."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()

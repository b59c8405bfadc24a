"""What a trained model sees of a text: its characters, pairs of neighbouring characters, and words in Latin letters.

Single characters and pairs need no word list, which fits short letters full of names, dialect and slips of the pen;
longer runs were found to add size and no accuracy (docs/performance.md).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_LATIN = re.compile(r"[a-z]{3,}")
Vector = NDArray[np.float32]


def grams(text: str) -> list[str]:
    """All features of a text, in any case and spacing, repeated as often as they occur."""
    flat = " ".join(text.lower().split())
    return [*flat, *map(add, flat, flat[1:]), *_LATIN.findall(flat)]


def collected(texts: Sequence[str]) -> tuple[list[str], Any]:
    """Every feature of the texts, numbered as they turn up, and the matrix of `counted`."""
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__
    counts = _matrix(Counter(map(known.__getitem__, grams(text))) for text in texts)
    counts.resize(len(texts), len(known))
    return list(known), counts


def counted(texts: Iterable[str], known: Mapping[str, int]) -> Any:
    """A sparse matrix, one row a text and one column a known feature: how often it occurs there."""
    counts = _matrix(_known_only(Counter(map(known.get, grams(text), repeat(-1)))) for text in texts)
    counts.resize(counts.shape[0], len(known))
    return counts


def _known_only(found: Counter[int]) -> Counter[int]:
    found.pop(-1, None)
    return found


def _matrix(rows: Iterable[Counter[int]]) -> Any:
    columns: list[int] = []
    values: list[int] = []
    ends = [0]
    for found in rows:
        columns += found.keys()
        values += found.values()
        ends.append(len(columns))
    data = np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int64)
    return sparse.csr_matrix(data, shape=(len(ends) - 1, max(columns, default=0) + 1))


def rarity(counts: Any) -> Vector:
    """How much a feature tells: ln((1 + n) / (1 + df)) + 1, and 0 for one that no text of these holds."""
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    told = np.log((1 + counts.shape[0]) / (1 + df)) + 1
    return np.where(df > 0, told, 0).astype(np.float32)


def weighed(counts: Any, told: Vector, times: float = 1.0) -> Any:
    """The rows as directions of length `times`: (1 + ln count) × rarity. An empty row stays empty."""
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    values = (1 + np.log(counts.data)) * told[counts.indices]
    lengths = np.sqrt(np.bincount(owner, values * values, minlength=counts.shape[0]))
    scaled = np.divide(times * values, lengths[owner], out=np.zeros_like(values), where=lengths[owner] > 0)
    return sparse.csr_matrix((scaled.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)

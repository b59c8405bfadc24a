"""What a label already says by its name: the public duties of the department or the meaning of the word.

`functions.csv` lists, for parts of names that departments all over the country share (医保, 公安, 住房公积金 …), words
people use for their duties, written from general knowledge of who does what. A model that is trained on a few dozen
letters learns from these words what no letter in its sample happened to say.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick_rs

# Labels that mean "none of the others": they take the duties that no other label has.
_REST = frozenset({"其他", "其它", "其他单位", "其他部门"})
# Rows that describe a kind of appeal, not a department; they say nothing about "the others".
_KINDS = frozenset({"咨询", "求助", "投诉", "举报", "建议", "表扬"})


@dataclass(frozen=True, slots=True)
class _Table:
    parts: tuple[str, ...]
    rows: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    kinds: frozenset[int]
    finder: ahocorasick_rs.AhoCorasick


def words(labels: Sequence[str]) -> list[tuple[str, ...]]:
    """For each label the words that its name implies; none where the name says nothing known."""
    table = _table()
    rows = [_rows(label, table) for label in labels]
    own = [tuple(dict.fromkeys(word for row in found for word in table.words[row])) for found in rows]
    taken = table.kinds.union(*rows)
    known = {word for listed in own for word in listed}
    rest = [w for row, listed in enumerate(table.words) if row not in taken for w in listed if w not in known]
    return [tuple(dict.fromkeys(rest)) if label in _REST else own[n] for n, label in enumerate(labels)]


def _rows(label: str, table: _Table) -> list[int]:
    """The rows whose part of a name stands in the label: from the left, the longest part at each spot."""
    hits = {table.parts[hit[0]] for hit in table.finder.find_matches_as_indexes(label)}
    return sorted({row for part, row in zip(table.parts, table.rows, strict=True) if part in hits})


@lru_cache(maxsize=1)
def _table() -> _Table:
    with Path(__file__).with_name("functions.csv").open(encoding="utf-8", newline="") as file:
        lines = [(row["names"].split("|"), tuple(row["words"].split())) for row in csv.DictReader(file)]
    pairs = [(name, row) for row, (names, _) in enumerate(lines) for name in names]
    parts = tuple(name for name, _ in pairs)
    return _Table(
        parts,
        tuple(row for _, row in pairs),
        tuple(listed for _, listed in lines),
        frozenset(row for name, row in pairs if name in _KINDS),
        ahocorasick_rs.AhoCorasick(list(parts), ahocorasick_rs.MatchKind.LeftmostLongest),
    )

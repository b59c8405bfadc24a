"""Canonical JSON and hashes: the same value always gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson

from jieban.core.errors import BadInput

_WHOLE = 2.0**53


def plain(value: Any) -> Any:
    """A value as JSON carries it, whichever database it comes back from.

    Moments as UTC ISO 8601 with microseconds, bytes as hex, sets sorted, floats without a fraction as whole numbers.
    BadInput for naive moments and for numbers out of range.
    """
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {k if type(k) is str else str(k): v if type(v) in _AS_IT_IS else plain(v) for k, v in value.items()}
    turn = _TURNS.get(kind) or next((t for known, t in _TURNS.items() if isinstance(value, known)), None)
    return value if turn is None else turn(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise BadInput(f"{value.isoformat()} has no time zone: the record keeps aware moments only.")
    return f"{value.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def _number(value: float) -> float | int:
    """PostgreSQL's jsonb keeps numbers as decimals: 1e16 comes back as a whole number and -0.0 without its sign."""
    if not abs(value) < _WHOLE:
        raise BadInput(f"{value} is not a number the record can keep: it must be finite and below 2**53.")
    return int(value) if value.is_integer() else value


_AS_IT_IS = frozenset({str, int, bool, type(None)})
# A moment is also a date, so it comes first.
_TURNS: dict[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: date.isoformat,
    float: _number,
    bytes: bytes.hex,
    memoryview: lambda value: bytes(value).hex(),
    dict: lambda value: {str(key): plain(item) for key, item in value.items()},
    list: lambda value: [plain(item) for item in value],
    tuple: lambda value: [plain(item) for item in value],
    set: lambda value: sorted(plain(item) for item in value),
    frozenset: lambda value: sorted(plain(item) for item in value),
}


def dumps(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def digest(value: Any) -> str:
    """SHA-256 (hex) over the canonical JSON of `value`."""
    return sha256(dumps(value)).hexdigest()


def digest_of_plain(value: Any) -> str:
    """`digest` of a value that is plain already (what `plain` gives), without making it plain once more."""
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def merkle(leaves: Iterable[str]) -> tuple[int, str]:
    """Count and root (hex) of a Merkle tree over hex leaves in order, built as in RFC 6962; zeros for no leaf.

    Reads the leaves once and keeps one node a level.
    """
    count = 0
    tops: list[tuple[int, bytes]] = []
    for leaf in leaves:
        count += 1
        size, node = 1, sha256(b"\x00" + bytes.fromhex(leaf)).digest()
        while tops and tops[-1][0] == size:
            size, node = 2 * size, _joined(tops.pop()[1], node)
        tops.append((size, node))
    while len(tops) > 1:
        _, right = tops.pop()
        tops[-1] = (0, _joined(tops[-1][1], right))
    return count, tops[0][1].hex() if tops else "0" * 64


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()

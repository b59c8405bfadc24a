"""Clocks counted again from the timeline: every entry that sets one must hold what its inputs lead to.

The inputs are in the clock itself (`city.limits`), the rules in the pack version that it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from jieban.city import limits
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core.errors import BadInput
from jieban.orders.models import Entry

_DUE = {"sign_due": "sign", "respond_due": "respond", "handle_due": "handle", "inner_due": "inner"}
_SET = {"clock", *_DUE}


class Packs:
    """The packs of the versions that clocks name, each asked for once."""

    def __init__(self) -> None:
        self._known: dict[int, Pack] = {}

    def of(self, number: int) -> Pack:
        """The pack of a version by its number."""
        if number not in self._known:
            self._known[number] = city.numbered(number).pack
        return self._known[number]


def flaws(entries: Iterable[Entry], packs: Packs) -> Iterator[tuple[int, str]]:
    """Where a clock does not fit what it was counted from: the entry's number, and what differs."""
    parts: dict[str, dict[str, Any]] = defaultdict(dict)
    for entry in entries:
        for no, said in entry.changes.get("assignments", {}).items():
            before = parts[no].get("clock")
            parts[no].update(said)
            clock: Any = parts[no].get("clock")
            if _counted(clock) and not _SET.isdisjoint(said):
                yield from ((entry.seq, f"assignment {no}: {what}") for what in _differing(parts[no], clock, packs))
            elif _counted(before) and not _counted(clock):
                yield entry.seq, f"assignment {no}: what its clock was counted from is gone."


def _counted(clock: Any) -> bool:
    """Whether a clock says what it was counted from; those from before clocks were kept do not."""
    return isinstance(clock, dict) and {"version", "start"} <= clock.keys()


def _differing(part: dict[str, Any], clock: dict[str, Any], packs: Packs) -> Iterator[str]:
    try:
        yield from _compared(part, clock, packs)
    except (KeyError, ValueError, TypeError, AttributeError, BadInput) as error:
        yield f"its clock cannot be counted again ({error})."


def _compared(part: dict[str, Any], clock: dict[str, Any], packs: Packs) -> Iterator[str]:
    counted = limits.recount(packs.of(clock["version"]), clock).clock
    for name in sorted(counted.keys() | clock.keys()):
        if counted.get(name) != clock.get(name):
            yield f"its clock says {name} {clock.get(name)}, counted again it is {counted.get(name)}."
            return
    for column, name in _DUE.items():
        if datetime.fromisoformat(part[column]) != datetime.fromisoformat(counted["due"][name]):
            yield f"column {column} has {part[column]}, counted again it is {counted['due'][name]}."

"""The order of a report: sections numbered as offices number them; one without content does not appear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jieban.analytics.document import Heading, Part
from jieban.analytics.periodic import results, volume
from jieban.analytics.periodic.counts import Counts
from jieban.analytics.periodic.results import Late
from jieban.analytics.periodic.volume import Volume

_NUMBERS: Final = "一二三四五六七八九十"


def empty(c: Counts, v: Volume, late: Late) -> tuple[Part, ...]:
    """A report of a period in which nothing came in, or that the lake does not reach."""
    if not c.known(c.period):
        return tuple(volume.overall(c, v))
    return sections(("总体情况", volume.overall(c, v)), ("超期", results.overdue(c, late)))


def sections(*each: tuple[str, Sequence[Part]]) -> tuple[Part, ...]:
    """Sections with their headings, numbered 一、二、三."""
    out: list[Part] = []
    for number, (title, parts) in enumerate([one for one in each if one[1]]):
        out += [Heading(f"{_NUMBERS[number]}、{title}", 1), *parts]
    return tuple(out)

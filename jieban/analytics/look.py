"""What a leader's first look shows of the last days: where, what, and what citizens said. Each is one count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis

from jieban.analytics import measures, spans
from jieban.analytics.engines import Source

MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """An area or a category by its code and name, and how many items it has."""

    code: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Look:
    """The areas with most items of the days (`by` district or street), the categories, and answers by `solved`."""

    by: str
    areas: tuple[Bar, ...]
    categories: tuple[Bar, ...]
    said: dict[str, int]


def look(source: Source, *, first: date, end: date, said_since: date) -> Look:
    """The days from `first` up to, not including, `end`; answers from `said_since` on."""
    by = "district" if _several(source, first, end) else "street"
    areas = _most(source, by, "units", first, end)
    return Look(by, areas, _most(source, "category1", "categories", first, end), _said(source, said_since, end))


def _several(source: Source, first: date, end: date) -> bool:
    """Whether several districts are in sight."""
    came = spans.within(source["contacts"], first, end)
    return len(source.rows(came.filter(came["district"].notnull()).select("district").distinct().limit(2))) > 1


def _most(source: Source, column: str, names: str, first: date, end: date) -> tuple[Bar, ...]:
    came = spans.within(source["contacts"], first, end)
    counted = measures.cube(came.filter(came[column].notnull()), [column], [measures.ACCEPTED])
    named = counted.join(source[names].select("code", "name"), counted[column] == source[names]["code"])
    top = named.order_by(ibis.desc(measures.ACCEPTED.name), "code").limit(MOST)
    return tuple(Bar(row["code"], row["name"], row[measures.ACCEPTED.name]) for row in source.rows(top))


def _said(source: Source, first: date, end: date) -> dict[str, int]:
    """Results of assignments by what the citizen said; the newest of each."""
    sums = (measures.SAID_SOLVED, measures.SOLVED, measures.SOLVED_PART, measures.EXPLAINED)
    [row] = source.rows(measures.cube(spans.asked(source["answers"], first, end), (), sums))
    yes, part, explained = (row[one.name] for one in sums[1:])
    return {
        "yes": yes,
        "part": part,
        "no": row[measures.SAID_SOLVED.name] - yes - part - explained,
        "explained": explained,
    }

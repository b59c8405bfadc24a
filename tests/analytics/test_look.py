"""A leader's first look, on a lake of a few rows counted by eye; and answers of some days as they stood then."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from jieban.analytics import engines, look, measures, spans
from jieban.analytics.lake import Lake
from jieban.analytics.look import Bar

FIRST, END = date(2026, 3, 2), date(2026, 3, 9)
ASKED = {"month": 202603, "hour": 9, "channel": "phone", "kind": "help", "firm": False, "outcome": "dispatched"}
# Day, category, district, street of each item; the last two lie outside the week.
ITEMS = (
    (FIRST, "01", "north", "mill"), (FIRST, "01", "north", "mill"), (END - timedelta(days=1), "02", "north", "hill"),
    (FIRST, None, None, None), (END, "02", "south", "quay"), (FIRST - timedelta(days=1), "02", "south", "quay"),
)  # fmt: skip
# Day, assignment, round, solved of each answer.
SAID = (
    (FIRST, 1, 1, "no"), (END, 1, 2, "yes"), (FIRST, 2, 1, "yes"), (FIRST, 3, 1, "part"), (FIRST, 4, 1, "explained"),
    (FIRST, 5, 1, "no"), (FIRST + timedelta(days=1), 5, 2, "no"), (FIRST, 6, 1, None),
)  # fmt: skip
NAMES = {
    "categories": [{"code": "01", "name": "Streets", "level": 1}, {"code": "02", "name": "Leaks", "level": 1}],
    "units": [
        {"code": code, "name": code.title(), "kind": "street", "path": f"{code}/"}
        for code in ("north", "south", "mill", "hill", "quay")
    ],
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    matter = dict.fromkeys(("category1", "category2", "category", "district", "street"))
    contacts = [
        {"id": n, "day": day, **ASKED, **matter, "category1": category, "district": district, "street": street}
        for n, (day, category, district, street) in enumerate(ITEMS)
    ]
    newest = {part: max(r for _, p, r, _ in SAID if p == part) for _, part, _, _ in SAID}
    answers = [
        {"id": n, "order": part, "assignment": part, "day": day, "month": 202603, **matter, "unit": "mill",
         "role": "lead", "round": no, "last": no == newest[part], "way": "phone", "reached": solved is not None,
         "in_time": True, "solved": solved, "dual": False, "regraded": False, "excluded": False}
        for n, (day, part, no, solved) in enumerate(SAID)
    ]  # fmt: skip
    lake = Lake(tmp_path / "lake")
    with lake.change() as change:
        change.write("contacts", 202603, pa.Table.from_pylist(contacts))
        change.write("answers", 202603, pa.Table.from_pylist(answers))
        for name, rows in NAMES.items():
            change.write(name, None, pa.Table.from_pylist(rows))
    return lake


def test_a_week_of_one_district_is_told_by_street(lake: Lake) -> None:
    with engines.duckdb(lake) as source:
        found = look.look(source, first=FIRST, end=END, said_since=FIRST)
    assert found == look.Look(
        "street",
        (Bar("mill", "Mill", 2), Bar("hill", "Hill", 1)),
        (Bar("01", "Streets", 2), Bar("02", "Leaks", 1)),
        {"yes": 1, "part": 1, "no": 2, "explained": 1},
    )


def test_several_districts_are_told_by_district(lake: Lake) -> None:
    with engines.duckdb(lake) as source:
        found = look.look(source, first=FIRST, end=END + timedelta(days=1), said_since=FIRST)
    assert (found.by, found.areas) == ("district", (Bar("north", "North", 3), Bar("south", "South", 1)))
    assert found.said == {"yes": 2, "part": 1, "no": 1, "explained": 1}


def test_an_answer_counts_as_it_stood_at_the_end_of_the_days(lake: Lake) -> None:
    sums = (measures.SCORED, measures.SOLVED, measures.SAID_SOLVED)
    with engines.duckdb(lake) as source:
        [week] = source.rows(measures.cube(spans.asked(source["answers"], FIRST, END), (), sums))
        [whole] = source.rows(measures.cube(source["answers"], (), sums))
    assert week == {"scored": 6, "solved": 1, "said_solved": 5}
    assert whole == {"scored": 6, "solved": 2, "said_solved": 5}

"""What holds for every lake: parts add up to their whole, and no order of rows or files changes a figure."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jieban.analytics import engines
from jieban.analytics import measures as m
from jieban.analytics.lake import Lake
from tests.analytics import chance, ten
from tests.analytics.questions import GROUPS, QUESTIONS, sums

seeds = st.integers(0, 2**32)
sizes = st.integers(0, 40)
few = hypothesis_settings(max_examples=8)


def told(tables, ask, pieces=1, threads=None):
    """The answers to these questions on a lake of these tables, rows in a fixed order."""
    with tempfile.TemporaryDirectory() as folder:
        lake = ten.put(Lake(Path(folder)), tables, pieces=pieces)
        with engines.duckdb(lake, threads=threads) as source:
            return {name: sorted(source.rows(ask(source)), key=repr) for name, ask in ask.items()}


def only(*starts):
    """The questions whose names begin so."""
    return {name: ask for name, ask in QUESTIONS.items() if name.startswith(starts)}


def summed(rows, name):
    return sum(row[name] for row in rows)


@few
@given(seeds, sizes)
def test_parts_add_up_to_their_whole(seed, contacts):
    found = told(chance.tables(seed, contacts), ask=only(*(f"{fact} by" for fact in GROUPS)))
    for fact, ways in GROUPS.items():
        [whole] = found[f"{fact} by nothing"]
        for by in ways:
            rows = found[f"{fact} by {', '.join(by) or 'nothing'}"]
            for one in sums(fact):
                assert summed(rows, one.name) == whole[one.name], (one.name, by)


@few
@given(seeds, sizes)
def test_a_cube_rolled_up_is_the_same_as_counting_at_once(seed, contacts):
    ways = {
        "contacts": (["month", "channel_kind", "category1", "year"], ["year", "channel_kind"]),
        "orders": (["day", "district", "urgency"], ["district"]),
        "assignments": (["unit", "month", "group", "role"], ["group", "role"]),
        "answers": (["unit", "way", "month", "group"], ["month"]),
    }
    asked = {}
    for fact, (first, then) in ways.items():
        asked[f"{fact} at once"] = lambda s, f=fact, by=then: m.cube(m.placed(s, f), by, sums(f))
        asked[f"{fact} in steps"] = lambda s, f=fact, a=first, b=then: m.roll(
            m.cube(m.placed(s, f), a, sums(f)), b, sums(f)
        )
    found = told(chance.tables(seed, contacts), ask=asked)
    for fact in ways:
        assert found[f"{fact} in steps"] == found[f"{fact} at once"]


@hypothesis_settings(max_examples=4)
@given(seeds, sizes, st.integers(2, 4))
def test_no_order_of_rows_or_files_changes_a_figure(seed, contacts, pieces):
    tables = chance.tables(seed, contacts)
    dice = random.Random(seed)
    mixed = {name: dice.sample(rows, len(rows)) for name, rows in tables.items()}
    exact = {name: ask for name, ask in QUESTIONS.items() if not name.startswith("middle")}
    assert told(mixed, exact, pieces=pieces, threads=2) == told(tables, exact, threads=1)


@few
@given(seeds, sizes)
def test_new_and_returning_numbers_are_all_numbers(seed, contacts):
    tables = chance.tables(seed, contacts)
    known = {row["caller"] for row in tables["contacts"]} - {None}
    found = told(tables, ask=only("numbers", "calls"))
    for period in ("year", "month"):
        numbers, calls = found[f"numbers by {period}"], found[f"calls by {period}"]
        assert summed(numbers, "new") == len(known)
        assert all(row["numbers"] == row["new"] + row["returning"] for row in numbers)
        assert summed(calls, "calls") == sum(row["caller"] is not None for row in tables["contacts"])
        assert [row["calls"] >= row["new"] + row["returning"] for row in calls] == [True] * len(calls)
    [every] = found["numbers of all three years"]
    heard = [{row["day"].year for row in tables["contacts"] if row["caller"] == one} for one in known]
    assert every["numbers"] == sum(len(years) == 3 for years in heard)


@few
@given(seeds, sizes)
def test_classes_of_a_duration_hold_every_fact_once(seed, contacts):
    tables = chance.tables(seed, contacts)
    found = told(tables, ask=only("how long until closed"))["how long until closed"]
    minutes = [row["close_minutes"] for row in tables["orders"] if row["close_minutes"] is not None]
    assert summed(found, "n") == len(minutes)
    counted = {n: summed([row for row in found if row["class"] == n], "n") for n in range(len(m.CLASSES) + 1)}
    ends = [0, *m.CLASSES, float("inf")]
    assert counted == {n: sum(ends[n] < one <= ends[n + 1] for one in minutes) for n in range(len(ends) - 1)}

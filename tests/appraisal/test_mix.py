"""Difficulty of the mix, by hand."""

from __future__ import annotations

import ibis
import pytest

from jieban.appraisal import mix

COLUMNS = {"subject": "string", "matter": "string", "cases": "int64", "weight": "int64", "resolution": "int64"}
# In the city, 0201 is resolved in 9 of 10 (8 of u1 and u2, 2 of none of the board), 0302 in 2 of 8.
ROWS = [
    ("u1", "0201", 4, 100, 100), ("u1", "0302", 1, 100, 100), ("u1", "0302", 1, 100, 0),
    ("u2", "0201", 3, 100, 100), ("u2", "0201", 1, 100, 0), ("u2", "0302", 5, 100, 0), ("u2", "0302", 1, 100, 100),
    ("", "0201", 2, 100, 100), ("u2", "0302", 9, 100, None), ("u2", "0302", 9, 0, 100),
]  # fmt: skip


def found(rows):
    with_columns = ibis.memtable(rows, schema=ibis.schema(COLUMNS))
    return {row["subject"]: row for row in ibis.duckdb.connect().to_pyarrow(mix.expected(with_columns)).to_pylist()}


def test_expected_is_the_citys_rate_of_each_matter_by_the_units_own_cases():
    """u1: 4 cases at 9/10 and 2 at 2/8 are 4.1 of 6 expected, 5 of 6 came. u2: 4 at 9/10 and 6 at 2/8 are 5.1 of 10."""
    by = found(ROWS)
    assert set(by) == {"u1", "u2"}
    assert (by["u1"]["of"], by["u1"]["got"]) == (600, 50_000)
    assert by["u1"]["expected"] == pytest.approx(41_000)
    assert (by["u2"]["of"], by["u2"]["got"]) == (1000, 40_000)
    assert by["u2"]["expected"] == pytest.approx(51_000)


def test_over_the_whole_city_more_and_less_than_expected_cancel_out():
    by = found([(subject or "u3", *rest) for subject, *rest in ROWS])
    assert sum(row["got"] - row["expected"] for row in by.values()) == pytest.approx(0)


def test_a_case_that_weighs_twice_counts_twice():
    """0201 is resolved in 2 of 3 by weight; both cases are u1's, so it is as hard as it is."""
    by = found([("u1", "0201", 1, 200, 100), ("u1", "0201", 1, 100, 0)])
    assert by["u1"] == {"subject": "u1", "of": 300, "got": 20_000, "expected": pytest.approx(20_000)}


def test_what_has_no_second_level_is_a_matter_of_its_own():
    by = found([("u1", "", 1, 100, 100), ("u2", "", 1, 100, 0), ("u2", "0201", 1, 100, 100)])
    assert (by["u1"]["expected"], by["u2"]["expected"]) == (pytest.approx(5_000), pytest.approx(15_000))

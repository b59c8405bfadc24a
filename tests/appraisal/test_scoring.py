"""The engine of the lake and the file of the bundle count the same digits."""

from __future__ import annotations

from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.appraisal import cases, recompute, scoring
from tests.analytics import ten
from tests.appraisal import small


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(ten.lay(tmp_path_factory.mktemp("lake") / "ten")) as found:
        yield found


def boards(source: Source, found: list[recompute.Case], marks: list[recompute.Case]) -> list[Any]:
    columns = ibis.schema(dict.fromkeys(cases.COLUMNS, "string"))
    rows = ibis.memtable([tuple(case.values()) for case in found], schema=columns)
    # A name of its own each time: what the engine keeps goes by the name of the table.
    table = source.connection.create_table(ibis.util.gen_name("cases"), rows, temp=True)
    result = scoring.boards(source, table, small.cycle(), small.UNITS, marks)
    return [recompute.printed(board) for board in result.boards]


@given(small.many(most=25))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engine_and_file_agree_to_the_last_digit(source: Source, found: list[recompute.Case]):
    marks = [
        {"unit": "u1", "name": "first_duty", "got": "3", "of": "4"},
        {"unit": "u2", "name": "late", "got": "1", "of": ""},
    ]
    own = recompute.recompute(small.scheme().values, str(small.FIRST), small.UNITS, found, marks)
    assert boards(source, found, marks) == own


def test_no_case_gives_empty_boards(source: Source):
    assert [board["rows"] for board in boards(source, [], [])] == [[], [], [], []]

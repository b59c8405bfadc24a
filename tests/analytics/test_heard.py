"""Numbers by the months in which they called: on paper, and beside the plain questions on lakes of chance."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.analytics import engines
from jieban.analytics import measures as m
from jieban.analytics.data_report import callers
from jieban.analytics.data_report.period import Period
from jieban.analytics.lake import Lake
from tests.analytics import chance
from tests.analytics import ten as rows

WHOLE = Period(date(2019, 1, 1), date(2021, 12, 31))


def test_each_number_is_counted_once_under_its_pattern_of_months(ten):
    months = [202012, 202101, 202102]
    with engines.duckdb(ten) as source:
        found = source.rows(m.heard(source["contacts"], months).order_by("heard"))
    # 12 in December, 11 in January, 14 in February.
    assert found == [{"heard": 0b001, "numbers": 1}, {"heard": 0b010, "numbers": 1}, {"heard": 0b100, "numbers": 1}]


def test_a_number_that_called_in_two_months_has_both_bits(ten):
    months = Period(date(2019, 1, 1), date(2019, 12, 31)).months
    with engines.duckdb(ten) as source:
        found = source.rows(m.heard(source["contacts"], months).order_by("heard"))
    # 11 in January; 12 in January and December.
    assert found == [{"heard": 1, "numbers": 1}, {"heard": 1 | 1 << 11, "numbers": 1}]


def test_more_months_than_bits_are_refused(ten):
    with engines.duckdb(ten) as source, pytest.raises(ValueError, match="63 months do not fit"):
        m.heard(source["contacts"], Period(date(2019, 1, 1), date(2024, 3, 1)).months)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), contacts=st.integers(1, 60))
def test_one_reading_says_what_a_reading_for_each_question_says(tmp_path_factory, seed, contacts):
    lake = rows.put(Lake(tmp_path_factory.mktemp("chance")), chance.tables(seed, contacts))
    with engines.duckdb(lake) as source:
        once, always = callers._at_once(source, WHOLE)
        apart, plain_always = callers._apart(source, WHOLE)
    assert always == plain_always
    for by, keys in (("year", ("numbers", "new")), ("month", ("numbers",))):
        plain = {row[by]: row for row in apart[by]}
        for row in once[by]:
            assert [row[key] for key in keys] == [plain.get(row[by], {}).get(key, 0) for key in keys]

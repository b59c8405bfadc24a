"""Canonical JSON: one value, one text, whichever database it comes back from."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core import canon
from jieban.core.errors import BadInput

leaves = st.none() | st.booleans() | st.integers(-(2**52), 2**52) | st.floats(-(2.0**52), 2.0**52) | st.text(max_size=5)
values = st.recursive(leaves, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=3))


@given(values)
def test_a_value_is_the_same_after_a_trip_through_json(value):
    assert canon.dumps(json.loads(json.dumps(canon.plain(value)))) == canon.dumps(value)


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 9)))
def test_the_order_of_keys_says_nothing(value):
    assert canon.digest(dict(reversed(value.items()))) == canon.digest(value)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 12))  # noqa: DTZ001
def test_one_moment_is_one_text_in_every_zone(moment, hours):
    moment = moment.replace(tzinfo=UTC)
    assert canon.plain(moment.astimezone(timezone(timedelta(hours=hours)))) == canon.plain(moment)


def test_kinds_of_values_are_written_as_promised():
    at = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
    value = {
        "at": at,
        "day": date(2026, 3, 2),
        "bytes": memoryview(b"\x01"),
        "set": {"b", "a"},
        "tuple": (1, 2.0, -0.0),
    }
    assert canon.dumps(value) == (
        b'{"at":"2026-03-02T01:00:00.000000Z","bytes":"01","day":"2026-03-02","set":["a","b"],"tuple":[1,2,0]}'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e16, datetime(2026, 3, 2)])  # noqa: DTZ001
def test_what_cannot_be_kept_exactly_is_refused(value):
    with pytest.raises(BadInput):
        canon.plain({"in": [value]})

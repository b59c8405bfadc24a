"""双考核: what the two sides of a whistle think of each other, as marks of both."""

from __future__ import annotations

from datetime import timedelta

from jieban.appraisal import cycles, recorded
from jieban.core import clock
from jieban.handling.joint_models import Rating
from tests import factories, verbs
from tests.appraisal import small

NAMES = ("parts = { first_duty = 0.10 }", "parts = { joint = 0.10 }")


def test_good_ratings_of_both_sides_count_once_they_may_be_read(toy):
    at = clock.now()
    cycle = cycles.containing(at.date(), [small.scheme(swaps=[NAMES])])
    mill, water = verbs.unit("mill"), verbs.unit("water")
    for score, unit, opens in ((5, mill, -1), (3, mill, -1), (4, water, -1), (5, water, 1)):
        part = factories.parts(factories.an_order(state="handling", units=[unit]))[0]
        other = water if unit is mill else mill
        Rating.objects.create(
            order=part.order, assignment=part, of="called", unit=unit, by_unit=other, score=score, at=at,
            opens_at=at + timedelta(days=opens),
        )  # fmt: skip
    found = recorded.marks(cycle, at=at)
    assert [(row["unit"], row["got"], row["of"]) for row in found] == [("mill", "1", "2"), ("water", "1", "1")]
    assert recorded.marks(cycles.containing(at.date(), [small.scheme()]), at=at) == []

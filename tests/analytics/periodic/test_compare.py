"""What moved a number and what is out of the usual; every sum worked out by hand."""

from __future__ import annotations

import pytest

from jieban.analytics.periodic import compare
from jieban.analytics.periodic.compare import Drivers, Line, Unusual
from jieban.analytics.periodic.words import Rate


def line(now: int, before: int | None = None, usual: tuple[int, ...] = ()) -> Line:
    return Line(now, before, None, usual)


def test_the_parts_of_a_difference_add_up_to_it():
    parts = {"heat": line(150, 100), "trade": line(60, 50), "rooms": line(20, 40), "other": line(71, 70)}
    found = compare.drivers(parts)
    assert found == Drivers(41, (("heat", 50), ("trade", 10)), (("rooms", -20),))
    assert found.rest == -19


def test_what_hardly_moved_has_no_drivers():
    assert compare.drivers({"heat": line(105, 100), "trade": line(100, 100)}) is None
    assert compare.drivers({"heat": line(1020, 1000)}) is None


def test_without_an_earlier_number_nothing_is_explained():
    assert compare.drivers({"heat": line(100, None)}) is None
    assert compare.drivers({}) is None


def test_far_above_all_usual_ones_is_unusual():
    assert compare.unusual("heat", line(36, usual=(10, 12, 14, 12))) == Unusual("heat", 36, 12.0, 10, 14, 4)


@pytest.mark.parametrize(
    ("now", "usual"),
    [
        (36, (10, 12, 14)),  # fewer than four usual ones
        (14, (10, 12, 14, 12)),  # not beyond the most of them
        (6, (1, 1, 1, 1)),  # five more, not more than five
        (18, (10, 12, 14, 12)),  # 6 more, within twice the root of 12 (6.93)
        (100, (20, 90, 20, 90)),  # beyond all, within twice the standard deviation (40.4)
    ],
)
def test_what_chance_or_its_own_swings_bring_is_not(now, usual):
    assert compare.unusual("heat", line(now, usual=usual)) is None


def test_far_below_is_unusual_too_and_told_apart():
    found = compare.unusual("all", line(0, usual=(30, 28, 32, 30)))
    assert (found.now, found.mean, found.high) == (0, 30.0, False)
    assert compare.all_unusual({"all": line(0, usual=(30, 28, 32, 30))}) == []


def test_what_comes_every_year_is_not_unusual():
    usual = (10, 12, 14, 12)
    assert compare.unusual("heat", Line(36, 12, 30, usual)) is None  # 30 and twice its root are 41
    assert compare.unusual("heat", Line(45, 12, 30, usual)) == Unusual("heat", 45, 12.0, 10, 14, 4)
    assert compare.unusual("heat", Line(0, 30, 4, (30, 28, 32, 30))) is None


def test_what_units_did_to_a_rate_adds_up_to_its_change():
    now = {"a": Rate(30, 60), "b": Rate(90, 100)}
    before = {"a": Rate(48, 60), "b": Rate(85, 100)}
    found = compare.pulls(now, before)
    # 133 of 160 before, 120 of 160 now. a: (30 − 49.875) / 160 − (48 − 49.875) / 160 = −18 / 160.
    assert [(one.key, round(one.by, 6)) for one in found] == [("a", -0.1125), ("b", 0.03125)]
    assert sum(one.by for one in found) == pytest.approx(120 / 160 - 133 / 160)


def test_a_unit_that_comes_new_or_goes_counts_as_well():
    found = compare.pulls({"a": Rate(0, 10)}, {"b": Rate(10, 10)})
    assert [(one.key, one.by) for one in found] == [("a", -1.0), ("b", 0.0)]
    assert compare.pulls({}, {"b": Rate(10, 10)}) == []

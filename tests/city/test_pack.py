"""Questions to a pack: who is meant by an expression, what lies where, what goes by a name."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.city import reading
from tests.city import toy

PLACE = {"street": "mill", "district": "north", "firm": "water", "community": "c1"}


@pytest.fixture(scope="module")
def pack():
    return reading.read(toy.files())


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ("water", "water"),
        ("street", "mill"),
        ("district", "north"),
        ("community", "c1"),
        ("firm", "water"),
        ("district:roads", "north-roads"),
        ("district:bridges", None),
        ("nobody", None),
    ],
)
def test_expression_means_the_unit_of_the_place(pack, expression: str, unit: str | None) -> None:
    assert pack.resolve(expression, **PLACE) == unit


@pytest.mark.parametrize("expression", ["street", "district", "community", "firm", "district:roads"])
def test_expression_without_a_place_means_nobody(pack, expression: str) -> None:
    assert pack.resolve(expression) is None


@pytest.mark.parametrize(
    ("territory", "holds"), [("*", True), ("mill", True), ("north", True), ("hill", False), ("water", False)]
)
def test_street_lies_within_its_units_only(pack, territory: str, holds: bool) -> None:
    assert pack.within("mill", territory) is holds


def test_code_that_begins_like_another_does_not_hold_it() -> None:
    texts = toy.changed("units.csv", "hill,Hill Parish", "mil,Hill Parish")
    assert reading.read(texts).within("mill", "mil") is False


def test_ancestors_come_nearest_first(pack) -> None:
    assert pack.ancestors("c1") == ("mill", "north")
    assert pack.ancestors("north") == ()


def test_unit_is_found_by_alias_and_unknown_name_by_nothing(pack) -> None:
    assert (pack.named("Waterworks"), pack.named(" Old Mill "), pack.named("Fire")) == (("water",), ("mill",), ())


def test_category_path_runs_from_the_first_level(pack) -> None:
    assert [category.code for category in pack.category_path("010101")] == ["01", "0101", "010101"]


def test_children_of_the_root_are_the_first_level(pack) -> None:
    assert [category.code for category in pack.children("")] == ["01"]
    assert [category.code for category in pack.children("01")] == ["0101", "0102"]


def test_duty_ends_on_the_first_day_of_the_next(pack) -> None:
    day = date(2020, 1, 1)
    assert [duty.code for duty in pack.duties if duty.category == "0102" and duty.valid(day)] == ["D3"]
    assert [duty.code for duty in pack.duties if duty.category == "0102" and duty.valid(date(2019, 12, 31))] == ["D2"]

"""Where a street stands among the others."""

from __future__ import annotations

import pytest

from jieban.analytics.periodic import street
from jieban.analytics.periodic.words import Rate

# Twelve streets that solved 61, 62 … 72 of 100.
FIELD = {f"s{n}": Rate(60 + n, 100) for n in range(1, 13)}


@pytest.mark.parametrize(
    ("here", "place", "verdict"),
    [
        ("s12", 1, "靠前"),
        ("s9", 4, "靠前"),
        ("s8", 5, "居中"),
        ("s5", 8, "居中"),
        ("s4", 9, "靠后"),
        ("s1", 12, "靠后"),
    ],
)
def test_thirds_of_the_field_are_told_apart(here, place, verdict):
    found = street.place(here, FIELD, "解决率")
    assert (found.place, found.field, found.middle, found.verdict) == (place, 12, 0.665, verdict)


def test_where_low_is_good_the_lowest_is_first():
    assert street.place("s1", FIELD, "解决后又来", high_is_good=False).verdict == "靠前"


def test_equals_share_the_better_place():
    assert street.place("s11", {**FIELD, "s12": Rate(71, 100)}, "解决率").place == 1


def test_too_few_cases_or_too_few_streets_get_no_place():
    few = street.place("s1", {**FIELD, "s1": Rate(20, 29)}, "解决率")
    assert (few.place, few.verdict) == (0, "件数少，不评")
    nine = {name: found for name, found in FIELD.items() if name not in ("s10", "s11", "s12")}
    assert street.place("s1", nine, "解决率").place == 0
    assert street.place("nobody", FIELD, "解决率").here == Rate(0, 0)

"""Who is on which list: every kind of rule, and nobody with too few answers."""

from __future__ import annotations

from typing import Any

from jieban.appraisal.publication import rules
from jieban.appraisal.publication.rules import Quiet
from jieban.city.rewards import Rule
from tests.appraisal.publication import made

NOW = made.published(
    streets=[
        "甲 1 100.00 99.00 100.00", "乙 2 97.00 96.00 98.00", "丙 3 95.00 94.00 96.00 resolution=0.55",
        "丁 4 90.00 89.00 91.00 resolution=0.60", "小 - 10.00 1.00 60.00 n=1 answers=1 resolution=0.10",
    ]
)  # fmt: skip
THEN = made.published(
    "2026-10",
    streets=["乙 1 98.00 97.50 98.50", "丙 2 97.00 96.50 97.50", "甲 3 96.00 95.00 97.00", "丁 4 90.00 88.00 92.00"],
)
LONG_AGO = made.published("2026-09", streets=["丙 1 98.00 97.50 98.50", "丁 - 90.00 1.00 99.00 answers=1"])


def rule(what: str, **said: Any) -> Rule:
    """A rule for streets."""
    return Rule("r", "interview", what, "名", "Name", ("streets",), "test", **said)


def units(one: Rule, *results: Any, quiet: tuple[Quiet, ...] = ()) -> list[str]:
    """The units on the list of a rule."""
    return [found.unit for found in rules.lists([one], results or (NOW, THEN, LONG_AGO), quiet)]


def test_the_first_so_many():
    assert units(rule("first", count=2)) == ["甲", "乙"]


def test_full_marks():
    assert units(rule("full")) == ["甲"]


def test_the_last_so_many_of_one_cycle_and_of_two_running():
    assert units(rule("last", count=2)) == ["丙", "丁"]
    assert units(rule("last", count=2, cycles=2)) == ["丁"]
    [found] = rules.lists([rule("last", count=2, cycles=2)], (NOW, THEN))
    assert found.ranks == ((4, 4), (4, 4))


def test_a_cycle_with_too_few_answers_breaks_the_run_and_a_cycle_that_is_not_there_too():
    assert units(rule("last", count=2, cycles=3)) == []
    assert units(rule("last", count=2, cycles=2), NOW) == []


def test_a_rate_below_is_not_a_rate_at_the_bound():
    assert units(rule("below", rate="resolution", below=60.0)) == ["丙"]
    assert units(rule("below", rate="composite", below=95.0)) == ["丁"]


def test_falling_tells_places_and_whether_it_may_be_chance():
    found = rules.lists([rule("fell", places=1)], (NOW, THEN))
    assert [(one.unit, one.places, one.by_chance) for one in found] == [("乙", 1, True), ("丙", 1, False)]
    assert units(rule("fell", places=2)) == []


def test_nobody_appealed_counts_only_units_of_the_kind_without_a_row():
    quiet = (
        Quiet("远村街道", "远村街道", "street"),
        Quiet("甲", "甲", "street"),
        Quiet("某社区", "某社区", "community"),
    )
    assert units(rule("quiet"), quiet=quiet) == ["远村街道"]


def test_too_few_answers_are_on_no_list():
    every = [rule("first", count=9), rule("last", count=9), rule("below", rate="resolution", below=60.0)]
    assert [found.unit for found in rules.lists(every, (NOW, THEN)) if found.unit == "小"] == []


def test_without_a_result_there_is_no_list():
    assert rules.lists([rule("first", count=2)], ()) == []

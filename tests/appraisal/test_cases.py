"""Which cycle an answer counts in, and which round of an assignment counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jieban.analytics import engines
from jieban.appraisal import cases, cycles
from tests.appraisal import small, written
from tests.city import toy

DAY = date(2026, 10, 25)


@pytest.fixture(scope="module")
def pack():
    from jieban.city import reading

    return reading.read(toy.files())


def found(folder: Any, pack: Any, *answers: Any, cycle: str = "2026-11") -> list[dict[str, Any]]:
    """The cases of a cycle under the small scheme (three days of late callbacks)."""
    with engines.duckdb(written.lay(folder / "lake", pack, answers)) as source:
        return source.rows(cases.of(source, cycles.named(cycle, [small.scheme()])).order_by("assignment"))


@pytest.mark.parametrize(
    ("day", "done", "cycle"),
    [
        (date(2026, 10, 19), date(2026, 10, 19), "2026-11"),
        (date(2026, 11, 18), date(2026, 11, 17), "2026-11"),
        (date(2026, 11, 19), date(2026, 11, 18), "2026-11"),  # late: reported within the cycle
        (date(2026, 11, 21), date(2026, 11, 18), "2026-11"),
        (date(2026, 11, 22), date(2026, 11, 18), "2026-12"),  # too late
        (date(2026, 11, 19), date(2026, 11, 19), "2026-12"),  # reported in the next cycle
        (date(2026, 10, 19), date(2026, 10, 18), "2026-10"),  # late for the one before
        (date(2026, 10, 22), date(2026, 10, 18), "2026-11"),
    ],
)
def test_an_answer_counts_in_one_cycle_only(tmp_path, pack, day, done, cycle):
    answer = written.said("mill", day, done_day=done)
    counted = []
    with engines.duckdb(written.lay(tmp_path / "lake", pack, [answer])) as source:
        for code in ("2026-10", "2026-11", "2026-12"):
            counted += [code] * len(source.rows(cases.of(source, cycles.named(code, [small.scheme()]))))
    assert counted == [cycle]


def test_of_several_rounds_within_the_cycle_the_newest_counts(tmp_path, pack):
    first = written.said("mill", date(2026, 10, 25), assignment=7, solved="no", satisfied="no")
    second = written.said("mill", date(2026, 11, 5), assignment=7, round=2)
    [case] = found(tmp_path, pack, first, second)
    assert (case["solved"], case["satisfied"], case["round"]) == ("yes", "yes", 2)


def test_a_round_of_the_next_cycle_does_not_reach_back(tmp_path, pack):
    first = written.said("mill", date(2026, 10, 25), assignment=7, solved="no", satisfied="no")
    second = written.said("mill", date(2026, 12, 1), assignment=7, round=2)
    [case] = found(tmp_path, pack, first, second)
    assert case["solved"] == "no"


def test_what_is_not_known_is_empty_and_flags_are_figures(tmp_path, pack):
    [case] = found(tmp_path, pack, written.said("mill", DAY, contacted=None, solved=None, ground="storm", dual=True))
    told = {"ground": "storm", "dual": "1", "reached": "1", "district": "north"}
    assert {name: case[name] for name in told} == told
    assert {case[name] for name in ("contacted", "solved", "owner", "section")} == {""}
    assert tuple(case) == cases.COLUMNS

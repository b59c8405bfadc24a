"""Signs are counted from the lake as they are told: each flag by itself, by unit and cycle, and what is behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.analytics import engines, schema
from jieban.analytics.lake import write
from jieban.appraisal import integrity
from jieban.appraisal import integrity_rules as rules
from jieban.appraisal.integrity_rules import Bounds
from tests.analytics import ten
from tests.appraisal import signs_city, small


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(signs_city.lay(tmp_path_factory.mktemp("signs"))) as found:
        yield found


@pytest.fixture(scope="module")
def found(source):
    return integrity.find(source, small.cycle(), [small.scheme()])


def flags(source, cycle, **bounds) -> dict[int, set[str]]:
    """Of each answer what it shows."""
    told = source.rows(integrity.marked(source, [cycle], Bounds(**bounds)))
    return {row["id"]: {s.code for s in rules.SIGNS if row[f"got_{s.code}"]} for row in told}


def test_each_sign_by_hand(tmp_path):
    """One answer a line changed from an ordinary one: the sign it shows, and no other."""
    lake = signs_city.lay(tmp_path / "lake", playing=False)
    tables = ten.tables()
    model = {**tables["answers"][0], "day": small.FIRST, "month": 202610, "solved": "yes", "satisfied": "yes",
             "asked_after": 500, "proof": True, "regraded": False, "ground": None, "caller": None}  # fmt: skip
    lines = [
        {}, {"asked_after": 29}, {"asked_after": 30}, {"asked_after": None}, {"asked_after": 3, "reached": False},
        {"proof": False}, {"proof": False, "satisfied": "no"}, {"proof": False, "satisfied": "no", "solved": "no"},
        {"proof": None}, {"ground": "ex_facts"}, {"ground": "terminated"}, {"reached": False}, {"regraded": True},
        *({"caller": 7, "category": code} for code in ("a", "b", "c")),
        *({"caller": 8, "category": "a"} for _ in range(3)),
        *({"caller": 9, "category": code, "solved": "no"} for code in ("a", "b", "c")),
    ]  # fmt: skip
    rows = [{**model, **line, "id": n, "order": 1, "assignment": n} for n, line in enumerate(lines)]
    with lake.change() as change:
        path = change.place("answers", 202610)
        write(ten.arrow("answers", rows), schema.TABLES["answers"], path)
        change.replace("answers", 202610, [path])
        change.replace("answers", 202611, [])
    with engines.duckdb(lake) as source:
        got = flags(source, small.cycle())
    said = [{}, {"soon"}, {}, {}, {"unreached"}, {"unshown"}, {"unshown"}, {}, {}, {"left_out"}, {"left_out"},
            {"unreached"}, {"regraded"}, *[{"number"}] * 3, *[{}] * 3, *[{}] * 3]  # fmt: skip
    assert [got[n] for n in range(len(lines))] == [set(one) for one in said]


def test_the_street_that_plays_is_found_by_both_signs_and_its_district_is_not(found):
    assert [(one.board, one.unit, one.sign, one.of, one.got) for one in found.alarms] == [
        ("streets", signs_city.PLAYS, rules.SOON, signs_city.ASKED, signs_city.SOON),
        ("streets", signs_city.PLAYS, rules.NUMBER, signs_city.ASKED, signs_city.SOON),
    ]
    assert found.alarms[0].expected == pytest.approx(40 / 36, rel=0.03)  # of the others 36 of 40 were reached, one soon
    assert found.answers == len(signs_city.STREETS) * signs_city.ASKED


def test_what_a_unit_shows_besides_and_showed_before_is_told_with_it(found):
    one = found.alarms[0]
    signs = integrity.every_sign(found, one)
    assert list(signs) == [sign.code for sign in rules.SIGNS]
    assert signs[rules.NUMBER][:2] == [30, 40]
    assert (signs[rules.UNREACHED][:2], signs[rules.REGRADED][:2]) == ([0, 40], [0, 40])
    assert integrity.past(found, one)["2026-10"] == [0, 0, 0.0]


def test_the_answers_behind_a_sign_are_as_many_as_it_says(source, found):
    for one in found.alarms:
        behind = integrity.behind(source, small.cycle(), one)
        assert len(behind) == one.got
        assert {row["unit"] for row in behind} == {signs_city.PLAYS}
        assert [row["day"] for row in behind] == sorted(row["day"] for row in behind)


def test_a_clean_city_and_an_empty_one_show_nothing(tmp_path):
    with engines.duckdb(signs_city.lay(tmp_path / "clean", playing=False)) as source:
        clean = integrity.find(source, small.cycle(), [small.scheme()])
        later = small.cycle()
        empty = integrity.find(
            source, type(later)(*(day + timedelta(days=365) for day in (later.first, later.end, later.taken_end,
            later.late_end, later.window_end)), later.scheme), [],
        )  # fmt: skip
    assert (clean.alarms, clean.tests) == ([], 5 * 12)  # no pictures are asked for anywhere
    assert (empty.alarms, empty.tests, empty.answers) == ([], 0, 0)

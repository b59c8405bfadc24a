"""What is behind each number: told by the engine for a whole board, and one case at a time, they agree."""

from __future__ import annotations

from collections import Counter
from datetime import date

import ibis
import pytest
from hypothesis import HealthCheck, given, settings

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.appraisal import behind, recompute, scoring
from jieban.appraisal import cases as facts
from jieban.core.errors import BadInput
from tests.analytics import ten
from tests.appraisal import small


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(ten.lay(tmp_path_factory.mktemp("lake") / "ten")) as found:
        yield found


def table(source: Source, found: list[recompute.Case]) -> ibis.Table:
    columns = ibis.schema({**dict.fromkeys(facts.COLUMNS, "string"), "assignment": "int64", "day": "date"})
    rows = [tuple({**case, "day": date.fromisoformat(case["day"]), "assignment": int(case["assignment"])}.values())
            for case in found]  # fmt: skip
    return source.connection.create_table(ibis.util.gen_name("cases"), ibis.memtable(rows, schema=columns), temp=True)


def by_hand(found: list[recompute.Case], board: recompute.Table) -> dict[str, Counter[str]]:
    held = recompute.plan(small.scheme().values, board["code"], str(small.FIRST))
    out: dict[str, Counter[str]] = {}
    for case in found:
        subject, names = recompute.subject(held, board, small.UNITS, case), behind.names(case, held)
        if subject and names:
            out.setdefault(subject, Counter()).update(names)
    return out


@given(small.many(least=1, most=25))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engine_and_hand_count_the_same_numbers(source: Source, found: list[recompute.Case]):
    cells = scoring.counted(source, table(source, found))
    for board in small.scheme().values["boards"]:
        told = scoring.weighed(cells, scoring.planned(small.cycle(), board), board)
        mine = told.filter(told["subject"].isin(scoring.on(board, small.UNITS)))
        counted = {
            unit: Counter({k: n for k, n in row.items() if n}) for unit, row in behind.counts(source, mine).items()
        }
        assert counted == by_hand(found, board)


CASES = small.cases(
    "u1 yes yes day=2026-11-02", "u1 part mostly day=2026-11-03", "u1 no no ground=ex_facts", "u1 no no ground=untold",
    "u1 no no ground=terminated", "u1 - - reached=0", "u1 explained no", "u2 no no",
    "u1 yes - category1=01 owner=unmanaged",
)  # fmt: skip
EXPECTED = {
    "n": [2, 1, 9, 7], "unreached": [6], "excluded": [4, 3], "filed": [5], "adjusted_resolution_full": [1, 9],
    "adjusted_resolution_part": [2], "adjusted_resolution_missed": [7], "raw_resolution_missed": [7, 4, 3],
    "adjusted_resolution_explained": [7], "adjusted_satisfaction_of": [2, 1, 7],
}  # fmt: skip


@pytest.mark.parametrize("which", sorted(EXPECTED))
def test_a_number_opens_its_cases_newest_first(source: Source, which: str):
    [board] = [one for one in small.scheme().values["boards"] if one["code"] == "streets"]
    found = behind.cases_behind(source, table(source, CASES), small.cycle(), board, unit="u1", which=which)
    listed = [row["assignment"] for row in behind.page(source, found, start=0, most=10)]
    assert (behind.number(source, found), sorted(listed)) == (len(EXPECTED[which]), sorted(EXPECTED[which]))
    assert listed[:2] == EXPECTED[which][:2] if which == "n" else True
    assert behind.page(source, found, start=len(listed), most=10) == []


def test_a_ground_narrows_what_is_left_out(source: Source):
    [board] = [one for one in small.scheme().values["boards"] if one["code"] == "streets"]
    found = behind.cases_behind(
        source, table(source, CASES), small.cycle(), board, unit="u1", which="excluded", ground="ex_facts"
    )
    assert [row["assignment"] for row in source.rows(found)] == [3]


def test_a_trade_has_the_cases_of_all_who_handle_it(source: Source):
    [board] = [one for one in small.scheme().values["boards"] if one["code"] == "trades"]
    found = behind.cases_behind(source, table(source, CASES), small.cycle(), board, unit="dep", which="n")
    assert sorted(row["assignment"] for row in source.rows(found)) == [1, 2, 7, 8]


def test_an_unknown_number_is_refused(source: Source):
    board = small.scheme().values["boards"][0]
    with pytest.raises(BadInput):
        behind.cases_behind(source, table(source, CASES), small.cycle(), board, unit="u1", which="best")


def test_appeals_are_those_of_the_area_or_sent_to_the_unit(source: Source):
    cycle = small.cycle()
    whole = type(cycle)(
        date(2019, 1, 1), date(2019, 2, 1), date(2019, 1, 1), date(2019, 2, 1), date(2019, 2, 1), cycle.scheme
    )
    found = {
        kind: [row["order"] for row in source.rows(behind.appeals_behind(source, whole, {"code": code, "kind": kind}))]
        for kind, code in (("street", "110105002"), ("district", "110105"), ("district_department", "110105-hc"))
    }
    assert found == {"street": [1], "district": [1], "district_department": [1]}

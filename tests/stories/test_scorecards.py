"""Months of scores: a street climbs while its calls grow, an epidemic spring, a town with nine answers, a double no
that is worked on again, a trade that is scored wherever it was handled.

The ranks of 学院路街道 (52nd, 20th, 10th while its calls grew from 5,000 to nearly 20,000 a year) and the spring of
2020, in which districts and streets were scored on epidemic orders alone, are from the sources; the answers are not.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jieban.analytics import engines
from jieban.appraisal import cycles, scoring
from jieban.city import actions, reading
from jieban.city.pack import Pack
from tests.appraisal import written

XUEYUANLU, XINCUN = "110108010", "110106010"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return reading.read(actions.gather(Path(__file__).resolve().parents[2] / "cities" / "beijing"))


def boards(folder: Path, pack: Pack, cycle: str, *answers: Any) -> dict[str, dict[str, Any]]:
    """The printed rows of each board of a cycle, by unit."""
    with engines.duckdb(written.lay(folder / cycle, pack, answers)) as source:
        done = scoring.score(source, cycles.named(cycle, pack.schemes)).printed()
    return {board["code"]: {row["unit"]: row for row in board["rows"]} for board in done["boards"]}


def answered(unit: str, day: date, solved: int, of: int, **named: Any) -> list[written.Row]:
    """`of` answers of which `solved` say yes and yes, the others no and no."""
    good, bad = {"n": solved}, {"n": of - solved, "solved": "no", "satisfied": "no"}
    return [*written.said(unit, day, **good, **named), *written.said(unit, day, **bad, **named)]


def test_xueyuanlu_climbs_from_52nd_to_10th_while_its_calls_grow(tmp_path, pack):
    others = [one.code for one in pack.units.values() if one.kind == "street" and one.code != XUEYUANLU][:102]
    years = {"2019-11": (279, 400, 52), "2021-11": (686, 800, 20), "2022-11": (1452, 1600, 10)}
    widths, volumes = [], []
    for cycle, (solved, of, place) in years.items():
        day = date.fromisoformat(f"{cycle}-05")
        rest = [answered(code, day, 190 - n, 200) for n, code in enumerate(others)]
        mine = boards(tmp_path, pack, cycle, answered(XUEYUANLU, day, solved, of), *rest)["streets"][XUEYUANLU]
        assert mine["rank"] == place
        widths.append(float(mine["composite"]["high"]) - float(mine["composite"]["low"]))
        volumes.append(mine["n"])
    assert volumes == [400, 800, 1600]
    assert (
        sorted(widths, reverse=True) == widths
    )  # more answers, a narrower interval; never a lower rank for being called


def test_in_the_spring_of_2020_streets_were_scored_on_the_epidemic_alone(tmp_path, pack):
    """Bad at everything else, good at the epidemic: in March the street is first; departments were scored on all."""
    day, other = date(2020, 3, 5), "110108007"
    answers = (
        answered(XUEYUANLU, day, 40, 40, category="010301"), answered(XUEYUANLU, day, 0, 200),
        answered(other, day, 30, 40, category="010301"), answered(other, day, 200, 200),
        answered("bj-housing", day, 10, 50),
    )  # fmt: skip
    spring = boards(tmp_path, pack, "2020-03", *answers)
    assert [(row["rank"], row["n"]) for row in (spring["streets"][XUEYUANLU], spring["streets"][other])] == [
        (1, 40),
        (2, 40),
    ]
    assert spring["departments"]["bj-housing"]["n"] == 50
    later = [[{**row, "day": date(2020, 5, 5), "done_day": date(2020, 5, 4)} for row in some] for some in answers]
    may = boards(tmp_path, pack, "2020-05", *later)["streets"]
    assert [may[code]["rank"] for code in (other, XUEYUANLU)] == [1, 2]
    # From May all count and the epidemic weighs 1.5: 40 × 1.5 of 40 × 1.5 + 200.
    assert may[XUEYUANLU]["adjusted"]["resolution"]["share"] == "0.230769"


def test_a_small_town_with_nine_answers_has_no_rank_but_its_counts(tmp_path, pack):
    town = next(one.code for one in pack.units.values() if one.kind == "street" and one.form == "镇")
    day = date(2021, 11, 5)
    found = boards(tmp_path, pack, "2021-11", answered(town, day, 9, 9), answered(XUEYUANLU, day, 20, 40))["streets"]
    assert (found[town]["rank"], found[town]["enough"], found[town]["n"]) == (None, False, 9)
    assert found[XUEYUANLU]["rank"] == 1
    assert [*found] == [XUEYUANLU, town]  # nine perfect answers do not stand above forty that are half good


def test_a_double_no_of_xincun_that_is_worked_on_again_counts_by_its_newest_round(tmp_path, pack):
    """新村街道 raises every 单双否. Solved in the second round: the first no is on record, not in the rate."""
    first = written.said(XINCUN, date(2021, 10, 25), assignment=1, solved="no", satisfied="no")
    second = written.said(XINCUN, date(2021, 11, 8), assignment=1, round=2)
    found = boards(tmp_path, pack, "2021-11", first, second, answered(XINCUN, date(2021, 11, 5), 29, 29))
    mine = found["streets"][XINCUN]
    assert (mine["n"], mine["adjusted"]["resolution"]["share"]) == (30, "1.000000")


def test_a_department_answers_for_its_trade_wherever_it_was_handled(tmp_path, pack):
    day = date(2021, 11, 5)
    own = answered("bj-housing", day, 40, 40, category="110101")
    streets = answered(XUEYUANLU, day, 20, 80, category="110101")
    found = boards(tmp_path, pack, "2021-11", own, streets)
    assert found["departments"]["bj-housing"]["adjusted"]["resolution"]["share"] == "1.000000"
    assert found["trades"]["bj-housing"]["adjusted"]["resolution"]["share"] == "0.500000"  # 60 of 120

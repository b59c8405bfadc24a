"""七有五性 by hand: three cases of one district, two indicators with values and one without."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import ibis
import pytest

from jieban.analytics import engines
from jieban.analytics.engines import Source
from jieban.appraisal import cases, seven_five
from jieban.city import fields_file
from jieban.city.fields import Fields
from jieban.city.sheets import Report
from tests.analytics import ten
from tests.appraisal import small

FIELDS = """
note = "示例，非官方"
source = "test"
social = 0.50
[[fields]]
code = "schooling"
name = "学有所教"
name_en = "Schooling"
categories = ["0102", "010303"]
[[fields]]
code = "liveability"
name = "宜居性"
name_en = "Liveability"
categories = ["01"]
[[indicators]]
code = "air"
field = "liveability"
name = "PM2.5"
unit = "微克"
worst = 45
best = 25
weight = 1.00
[[indicators]]
code = "places"
field = "schooling"
name = "学位"
unit = "个"
worst = 20
best = 60
weight = 3.00
[[indicators]]
code = "beds"
field = "liveability"
name = "床位"
unit = "张"
worst = 1
best = 2
weight = 5.00
"""
VALUES = """period,district,indicator,value,source
2026-01,d1,air,40,示例
2026-10,d1,air,35,示例
2026-12,d1,air,45,示例
2026-01,d1,places,70,示例
"""


def read(text: str = FIELDS, values: str = VALUES) -> tuple[Fields | None, list[str]]:
    report = Report()
    files = {"fields.toml": text, "indicators.csv": values}
    found = fields_file.read(files, report, categories=["01", "0102", "010303"], districts=["d1", "d2"])
    return found, [str(problem) for problem in report.problems]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(ten.lay(tmp_path_factory.mktemp("lake") / "ten")) as found:
        yield found


def districts(source: Source, *lines: str) -> dict[str, seven_five.District]:
    """The districts by their code, best first, with these cases in the place of those of the lake."""
    fields, problems = read()
    assert fields is not None
    assert problems == []
    columns = ibis.schema(dict.fromkeys(cases.COLUMNS, "string"))
    rows = ibis.memtable([tuple(case.values()) for case in small.cases(*lines)], schema=columns)
    table = source.connection.create_table(ibis.util.gen_name("cases"), rows, temp=True)
    found = seven_five.of_cases(source, table, small.cycle(), fields, small.UNITS)
    return {one.code: one for one in found}


def test_whole_by_hand(source: Source):
    mine = districts(
        source,
        "u1 yes yes category1=01 category2=0101 category=010101",  # 宜居性 by its first level, weight 1.5
        "u2 no no category1=01 category2=0102 category=010201",  # 学有所教 by its second level, weight 1.5
        "u1 no no",  # 02 belongs to no field
    )["d1"]
    assert mine.social is not None
    assert mine.social["n"] == 2
    # rates 1, 0.5, 0.5 weighing 0.1, 0.4, 0.4: (0.1 + 0.2 + 0.2) / 0.9
    assert mine.social["composite"]["score"] == Fraction(500, 9)
    # air (45 - 35) / 20 = 50, newest by 2026-11; places above best = 100; beds unknown: (50 + 3 × 100) / 4
    assert mine.monitored == Fraction(175, 2)
    assert mine.missing == ("beds",)
    assert mine.total == (Fraction(500, 9) + Fraction(175, 2)) / 2
    assert {one.code: one.said["n"] if one.said else 0 for one in mine.fields} == {"schooling": 1, "liveability": 1}


def test_the_deepest_level_that_a_field_names_decides(source: Source):
    mine = districts(
        source, "u1 yes yes category1=01 category2=0103 category=010303", "u1 yes yes category1=01 category2=0103"
    )["d1"]
    assert {one.code: one.said["n"] if one.said else 0 for one in mine.fields} == {"schooling": 1, "liveability": 1}


def test_a_district_without_values_has_no_total_and_comes_last(source: Source):
    found = districts(source, *["u1 yes yes category1=01"] * 2, *["u3 yes yes category1=01"] * 2)
    assert found["d2"].total is None
    assert found["d2"].rank is None
    assert (found["d1"].rank, [*found]) == (1, ["d1", "d2"])


def test_too_few_answers_have_a_total_and_no_rank(source: Source):
    """The scheme asks two answers of a district."""
    mine = districts(source, "u1 yes yes category1=01")["d1"]
    assert (mine.total is None, mine.rank) == (False, None)


@pytest.mark.parametrize(("value", "score"), [("45", 0), ("60", 0), ("35", 50), ("25", 100), ("5", 100)])
def test_an_indicator_goes_straight_from_worst_to_best(value, score):
    fields, _ = read(values=f"period,district,indicator,value,source\n2026-01,d1,air,{value},x\n")
    assert fields is not None
    assert seven_five.monitored(fields.model.indicators[0], fields, "2026-11", "d1").score == score


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("示例，非官方", "正式", "非官方"),
        ('field = "schooling"', 'field = "nobody"', "a field that there is not"),
        ('["01"]', '["01", "0102"]', "stands in two fields"),
        ('["01"]', '["99"]', "There is no category “99”"),
        ("best = 2\n", "best = 1\n", "are the same"),
    ],
)
def test_mistakes_of_the_file_are_named(old, new, told):
    _, problems = read(FIELDS.replace(old, new))
    assert any(told in one for one in problems), problems


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2026-13,d1,air,1,x", "is no month"),
        ("2026-01,d9,air,1,x", "is unknown"),
        ("2026-01,d1,water,1,x", "is unknown"),
        ("2026-01,d1,air,40,x\n2026-01,d1,air,41,x", "stands twice"),
        ("2026-01,d1,air,viel,x", "not a number"),
    ],
)
def test_mistakes_of_values_are_named_by_line(line, told):
    _, problems = read(values=f"period,district,indicator,value,source\n{line}\n")
    assert any(told in one and one.startswith("indicators.csv, line") for one in problems), problems


def test_the_newest_value_by_the_period_holds():
    fields, _ = read()
    assert fields is not None
    assert [fields.value(month, "d1", "air") for month in ("2025-12", "2026-09", "2026-10", "2027-01")] == [
        None, Decimal(40), Decimal(35), Decimal(45),
    ]  # fmt: skip
    assert replace(fields, values={}).value("2026-10", "d1", "air") is None

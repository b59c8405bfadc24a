"""A scheme is one text: what it must say, and how each mistake is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jieban.city import reading, schemes
from tests.appraisal import small
from tests.city import toy

BEIJING = Path(__file__).resolve().parents[2] / "cities" / "beijing"


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        ('note = "示例，非官方"', 'note = "正式方案"', "", "非官方"),
        ("rates = { response = 0.10", "rates = { response = 0.20", "", "must weigh 1"),
        ("response = 0.10", "response = 0.105", "rates.response", "two decimals"),
        (", other = 1.00", "", "", "difficulty must name other"),
        ("cycle_start_day = 19\n", "", "cycle_start_day", "required"),
        ("no = 0.00, explained", "no = 1.00, explained", "", "worse answer"),
        ("solved = { explained = 0.50 }", "solved = { part = 0.50, no = 0.60 }", "", "worse answer"),
        ("weight = 1.50", "weight = 10.00", "", ""),
        ("weight = 1.50", "weight = 10.01", "weights.0.weight", "less than or equal to 10"),
        ('code = "districts"', 'code = "streets"', "", "same code"),
        ('name = "疫情加权"', 'name = "疫情加权", boards = ["nobody"]', "", "a board that there is not"),
        ("late_days = 3", "late_days = 3\nsecret_bonus = 1", "secret_bonus", "not permitted"),
        ("parts = {", "parts = { late = 0.00,", "", "same code"),
    ],
)
def test_mistakes_are_named(old, new, where, told):
    assert small.SCHEME.count(old) == 1
    text = small.SCHEME.replace(old, new)
    if not told:
        schemes.read(text)
        return
    with pytest.raises(schemes.SchemeError) as caught:
        schemes.read(text)
    assert any(at == where and told in what for at, what in caught.value.problems), caught.value.problems


def test_no_case_can_weigh_so_much_that_sums_overflow():
    heavy = small.SCHEME.replace("weight = 1.50", "weight = 10.00").replace('"15d" = 1.20', '"15d" = 10.00')
    schemes.read(heavy)
    with pytest.raises(schemes.SchemeError, match="would weigh"):
        schemes.read(heavy.replace("lead = 1.00", "lead = 1.50"))


def test_text_that_is_no_toml_is_refused():
    with pytest.raises(schemes.SchemeError, match="cannot be read"):
        schemes.read("code = ")


def test_codes_that_the_city_does_not_have_are_named_with_their_place():
    known = schemes.Known(["dep"], ["street"], ["02"], ["ordinary"], [], ["7d"])
    with pytest.raises(schemes.SchemeError) as caught:
        schemes.read(small.SCHEME, known)
    lists = {"grounds", "difficulty", "weights.0.categories", "rules.0.owners"}
    assert dict(caught.value.problems).keys() == lists | {f"boards.{n}.kinds" for n in (1, 2, 3)}


def test_the_latest_scheme_that_has_come_is_in_force():
    newer = small.scheme(swaps=[("from = 2026-01-19", "from = 2026-06-19")])
    assert schemes.at([small.scheme(), newer], date(2026, 6, 18)) != newer
    assert schemes.at([small.scheme(), newer], date(2026, 6, 19)) == newer
    assert schemes.at([newer], date(2026, 1, 1)) is None


def test_a_pack_names_the_mistakes_of_its_schemes_by_file():
    files = {**toy.files(), "schemes/mine.toml": "code = 1"}
    assert any(told.startswith("schemes/mine.toml: code") for told in toy.mistakes(files))


def test_beijing_schemes_are_examples_and_the_numbers_of_the_pack_agree():
    texts = toy.texts(BEIJING)
    pack = reading.read(texts)
    assert [scheme.model.code for scheme in pack.schemes] == ["demo-2019", "demo-2023"]
    for scheme in pack.schemes:
        assert schemes.UNOFFICIAL in scheme.model.note
        assert scheme.model.cycle_start_day == pack.settings.cycle_start_day

"""Changing a scheme's text by a form: one number changes, every other character and comment stays."""

from __future__ import annotations

import difflib
from datetime import date

import pytest

from jieban.appraisal import scheme_edits as edits
from jieban.city import schemes
from jieban.core.errors import BadInput
from tests.appraisal import small

TEXT = "# 三率\nrates = { response = 0.10, resolution = 0.40 } # 权重\n[[boards]]\nenough = 30 # 少于不排名\n"


def lines(before: str, after: str) -> list[str]:
    """The lines that differ, as - and +."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_changed_number_leaves_all_else_as_it_was_written():
    after = edits.changed(TEXT, {"rates.response": "0.2", "boards.0.enough": "50", "rates.resolution": "0.4"})
    assert lines(TEXT, after) == [
        "-rates = { response = 0.10, resolution = 0.40 } # 权重",
        "+rates = { response = 0.2, resolution = 0.40 } # 权重",
        "-enough = 30 # 少于不排名", "+enough = 50 # 少于不排名",
    ]  # fmt: skip


def test_equal_values_change_nothing():
    given = {field.name: field.value for field in edits.fields(small.SCHEME)}
    assert edits.changed(small.SCHEME, given) == small.SCHEME


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rates.response", "多一点", "rates.response：“多一点”不是数，例如 0.40。"),
        ("rates.response", "NaN", "rates.response：“NaN”不是数，例如 0.40。"),
        ("late_days", "2.5", "late_days：“2.5”不是整数。"),
        ("from", "2027-02-30", "from：“2027-02-30”不是日期，例如 2027-01-19。"),
        ("rates.speed", "1", "方案里没有“rates.speed”这一项。请刷新页面再改。"),
    ],
)
def test_a_value_of_another_kind_is_named(name: str, value: str, said: str):
    with pytest.raises(BadInput) as error:
        edits.changed(small.SCHEME, {name: value})
    assert str(error.value) == said


def test_text_that_is_no_toml_is_refused_with_its_place():
    with pytest.raises(BadInput, match="line 1"):
        edits.fields("rates = {{")


def test_a_draft_of_another_scheme_has_its_own_head_and_nobody_was_asked():
    text = edits.consulted(small.SCHEME, [("街道", date(2026, 1, 5), "同意")])
    found = schemes.read(edits.renamed(text, code="new", name="新", first=date(2027, 1, 19))).model
    assert (found.code, found.name, found.first, found.consulted) == ("new", "新", date(2027, 1, 19), [])


def test_who_was_asked_is_written_into_the_text_whatever_the_words():
    said = [("十六个区", date(2026, 1, 5), '说“好”、"行"\n换行 \\'), ("街道", date(2026, 1, 6), "= [x]")]
    found = schemes.read(edits.consulted(small.SCHEME, said)).model.consulted
    assert [(one.who, one.on, one.said) for one in found] == said


def test_an_empty_draft_holds_no_number_and_every_missing_one_has_its_field():
    text = edits.renamed(edits.EMPTY, code="new", name="新", first=date(2027, 1, 19))
    with pytest.raises(schemes.SchemeError) as error:
        schemes.read(text)
    missing = {where for where, _what in error.value.problems} - {"boards"}
    assert missing <= {field.name for field in edits.fields(text)}
    filled = edits.changed(text, dict.fromkeys(missing, "1"))
    with pytest.raises(schemes.SchemeError) as error:
        schemes.read(filled)
    assert error.value.problems == [("boards", "Field required")]

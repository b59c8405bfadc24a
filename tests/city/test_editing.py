"""Changing the texts of a pack: what is meant changes, everything else stays byte for byte."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city import editing, reading
from jieban.city.editing import Edit
from jieban.core.errors import BadInput
from tests.city import toy

DAY = date(2026, 4, 1)
TEXT = (
    "code,category,owner,territory,way,lead,assistants,notice,urgency,basis,valid_from,valid_to\r\n"
    "# streets\r\n"
    'D1,0101,*,*,dual,street,district:roads,,7d,"Ward rules, part 1",2000-01-01,\r\n'
    "\r\n"
    "D3,0102,*,*,direct,water,,,2h,Ward rules 3,2020-01-01,"
)


def test_a_changed_line_keeps_its_place_and_everything_around_it():
    changed = editing.edited(TEXT, [Edit("change", "D1", {"lead": "hill", "way": "dual"})], DAY)
    assert changed == TEXT.replace("dual,street", "dual,hill") + "\r\n"


def test_an_ended_line_says_its_last_day_and_stays():
    changed = editing.edited(TEXT, [Edit("end", "D3")], DAY)
    assert changed.splitlines()[-1] == "D3,0102,*,*,direct,water,,,2h,Ward rules 3,2020-01-01,2026-04-01"


def test_a_new_line_stands_after_its_category_and_begins_on_the_day():
    cells = {"category": "010101", "owner": "*", "territory": "*", "way": "direct", "lead": "street", "urgency": "7d"}
    changed = editing.edited(TEXT, [Edit("add", "D9", cells)], DAY).splitlines()
    assert changed[3] == "D9,010101,*,*,direct,street,,,7d,,2026-04-01,"
    assert len(changed) == len(TEXT.splitlines()) + 1


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit("add", "D1", {}), "职责目录里已经有第 D1 条。请换一个编号，或改成修改这一条。"),
        (Edit("end", "D7"), "职责目录里没有第 D7 条，可能刚刚改过编号。请重新查一遍。"),
        (
            Edit("change", "D1", {"colour": "red"}),
            "职责目录里没有“colour”这一栏。可以改的是：category、owner、territory、way、lead、assistants、notice、"
            "urgency、basis。",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(edit, said):
    with pytest.raises(BadInput) as caught:
        editing.edited(TEXT, [edit], DAY)
    assert str(caught.value) == said


@given(st.text(alphabet='abc,"中 |', max_size=30), st.text(alphabet='xy,"文', max_size=20))
def test_whatever_is_written_into_a_cell_is_read_back_and_no_other_line_changes(basis, reason):
    changed = editing.edited(TEXT, [Edit("change", "D1", {"basis": basis, "notice": reason})], DAY)
    assert editing.lines(changed)["D1"]["basis"] == " ".join(basis.split())
    assert editing.lines(changed)["D3"] == editing.lines(TEXT)["D3"]
    assert len(list(csv.reader(io.StringIO(changed)))) == len(list(csv.reader(io.StringIO(TEXT))))


def test_two_versions_are_compared_line_by_line():
    edits = [Edit("change", "D1", {"lead": "hill"}), Edit("add", "D9", {"category": "0102", "lead": "mill"})]
    after = editing.edited(TEXT, edits, DAY)
    found = editing.compare(TEXT, after)
    assert [(one.code, one.before.get("lead", ""), one.after["lead"]) for one in found] == [
        ("D1", "street", "hill"), ("D9", "", "mill"),
    ]  # fmt: skip
    assert found[0].cells == ("lead",)
    assert [(one.code, one.after) for one in editing.compare(after, TEXT) if not one.after] == [("D9", {})]


def test_the_first_day_and_a_limit_are_changed_where_they_stand():
    texts = toy.files()
    later = editing.starting(texts["pack.toml"], DAY)
    assert later != texts["pack.toml"]
    quicker = editing.limited(texts["clocks.toml"], "7d", {"handle": "5d", "sign": "1h"})
    pack = reading.read({**texts, "pack.toml": later, "clocks.toml": quicker})
    before = reading.read(texts)
    assert pack.valid_from == DAY
    assert (pack.clocks["7d"].handle.limit, pack.clocks["7d"].sign.limit) == ("5d", "1h")
    assert pack.clocks["7d"].respond == before.clocks["7d"].respond
    assert {u: c for u, c in pack.clocks.items() if u != "7d"} == {u: c for u, c in before.clocks.items() if u != "7d"}


def test_a_limit_of_an_urgency_that_is_not_there_is_refused():
    with pytest.raises(BadInput) as caught:
        editing.limited(toy.files()["clocks.toml"], "3d", {"handle": "5d"})
    assert str(caught.value) == "时限表里没有“3d”这一档的 handle。"

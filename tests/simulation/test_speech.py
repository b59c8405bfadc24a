"""The grammar: every piece ends, nothing is left open, the same dice tell the same, and words keep their sense."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from random import Random

import pytest

from simulation import speech

CATEGORIES = Path(__file__).resolve().parents[2] / "cities" / "beijing" / "categories.csv"


def test_choice_rule_and_number_are_told():
    told = {speech.expand("[甲|乙[丙|丁]]<2..3>", Random(n)) for n in range(60)}
    assert told == {"甲2", "甲3", "乙丙2", "乙丙3", "乙丁2", "乙丁3"}


def test_same_dice_tell_the_same():
    assert [speech.piece("course", Random(n)) for n in range(20)] == [
        speech.piece("course", Random(n)) for n in range(20)
    ]


def test_every_piece_of_every_rule_ends_with_nothing_open():
    for rule, pieces in speech.bank().items():
        for text in pieces:
            for n in range(5):
                assert not set("[]<>|") & set(speech.expand(text, Random(n))), (rule, text)


def test_unknown_rule_is_named():
    with pytest.raises(KeyError, match="nonsense"):
        speech.expand("<nonsense>", Random(1))


def test_several_tells_no_piece_twice():
    drawn = speech.several(["mood_plain"] * 40, Random(1))
    assert sorted(drawn) == sorted(set(speech.bank()["mood_plain"]))


def test_vary_replaces_whole_words_only():
    varied = {speech.vary("发现在家没有人", Random(n), share=1) for n in range(40)}
    assert all(text.startswith("发现在家") for text in varied)
    assert {text.removeprefix("发现在家") for text in varied} == {"没有人", "没人", "无人"}


def test_vary_without_share_leaves_the_words():
    assert speech.vary("现在没有人管", Random(1), share=0) == "现在没有人管"


def test_slip_changes_as_many_words_as_asked():
    text = "小区晚上噪音严重，投诉没有解决"
    slipped = speech.slip(text, "typos", Random(2), count=2)
    assert len(slipped) == len(text)
    assert 2 <= sum(a != b for a, b in zip(text, slipped, strict=True)) <= 4


def test_words_that_name_a_category_alone_are_never_replaced():
    with CATEGORIES.open(encoding="utf-8") as lines:
        keywords = {word for row in csv.DictReader(lines) for word in row["keywords"].split("|") if word}
    rows, _ = speech._same()
    assert {word for word, row in rows.items() if len(row) > 1} & keywords == set()


def test_slots_in_braces_are_left_open():
    assert re.findall(r"\{(\w+)\}", speech.expand("{estate}[的|]{road}", Random(1))) == ["estate", "road"]

"""What is said of numbers, and what is not said of too few."""

from __future__ import annotations

import pytest

from jieban.analytics.periodic import words
from jieban.analytics.periodic.words import Rate


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (1234, 1180, "比上月（1,180 件）上升 4.6%"),
        (900, 1200, "比上月（1,200 件）下降 25.0%"),
        (1005, 1000, "与上月（1,000 件）基本持平"),
        (1010, 1000, "比上月（1,000 件）上升 1.0%"),
        (1000, 1000, "与上月（1,000 件）相同"),
        (250, 100, "是上月（100 件）的 2.5 倍"),
        (12, 9, "比上月（9 件）多 3 件"),
        (9, 12, "比上月（12 件）少 3 件"),
        (4, 0, "上月没有"),
        (0, 0, "上月也没有"),
        (0, 4, "比上月（4 件）少 4 件"),
        (5, None, ""),
    ],
)
def test_a_volume_is_set_beside_an_earlier_one(now, before, said):
    assert words.moved(now, before, "上月") == said


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 件"), (952, "952 件"), (12_345, "12,345 件"), (99_999, "99,999 件"), (123_456, "12.3 万件")]
)
def test_cases_have_no_more_figures_than_carry_meaning(n, said):
    assert words.cases(n) == said


def test_a_per_cent_needs_thirty_cases():
    assert words.rate(Rate(24, 29)) == "29 件中 24 件"
    assert words.rate(Rate(24, 30)) == "80.0%（24 / 30 件）"
    assert words.rate(Rate(0, 0)) == "没有可算的件"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Rate(900, 1000), Rate(850, 1000), "比上周（85.0%）上升 5.0 个百分点"),
        (Rate(800, 1000), Rate(850, 1000), "比上周（85.0%）下降 5.0 个百分点"),
        (Rate(86, 100), Rate(85, 100), "比上周（85.0%）高 1.0 个百分点，属正常波动"),
        (Rate(85, 100), Rate(850, 1000), "与上周（85.0%）持平"),
        (Rate(29, 29), Rate(850, 1000), ""),
        (Rate(85, 100), Rate(2, 4), ""),
        (Rate(85, 100), None, ""),
    ],
)
def test_a_rate_is_set_beside_an_earlier_one_where_both_rest_on_enough(now, before, said):
    assert words.rate_moved(now, before, "上周") == said


def test_equal_numbers_are_said_once():
    assert words.counted([("甲", 4), ("乙", 2)]) == "甲 4 件、乙 2 件"
    assert words.counted([("甲", 1), ("乙", 1)]) == "甲、乙各 1 件"
    assert words.counted([("甲", 1)]) == "甲 1 件"


def test_a_sentence_is_made_of_what_is_said():
    assert words.sentence("甲", "", "乙") == "甲，乙。"
    assert words.sentence("", "") == ""

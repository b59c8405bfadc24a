"""Numbers as readers see them: each form, its edges, and the unit of an axis."""

from __future__ import annotations

import pytest

from jieban.analytics import figures


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (None, "count", "—"),
        ("热力集团", "text", "热力集团"),
        (12345, "count", "12,345"),
        (31_340_000, "wan", "3134 万"),
        (100_000, "wan", "10 万"),
        (79_000, "wan", "7.9 万"),
        (20_000, "wan", "2 万"),
        (9_999, "wan", "9999"),
        (0, "wan", "0"),
        (0.9249, "percent", "92.5%"),
        (0.012, "points", "+1.2 个百分点"),
        (-0.012, "points", "-1.2 个百分点"),
        (0.0004, "points", "持平"),
        (59, "minutes", "59 分"),
        (60, "minutes", "1 小时"),
        (75, "minutes", "1 小时 15 分"),
        (1500, "minutes", "1 天 1 小时"),
        (7, "number", "7"),
        (1.224, "number", "1.22"),
        (3.0, "number", "3"),
    ],
)
def test_a_value_is_written_in_the_form_of_its_column(value, form, said):
    assert figures.write(value, form) == said


def test_volumes_in_running_text_carry_their_counting_word():
    assert [figures.items(31_340_000), figures.items(952), figures.items(2_820_000, "个")] == [
        "3134万件", "952件", "282万个",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "form", "said"),
    [
        ([99_999, None], "wan", (1, "件")),
        ([100_000], "wan", (1 / 10_000, "万件")),
        ([0.5], "percent", (100, "%")),
        ([90], "minutes", (1, "分钟")),
        ([120], "minutes", (1 / 60, "小时")),
        ([2880], "minutes", (1 / 1440, "天")),
        ([], "number", (1, "")),
    ],
)
def test_the_axis_of_a_chart_takes_the_unit_that_fits_its_largest_value(values, form, said):
    assert figures.axis(values, form) == said

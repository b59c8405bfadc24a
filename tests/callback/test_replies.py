"""SMS read in one way or left to a person; what is read never says more than the text does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.callback import replies, rules
from jieban.callback.rules import Said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 1 1", Said(True, "yes", "yes")),
        ("111", Said(True, "yes", "yes")),
        ("１，３，３", Said(True, "no", "no")),
        ("2 3 3 3", Said(False, "no", "no", "bad")),
        ("1 4 1", Said(True, "explained", "yes")),
        ("1、2、2", Said(True, "part", "mostly")),
        ("已解决，满意", Said(None, "yes", "yes")),
        ("没解决 不满意", Said(None, "no", "no")),
        ("解决了", Said(None, "yes", "")),
        ("部分解决，基本满意", Said(None, "part", "mostly")),
        ("没解决，但解释清楚了，满意", Said(None, "explained", "yes")),
        ("联系过，已解决，非常满意", Said(True, "yes", "yes")),
        ("没人联系，没解决，不满意", Said(False, "no", "no")),
        ("解决了，谢谢师傅", Said(None, "yes", "", "", "解决了，谢谢师傅")),
    ],
)
def test_text_that_can_be_read_in_one_way(text, said):
    assert replies.read(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "1 1", "5 1 1", "3 1 1", "1 1 1 1 1", "12", "好", "谢谢", "满意", "解决了吗？", "解决了但又坏了",
        "没解决也不是没解决", "解决了没", "要是修好才算解决", "1 解决", "不是没解决", "解决 没解决", "TD",
    ],
)  # fmt: skip
def test_text_that_is_left_to_a_person(text):
    assert replies.read(text) is None


@given(text=st.text(max_size=40) | st.text("没不未解决满意基本部分联系过了，。 1234但", max_size=14))
def test_whatever_comes_is_left_alone_or_is_a_valid_answer(text):
    said = replies.read(text)
    if said is not None:
        rules.check(said)


@given(
    answer=st.tuples(st.integers(1, 2), st.integers(1, 4), st.integers(1, 3)),
    marks=st.tuples(*[st.sampled_from(["", " ", "，", ",", "、", "/", "  "])] * 2),
)
def test_figures_are_read_whatever_stands_between_them(answer, marks):
    text = f"{answer[0]}{marks[0]}{answer[1]}{marks[1]}{answer[2]}"
    said = replies.read(text)
    codes = (list(rules.SOLVED)[answer[1] - 1], list(rules.SATISFIED)[answer[2] - 1])
    assert (said.contacted, said.solved, said.satisfied) == (answer[0] == 1, *codes)

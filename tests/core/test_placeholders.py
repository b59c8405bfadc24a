"""Ready texts: every placeholder is filled or the text is refused, and no citizen reads a brace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core.errors import BadInput
from jieban.core.placeholders import NAMES, check, fill, named

names = st.sampled_from(sorted(NAMES))
plain = st.text(alphabet=st.characters(exclude_characters="{}"), max_size=12)
values = st.fixed_dictionaries({name: st.text(min_size=1, max_size=8).filter(str.strip) for name in NAMES})


@given(st.lists(st.tuples(plain, names), max_size=6), plain, values)
def test_filled_text_is_the_words_around_with_the_values_between(parts, end, known):
    body = "".join(f"{words}{{{name}}}" for words, name in parts) + end
    expected = "".join(f"{words}{known[name].strip()}" for words, name in parts) + end
    assert fill(body, known) == expected
    assert set(named(body)) == {name for _, name in parts}


@given(st.lists(names, min_size=1, max_size=5, unique=True), st.data())
def test_one_value_missing_refuses_the_whole_text(chosen, data):
    lost = data.draw(st.sampled_from(chosen))
    known = dict.fromkeys(NAMES, "x") | {lost: "  "}
    with pytest.raises(BadInput) as caught:
        fill("".join(f"{{{name}}}" for name in chosen), known)
    assert str(caught.value) == f"这件工单里还没有：{lost}。请先补上，或换一个模板。"


@given(st.text(min_size=1, max_size=8).filter(lambda t: t not in NAMES and not set(t) & set("{}")))
def test_unknown_placeholder_is_named(word):
    with pytest.raises(BadInput) as caught:
        check(f"您好{{{word}}}")
    assert str(caught.value).startswith(f"没有“{{{word}}}”这个占位")


@given(st.text(alphabet="{}单位", min_size=1, max_size=8))
def test_text_that_passes_leaves_no_brace(body):
    try:
        filled = fill(body, dict.fromkeys(NAMES, "x"))
    except BadInput:
        return
    assert not set(filled) & set("{}")

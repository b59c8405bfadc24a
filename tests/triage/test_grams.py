"""What a model sees of a text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.triage import grams


def test_grams_are_characters_pairs_and_latin_words() -> None:
    assert grams.grams("停水 ETC") == [
        "停", "水", " ", "e", "t", "c", "停水", "水 ", " e", "et", "tc", "etc",
    ]  # fmt: skip


def test_grams_do_not_depend_on_case_or_spacing() -> None:
    assert grams.grams("  停水\n\nEtc ") == grams.grams("停水 ETC")


def test_grams_of_an_empty_text_are_none() -> None:
    assert grams.grams(" \n ") == []


def test_collected_names_every_feature_and_counts_it() -> None:
    names, counts = grams.collected(["井井", "", "盖"])
    assert names == ["井", "井井", "盖"]
    assert counts.toarray().tolist() == [[2, 1, 0], [0, 0, 0], [0, 0, 1]]


def test_counted_passes_over_unknown_features() -> None:
    assert grams.counted(["井盖坏了", "别的"], {"盖": 0, "井盖": 1, "修": 2}).toarray().tolist() == [
        [1, 1, 0],
        [0, 0, 0],
    ]


def test_counted_of_no_text_is_an_empty_matrix() -> None:
    assert grams.counted([], {"盖": 0}).shape == (0, 1)


def test_rarity_is_higher_for_a_rare_feature_and_nothing_for_one_never_met() -> None:
    told = grams.rarity(grams.counted(["水电", "水", "水"], {"水": 0, "电": 1, "气": 2}))
    assert told.tolist() == pytest.approx([1.0, np.log(4 / 2) + 1, 0.0])


@given(st.lists(st.text(alphabet="水电气热停 a", max_size=8), min_size=1, max_size=6))
def test_weighed_rows_have_length_one_or_are_empty(texts: list[str]) -> None:
    _, counts = grams.collected(texts)
    rows = grams.weighed(counts, grams.rarity(counts))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert lengths == pytest.approx([1.0 if text.strip() else 0.0 for text in texts], abs=1e-5)

"""Variety measured by hand on small texts, and invented texts against the variety of real letters."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from bench import variety as bench
from simulation import variety
from simulation.variety import Variety

CHARACTERS, COMPARED = 80_000, 700
# From the real collections at the same number of characters (docs/performance.md): the least varied of them has 0.248,
# 0.511, 0.688 and 0.790, and 2.4 to 4.7 % of its letters have a near duplicate.
FLOORS = {2: 0.22, 3: 0.45, 4: 0.59, 5: 0.69}
# At least so many distinct n-grams as the real ones, by collection; the province's letters are by far the longest.
NEAR_TO_REAL = {"beijing_letters": 0.88, "fuzhou_12345": 0.76, "tipdm2020_c": 0.59}
DATA = os.environ.get("JIEBAN_DATA", "")


@cache
def invented() -> Variety:
    return variety.measure(list(bench.invented(1200)), characters=CHARACTERS, compared=COMPARED)


def test_distinct_counts_pairs_within_texts():
    assert variety.distinct(["一二一二", "二三"], 2) == 3 / 4


def test_distinct_of_nothing_is_nothing():
    assert variety.distinct(["一"], 2) == 0.0


def test_equal_cuts_the_last_text():
    assert variety.equal(["一二三", "四五六"], 5) == ["一二三", "四五"]


def test_too_few_characters_are_told():
    with pytest.raises(ValueError, match="hold 3 characters, 4 are needed"):
        variety.equal(["一二三"], 4)


def test_jaccard_over_shingles():
    assert variety.jaccard("一二三四", "一二 三五") == 1 / 3


def test_nearest_finds_the_likest_other_text():
    assert variety.nearest(["一二三四", "一二三五", "六七八九"]).tolist() == pytest.approx([1 / 3, 1 / 3, 0])


def test_growth_is_one_where_nothing_comes_again():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 800)))
    assert variety.growth([text]) == pytest.approx(1.0)


def test_sentences_are_counted_by_their_stops():
    assert [variety.sentences(text) for text in ("一。二！！三", "一", "。")] == [3, 1, 1]


def test_measure_counts_by_hand():
    found = variety.measure(["一二三四五", "六七 八九十"], characters=10, compared=2)
    assert (found.texts, found.mean_length, found.sentences, found.near) == (2, 5.0, 1.0, 0.0)
    assert found.distinct == {2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0}


def test_invented_texts_reach_the_floors():
    assert {n: share >= FLOORS[n] for n, share in invented().distinct.items()} == dict.fromkeys(FLOORS, True)


def test_near_duplicates_are_as_rare_as_in_real_letters():
    assert 0.005 <= invented().very_near <= invented().near <= 0.047


def test_invented_letters_are_short_and_long():
    least, _, middle, _, most = invented().lengths
    assert least <= 60 <= middle <= 130 <= most
    assert 3 <= invented().sentences <= 8.1


if DATA or os.environ.get("CI", "").lower() in ("1", "true"):

    @pytest.mark.data
    @pytest.mark.parametrize("n", variety.GRAMS)
    @pytest.mark.parametrize("name", sorted(NEAR_TO_REAL))
    def test_variety_is_near_that_of_real_letters(name: str, n: int) -> None:
        assert DATA, "JIEBAN_DATA must name the folder of the public data sets"
        real = variety.measure(bench.real(Path(DATA), name), characters=CHARACTERS, compared=COMPARED)
        assert invented().distinct[n] / real.distinct[n] >= NEAR_TO_REAL[name]


def test_missing_collections_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["variety", "--data", str(tmp_path)])
    assert bench.main() == 2
    assert "tipdm2020_c/a3_half.csv" in capsys.readouterr().err

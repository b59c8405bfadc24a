"""The six kinds from the words people use for what they want."""

from __future__ import annotations

import pytest

from jieban.city.pack import APPEAL_KINDS
from jieban.triage import kinds
from jieban.triage.texts import Text
from tests.triage.letters import LETTERS


@pytest.mark.parametrize(("category", "kind", "title", "body"), LETTERS, ids=[row[2] for row in LETTERS])
def test_letter_gets_its_kind_first(category, kind, title, body) -> None:
    assert kinds.suggest([Text(title, body)])[0][0].value == kind


def test_letters_cover_all_six_kinds() -> None:
    assert {kind for _, kind, _, _ in LETTERS} == set(APPEAL_KINDS)


def test_kind_named_in_the_title_is_nearly_certain() -> None:
    guess = kinds.suggest([Text("建议增设公交站", "希望方便出行。")])[0][0]
    assert (guess.value, guess.probability > 0.9, "建议" in guess.words) == ("suggestion", True, True)


def test_thanks_for_an_answer_praise_nobody() -> None:
    found = kinds.suggest([Text("小区停电", "晚上八点停电，请尽快恢复，谢谢，感谢您的回复。")])[0]
    assert [g.value for g in found] == ["help"]


def test_usual_kind_of_the_category_decides_where_the_words_do_not() -> None:
    silent = Text("15 号楼", "昨天起就这样了")
    assert kinds.suggest([silent]) == [[]]
    guess = kinds.suggest([silent], [("complaint", 0.9)])[0][0]
    assert (guess.value, guess.words, 0.6 < guess.probability < 0.8) == ("complaint", (), True)


def test_usual_kind_of_a_doubtful_category_stays_doubtful() -> None:
    guess = kinds.suggest([Text("15 号楼", "昨天起就这样了")], [("complaint", 0.3)])[0][0]
    assert guess.probability < 0.3


def test_words_outweigh_the_usual_kind() -> None:
    guess = kinds.suggest([Text("表扬物业", "物业师傅热心，特此表扬。")], [("complaint", 0.9)])[0][0]
    assert guess.value == "praise"


def test_complaint_that_also_suggests_is_less_sure_than_a_plain_one() -> None:
    plain, mixed = kinds.suggest([Text("", "我要投诉物业"), Text("", "我要投诉物业，建议换一家")])
    assert (plain[0].value, mixed[0].value) == ("complaint", "complaint")
    assert mixed[0].probability < plain[0].probability


def test_a_word_said_ten_times_counts_once() -> None:
    once, often = kinds.suggest([Text("", "我要举报"), Text("", "我要举报" * 10)])
    assert once == often


def test_empty_text_has_no_kind() -> None:
    assert kinds.suggest([Text(""), Text("", "。。。")]) == [[], []]

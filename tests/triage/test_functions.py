"""What the name of a label says by itself."""

from __future__ import annotations

from jieban.triage import functions


def test_department_is_known_by_a_part_of_its_name() -> None:
    assert functions.words(["某市医保局"]) == functions.words(["医疗保障"])
    assert "定点医院" in functions.words(["某市医保局"])[0]


def test_longest_part_of_a_name_decides() -> None:
    traffic, police = functions.words(["市公安局公安交通管理局", "市公安局"])
    assert ("红绿灯" in traffic, "户口" in traffic) == (True, False)
    assert ("红绿灯" in police, "户口" in police) == (False, True)


def test_name_of_two_fields_has_the_words_of_both() -> None:
    both = set(functions.words(["商贸旅游"])[0])
    assert both == set(functions.words(["商贸"])[0]) | set(functions.words(["旅游"])[0])


def test_unknown_name_says_nothing() -> None:
    assert functions.words(["0101", "Potholes"]) == [(), ()]


def test_others_take_the_duties_that_no_label_has() -> None:
    health, others = functions.words(["市卫生健康委", "其他"])
    assert ("挂号" in health, "挂号" in others) == (True, False)
    assert "公积金提取" in others


def test_others_take_no_words_of_kinds() -> None:
    assert "感谢" not in functions.words(["市教委", "其他"])[1]


def test_every_row_has_names_of_its_own_and_words() -> None:
    table = functions._table()
    assert len(set(table.parts)) >= len(table.parts) - 3
    assert [len(words) for words in table.words if len(words) < 5] == []

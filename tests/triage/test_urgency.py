"""How fast somebody must act, from words and from the catalogue."""

from __future__ import annotations

import pytest

from jieban.city import reading
from jieban.city.pack import Pack
from jieban.triage import urgency
from jieban.triage.texts import Guess, Text
from tests.city import toy


@pytest.fixture(scope="module")
def pack() -> Pack:
    return reading.read(toy.files())


def said(pack: Pack, body: str, title: str = "") -> list[tuple[str, bool, tuple[str, ...]]]:
    """Clock, whether it is sure, and words, of each guess."""
    return [(g.value, g.probability >= 0.5, g.words) for g in urgency.suggest([Text(title, body)], pack)[0]]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("楼道里闻到煤气味，很浓。", "闻到煤气"),
        ("电动车棚着火，烟往楼上走。", "着火"),
        ("孩子碰到路灯杆触电了。", "触电"),
        ("外墙砖坠落，楼下有人走。", "坠落"),
        ("我妈被困在电梯里。", "被困"),
        ("路面突然塌陷，一个大洞。", "塌陷"),
        ("厨房燃气泄漏，阀门关不上。", "燃气泄漏"),
    ],
)
def test_danger_is_for_the_fastest_clock(pack, body, word) -> None:
    first = next(iter(pack.clocks))
    assert said(pack, body) == [(first, True, (word,))]


@pytest.mark.parametrize("word", ["停水", "停电", "停气", "停暖", "没暖气", "不出水", "跑水"])
def test_failed_supply_is_for_the_second_clock(pack, word) -> None:
    second = list(pack.clocks)[1]
    assert said(pack, f"我们楼从早上起{word}了。") == [(second, True, (word,))]


def test_danger_comes_before_a_failed_supply(pack) -> None:
    found = said(pack, "停电以后电箱冒烟。")
    assert [value for value, _, _ in found] == list(pack.clocks)[:2]


@pytest.mark.parametrize(
    "body",
    [
        "去年这里着火，想问赔偿。",
        "楼道堆满纸箱，担心着火。",
        "请问停电补偿怎么申请",
        "建议多做火灾演练，免得着火。",
        "停水的水费怎么算",
        "房子空着，申请停暖",
    ],
)
def test_past_fear_and_questions_are_not_urgent(pack, body) -> None:
    assert not any(sure for _, sure, _ in said(pack, body))


def test_fear_in_another_sentence_takes_nothing_away(pack) -> None:
    found = said(pack, "楼道着火！孩子很害怕。以前物业也不管。")
    assert found == [(next(iter(pack.clocks)), True, ("着火",))]


def test_several_words_are_surer_than_one_and_never_certain(pack) -> None:
    one, many = urgency.suggest(
        [Text("", "电箱着火。"), Text("", "电箱着火，冒烟，有人触电，有人被困，电线掉了，墙要倒。")], pack
    )
    assert one[0].probability < many[0].probability < 1


@pytest.mark.parametrize("body", ["", "楼道灯不亮。", "没有电话，也没有电梯。", "被人说没水平。", "长期被困扰"])
def test_ordinary_matters_ask_for_no_clock(pack, body) -> None:
    assert said(pack, body) == []


def test_catalogue_gives_each_category_the_clock_of_its_line_or_of_the_one_above(pack) -> None:
    lines = {d.category: d.urgency for d in pack.duties if (d.owner, d.territory) == ("*", "*")}
    found = urgency.catalogue(pack)
    assert found.keys() == pack.categories.keys()
    assert {code: found[code] for code in lines} == lines
    assert found["010101"] == lines.get("010101", lines["0101"])


def test_usual_clock_is_as_sure_as_the_category() -> None:
    assert urgency.usual("0102", 0.7, {"0102": "24h"}) == [Guess("24h", 0.7)]
    assert urgency.usual("0103", 0.7, {"0102": "24h"}) == []

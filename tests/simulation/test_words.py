"""What citizens say: enough patterns, no slot left open, and the same dice the same words."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from simulation import words

FIXED = {
    "estate": "苇畔三区",
    "building": "3 号楼",
    "gate": "2 单元",
    "street": "前门街道",
    "road": "前门大街",
    "firm": "顺手购",
}
GRIEVANCES = [
    text for place in ("home", "items") for text in words.shared()["tried"][place] if text and "{" not in text
]
EVERY = [(topic, what) for topic in (*words.topics(), *words.elsewhere()) for what in topic.whats]


def told(topic: words.Topic, what: words.What, seed: object, voice: str = "phone", where: str = "full") -> words.Said:
    rng = Random(repr(seed))
    return words.tell(topic, what, words.Slots(rng, FIXED), rng, voice=voice, where=where)


def test_patterns_cover_twenty_categories():
    assert len({topic.first for topic in words.topics()}) == 20
    assert sum(len(topic.whats) for topic in words.topics()) >= 150


@pytest.mark.parametrize("voice", ["phone", "network", "firm"])
def test_every_pattern_can_be_told(voice):
    for topic, what in EVERY:
        said = told(topic, what, (what.text, voice), voice)
        assert not {"{", "}", "〔"} & set(said.title + said.content)
        assert 4 <= len(said.title) <= 60
        assert len(said.content) >= 8


def test_every_pattern_has_a_result_without_open_slots():
    for _, what in EVERY:
        rng = Random(1)
        assert "{" not in words.result(what, words.Slots(rng, FIXED), rng)


def test_telling_with_the_same_dice_gives_the_same_words():
    for topic, what in EVERY[::7]:
        assert told(topic, what, 5) == told(topic, what, 5)


def test_telling_often_varies():
    topic = max(words.topics(), key=lambda one: one.weight)
    told_often = Counter(told(topic, topic.whats[0], n).content for n in range(300))
    assert len(told_often) > 150


def test_slots_stay_the_same_within_a_matter():
    slots = words.Slots(Random(3), FIXED)
    first, second = slots.fill("{money} {shop}"), slots.fill("{money} {shop}")
    assert first == second


def test_slot_unknown_is_named():
    with pytest.raises(KeyError, match="nonsense"):
        words.Slots(Random(1), FIXED).fill("{nonsense}")


def test_questions_tell_no_grievance():
    for topic, what in EVERY:
        if topic.calm:
            content = told(topic, what, 9).content
            assert not [text for text in GRIEVANCES if text in content]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("8号楼3单元", "8 号楼 3 单元"),
        ("已经3天了", "已经 3 天了"),
        ("夜里 十点半 还响", "夜里十点半还响"),
        ("8 号楼", "8 号楼"),
    ],
)
def test_spaced_parts_chinese_and_figures(given, expected):
    assert words.spaced(given) == expected

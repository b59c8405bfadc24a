"""What citizens say: enough patterns, no slot left open, and the same dice the same words."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from simulation import variety, words

FIXED = {
    "estate": "苇畔三区",
    "building": "3 号楼",
    "gate": "2 单元",
    "street": "前门街道",
    "road": "前门大街",
    "firm": "顺手购",
}
# What only those say who have asked in vain.
GRIEVANCES = ("物业说", "没人管", "推来推去", "踢皮球", "还是原样", "皮球", "搪塞")
EVERY = [(topic, what) for topic in (*words.topics(), *words.elsewhere(), *words.events()) for what in topic.whats]


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


def test_letter_sent_again_is_nearly_the_same():
    first = told(words.topics()[0], words.topics()[0].whats[0], 11, "network")
    second = words.again(first, Random(4))
    assert 0.5 < variety.jaccard(first.content, second.content) < 1
    assert second.title.endswith(first.title[:20]) or first.title in second.title


def test_what_is_sudden_has_no_long_story():
    topic = next(topic for topic in words.topics() if topic.first == "供暖" and not topic.calm)
    for n in range(40):
        rng = Random(n)
        said = words.tell(
            topic, topic.whats[0], words.Slots(rng, FIXED), rng, voice="phone", where="", scene=words.SUDDEN
        )
        assert "JB-" not in said.content


def test_slot_unknown_is_named():
    with pytest.raises(KeyError, match="nonsense"):
        words.Slots(Random(1), FIXED).fill("{nonsense}")


def test_questions_tell_no_grievance():
    for topic, what in EVERY:
        if topic.calm:
            content = told(topic, what, 9).content.replace(what.text, "")
            assert not [text for text in GRIEVANCES if text in content and text not in what.text]


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

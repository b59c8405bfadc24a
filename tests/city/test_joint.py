"""joint.toml of a pack: its values as they stand there, what holds without it, and every mistake with its line."""

from __future__ import annotations

import pytest

from jieban.city import reading
from jieban.city.joint import NONE, Wait
from jieban.city.pack import Pack
from tests.city import toy


@pytest.fixture(scope="module")
def beijing() -> Pack:
    return reading.read(toy.texts(toy.PACKS.parent.parent / "cities" / "beijing"))


def test_values_are_those_of_the_file() -> None:
    joint = reading.read(toy.files()).joint
    assert joint.arrival == {"2h": Wait("30min", "invented", False), "24h": Wait("2h", "invented", False)}
    assert (joint.rating_window, joint.raise_after, joint.raise_to) == ("7d", ("single_no",), "leader")
    assert [(level.code, level.rank, level.receiver) for level in joint.levels] == [
        ("leader", 1, "own"), ("ward", 2, "district"), ("hall", 3, "centre"),
    ]  # fmt: skip
    assert [level.code for level in joint.above(1)] == ["ward", "hall"]
    assert (joint.level("ward"), joint.level("nowhere")) == (joint.levels[1], None)


def test_pack_may_do_without_it() -> None:
    texts = toy.files()
    del texts["joint.toml"]
    assert reading.read(texts).joint == NONE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '[arrival."24h"]', '[arrival."9h"]',
            "joint.toml, line 7: There is no urgency “9h”. Use one of clocks.toml: 2h, 24h, 7d.",
        ),
        (
            'after = ["single_no"]', 'after = ["no"]',
            "joint.toml, line 15: after “no” is unknown. Use some of: single_no, double_no.",
        ),
        ('to = "leader"', 'to = "king"', "joint.toml, line 16: to “king” is unknown. Use one of: leader, ward, hall."),
        (
            "rank = 2", "rank = 1",
            "joint.toml, line 29: Two levels have the rank 1. Number the levels 1, 2, 3 … upwards.",
        ),
        (
            'receiver = "district"', 'receiver = "ward"',
            "joint.toml, line 32: receiver “ward” is unknown. Use one of: own, district, centre.",
        ),
        (
            'window = "7d"', 'window = "soon"',
            "joint.toml, line 12: window “soon” is not a limit. Write 30min, 2h, 7d, 5wd or 4wh.",
        ),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert toy.mistakes(toy.changed("joint.toml", old, new)) == [said]


def test_beijing_calls_nothing_official_and_has_a_time_for_every_urgency(beijing) -> None:
    joint = beijing.joint
    assert set(joint.arrival) == set(beijing.clocks)
    assert joint.arrival["2h"].limit == "30min"
    waits = [*joint.arrival.values(), *(level.wait for level in joint.levels)]
    assert {wait.official for wait in waits} == {False}
    assert [level.rank for level in joint.levels] == [1, 2, 3, 4]

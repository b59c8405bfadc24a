"""How people tell things: stops, length, slips, and one way for each voice."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from simulation import style
from simulation.style import Style


def test_parts_become_one_text_that_ends_with_a_stop():
    for name in style.STYLES:
        text = Style(name, "phone").write(["楼道灯坏了", "报修过", ""], Random(3))
        assert text[-1] in "。！？"
        assert text.startswith("楼道灯坏了")


def test_stop_of_a_part_is_kept():
    assert Style("formal", "phone").write(["真的吗？", "是。"], Random(1)) == "真的吗？是。"


def test_the_curt_tell_nothing_around_the_matter():
    assert Style("curt", "phone").around({"course": 1.0}, ("照片有",), Random(1)) == []


def test_pieces_of_the_topic_come_before_those_of_the_grammar():
    for n in range(30):
        told = Style("plain", "network").around({"course": 1.0}, ("照片有",), Random(n))
        assert told == [] or "照片有" in told


def test_who_writes_tells_more_than_who_calls():
    lengths = {
        voice: sum(len(Style("plain", voice).around({"aside": 1.0, "course": 1.0}, (), Random(n))) for n in range(400))
        for voice in ("phone", "network")
    }
    assert lengths["network"] > 1.1 * lengths["phone"]


def test_a_firm_is_never_old_or_blunt():
    drawn = Counter(style.draw(Random(n), voice="firm").name for n in range(300))
    assert set(drawn) == {"plain", "formal", "curt"}


@pytest.mark.parametrize("voice", ["phone", "firm"])
def test_slips_of_the_pen_are_of_those_who_write(voice):
    part = "小区投诉一直没解决"
    told = {Style("plain", voice).write([part], Random(n))[: len(part)] for n in range(200)}
    assert told == {part}

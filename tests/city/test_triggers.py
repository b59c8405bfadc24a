"""What raises a letter stands in an optional file: read whole, its mistakes named, and defaults where it is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jieban.city import oversight, reading
from jieban.city.oversight import HAND, Abuse, Level, Oversight, Repeats, Trigger
from tests.city import toy

TEXT = """\
[levels.1]
name = "Letter"
name_en = "Letter"
issuers = ["Call Centre"]
limit = "24h"

[levels.2]
name = "Joint letter"
name_en = "Joint letter"
issuers = ["Council", "Inspection"]
also = ["district"]
limit = "2d"

[triggers.many]
what = "cluster"
name = "Three in a day"
name_en = "Three in a day"
times = 3
callers = 2
within = "1d"
level = 2
urgencies = ["24h"]
tell = ["district"]
text = "{count} in {days} day, before {due}"
valid_from = 2020-01-01
official = true
source = "Ward rules"

[repeats]
came_back = "30d"

[abuse]
longest = 90
"""


def read(text: str = TEXT) -> Oversight:
    """The toy pack with this file."""
    return reading.read({**toy.files(), "triggers.toml": text}).oversight


def test_pack_without_the_file_has_letters_by_hand_only():
    pack = reading.read(toy.files())
    assert pack.oversight == Oversight()
    assert pack.oversight.by_rule(date(2026, 3, 2)) == ()
    assert pack.oversight.level(7).limit == "24h"


def test_file_is_read_as_it_stands():
    found = read()
    assert found.levels[2] == Level(2, "Joint letter", "Joint letter", ("Council", "Inspection"), ("district",), "2d")
    assert found.triggers == (
        Trigger(
            "many", "cluster", "Three in a day", "Three in a day", "{count} in {days} day, before {due}", level=2,
            within="1d", times=3, callers=2, urgencies=("24h",), tell=("district",), valid_from=date(2020, 1, 1),
            official=True, source="Ward rules",
        ),
    )  # fmt: skip
    assert (found.repeats, found.abuse) == (Repeats(came_back="30d"), Abuse(longest=90))
    assert [found.find(code).code for code in ("many", "by_hand", "gone")] == ["many", "by_hand", HAND.code]


def test_trigger_is_in_force_from_its_day_until_its_end():
    dated = read(TEXT.replace("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2021-01-01"))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [len(dated.by_rule(day)) for day in days] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('what = "cluster"', 'what = "omen"', "what “omen” is unknown."),
        ("times = 3\n", "", "A trigger of the kind cluster needs times."),
        ("callers = 2", "callers = 4", "More callers than orders can never be."),
        ('within = "1d"', 'within = "1wd"', "within “1wd” counts working time."),
        ("level = 2", "level = 3", "There is no level 3."),
        ("{count} in", "{cost} in", "Nothing is filled in for {cost}."),
        ("{count} in", "{count in", "Nothing is filled in for {}}."),
        ('urgencies = ["24h"]', 'urgencies = ["9h"]', "The trigger many names “9h”, which the pack does not have."),
        ('also = ["district"]', 'also = ["moon"]', "The level 2 names “moon”, which the pack does not have."),
        ("[levels.2]", "[levels.3]", "Levels are not numbered 1, 2, 3 …"),
        ('came_back = "30d"', 'come_back = "30d"', "There is no setting “come_back”."),
        (
            "longest = 90", 'longest = 90\nexclusion = "court"',
            "The abuse table names “court”, which the pack does not have.",
        ),
        ("longest = 90", "longest = 900", "longest “900” is not a number from 1 to 365."),
        ("2020-01-01", "2020-01-01\nvalid_to = 2019-01-01", "It ends before it begins."),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line(old, new, told):
    assert TEXT.count(old) == 1
    found = toy.mistakes({**toy.files(), "triggers.toml": TEXT.replace(old, new)})
    assert [told in one for one in found].count(True) == 1
    assert all(one.startswith("triggers.toml") for one in found)


def test_beijing_has_joint_supervision_and_says_what_is_official():
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in (toy.PACKS.parent.parent / "cities" / "beijing").iterdir()
        if file.is_file() and file.name in (*reading.FILES, *reading.OPTIONAL)
    }
    found = reading.read(texts).oversight
    assert found.levels[2].issuers == ("市政务服务管理局", "市委市政府督查室")
    assert {t.code for t in found.triggers if t.official} == {"double_no", "cluster_day", "cluster_people"}
    assert {t.what for t in found.triggers} | set(oversight.MANUAL) >= set(oversight.KINDS) - {"single_no"}
    assert all(t.source for t in found.triggers)


def test_windows_are_lengths_of_real_time():
    assert [oversight.span(s) for s in ("30min", "2h", "30d")] == [
        timedelta(minutes=30), timedelta(hours=2), timedelta(days=30),
    ]  # fmt: skip

"""Rules of reward and interview stand in an optional file of a pack; its mistakes name their line."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.city import reading
from jieban.city.rewards import Rewards, Rule
from tests.appraisal import small
from tests.city import toy

ABOUT = '[about]\nnote = "示例，非官方"\n'
RULE = """[rules.low]
list = "interview"
what = "below"
name = "解决率低于 60%"
name_en = "Below 60 %"
boards = ["streets"]
rate = "resolution"
below = 60
valid_from = 2026-01-01
source = "example"
"""


def files(text: str) -> dict[str, str]:
    """The toy pack with one scheme of appraisal (without trades: the toy has other categories) and this file."""
    scheme = small.SCHEME.replace('[{ unit = "dep", categories = ["02"] }]', "[]")
    for old, new in (('"15d" = 1.20, ', ""), ('["ex_facts"]', "[]"), ('categories = ["01"], ', "")):
        scheme = scheme.replace(old, new)
    scheme = scheme.replace('owners = ["unmanaged"], ', "")
    return {**toy.files(), "schemes/small.toml": scheme, "rewards.toml": text}


def test_pack_without_the_file_has_no_lists():
    assert reading.read(toy.files()).rewards == Rewards()


def test_a_pack_without_schemes_may_have_rules():
    assert len(reading.read({**toy.files(), "rewards.toml": ABOUT + RULE}).rewards.rules) == 1


def test_a_rule_is_read_whole_and_holds_from_its_day():
    rewards = reading.read(files(ABOUT + RULE)).rewards
    rule = Rule(
        "low", "interview", "below", "解决率低于 60%", "Below 60 %", ("streets",), "example",
        rate="resolution", below=60.0, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert rewards == Rewards("示例，非官方", (rule,))
    assert (rewards.on(date(2025, 12, 19)), rewards.on(date(2026, 1, 19))) == ((), (rule,))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[about]\nnote = "官方"\n', 2, "note must say 非官方"),
        (ABOUT + RULE.replace('"below"\n', '"lower"\n'), 5, "what “lower” is unknown."),
        (ABOUT + RULE.replace("below = 60\n", ""), 3, "A rule of the kind below needs below."),
        (ABOUT + RULE.replace('["streets"]', '["towns"]'), 8, "No scheme has a board “towns”."),
        (ABOUT + RULE.replace("below = 60", "below = 400"), 10, "below “400” is not a number from 0 to 120."),
        (ABOUT + RULE + "weight = 2\n", 13, "There is no key “weight”."),
        (ABOUT + RULE + "count = 2.5\n", 13, "count “2.5” is not a whole number."),
        (ABOUT + RULE + "valid_to = 2025-01-01\n", 13, "It ends before it begins."),
    ],
)
def test_mistake_names_its_line(text: str, line: int, what: str):
    assert toy.mistakes(files(text))[0].startswith(f"rewards.toml, line {line}: {what}")


def test_beijing_has_examples_of_every_kind_and_calls_them_unofficial():
    rewards = reading.read(toy.texts(toy.PACKS.parent.parent / "cities" / "beijing")).rewards
    assert rewards.note == "示例，非官方"
    assert sorted({rule.what for rule in rewards.rules}) == ["below", "fell", "first", "full", "last", "quiet"]

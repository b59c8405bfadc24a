"""The terms of callback in a pack: optional, checked with file and line, and every default said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.city import actions, reading
from jieban.city.terms import Callbacks, LeadersDay, Script
from tests.city import toy

WHOLE = """[rework]
rounds = 2
starts = ["double_no", "part"]

[raise]
double_no = false
round = 0
level = "city"

[queue]
claim = "15min"

[sampling]
share = 0.1
after = "2d"

[signs]
contact_before = "45min"
same_number = 4
same_within = "10d"

[leaders_day]
day = 23
orders = 6
districts = ["north"]
"""
SCRIPTS = "category,opening,question,check,source\n,Hello.,,,own\n01,Hello roads.,Is it flat?,Photos,own\n"


def texts(**files: str) -> dict[str, str]:
    """The toy pack with further files."""
    return toy.files() | {name.replace("__", "."): text for name, text in files.items()}


def test_pack_without_the_files_has_the_defaults():
    assert reading.read(toy.files()).callbacks == Callbacks()


def test_every_term_is_read():
    pack = reading.read(texts(callback__toml=WHOLE, scripts__csv=SCRIPTS))
    assert pack.callbacks == Callbacks(
        rounds=2,
        starts=frozenset({"double_no", "part"}),
        raise_double_no=False,
        raise_round=0,
        raise_level="city",
        claim="15min",
        sample_share=0.1,
        sample_after="2d",
        contact_before="45min",
        same_number=4,
        same_within="10d",
        leaders=LeadersDay(23, 6, ("north",)),
        scripts=(Script("", "Hello.", "", ""), Script("01", "Hello roads.", "Is it flat?", "Photos")),
    )


def test_scores_of_a_pack_loaded_before_schemes_are_passed_over():
    scored = WHOLE + "[scores.solved]\nyes = 1.0\n"
    assert reading.read(texts(callback__toml=scored)).callbacks == reading.read(texts(callback__toml=WHOLE)).callbacks


def test_some_terms_leave_the_others_as_they_are():
    assert reading.read(texts(callback__toml="[rework]\nrounds = 5\n")).callbacks == Callbacks(rounds=5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rounds = 2", "rounds = 2.5", "callback.toml, line 2: rounds “2.5” is not a whole number."),
        ('"part"]', '"maybe"]', "callback.toml, line 3: “maybe” is no answer that starts a new round."),
        ('claim = "15min"', 'claim = "soon"', "callback.toml, line 11: claim “soon” is not a limit."),
        ("day = 23", "day = 31", "callback.toml, line 23: day “31” is not a number from 0 to 28."),
        ('["north"]', '["west"]', "callback.toml, line 25: There is no unit “west”."),
        ("[queue]", "[cue]", "callback.toml, line 11: There is no setting “claim” in [cue]."),
    ],
)
def test_mistakes_are_named_with_their_line(old, new, told):
    assert old in WHOLE
    found = toy.mistakes(texts(callback__toml=WHOLE.replace(old, new, 1)))
    assert sum(problem.startswith(told) for problem in found) == 1


def test_script_of_an_unknown_category_is_named():
    found = toy.mistakes(texts(scripts__csv=SCRIPTS.replace("01,", "99,")))
    assert found == ["scripts.csv, line 3: No category begins with “99”. Use the beginning of a code."]


def test_the_longest_beginning_chooses_the_script():
    terms = Callbacks(scripts=tuple(Script(code, f"to {code}", "", "") for code in ("", "04", "0403")))
    assert [terms.script(code).opening for code in ("040301", "0401", "1201")] == ["to 0403", "to 04", "to "]
    assert Callbacks().script("0403") is None


def test_beijing_says_what_is_its_own_default():
    folder = Path(__file__).parents[2] / "cities" / "beijing"
    pack = reading.read(actions.gather(folder))
    assert pack.callbacks.leaders == LeadersDay(23, 10, ("110116",))
    assert {one.category for one in pack.callbacks.scripts} >= {"", "0403"}

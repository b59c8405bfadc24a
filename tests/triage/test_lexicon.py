"""The category from the words of the pack: on invented letters, and rule by rule on the toy pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.city import reading
from jieban.city.pack import Pack
from jieban.triage.classifiers.lexicon import Lexicon
from jieban.triage.texts import Text
from tests.city import toy
from tests.triage.letters import LETTERS

BEIJING = Path(__file__).parents[2] / "cities" / "beijing"


@pytest.fixture(scope="module")
def beijing() -> Pack:
    return reading.read({name: (BEIJING / name).read_text(encoding="utf-8") for name in reading.FILES})


@pytest.fixture(scope="module")
def lexicon(beijing: Pack) -> Lexicon:
    return Lexicon(beijing, 7)


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return Lexicon(reading.read(toy.files()), 1)


@pytest.mark.parametrize(("category", "kind", "title", "body"), LETTERS, ids=[row[2] for row in LETTERS])
def test_letter_gets_its_category_first(lexicon, category, kind, title, body) -> None:
    guess = lexicon.suggest([Text(title, body)])[0][0]
    assert guess.value[:4] == category


def test_most_letters_are_sure_enough_for_the_pack(lexicon, beijing) -> None:
    found = lexicon.suggest([Text(title, body) for _, _, title, body in LETTERS])
    sure = sum(guesses[0].probability >= beijing.settings.confidence_category for guesses in found)
    assert sure >= 0.9 * len(LETTERS)


def test_topic_that_stands_out_is_named(lexicon, beijing) -> None:
    guess = lexicon.suggest([Text("家里停水两天", "从前天起停水，请尽快恢复。")])[0][0]
    assert [node.name for node in beijing.category_path(guess.value)] == ["公共服务", "供水", "停水"]
    assert (guess.probability > 0.6, guess.words) == (True, ("停水",))


def test_words_of_a_field_alone_name_the_category_and_not_a_topic(lexicon) -> None:
    guess = lexicon.suggest([Text("说说供水", "供水的事，供水单位不给说法")])[0][0]
    assert guess.value == "0602"


def test_word_inside_a_longer_known_word_says_nothing(lexicon) -> None:
    best, *others = lexicon.suggest([Text("小区停车费涨了", "小区停车费又涨了")])[0]
    assert (best.value[:4], [other.value[:4] for other in others]) == ("1102", [])


def test_one_word_in_passing_is_not_sure(small, lexicon) -> None:
    guess = small.suggest([Text("", "there is a leak")])[0][0]
    assert (guess.value, guess.words, guess.probability < 0.5) == ("0102", ("leak",), True)
    field = lexicon.suggest([Text("物业也来过", "物业也来过，住户之间说不清。")])[0][0]
    assert (field.value, field.probability < 0.55) == ("1101", True)


def test_title_counts_more_than_the_body(small) -> None:
    named, told = small.suggest([Text("Pothole", "Please come."), Text("Please come", "A pothole.")])
    assert (named[0].value, told[0].value) == ("0101", "0101")
    assert named[0].probability > told[0].probability


def test_two_matters_leave_both_unsure(small) -> None:
    first, second = small.suggest([Text("", "A pothole, and a burst pipe.")])[0]
    assert {first.value, second.value} == {"0101", "0102"}
    assert max(first.probability, second.probability) < 0.6


def test_letters_in_capitals_are_the_same_word(small) -> None:
    assert small.suggest([Text("POTHOLE")]) == small.suggest([Text("pothole")])


def test_text_without_a_known_word_gets_no_guess(small) -> None:
    assert small.suggest([Text("", ""), Text("Something odd", "Nobody knows.")]) == [[], []]


def test_guesses_are_at_most_as_many_as_asked_and_the_best_comes_first(lexicon) -> None:
    text = Text("停水停电", "停水停电还没暖气，垃圾没人清，路灯不亮，停车难")
    found = lexicon.suggest([text], top=4)[0]
    assert len(found) == 4
    assert [g.probability for g in found] == sorted((g.probability for g in found), reverse=True)


def test_batch_says_the_same_as_one_at_a_time(lexicon) -> None:
    texts = [Text(title, body) for _, _, title, body in LETTERS]
    assert lexicon.suggest(texts) == [lexicon.suggest([text])[0] for text in texts]

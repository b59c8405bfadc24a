"""The trained model: probabilities, order, and the words that speak for a guess."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.triage import training
from jieban.triage.classifiers import linear
from jieban.triage.classifiers.linear import Linear
from jieban.triage.texts import Text
from tests import factories
from tests.triage.letters import LETTERS


@pytest.fixture(scope="module")
def model() -> Linear:
    """A model of the six kinds, learnt from the invented letters."""
    texts = [Text(title, body) for _, _, title, body in LETTERS]
    return training.train(training.sample(texts, [kind for _, kind, _, _ in LETTERS]), at=factories.AT)


def test_probabilities_sum_to_one_and_the_best_comes_first(model) -> None:
    guesses = model.suggest([Text("投诉工地半夜施工", "吵得睡不着。")], top=6)[0]
    chances = [guess.probability for guess in guesses]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)
    assert sorted(guess.value for guess in guesses) == sorted(model.labels)


def test_a_matter_like_those_learnt_gets_their_label(model) -> None:
    titles = ["请问公租房怎么申请", "建议增设公交站点", "举报楼顶违法建设", "表扬公交司机拾金不昧"]
    assert [guesses[0].value for guesses in model.suggest([Text(title) for title in titles])] == [
        "consultation", "suggestion", "report", "praise",
    ]  # fmt: skip


def test_batch_says_the_same_as_one_at_a_time(model) -> None:
    texts = [Text(title, body) for _, _, title, body in LETTERS[:9]]
    alone = [model.suggest([text])[0] for text in texts]
    together = model.suggest(texts)
    assert [[g.value for g in guesses] for guesses in together] == [[g.value for g in guesses] for guesses in alone]
    assert [guesses[0].words for guesses in together] == [guesses[0].words for guesses in alone]


def test_no_text_gives_no_guess(model) -> None:
    assert model.suggest([]) == []


def test_empty_text_is_guessed_without_words(model) -> None:
    best, *_ = model.suggest([Text("")])[0]
    assert (best.value in model.labels, best.words) == (True, ())


def test_title_weighs_more_than_the_body(model) -> None:
    asked, praised = "请问怎么申请", "表扬司机拾金不昧"
    in_title = model.suggest([Text(praised, asked)], top=6)[0]
    in_body = model.suggest([Text(asked, praised)], top=6)[0]
    chance = [next(g.probability for g in guesses if g.value == "praise") for guesses in (in_title, in_body)]
    assert chance[0] > chance[1]


def test_words_of_a_guess_stand_in_the_text(model) -> None:
    text = Text("表扬公交司机", "师傅拾金不昧，特此表扬。")
    words = model.suggest([text])[0][0].words
    assert 1 <= len(words) <= 3
    assert [word in text.whole for word in words] == [True] * len(words)
    assert model.explain(text, "praise") == list(words)


def test_explanation_of_an_unknown_label_is_refused(model) -> None:
    with pytest.raises(KeyError):
        model.explain(Text("停水"), "weather")


def test_phrases_join_what_overlaps_and_begin_with_the_strongest() -> None:
    assert linear.phrases("楼道里有煤气味，没人管", ["煤气", "没人", "气味"], [2.0, 1.5, 1.0]) == ("煤气味", "没人")


def test_phrases_are_written_as_in_the_text() -> None:
    assert linear.phrases("办ETC卡", ["etc"], [1.0]) == ("ETC",)


@given(st.lists(st.lists(st.integers(-30, 30), min_size=3, max_size=3), min_size=1, max_size=5))
def test_softmax_keeps_the_order_and_sums_to_one(scores: list[list[int]]) -> None:
    chances = linear.softmax(np.array(scores))
    assert chances.sum(axis=1) == pytest.approx(np.ones(len(scores)))
    assert (chances.argmax(axis=1) == np.array(scores).argmax(axis=1)).all()

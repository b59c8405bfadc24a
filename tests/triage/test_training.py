"""Training on few, uneven, odd and many letters."""

from __future__ import annotations

import numpy as np
import pytest

from jieban.core.errors import BadInput
from jieban.triage import training
from jieban.triage.texts import Text
from tests import factories
from tests.triage.letters import LETTERS

TEXTS = [Text(title, body) for _, _, title, body in LETTERS]
KINDS = [kind for _, kind, _, _ in LETTERS]


def learn(texts: list[Text], labels: list[str]) -> training.Linear:
    return training.train(training.sample(texts, labels), at=factories.AT)


def test_model_knows_its_history() -> None:
    model = learn([*TEXTS, Text("没有标签"), Text(" ", "")], [*KINDS, " ", "help"])
    facts = model.facts
    assert (facts["letters"], facts["skipped"], facts["trained"]) == (
        len(TEXTS), 2, factories.AT.isoformat(timespec="seconds"),
    )  # fmt: skip
    assert facts["counts"] == {kind: KINDS.count(kind) for kind in sorted(set(KINDS))}
    assert sorted(facts["versions"]) == ["numpy", "python", "scikit-learn"]


def test_scores_are_of_letters_left_out() -> None:
    scores = learn(TEXTS, KINDS).facts["scores"]
    assert (scores["method"], scores["letters"]) == ("5 folds", len(TEXTS))
    assert 0.5 < scores["top1"] <= scores["top3"] <= 1
    noise = list(np.random.default_rng(0).permutation(KINDS))
    assert learn(TEXTS, noise).facts["scores"]["macro_f1"] < 0.4


def test_same_letters_give_the_same_model() -> None:
    first, second = learn(TEXTS, KINDS), learn(TEXTS, KINDS)
    assert (first.weights == second.weights).all()
    assert first.temperature == second.temperature


def test_label_of_a_single_letter_is_learnt() -> None:
    model = learn([*TEXTS, Text("路灯不亮", "路灯杆上的灯不亮。")], [*KINDS, "路灯所"])
    assert model.suggest([Text("路灯不亮")])[0][0].value == "路灯所"


def test_name_of_a_department_teaches_what_no_letter_said() -> None:
    bus = [Text(f"建议调整 {n} 路", "希望增加班次。") for n in range(30)]
    other = [Text("想问一件事", "请帮我看看。"), Text("请教", "不知道该找谁。")]
    model = learn([*bus, *other], ["公交集团公司"] * 30 + ["市医保局"] * 2)
    assert model.suggest([Text("生育津贴", "在定点医院产检怎么报销")])[0][0].value == "市医保局"


def test_two_labels_are_enough() -> None:
    model = learn([Text("停水"), Text("停水了"), Text("停电"), Text("停电了")], ["水", "水", "电", "电"])
    assert [g[0].value for g in model.suggest([Text("又停水"), Text("又停电")])] == ["水", "电"]


@pytest.mark.parametrize("labels", [["a", "a"], ["", " "], ["a", ""]])
def test_fewer_than_two_labels_are_refused(labels) -> None:
    with pytest.raises(BadInput, match="at least two labels"):
        training.sample([Text("停水"), Text("停电")], labels)


def test_folds_spread_each_label_evenly_over_all_letters() -> None:
    answers = np.array([0] * 10 + [1] * 5 + [2])
    folds = training._folds(answers, 5)
    assert np.bincount(folds[answers == 0]).tolist() == [2] * 5
    assert sorted(folds[answers == 1].tolist()) == [0, 1, 2, 3, 4]


def test_more_than_a_hundred_labels_are_learnt_by_their_mean_letter() -> None:
    parts = ["东", "西", "南", "北", "中", "前", "后", "左", "右", "内", "外", "上"]
    names = [f"{a}{b}里" for a in parts for b in parts if a != b]
    texts = [Text(f"{name}的路灯{what}") for name in names for what in ("不亮", "坏了", "闪")]
    model = learn(texts, [name for name in names for _ in range(3)])
    assert len(model.labels) == 132
    assert [g[0].value for g in model.suggest([Text(f"{name}路灯不亮") for name in names])] == names


def test_steps_are_as_many_as_the_ticks() -> None:
    heard: list[str] = []
    sample = training.sample(TEXTS, KINDS)
    training.train(sample, at=factories.AT, tick=heard.append)
    assert len(heard) == training.steps(sample)

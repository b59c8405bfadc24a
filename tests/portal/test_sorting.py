"""From suggestions and choices to the columns of an order."""

from __future__ import annotations

from dataclasses import replace

from jieban.intake.rules import Filing
from jieban.portal import sorting

HOLE = Filing(channel="web", source="test", title="Pothole", content="A pothole at Weaver Court.")


def test_best_guesses_fill_the_columns_and_stay_as_suggestions(toy) -> None:
    (said,) = sorting.suggest([HOLE], toy)
    columns = sorting.columns(HOLE, said, toy)
    assert (columns["kind"], columns["category"], columns["place"]) == ("complaint", "0101", "e1")
    assert columns["suggested"] == said


def test_what_a_person_chose_is_accepted_beside_the_suggestion(toy) -> None:
    (said,) = sorting.suggest([HOLE], toy)
    columns = sorting.columns(replace(HOLE, category="0102", place="hill"), said, toy)
    kept = columns["suggested"]
    assert (columns["category"], kept["category"]) == (
        "0102", {**said["category"], "chosen": "0102", "accepted": True},
    )  # fmt: skip
    assert (kept["place"]["value"], kept["place"]["chosen"], kept["kind"]) == ("e1", "hill", said["kind"])


def test_urgency_of_the_catalogue_is_left_to_dispatch(toy) -> None:
    (said,) = sorting.suggest([HOLE], toy)
    assert (said["urgency"]["value"], sorting.columns(HOLE, said, toy)["urgency"]) == ("7d", "")


def test_words_of_danger_set_the_urgency(toy) -> None:
    burning = replace(HOLE, content="A pothole at Weaver Court. 电线冒烟，着火了。")
    (said,) = sorting.suggest([burning], toy)
    assert sorting.columns(burning, said, toy)["urgency"] == "2h"


def test_feared_danger_sets_no_urgency(toy) -> None:
    feared = replace(HOLE, title="Help", content="担心以后着火。")
    (said,) = sorting.suggest([feared], toy)
    assert (said["urgency"]["value"], sorting.columns(feared, said, toy)["urgency"]) == ("2h", "")


def test_nothing_suggested_is_kept_of_what_is_sealed(toy) -> None:
    (said,) = sorting.suggest([HOLE], toy)
    assert sorting.columns(replace(HOLE, confidential=True), said, toy)["suggested"] == {}

"""Suggestions composed for a city, trained models in the place of words, and what a person decides."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.orders.models import Entry, Order
from jieban.orders.verify import verify
from jieban.triage import actions, modelfile, training
from jieban.triage.texts import Text
from tests import factories
from tests.factories import AT

HOLE = Text("Pothole in Long Lane", "A deep hole in the road at Weaver Court, please mend it.")


def a_model(home: Path, field: str, rows: Sequence[tuple[str, str]]) -> Path:
    """A model trained on (text, label), each told six times, saved where the house looks for it."""
    texts = [Text(text) for text, _ in rows for _ in range(6)]
    labels = [label for _, label in rows for _ in range(6)]
    path = home / "models" / f"{field}.model"
    modelfile.save(training.train(training.sample(texts, labels), at=AT), path)
    return path


def pending(toy, **columns: object) -> Order:
    values = {
        "category": "0101",
        "kind": "complaint",
        "urgency": "",
        "suggested": actions.suggest([HOLE], loaded=toy)[0],
    }
    return factories.an_order(state="pending_dispatch", **{**values, **columns})


def test_suggestion_of_a_clear_matter_has_every_field(toy) -> None:
    (said,) = actions.suggest([HOLE], loaded=toy)
    assert {field: value["value"] for field, value in said.items()} == {
        "kind": "complaint", "category": "0101", "place": "e1", "urgency": "7d",
    }  # fmt: skip
    assert {value["model"] for value in said.values()} == {"kinds@1", "lexicon@1", "gazetteer@1", "catalogue@1"}
    assert said["category"]["words"] == ["hole in the road", "pothole"]
    assert all(0 < value["probability"] <= 1 for value in said.values())


def test_suggestion_is_plain_json(toy) -> None:
    (said,) = actions.suggest([HOLE], loaded=toy)
    assert json.loads(json.dumps(said)) == said
    for value in said.values():
        assert value.keys() == {"value", "probability", "words", "model", "alternatives"}
        assert all(other.keys() == {"value", "probability", "words"} for other in value["alternatives"])


def test_alternatives_are_at_most_three_and_less_likely(toy) -> None:
    text = Text("", "A pothole by the school, a leak at Weaver Court in Hill Parish, near Long Lane in Mill Parish.")
    (said,) = actions.suggest([text], loaded=toy)
    assert [said["category"]["value"], said["category"]["alternatives"][0]["value"]] == ["010101", "0102"]
    assert len(said["place"]["alternatives"]) == 1
    for value in said.values():
        likely = [value["probability"], *(other["probability"] for other in value["alternatives"])]
        assert likely == sorted(likely, reverse=True)
        assert len(likely) <= 4


def test_text_that_says_nothing_gets_no_suggestion(toy) -> None:
    assert actions.suggest([Text("", ""), Text("Odd", "Odd.")], loaded=toy) == [{}, {}]


def test_place_typed_in_its_field_counts(toy) -> None:
    (said,) = actions.suggest([Text("", "A pothole.")], typed=["Hill Parish"], loaded=toy)
    assert said["place"]["value"] == "hill"


def test_words_of_danger_stand_above_the_catalogue(toy) -> None:
    (said,) = actions.suggest([Text("Leak", "The leak runs into the cellar. 电箱冒烟。")], loaded=toy)
    assert (said["urgency"]["value"], said["urgency"]["model"]) == ("2h", "urgency@1")


def test_feared_danger_leaves_the_urgency_to_the_catalogue(toy) -> None:
    (said,) = actions.suggest([Text("Pothole", "A pothole. 担心有人触电。")], loaded=toy)
    assert (said["urgency"]["value"], said["urgency"]["model"]) == ("7d", "catalogue@1")


def test_suggesting_asks_the_database_nothing(toy) -> None:
    with CaptureQueriesContext(connection) as seen:
        actions.suggest([HOLE] * 50, loaded=toy)
    assert len(seen) == 0


def test_trained_models_take_the_place_of_words(toy, home) -> None:
    a_model(home, "category", [("gutter overflows at the corner", "Leaks"), ("lane surface broken", "0101")])
    a_model(home, "kind", [("gutter overflows at the corner", "求助"), ("lane surface broken", "complaint")])
    path = a_model(home, "unit", [("gutter overflows at the corner", "water"), ("lane surface broken", "mill")])
    (said,) = actions.suggest([Text("gutter overflows")], loaded=toy)
    assert {field: said[field]["value"] for field in ("category", "kind", "unit")} == {
        "category": "0102", "kind": "help", "unit": "water",
    }  # fmt: skip
    assert said["unit"]["model"] == modelfile.load(path).model
    assert said["category"]["model"].startswith("category@")


def test_model_for_another_city_leaves_the_field_to_the_words(toy, home) -> None:
    a_model(home, "category", [("gutter overflows", "Somewhere › Else"), ("lane surface broken", "9999")])
    (said,) = actions.suggest([HOLE], loaded=toy)
    assert (said["category"]["value"], said["category"]["model"]) == ("0101", "lexicon@1")


def test_changed_model_is_read_again(toy, home) -> None:
    a_model(home, "unit", [("gutter overflows", "water"), ("lane surface broken", "mill")])
    before = actions.suggest([Text("gutter overflows")], loaded=toy)[0]["unit"]["value"]
    path = a_model(home, "unit", [("gutter overflows", "hill"), ("lane surface broken", "mill")])
    os.utime(path, (1, 1))
    after = actions.suggest([Text("gutter overflows")], loaded=toy)[0]["unit"]["value"]
    assert (before, after) == ("water", "hill")


def test_broken_model_is_told_once_and_passed_over(toy, home, caplog) -> None:
    path = a_model(home, "unit", [("gutter overflows", "water"), ("lane surface broken", "mill")])
    path.write_bytes(path.read_bytes()[:-3])
    with caplog.at_level(logging.ERROR, logger="jieban.triage.shelf"):
        found = [actions.suggest([HOLE], loaded=toy)[0] for _ in range(3)]
    assert [("unit" in said, said["category"]["value"]) for said in found] == [(False, "0101")] * 3
    assert len(caplog.records) == 1
    assert "is damaged" in caplog.records[0].getMessage()


def test_accepted_choice_is_kept_beside_the_suggestion(toy) -> None:
    order, by = pending(toy), factories.an_actor(Role.DISPATCHER)
    choice = {"kind": "report", "category": "0102", "place": "hill", "urgency": "24h"}
    before = order.suggested
    actions.accept([order], [choice], by=by, at=AT, loaded=toy)
    order.refresh_from_db()
    assert (order.kind, order.category, order.urgency, order.place) == ("report", "0102", "24h", "")
    assert toy.unit_codes[order.street_id] == "hill"
    kept = {f: (order.suggested[f]["value"], order.suggested[f]["chosen"]) for f in choice}
    assert kept == {f: (before[f]["value"], choice[f]) for f in choice}
    entry = Entry.objects.get(order=order, move="sort")
    assert (entry.records, entry.person_id) == ({"suggested": before, "chosen": choice}, by.person_id)
    assert verify().broken == []


def test_fields_left_out_stay_as_they_are(toy) -> None:
    order = pending(toy, place="e1", street_id=toy.unit_ids["mill"])
    actions.accept([order], [{"category": "0102", "kind": ""}], by=factories.an_actor(Role.AGENT), at=AT, loaded=toy)
    order.refresh_from_db()
    assert (order.kind, order.category, order.place) == ("complaint", "0102", "e1")
    assert "accepted" not in order.suggested["kind"]


def test_place_of_the_pack_brings_street_district_and_owner(toy) -> None:
    order = pending(toy)
    actions.accept([order], [{"place": "e1"}], by=factories.an_actor(Role.DISPATCHER), at=AT, loaded=toy)
    order.refresh_from_db()
    found = order.place, toy.unit_codes[order.street_id], toy.unit_codes[order.district_id], order.owner
    assert (*found, order.longitude) == ("e1", "mill", "north", "private", -2.5)


def test_field_without_a_suggestion_can_be_chosen(toy) -> None:
    order = pending(toy, suggested={})
    actions.accept([order], [{"category": "0102"}], by=factories.an_actor(Role.DISPATCHER), at=AT, loaded=toy)
    order.refresh_from_db()
    assert order.suggested == {"category": {"chosen": "0102", "accepted": True}}


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "rant"), ("category", "77"), ("place", "moon"), ("urgency", "1y"), ("colour", "red")]
)
def test_choice_the_pack_does_not_know_is_refused_whole(toy, field, value) -> None:
    orders, choices = [pending(toy), pending(toy)], [{"category": "0102"}, {field: value}]
    with pytest.raises(BadInput, match=value):
        actions.accept(orders, choices, by=factories.an_actor(Role.DISPATCHER), at=AT, loaded=toy)
    assert not Entry.objects.filter(move="sort").exists()


def test_only_those_before_dispatch_may_sort_and_only_the_centre(toy) -> None:
    order = pending(toy)
    with pytest.raises(NotAllowed):
        actions.accept([order], [{"category": "0102"}], by=factories.an_actor(Role.CLERK), at=AT, loaded=toy)
    done = factories.an_order(state="closed")
    with pytest.raises(Conflict):
        actions.accept([done], [{"category": "0102"}], by=factories.an_actor(Role.DISPATCHER), at=AT, loaded=toy)


def test_nothing_chosen_writes_nothing(toy) -> None:
    order = pending(toy)
    actions.accept([order], [{}], by=factories.an_actor(Role.DISPATCHER), at=AT, loaded=toy)
    assert not Entry.objects.filter(move="sort").exists()


def test_many_orders_take_no_more_statements_than_a_few(toy) -> None:
    by = factories.an_actor(Role.DISPATCHER)

    def statements(count: int) -> int:
        orders = [pending(toy) for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            actions.accept(orders, [{"category": "0102"}] * count, by=by, at=AT, loaded=toy)
        return len(seen)

    assert statements(3) == statements(12)

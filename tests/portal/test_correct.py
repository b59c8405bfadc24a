"""The dispatcher confirms or changes what an order is about, before it is sent."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jieban.core import clock
from jieban.orders.models import Entry, Order
from jieban.triage import actions
from jieban.triage.texts import Text
from tests import factories, verbs
from tests.portal.pages import browser, text

SAID = Text("Something about the lane", "There is a leak, or a pothole.")


@pytest.fixture
def dispatcher(toy) -> Client:
    return browser("dispatcher")


@pytest.fixture
def order(toy) -> Order:
    """An order whose category nobody is sure of."""
    (said,) = actions.suggest([SAID], loaded=toy)
    return factories.an_order(
        state="pending_dispatch", at=clock.now(), category=said["category"]["value"], kind="complaint", urgency="",
        street_id=toy.unit_ids["mill"], district_id=toy.unit_ids["north"], suggested=said,
    )  # fmt: skip


def test_page_shows_the_fields_as_they_stand_and_what_else_was_suggested(dispatcher, order) -> None:
    page = text(dispatcher.get(f"/dispatch/{order.number}"))
    assert 'value="Streets › Potholes"' in page
    assert 'value="North Ward · Mill Parish"' in page
    assert '<option value="Streets › Leaks">' in page


def test_changed_fields_are_kept_and_the_catalogue_answers_anew(dispatcher, order) -> None:
    sent = {"kind": "help", "category": "Streets › Leaks", "place": "North Ward · Hill Parish"}
    page = text(dispatcher.post(f"/dispatch/{order.number}/correct", sent, follow=True))
    order.refresh_from_db()
    assert (order.kind, order.category, order.street.code) == ("help", "0102", "hill")
    assert (order.suggested["category"]["value"], order.suggested["category"]["chosen"]) == ("0101", "0102")
    assert Entry.objects.get(order=order, move="sort").records["chosen"] == {
        "kind": "help", "category": "0102", "place": "hill",
    }  # fmt: skip
    assert "Littleton Water" in page


def test_confirmed_category_is_certain_for_the_catalogue(dispatcher, order, toy) -> None:
    path = f"/dispatch/{order.number}"
    assert "类别拿不准" in text(dispatcher.get(path))
    shown = {"kind": "complaint", "category": "0101", "place": "mill"}
    assert "类别拿不准" not in text(dispatcher.post(f"{path}/correct", shown, follow=True))


@pytest.mark.parametrize(("field", "value"), [("category", "Moonshine"), ("place", "The Moon")])
def test_what_nobody_knows_is_told_and_nothing_typed_is_lost(dispatcher, order, field, value) -> None:
    sent = {"kind": "help", "category": "Streets › Leaks", "place": "Weaver Court", field: value}
    response = dispatcher.post(f"/dispatch/{order.number}/correct", sent)
    page = text(response)
    assert (response.status_code, f"里没有“{value}”" in page, f'value="{value}"' in page) == (422, True, True)
    assert not Entry.objects.filter(order=order, move="sort").exists()


def test_place_by_its_name_alone_is_enough_where_only_one_has_it(dispatcher, order) -> None:
    dispatcher.post(f"/dispatch/{order.number}/correct", {"kind": "", "category": "", "place": "Weaver Court"})
    order.refresh_from_db()
    assert order.place == "e1"


def test_dispatched_order_can_no_longer_be_corrected(dispatcher, toy) -> None:
    done = verbs.dispatched(toy)
    assert dispatcher.post(f"/dispatch/{done.number}/correct", {"kind": "help"}).status_code == 404


def test_category_is_found_by_its_name_or_its_words(dispatcher) -> None:
    assert 'value="Streets › Leaks"' in text(dispatcher.get("/dispatch/-/categories", {"category": "burst"}))
    assert 'value="Streets › Potholes"' in text(dispatcher.get("/dispatch/-/categories", {"category": "Pothol"}))
    assert text(dispatcher.get("/dispatch/-/categories", {"category": " "})).strip() == ""


def test_places_are_found_as_they_are_typed(dispatcher) -> None:
    assert "Weaver Court" in text(dispatcher.get("/dispatch/-/places", {"place": "Weaver"}))


def test_a_clerk_may_not_correct(toy, order) -> None:
    response = browser("clerk").post(f"/dispatch/{order.number}/correct", {"kind": "help"})
    assert response.status_code in (302, 403, 404)
    assert not Entry.objects.filter(order=order, move="sort").exists()


def test_unknown_urgency_is_never_the_fastest_by_accident(dispatcher, toy) -> None:
    order = factories.an_order(state="pending_dispatch", at=clock.now(), category="", urgency="")
    page = text(dispatcher.get(f"/dispatch/{order.number}"))
    assert re.findall(r'<option value="(\w+)" selected', page.partition('name="urgency"')[2]) == ["24h"]


def test_refused_correction_leaves_the_first_way_picked(dispatcher, order) -> None:
    page = text(dispatcher.post(f"/dispatch/{order.number}/correct", {"category": "Moonshine"}))
    assert 'name="pick" value="1" checked' in page

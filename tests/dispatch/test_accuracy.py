"""Right first time, counted by hand: which first dispatches held, and what the others are traced to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.dispatch import accuracy, actions
from jieban.orders.models import Order
from tests import factories, verbs
from tests.dispatch.test_actions import a_pending
from tests.factories import AT

SPAN = {"begin": AT - timedelta(days=1), "end": AT + timedelta(days=30)}


def lexicon(version: int, **more: object) -> dict[str, object]:
    """A suggestion of the category as triage leaves it."""
    return {"category": {"value": "0102", "probability": 0.9, "model": f"lexicon@{version}", **more}}


def objected(order: Order) -> None:
    """The lead objects, and the objection holds."""
    part = factories.parts(order)[0]
    factories.walk(part, "object", "uphold")


def replaced(toy, order: Order) -> None:
    """The lead is let go, and another unit comes in as lead."""
    factories.walk(factories.parts(order)[0], "withdraw")
    units = [{"unit": "hill", "name": "Hill Parish", "role": "lead"}]
    factories.walk(order, "join", records={"units": units}, opens=[factories.an_assignment(verbs.unit("hill"))])


@pytest.fixture
def supervisor(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


@pytest.fixture
def ten(toy, supervisor):
    """Ten first dispatches: six by the rule (one objected to, one recalled, one fell back), four by a person (one
    replaced, one with an objection that did not hold)."""
    by_rule = [a_pending(toy, suggested=lexicon(1 + n % 2)) for n in range(6)]
    actions.assign(by_rule, by=verbs.RULE, at=AT, loaded=toy)
    by_hand = [a_pending(toy, suggested=lexicon(2, chosen="0102", accepted=True)) for _ in range(3)]
    by_hand.append(a_pending(toy, suggested=lexicon(2, value="0101", chosen="0102", accepted=True)))
    actions.send(by_hand, [verbs.lead("mill")], "街道先看", by=supervisor, at=AT, loaded=toy)
    objected(by_rule[0])
    factories.walk(factories.parts(by_rule[1])[0], "withdraw")
    factories.walk(by_rule[1], "recall")
    actions.send([by_rule[1]], [verbs.lead("hill")], "换一家", by=supervisor, at=AT + timedelta(days=1), loaded=toy)
    factories.walk(factories.parts(by_rule[2])[0], "withdraw")
    factories.walk(by_rule[2], "join", records={"why": "unsettled", "units": [{"unit": "mill", "role": "lead"}]})
    replaced(toy, by_hand[0])
    factories.walk(factories.parts(by_hand[1])[0], "object", "keep")
    return by_rule, by_hand


def told(tallies: list[accuracy.Tally]) -> dict[str, tuple[int, int]]:
    """Right and all by key."""
    return {one.key: (one.right, one.out_of) for one in tallies}


def test_the_whole_is_counted_once_by_its_first_cause(toy, ten, supervisor):
    whole = accuracy.count(supervisor, **SPAN).whole
    assert (whole.right, whole.out_of, whole.share) == (6, 10, 0.6)
    assert whole.wrong == {"objected": 1, "recalled": 1, "fell_back": 1, "replaced": 1}


def test_wrong_choices_are_traced_to_line_dispatcher_way_and_model(toy, ten, supervisor):
    parts = accuracy.count(supervisor, **SPAN).parts
    assert told(parts["duty"]) == {"D3": (3, 6), "": (3, 4)}
    assert told(parts["person"]) == {"": (3, 6), str(supervisor.person_id): (3, 4)}
    assert told(parts["by"]) == {"rule": (3, 6), "person": (3, 4)}
    assert told(parts["model"]) == {"lexicon@1": (1, 3), "lexicon@2": (4, 6), accuracy.PERSON: (1, 1)}
    assert told(parts["category"]) == {"0102": (6, 10)}


@pytest.mark.parametrize(
    ("dimension", "value", "which", "count"),
    [("", "", "all", 10), ("", "", "wrong", 4), ("duty", "D3", "all", 6), ("duty", "D3", "wrong", 3),
     ("duty", "", "wrong", 1), ("by", "person", "all", 4), ("model", "lexicon@1", "wrong", 2),
     ("person", "", "all", 6), ("", "", "objected", 1), ("duty", "D3", "fell_back", 1), ("duty", "D3", "replaced", 0)],
)  # fmt: skip
def test_every_number_opens_its_orders(toy, ten, supervisor, dimension, value, which, count):
    found = accuracy.orders_behind(supervisor, **SPAN, dimension=dimension, value=value, which=which)
    assert found.count() == count


def test_the_number_of_a_person_opens_that_persons_orders(toy, ten, supervisor):
    own = str(supervisor.person_id)
    found = accuracy.orders_behind(supervisor, **SPAN, dimension="person", value=own, which="wrong")
    assert list(found) == [ten[1][0]]


def test_a_district_counts_its_own_orders_alone(toy, ten):
    district = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    elsewhere = factories.an_actor(Role.CLERK, verbs.unit("hill"))
    assert accuracy.count(district, **SPAN).whole.out_of == 10
    assert accuracy.count(elsewhere, **SPAN).whole.out_of == 2


def test_only_the_period_counts_by_when_it_was_first_sent(toy, ten, supervisor):
    later = {"begin": AT + timedelta(hours=12), "end": AT + timedelta(days=3)}
    assert accuracy.count(supervisor, **later).whole.out_of == 0


def test_one_statement_however_many_orders(toy, supervisor):
    counts = []
    for many in (1, 9):
        actions.assign([a_pending(toy) for _ in range(many)], by=verbs.RULE, at=AT, loaded=toy)
        with CaptureQueriesContext(connection) as seen:
            accuracy.count(supervisor, **SPAN)
        counts.append(len(seen))
    assert counts == [1, 1]

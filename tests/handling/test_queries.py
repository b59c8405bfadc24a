"""The desk: its counts, its list, and that neither asks more when there is more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.dispatch.rules import LEAD, NOTICE, Target
from jieban.handling import actions, queries
from jieban.handling.queries import Filters
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, parts

HOUR = timedelta(hours=1)
MILL = Target("mill", LEAD)


@pytest.fixture
def mill(toy):
    return clerk("mill")


def shown(actor, only: str = "", **columns: str) -> list[str]:
    found = queries.desk(actor, at=AT + 3 * HOUR, filters=Filters(only=only, **columns))
    return [part.order.title for part in found]


def test_desk_sorts_by_time_left_and_counts_it(toy, mill):
    verbs.dispatched(toy, MILL, urgency="7d", title="later")
    verbs.dispatched(toy, MILL, urgency="2h", title="late")
    verbs.dispatched(toy, MILL, urgency="24h", title="tomorrow")
    verbs.dispatched(toy, MILL, urgency="2h", at=AT + 2 * HOUR, title="soon")
    verbs.answered(toy, MILL, urgency="24h", title="answered")
    verbs.replied(toy, MILL, title="done")
    verbs.dispatched(toy, Target("hill", LEAD), title="of another unit")
    assert shown(mill) == ["late", "soon", "tomorrow", "answered", "later"]
    found = queries.counts(mill, at=AT + 3 * HOUR)
    assert (found.open, found.unsigned, found.late, found.soon, found.today) == (5, 4, 1, 1, 1)
    assert (found.rework, found.unassigned, found.mine) == (0, 5, 0)
    assert found.earliest_sign == AT + HOUR / 2
    assert found.oldest_late == AT + 2 * HOUR


def test_filters_narrow_the_list(toy, mill):
    verbs.dispatched(toy, MILL, urgency="7d", title="a hole by the school")
    verbs.dispatched(toy, MILL, urgency="2h", title="a leak", category="0102")
    assert shown(mill, "late") == ["a leak"]
    assert shown(mill, "unsigned") == ["a leak", "a hole by the school"]
    assert shown(mill, urgency="7d") == ["a hole by the school"]
    assert shown(mill, category="01") == ["a leak", "a hole by the school"]
    assert shown(mill, category="0102") == ["a leak"]
    assert shown(mill, words="SCHOOL") == ["a hole by the school"]
    assert shown(mill, role="assist") == []


def test_told_units_find_it_apart(toy, mill):
    verbs.dispatched(toy, Target("hill", LEAD), Target("mill", NOTICE), title="for your information")
    assert (shown(mill), shown(mill, "notice")) == ([], ["for your information"])


def test_mine_and_rework_are_found(toy, mill):
    taken = verbs.answered(toy, MILL, title="taken")
    inside = factories.a_post(Role.CLERK, verbs.unit("c1"))
    actions.hand_down(
        parts(taken), to=verbs.unit("c1"), instruction="去看", handler=inside.person, by=mill, at=AT + 2 * HOUR
    )
    again = verbs.asked(toy, MILL, title="again")
    verbs.say(toy, again, solved="no", at=AT + 3 * HOUR)
    worker = factories.accounts.at_post(inside)
    assert (shown(worker, "mine"), shown(mill, "rework")) == (["taken"], ["again"])


def test_queries_do_not_grow_with_the_desk(toy, mill, django_assert_num_queries):
    for size in (1, 12):
        for _ in range(size):
            verbs.dispatched(toy, MILL)
        with django_assert_num_queries(1):
            queries.counts(mill, at=AT)
        with django_assert_num_queries(1):
            rows = [
                (a.order.contact.channel, a.unit.name, a.section, a.handler, a.order.street.name)
                for a in queries.desk(mill, at=AT)
            ]
    assert len(rows) == 13

"""Every move of the table is made at least once, by somebody who may, at moments spread over years; the record holds.

Assignments carry clocks counted from the pack at the moment they are opened, so that `verify` counts them again.

The way to each move is found in the table itself, so a new row is tried without a new test, and a row that nothing
leads to is found out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import Conflict, NotAllowed
from jieban.orders import actions, lifecycle, verify
from jieban.orders.lifecycle import A, Move, S
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.factories import ZONE

MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2026, 11, 1), timezones=st.just(ZONE))  # noqa: DTZ001
GAPS = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=20)), min_size=16, max_size=16)
ALL = sorted([*lifecycle.ORDER_MOVES, *lifecycle.ASSIGNMENT_MOVES])


def way_to(goal: frozenset[str], table: Mapping[str, Move], start: str) -> list[str] | None:
    """The shortest chain of moves from `start` to one of the states, None where there is none."""
    seen, queue = {start}, deque([(start, list[str]())])
    while queue:
        state, path = queue.popleft()
        if state in goal:
            return path
        for move in table.values():
            if state in move.from_ and move.to is not None and move.to not in seen:
                seen.add(move.to)
                queue.append((str(move.to), [*path, move.name]))
    return None


class Walk:
    """An order (and one assignment of it) that is led along a chain of moves, each some time after the last."""

    def __init__(self, toy: Loaded, at: datetime, gaps: list[timedelta]) -> None:
        self.toy, self.at, self.gaps = toy, at, gaps
        self.order = factories.a_new_order(at=at)
        self.part: Assignment | None = None

    def go(self, name: str) -> None:
        """One move, opening an assignment where units are brought in."""
        self.at += self.gaps.pop()
        on_part = name in lifecycle.ASSIGNMENT_MOVES
        step = actions.Step(self.order, self.part if on_part else None, records=factories.records(name))
        if name in ("dispatch", "join"):
            counted = limits.of(self.toy.pack, "mill", "0101", "7d", at=self.at, version=self.toy.number)
            self.part = factories.an_assignment(verbs.unit("mill"), at=self.at, **counted.columns)
            step.opens = [self.part]
        [entry] = actions.move([step], name, by=factories.anyone(name), at=self.at)
        assert entry.target == (lifecycle.find(name).to or entry.source)


def walked_to(name: str, walk: Walk) -> None:
    """Bring the order, and its assignment where the move is one of assignments, to where the move may be made."""
    rule = lifecycle.find(name)
    if name in lifecycle.ORDER_MOVES:
        path = way_to(rule.from_, lifecycle.ORDER_MOVES, S.NONE)
    else:
        first = way_to(frozenset({S.DISPATCHED}), lifecycle.ORDER_MOVES, S.NONE)
        then = way_to(rule.from_, lifecycle.ASSIGNMENT_MOVES, A.SENT)
        path = None if first is None or then is None else [*first, *then]
    assert path is not None, f"nothing leads to {name}"
    for step in path:
        walk.go(step)


@pytest.mark.parametrize("name", ALL)
@given(at=MOMENTS, gaps=GAPS)
@settings(max_examples=3)
def test_every_move_can_be_made_and_the_record_holds(toy, name, at, gaps):
    with transaction.atomic():
        walk = Walk(toy, at, list(gaps))
        walked_to(name, walk)
        walk.go(name)
        assert verify.verify().broken == []
        if walk.part is not None:
            kept = Assignment.objects.get(order__number=walk.order.number, no=walk.part.no)
            again = limits.recount(toy.pack, kept.clock)
            assert (again.sign, again.respond, again.handle) == (kept.sign_due, kept.respond_due, kept.handle_due)
        assert Order.objects.get(number=walk.order.number).entries.order_by("-seq")[0].move == name
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ALL)
def test_no_move_is_made_from_a_state_the_table_does_not_name_or_by_a_role_it_does_not_name(city, name):
    rule = lifecycle.find(name)
    order = factories.an_order(state="handling")
    part = factories.parts(order)[0] if name in lifecycle.ASSIGNMENT_MOVES else None
    step = actions.Step(order, part, records=factories.records(name))
    state = part.state if part else order.state
    if state not in rule.from_:
        with pytest.raises(Conflict):
            actions.move([step], name, by=factories.anyone(name), at=factories.AT)
    stranger = next((role for role in lifecycle.R if role not in rule.by), None)
    assert stranger is not None, "a move that anybody may make is no rule"
    with pytest.raises(NotAllowed):
        actions.move([step], name, by=factories.Actor(stranger, "不该"), at=factories.AT)

"""Clocks under a moving calendar: one assignment through rests, extensions and reclassification, whatever the order."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from jieban.accounts.actor import Role
from jieban.city import actions as city_actions
from jieban.city import queries as city
from jieban.handling import reckoning, time
from jieban.orders.models import Assignment, Entry, Order
from jieban.orders.replay import Packs, flaws
from tests import factories, verbs
from tests.city import toy as toys
from tests.factories import AT
from tests.handling.test_time import HOUR, MILL, WHY, fresh, proof
from tests.verbs import clerk, parts


def a_city_that_counts_working_days(*holidays: str) -> city.Loaded:
    """The toy city with a general limit of five working days, and these days off; loaded as a new version."""
    texts = toys.changed("clocks.toml", 'limit = "7d"', 'limit = "5wd"')
    texts["calendar.csv"] += "".join(f"{day},holiday,Off,invented\n" for day in holidays)
    with tempfile.TemporaryDirectory() as folder:
        city_actions.load(toys.write(texts, Path(folder)), at=AT)
    return city.current(at=AT)


class OnePartsTime(RuleBasedStateMachine):
    """One assignment through rest, extension and change of urgency, while new calendars come into force."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.days = (f"2026-{3 + n // 28:02}-{1 + n % 28:02}" for n in count(2, 3))
        self.off: list[str] = []
        self.loaded = a_city_that_counts_working_days()
        self.centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
        self.unit = clerk("mill")
        self.part = parts(verbs.answered(self.loaded, MILL, urgency="7d"))[0]
        self.at = AT + HOUR
        self.before: Assignment | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def now(self) -> Assignment:
        self.part = fresh(self.part)
        return self.part

    def never_earlier(self, before: Assignment) -> None:
        after = self.now()
        for name in ("sign_due", "respond_due", "inner_due", "handle_due"):
            assert getattr(before, name) <= getattr(after, name), name
        assert before.order.due_at <= after.order.due_at

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours, minutes=7)

    @precondition(lambda self: len(self.off) < 4)
    @rule()
    def a_new_calendar_comes_into_force(self) -> None:
        self.off.append(next(self.days))
        self.loaded = a_city_that_counts_working_days(*self.off)

    @precondition(lambda self: self.now().state in ("responded", "handling"))
    @rule(days=st.integers(1, 20))
    def rest(self, days: int) -> None:
        before, until = self.now(), self.at + timedelta(days=days)
        said = {"cause": "等待专项检测结果", "until": until, "files": proof()}
        time.suspend([fresh(before)], by=self.centre, at=self.at, loaded=self.loaded, **said)
        self.never_earlier(before)
        self.before = before

    @precondition(lambda self: self.now().state == "suspended")
    @rule()
    def go_on(self) -> None:
        before = self.before or self.now()
        time.resume([self.now()], cause="检测结果出来了", by=self.centre, at=self.at, loaded=self.loaded)
        if self.before is not None:
            self.never_earlier(before)

    @precondition(lambda self: self.now().state in ("responded", "handling") and self.at < self.now().handle_due)
    @rule(days=st.integers(1, 14), granted=st.booleans())
    def more_time(self, days: int, granted: bool) -> None:
        before = self.now()
        if before.clock.get("extensions"):
            return
        until = before.handle_due + timedelta(days=days)
        time.ask_extension([fresh(before)], until=until, reason=WHY, by=self.unit, at=self.at, loaded=self.loaded)
        if granted:
            said = {"until": until, "reason": "情况属实，同意", "loaded": self.loaded}
            time.extend([fresh(before)], by=self.centre, at=self.at, **said)
            assert self.now().handle_due == until
        else:
            time.refuse_extension([fresh(before)], reason="材料不足，不同意", by=self.centre, at=self.at)
        self.never_earlier(before)

    @rule(urgency=st.sampled_from(["2h", "24h", "7d"]))
    def another_urgency(self, urgency: str) -> None:
        order = self.now().order
        if urgency != order.urgency:
            said = {"urgency": urgency, "cause": "登记的时候选错了", "loaded": self.loaded}
            reckoning.reclassify([order], by=self.centre, at=self.at, **said)
            self.before = None
            assert (self.now().clock["start"], self.now().clock["version"]) == (
                self.part.clock["start"],
                self.loaded.number,
            )

    @invariant()
    def it_is_counted_as_it_says(self) -> None:
        now = self.now()
        assert now.inner_due < now.handle_due
        assert list(flaws(Entry.objects.filter(order=now.order).order_by("seq"), Packs())) == []


@pytest.mark.django_db
def test_clocks_under_a_moving_calendar() -> None:
    run_state_machine_as_test(OnePartsTime, settings=settings(max_examples=25, stateful_step_count=14, deadline=None))
    assert Order.objects.count() == 0

"""Orders that units refuse, in every sequence: somebody always has them, and the citizen's clock never moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jieban.accounts.actor import Role
from jieban.core.errors import JiebanError
from jieban.dispatch import actions as dispatch
from jieban.dispatch.court import actions, queries, rules
from jieban.dispatch.court.models import Objection
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.handling import actions as handling
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Assignment, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.dispatch.court import cases
from tests.factories import AT

pytestmark = pytest.mark.django_db
UNITS = ("mill", "hill", "water", "north-roads", "north")
WAYS = {
    "alone": (Target("mill", LEAD),),
    "with help": (Target("mill", LEAD), Target("water", ASSIST)),
    "dual": (Target("mill", LEAD), Target("water", LEAD)),
}


class Refusals(RuleBasedStateMachine):
    """One order; units object, reviewers decide, next units sign, tables end, hand-overs fall through."""

    toy: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at = AT
        self.clerks = {code: verbs.clerk(code) for code in UNITS}
        self.chiefs = {code: cases.chief(code) for code in UNITS}
        self.centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
        self.sender = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(way=st.sampled_from(sorted(WAYS)))
    def send(self, way: str) -> None:
        self.leads = sum(target.role == LEAD for target in WAYS[way])
        places = {"street_id": self.toy.unit_ids["mill"], "district_id": self.toy.unit_ids["north"]}
        order = factories.an_order(state="pending_dispatch", urgency="7d", category="0101", **places)
        dispatch.send([order], WAYS[way], "试派给他们", by=self.sender, at=self.at, loaded=self.toy)
        self.pk, self.due = order.pk, order.due_at

    @property
    def order(self) -> Order:
        return Order.objects.get(pk=self.pk)

    def parts(self) -> list[Assignment]:
        return list(Assignment.objects.filter(order=self.pk).select_related("order", "unit").order_by("no"))

    def some(self, data: Any, *states: str) -> Assignment | None:
        found = [part for part in self.parts() if part.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    def attempt(self, do: Callable[[], object]) -> None:
        """Ten minutes later. What is refused leaves everything as it was."""
        self.at += timedelta(minutes=10)
        before = self.order.head, list(Objection.objects.order_by("pk").values())
        try:
            with transaction.atomic():
                do()
        except JiebanError:
            assert (self.order.head, list(Objection.objects.order_by("pk").values())) == before

    @rule(data=st.data(), to=st.sampled_from(UNITS))
    def object(self, data: Any, to: str) -> None:
        if part := self.some(data, "sent", "signed"):
            said = {"ground": "not_mine", "facts": cases.FACTS, "files": [cases.proof()], "proposed": to}
            by = self.chiefs[part.unit.code]
            self.attempt(lambda: actions.draft([part], by=by, at=self.at, loaded=self.toy, **said))

    @precondition(lambda self: queries.to_review(self.centre).exists())
    @rule(data=st.data(), to=st.sampled_from(("", *UNITS)), holds=st.booleans())
    def decide(self, data: Any, to: str, holds: bool) -> None:
        case = data.draw(st.sampled_from(list(queries.to_review(self.centre))))
        verdict = cases.verdict(self.toy, by=self.centre, at=self.at + timedelta(minutes=10))
        self.attempt(lambda: actions.uphold([case], verdict, to=to) if holds else actions.keep([case], verdict))

    @rule(data=st.data())
    def sign(self, data: Any) -> None:
        if part := self.some(data, "sent"):
            self.attempt(lambda: handling.sign([part], by=self.clerks[part.unit.code], at=self.at))

    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        if part := self.some(data, "handover"):
            self.attempt(
                lambda: actions.take_back([part], reason="对方不接", by=self.centre, at=self.at, loaded=self.toy)
            )

    @precondition(lambda self: self.order.state in ("pending_dispatch", "consulting"))
    @rule(to=st.sampled_from(UNITS))
    def end_the_table(self, to: str) -> None:
        targets = [Target(to, LEAD)]
        self.attempt(
            lambda: dispatch.send([self.order], targets, "会商定的", by=self.sender, at=self.at, loaded=self.toy)
        )

    @invariant()
    def somebody_is_responsible(self) -> None:
        assert any(p.role == LEAD and p.state in HELD_ASSIGNMENT for p in self.parts())

    @invariant()
    def never_more_leads_than_were_sent(self) -> None:
        held = [part for part in self.parts() if part.role == LEAD and part.state in HELD_ASSIGNMENT]
        assert sum(part.state != "handover" for part in held) <= self.leads
        assert sum(part.state == "handover" for part in held) <= self.leads

    @invariant()
    def citizens_clock_stands(self) -> None:
        assert self.order.due_at == self.due

    @invariant()
    def a_unit_waits_for_a_verdict_exactly_while_its_case_does(self) -> None:
        waiting = {part.pk for part in self.parts() if part.state == "objection_pending"}
        assert set(queries.to_review(self.centre).values_list("assignment", flat=True)) == waiting

    @invariant()
    def nobody_hands_over_to_nobody(self) -> None:
        if self.order.state not in ("pending_dispatch", "consulting"):
            parts = self.parts()
            coming = {p.called_by for p in parts if p.came_by == "handover" and not p.signed_at and not p.ended_at}
            waiting = {p.no for p in parts if p.state == "handover" and p.role == LEAD}
            assert not waiting or coming & waiting

    @invariant()
    def no_case_waits_in_vain(self) -> None:
        over = Objection.objects.filter(stage__in=(rules.DRAFT, rules.REVIEW), assignment__ended_at__isnull=False)
        assert not over.exists()

    @invariant()
    def counts_add_up(self) -> None:
        period = queries.Period(AT - timedelta(days=1), AT + timedelta(days=99))
        kept = Objection.objects.filter(stage=rules.KEPT).count()
        upheld = Objection.objects.filter(stage=rules.UPHELD)
        tallies = queries.false_objections(period, self.centre)
        assert (sum(t.part for t in tallies), sum(t.whole for t in tallies)) == (kept, kept + upheld.count())
        wrong = queries.wrong_by_person(period, self.centre)
        judged = upheld.exclude(sender=None).values("sender", "order").distinct().count()
        assert sum(t.part for t in wrong) == judged
        assert all(t.part <= t.whole for t in (*tallies, *wrong))

    @invariant()
    def record_tells_the_rows(self) -> None:
        assert verify().broken == []


def test_refused_orders_are_never_lost(toy):
    Refusals.toy = toy
    chosen = settings(max_examples=12, stateful_step_count=25, phases=[Phase.generate])
    run_state_machine_as_test(Refusals, settings=chosen)

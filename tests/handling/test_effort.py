"""Diligent effort: recorded with evidence, judged outside the unit, and the citizen's answer stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import effort
from jieban.handling.models import Effort
from jieban.orders.models import Attachment, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR = timedelta(hours=1)
PAPER = Attachment(name="visits.pdf", mime="application/pdf", size=7, sha256="e" * 64, stage="work")
FACTS = "三次上门、两次会商，产权单位书面答复不同意加装，已告诉市民起诉途径。"


@pytest.fixture
def order(toy):
    """An order whose citizen has said no; a new round has begun."""
    order = verbs.asked(toy, lead("mill"))
    verbs.say(toy, order, solved="no", satisfied="no", at=AT + 4 * HOUR)
    return order


def record(order, **given):
    """The parish records what it tried."""
    values = {"facts": FACTS, "by": clerk("mill"), "at": AT + 5 * HOUR, "files": [PAPER]}
    return effort.record(parts(order)[0], **{**values, **given})


def judge(by, decision="proper", reason="办法都试过了"):
    """Somebody judges it."""
    row = Effort.objects.select_related("assignment__order").get()
    effort.judge(row, decision=decision, reason=reason, by=by, at=AT + 6 * HOUR)


def test_judged_by_the_district_beside_a_no_that_stays(order):
    record(order)
    judge(factories.an_actor(Role.DISTRICT, verbs.unit("north")))
    kept = Effort.objects.get()
    assert (kept.decision, kept.round, kept.judge.name) == ("proper", 2, "周静")
    assert Order.objects.get(pk=order.pk).solved == "no"
    assert [e.move for e in order.entries.order_by("-seq")[:2]] == ["judge_effort", "effort"]
    assert verify().broken == []


@pytest.mark.parametrize("role", [Role.LEADER, Role.CHIEF])
def test_own_unit_does_not_judge_itself(order, role):
    record(order)
    with pytest.raises(NotAllowed):
        judge(factories.an_actor(role, verbs.unit("mill")))


def test_judged_once(order):
    record(order)
    judge(factories.an_actor(Role.SUPERVISOR, verbs.unit("hall")))
    with pytest.raises(Conflict):
        judge(factories.an_actor(Role.SUPERVISOR, verbs.unit("hall")))


@pytest.mark.parametrize("given", [{"facts": "试过了"}, {"files": []}])
def test_without_facts_or_evidence_nothing_is_recorded(order, given):
    with pytest.raises(BadInput):
        record(order, **given)
    assert not Effort.objects.exists()


def test_judgement_without_a_reason_is_refused(order):
    record(order)
    with pytest.raises(BadInput):
        judge(factories.an_actor(Role.SUPERVISOR, verbs.unit("hall")), reason=" ")


def test_open_ones_come_first_and_only_those_in_sight(order, toy):
    record(order)
    assert [row.decision for row in effort.seen_by(factories.an_actor(Role.DISTRICT, verbs.unit("north")))] == [""]
    assert list(effort.seen_by(factories.an_actor(Role.CHIEF, verbs.unit("hill")))) == []

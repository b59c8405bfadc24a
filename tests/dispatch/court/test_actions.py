"""The objection court: who may ask and decide, whose clock stops, who is responsible at each moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch import actions as dispatch
from jieban.dispatch.court import actions, queries
from jieban.dispatch.court.models import Objection
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import actions as handling
from jieban.orders.models import Attachment, Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.dispatch.court.cases import FACTS, HOUR, chief, judge, objected, part, proof, refused, verdict
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(toy) -> Order:
    """An order with Mill Parish alone, sent by a dispatcher."""
    return verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")


def states(order: Order) -> list[tuple[str, str]]:
    """Each assignment's unit and state, in the order in which they were opened."""
    return [(p.unit.code, p.state) for p in verbs.parts(order)]


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def drafted(toy, order: Order, **said) -> Objection:
    """A clerk's draft."""
    values = {"ground": "not_mine", "facts": FACTS, "files": [proof()], "proposed": "hill", **said}
    [case] = actions.draft([part(order, "mill")], by=verbs.clerk("mill"), at=AT + HOUR, loaded=toy, **values)
    return case


def test_clerk_drafts_and_the_chief_puts_it(toy, order):
    case = drafted(toy, order)
    assert (case.stage, states(order)) == ("draft", [("mill", "sent")])
    by = chief("mill")
    actions.approve([case], by=by, at=AT + 2 * HOUR, loaded=toy)
    case = Objection.objects.get(pk=case.pk)
    assert (case.stage, case.asked_at, case.approver_id) == ("review", AT + 2 * HOUR, by.person_id)
    assert states(order) == [("mill", "objection_pending")]
    entry = now(order).entries.get(move="object")
    assert (entry.records["ground"], entry.records["evidence"], entry.records["approval"]) == (
        "not_mine",
        ["a" * 64],
        by.name,
    )
    assert Attachment.objects.get(order=order).sha256 == "a" * 64


def test_clerk_cannot_approve(toy, order):
    case = drafted(toy, order)
    with pytest.raises(NotAllowed):
        actions.approve([case], by=verbs.clerk("mill"), at=AT + 2 * HOUR, loaded=toy)
    with pytest.raises(NotAllowed):
        actions.approve([case], by=chief("hill"), at=AT + 2 * HOUR, loaded=toy)
    assert states(order) == [("mill", "sent")]


def test_chief_sends_a_draft_back_and_the_unit_may_draft_again(toy, order):
    case = drafted(toy, order)
    actions.send_back([case], reason="图看错了", by=chief("mill"), at=AT + HOUR)
    assert Objection.objects.get().stage == "returned"
    assert now(order).entries.latest("seq").records == {"note": "负责人没有批派单异议：图看错了"}
    assert drafted(toy, order).stage == "draft"


def test_second_draft_waits_for_the_first(toy, order):
    drafted(toy, order)
    with pytest.raises(Conflict, match="已经起草过一份异议"):
        drafted(toy, order)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"files": []}, "要有材料"),
        ({"facts": "不归我管"}, "至少 10 个字"),
        ({"ground": "storm"}, "异议理由请从Not my parish里选"),
        ({"proposed": "mill"}, "就是本单位"),
        ({"proposed": "c1"}, "就是本单位"),
        ({"proposed": "nowhere"}, "不在现行单位表里"),
    ],
)
def test_objection_without_grounds_is_refused(toy, order, said, why):
    with pytest.raises(BadInput, match=why):
        drafted(toy, order, **said)
    assert (Objection.objects.count(), now(order).entries.latest("seq").move) == (0, "dispatch")


def test_time_to_object_runs_from_signing(toy, order):
    # Four working hours from 09:00 London: until 14:30.
    signed = AT.replace(hour=17)
    handling.sign([part(order, "mill")], by=verbs.clerk("mill"), at=signed)
    with pytest.raises(Conflict, match="提异议的时间到 03月02日 22:30 为止"):
        objected(toy, part(order, "mill"), at=signed + timedelta(hours=5, minutes=31))
    assert objected(toy, part(order, "mill"), at=signed + timedelta(hours=5, minutes=30)).stage == "review"


def test_urgent_order_can_be_objected_to_for_half_an_hour(toy):
    order = verbs.dispatched(toy, verbs.lead("mill"), urgency="2h")
    with pytest.raises(Conflict, match="已经过了"):
        objected(toy, part(order, "mill"), at=AT + timedelta(minutes=31))
    case = objected(toy, part(order, "mill"), at=AT + timedelta(minutes=30))
    assert case.review_due == AT + timedelta(hours=2, minutes=30)


def test_approval_after_the_time_comes_too_late(toy, order):
    case = drafted(toy, order)
    with pytest.raises(Conflict, match="已经过了"):
        actions.approve([case], by=chief("mill"), at=AT + timedelta(days=1), loaded=toy)
    assert states(order) == [("mill", "sent")]


def test_unit_that_has_contacted_the_citizen_cannot_object(toy, order):
    verbs.contact([part(order, "mill")], at=AT + HOUR)
    with pytest.raises(Conflict):
        objected(toy, part(order, "mill"), at=AT + 2 * HOUR)


def test_unit_that_is_only_told_cannot_object(toy):
    order = verbs.dispatched(toy, Target("hill", LEAD), Target("mill", NOTICE), urgency="7d")
    with pytest.raises(NotAllowed):
        objected(toy, part(order, "mill"))


def test_kept_objection_adds_the_pause_to_the_units_clock_only(toy, order):
    before, due = part(order, "mill"), order.due_at
    case = objected(toy, part(order, "mill"), at=AT + HOUR)
    actions.keep([case], verdict(toy, at=AT + 6 * HOUR))
    after = part(order, "mill")
    assert (after.state, after.signed_at) == ("signed", AT + HOUR)
    assert [
        getattr(after, f"{name}_due") - getattr(before, f"{name}_due") for name in ("sign", "respond", "handle")
    ] == [
        5 * HOUR,
        5 * HOUR,
        5 * HOUR,
    ]
    assert (now(order).due_at, now(order).state) == (due, "dispatched")
    assert Message.objects.filter(topic="objection_kept", unit__code="mill").count() == 1


def test_one_objection_in_a_round(toy, order):
    actions.keep([objected(toy, part(order, "mill"))], verdict(toy))
    with pytest.raises(Conflict, match="这一轮已经提过 1 次异议"):
        objected(toy, part(order, "mill"), at=AT + 3 * HOUR)


def test_upheld_objection_leaves_the_first_unit_responsible_until_the_next_has_signed(toy, order):
    due = order.due_at
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    assert states(order) == [("mill", "handover"), ("hill", "sent")]
    assert [p.role for p in verbs.parts(order)] == ["lead", "lead"]
    handling.note([part(order, "mill")], text="先围挡起来", by=verbs.clerk("mill"), at=AT + 2 * HOUR)
    handling.sign([part(order, "hill")], by=verbs.clerk("hill"), at=AT + 3 * HOUR)
    assert states(order) == [("mill", "redirected"), ("hill", "signed")]
    assert (now(order).due_at, part(order, "mill").ended_at) == (due, AT + 3 * HOUR)
    handling.respond([part(order, "hill")], way="phone", outcome="reached", by=verbs.clerk("hill"), at=AT + 4 * HOUR)
    verbs.finish([part(order, "hill")], at=AT + 5 * HOUR)
    assert (now(order).state, verify().broken) == ("replied", [])


def test_next_unit_that_refuses_before_signing_leaves_the_first_responsible(toy, order):
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    refused(toy, order, "hill", at=AT + 2 * HOUR)
    assert states(order) == [("mill", "handover"), ("hill", "redirected")]
    assert now(order).state == "consulting"


def test_two_refusals_bring_consultation_with_all_who_refused(toy, order):
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    case = refused(toy, order, "hill", proposed="water", at=AT + 2 * HOUR)
    entry = now(order).entries.get(move="consult")
    assert [unit["unit"] for unit in entry.records["participants"]] == ["mill", "hill", "water"]
    assert entry.records["ground"] == "refused"
    assert (entry.role, entry.actor, case.outcome, case.to) == ("rule", "派单异议次数", "table", None)
    assert [e.move for e in now(order).entries.order_by("-seq")[:3]] == ["consult", "recall", "redirect"]


def test_after_consultation_the_chosen_unit_takes_over_and_the_citizens_clock_stays(toy, order):
    due = order.due_at
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    refused(toy, order, "hill", at=AT + 2 * HOUR)
    by = judge(Role.DISPATCHER)
    dispatch.send([now(order)], [Target("water", LEAD)], "会商定由水务办", by=by, at=AT + 3 * HOUR, loaded=toy)
    assert states(order) == [("mill", "handover"), ("hill", "redirected"), ("water", "sent")]
    handling.sign([part(order, "water")], by=verbs.clerk("water"), at=AT + 4 * HOUR)
    assert states(order) == [("mill", "redirected"), ("hill", "redirected"), ("water", "signed")]
    assert (now(order).due_at, verify().broken) == (due, [])


def test_third_refusal_brings_the_fallback_and_ends_the_passing_on(toy, order):
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    refused(toy, order, "hill", at=AT + 2 * HOUR)
    by = judge(Role.DISPATCHER)
    dispatch.send([now(order)], [Target("water", LEAD)], "会商定由水务办", by=by, at=AT + 3 * HOUR, loaded=toy)
    case = refused(toy, order, "water", proposed="mill", at=AT + 4 * HOUR)
    assert (case.outcome, case.to.code) == ("fallback", "north")
    assert states(order)[0] == ("mill", "handover")
    assert states(order)[-1] == ("north", "sent")
    join = now(order).entries.filter(move="join").latest("seq")
    assert (join.role, join.records["refused"]) == ("rule", ["Mill Parish", "Hill Parish", "Littleton Water"])
    with pytest.raises(Conflict, match="已经退过 3 次，由兜底单位办"):
        objected(toy, part(order, "north"), to="water", at=AT + 5 * HOUR)


def test_unit_found_right_before_is_not_sent_the_order_again(toy, order):
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    other = verbs.dispatched(toy, Target("hill", LEAD), Target("mill", ASSIST), urgency="7d")
    refused(toy, other, "hill", to="water", at=AT + HOUR)
    case = objected(toy, part(other, "mill"), to="hill")
    with pytest.raises(BadInput, match="Hill Parish对这件提过异议并且成立"):
        actions.uphold([case], verdict(toy), to="hill")
    assert states(other)[1] == ("mill", "objection_pending")


def test_upheld_needs_a_next_unit(toy, order):
    with pytest.raises(BadInput, match="要写明接下来由哪个单位办"):
        actions.uphold([objected(toy, part(order, "mill"))], verdict(toy))


def test_assistant_may_be_let_go_without_a_next_unit(toy):
    order = verbs.dispatched(toy, Target("hill", LEAD), Target("mill", ASSIST), urgency="7d")
    case = refused(toy, order, "mill", at=AT + HOUR)
    assert (states(order), case.outcome) == ([("hill", "sent"), ("mill", "redirected")], "released")


def test_hand_over_that_fails_gives_the_order_back_with_the_pause(toy, order):
    before = part(order, "mill")
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    actions.take_back([part(order, "mill")], reason="对方查明不归他", by=judge(), at=AT + 5 * HOUR, loaded=toy)
    assert states(order) == [("mill", "signed"), ("hill", "terminated")]
    assert part(order, "mill").handle_due - before.handle_due == 4 * HOUR
    assert Objection.objects.get().outcome == "back"


def test_order_taken_back_from_the_table_is_at_work_again(toy, order):
    refused(toy, order, "mill", to="hill", at=AT + HOUR)
    refused(toy, order, "hill", at=AT + 2 * HOUR)
    actions.take_back([part(order, "mill")], reason="会商定由原单位办", by=judge(), at=AT + 5 * HOUR, loaded=toy)
    assert (now(order).state, states(order)[0], verify().broken) == ("dispatched", ("mill", "signed"), [])


def test_nobody_judges_what_he_sent_or_asked(toy):
    order = factories.an_order(state="pending_dispatch", urgency="7d")
    by = judge(Role.DISPATCHER)
    dispatch.send([order], [Target("mill", LEAD)], "试派", by=by, at=AT, loaded=toy)
    case = objected(toy, part(order, "mill"))
    assert case.sender_id == by.person_id
    with pytest.raises(NotAllowed, match="请别的审核人来定"):
        actions.keep([case], verdict(toy, by=by))
    actions.keep([case], verdict(toy, by=judge(Role.DISPATCHER)))
    assert Objection.objects.get().stage == "kept"


def test_district_decides_between_its_own_units_and_no_other(toy, order):
    district = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    inside = objected(toy, part(order, "mill"), to="hill")
    assert inside.court.code == "north"
    with pytest.raises(NotAllowed):
        actions.keep([inside], verdict(toy, by=judge(Role.DISPATCHER)))
    outside = objected(toy, part(verbs.dispatched(toy, verbs.lead("mill"), urgency="7d"), "mill"), to="water")
    with pytest.raises(NotAllowed):
        actions.keep([outside], verdict(toy, by=district))
    assert [list(queries.to_review(a)) for a in (district, judge(Role.DISPATCHER), judge())] == [
        [inside],
        [outside],
        [inside, outside],
    ]
    actions.keep([inside], verdict(toy, by=district))
    assert Objection.objects.get(pk=inside.pk).stage == "kept"


def test_verdict_needs_basis_and_reason(toy, order):
    case = objected(toy, part(order, "mill"))
    for said in ({"basis": ""}, {"reason": "短"}):
        with pytest.raises(BadInput):
            actions.keep([case], verdict(toy, **said))


def test_second_verdict_finds_the_case_decided(toy, order):
    case = objected(toy, part(order, "mill"))
    stale = Objection.objects.get(pk=case.pk)
    actions.keep([case], verdict(toy))
    with pytest.raises(Conflict, match="已经有人先处理了"):
        actions.uphold([stale], verdict(toy), to="hill")
    assert states(order) == [("mill", "signed")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_make_one_verdict(toy):
    order = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")
    case = objected(toy, part(order, "mill"))
    said, barrier = [], threading.Barrier(2)
    judges = [judge(), judge()]

    def decide(by, uphold: bool) -> None:
        mine = Objection.objects.get(pk=case.pk)
        barrier.wait()
        try:
            if uphold:
                actions.uphold([mine], verdict(toy, by=by), to="hill")
            else:
                actions.keep([mine], verdict(toy, by=by))
            said.append("done")
        except Conflict:
            said.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(by, n == 0)) for n, by in enumerate(judges)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "late"]
    assert now(order).entries.filter(move__in=("keep", "uphold")).count() == 1


@pytest.mark.parametrize("holds", [True, False])
def test_many_take_as_many_statements_as_one(toy, holds):
    taken = []
    by = judge()
    for count in (1, 8):
        made = [
            objected(toy, part(verbs.dispatched(toy, verbs.lead("mill"), urgency="7d"), "mill")) for _ in range(count)
        ]
        mine = list(Objection.objects.filter(pk__in=[c.pk for c in made]))
        with CaptureQueriesContext(connection) as seen:
            if holds:
                actions.uphold(mine, verdict(toy, by=by), to="hill")
            else:
                actions.keep(mine, verdict(toy, by=by))
        taken.append(len(seen))
    # Three more at most: where PostgreSQL's COPY takes over from INSERT.
    assert taken[0] <= taken[1] <= taken[0] + 3


def test_objecting_for_many_takes_as_many_statements_as_for_one(toy):
    taken = []
    by = chief("mill")
    for count in (1, 8):
        rows = [part(verbs.dispatched(toy, verbs.lead("mill"), urgency="7d"), "mill") for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            actions.draft(
                rows, ground="not_mine", facts=FACTS, proposed="hill", files=[proof()], by=by, at=AT + HOUR, loaded=toy
            )
        taken.append(len(seen))
    # Three more at most: where PostgreSQL's COPY takes over from INSERT.
    assert taken[0] <= taken[1] <= taken[0] + 3

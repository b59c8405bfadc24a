"""The procedure from proposal to appeal: evidence, a hearing, two people, an end; and the next call is always taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.core import crypto
from jieban.core.errors import BadInput, NotAllowed
from jieban.intake import abuse, caller_queries, queries
from jieban.intake.callers import AbuseCase, CallerNumber, KnownCaller
from jieban.intake.rules import Filing
from jieban.orders.models import Message, Order
from jieban.portal import filing
from tests import factories, verbs
from tests.factories import AT

DAY = timedelta(days=1)
ONE, TWO = "13800000001", "13800000002"
POTHOLE = {"category": "0101", "place": "e1"}
NOWHERE = "又有一个坑，车轮卡在里面，请派人看看。"
WHY = "两次自报同一姓名住址"


@pytest.fixture
def people(toy):
    """A clerk who proposes, and three of the centre who decide."""
    hall = verbs.unit("hall")
    roles = (Role.AGENT, Role.SUPERVISOR, Role.SUPERVISOR, Role.LEADER, Role.SUPERVISOR)
    return [factories.an_actor(role, hall) for role in roles]


def called(toy, phone: str = ONE, *, at=AT - 20 * DAY, answered: bool = True, **columns) -> Order:
    """A call about the pothole, answered by the parish."""
    contact = factories.a_contact(phone=phone, at=at)
    make = verbs.replied if answered else verbs.dispatched
    return make(toy, verbs.lead("mill"), at=at, contact=contact, **{**POTHOLE, **columns})


@pytest.fixture
def three(toy):
    return [called(toy), called(toy, at=AT - 10 * DAY), called(toy, TWO, at=AT - 5 * DAY)]


def proposed(toy, orders, by, *, at=AT) -> AbuseCase:
    return abuse.propose(orders, ground="again", statement="三次答复过，还在打", reason=WHY, by=by, at=at, loaded=toy)


def decided(toy, case, by, *, at=AT + DAY, **more) -> None:
    said = {"uphold": True, "days": 30, "minutes": 5, "exclude": True, "reason": "证据充分", **more}
    abuse.decide(case, by=by, at=at, loaded=toy, **said)


def in_force(toy, three, people) -> AbuseCase:
    agent, first, second, *_ = people
    case = proposed(toy, three, agent)
    abuse.hear(case, view="我就是要一个说法", by=agent, at=AT + DAY)
    decided(toy, case, first)
    abuse.confirm(case, agree=True, reason="同意认定", by=second, at=AT + 2 * DAY)
    return AbuseCase.objects.get(pk=case.pk)


def test_numbers_become_one_person_and_two_persons_become_one(toy, three, people):
    agent = people[0]
    one = abuse.link(three[:1], reason=WHY, by=agent, at=AT)
    two = abuse.link(three[2:], reason=WHY, by=agent, at=AT)
    joined = abuse.link([three[0], three[2]], reason=WHY, by=agent, at=AT)
    assert (one.pk, joined.pk, two.pk != one.pk) == (one.pk, one.pk, True)
    both = frozenset({crypto.index(ONE), crypto.index(TWO)})
    assert caller_queries.linked(list(both)) == dict.fromkeys(both, both)
    assert [o.pk for o in queries.history(TWO)] == [o.pk for o in reversed(three)]
    assert KnownCaller.objects.filter(numbers__isnull=False).distinct().count() == 1


def test_a_wrong_link_is_undone_with_its_reason(toy, three, people):
    abuse.link([three[0], three[2]], reason=WHY, by=people[0], at=AT)
    number = CallerNumber.objects.get(phone_index=crypto.index(TWO))
    with pytest.raises(NotAllowed):
        abuse.unlink(number, reason="是邻居的电话", by=people[0], at=AT)
    abuse.unlink(number, reason="是邻居的电话", by=people[1], at=AT)
    assert caller_queries.linked([crypto.index(TWO)]) == {crypto.index(TWO): frozenset({crypto.index(TWO)})}
    assert CallerNumber.objects.get(pk=number.pk).ended_reason == "是邻居的电话"


def test_proposal_names_what_was_answered_and_tells_the_person(toy, three, people):
    case = proposed(toy, three, people[0])
    assert case.matters == [{"category": "0101", "place": "e1", "order": three[2].pk}]
    assert sorted(case.evidence.values_list("order", "answered")) == [(o.pk, verbs.REPLY) for o in three]
    sms = Message.objects.get(topic="abuse")
    assert (crypto.unseal(sms.recipient), "新的事照常受理" in sms.body["text"]) == (TWO, True)
    assert list(case.steps.order_by("pk").values_list("what", flat=True)) == ["propose", "told"]


def test_proposal_needs_evidence_answers_and_a_ground(toy, three, people):
    agent = people[0]
    open_ones = [called(toy, answered=False) for _ in range(3)]
    for orders, ground, told in (
        (three[:2], "again", "至少要 3 件"),
        (open_ones, "again", "没有一件有过答复"),
        (three, "storm", "请从列出的理由里选一个"),
    ):
        with pytest.raises(BadInput, match=told):
            abuse.propose(orders, ground=ground, statement="一直打来", reason=WHY, by=agent, at=AT, loaded=toy)
    assert (AbuseCase.objects.count(), KnownCaller.objects.count()) == (0, 0)


def test_a_clerk_proposes_only_on_what_the_unit_sees(toy, three):
    with pytest.raises(NotAllowed, match="不在您的岗位能看的范围里"):
        proposed(toy, three, verbs.clerk("hill"))
    assert proposed(toy, three, verbs.clerk("mill")).stage == "proposed"


def test_nobody_is_judged_unheard_and_nobody_decides_twice(toy, three, people):
    agent, first, _, leader, _ = people
    case = proposed(toy, three, agent)
    with pytest.raises(BadInput, match="本人还没有陈述"):
        decided(toy, case, first)
    decided(toy, case, first, at=case.hear_until)
    with pytest.raises(NotAllowed):
        abuse.confirm(case, agree=True, reason="同意认定", by=first, at=case.hear_until)
    with pytest.raises(NotAllowed):
        abuse.confirm(case, agree=True, reason="同意认定", by=agent, at=case.hear_until)
    abuse.confirm(case, agree=True, reason="同意认定", by=leader, at=case.hear_until)
    fresh = AbuseCase.objects.get(pk=case.pk)
    assert (fresh.stage, fresh.until) == ("in_force", case.hear_until + 30 * DAY)


def test_supervisor_who_proposed_does_not_decide(toy, three, people):
    case = proposed(toy, three, people[1])
    with pytest.raises(NotAllowed):
        decided(toy, case, people[1], at=case.hear_until)


def test_second_person_may_say_no(toy, three, people):
    agent, first, second, *_ = people
    case = proposed(toy, three, agent)
    decided(toy, case, first, at=case.hear_until)
    abuse.confirm(case, agree=False, reason="证据不足", by=second, at=case.hear_until)
    fresh = AbuseCase.objects.get(pk=case.pk)
    assert (fresh.stage, fresh.ended_at) == ("dropped", case.hear_until)
    assert caller_queries.measures([crypto.index(ONE)], at=case.hear_until) == {}


def test_first_decision_may_be_no(toy, three, people):
    case = proposed(toy, three, people[0])
    decided(toy, case, people[1], at=case.hear_until, uphold=False)
    assert AbuseCase.objects.get(pk=case.pk).stage == "dropped"


def test_appeal_is_decided_by_a_third_and_ends_the_measure(toy, three, people):
    agent, first, second, leader, _ = people
    case = in_force(toy, three, people)
    abuse.appeal(case, words="我说的是另一个坑", by=agent, at=AT + 3 * DAY)
    for same in (first, second):
        with pytest.raises(NotAllowed):
            abuse.decide_appeal(case, uphold=True, reason="确实是另一处", by=same, at=AT + 4 * DAY)
    assert caller_queries.measures([crypto.index(TWO)], at=AT + 4 * DAY) != {}
    abuse.decide_appeal(case, uphold=True, reason="确实是另一处", by=leader, at=AT + 4 * DAY)
    assert AbuseCase.objects.get(pk=case.pk).stage == "ended"
    assert caller_queries.measures([crypto.index(TWO)], at=AT + 4 * DAY) == {}


def test_rejected_appeal_lets_the_measure_run_and_it_ends_by_itself(toy, three, people):
    agent, _, _, leader, _ = people
    case = in_force(toy, three, people)
    abuse.appeal(case, words="不服这个认定", by=agent, at=AT + 3 * DAY)
    abuse.decide_appeal(case, uphold=False, reason="事实清楚", by=leader, at=AT + 4 * DAY)
    until = AbuseCase.objects.get(pk=case.pk).until
    assert [abuse.expire(at=at) for at in (until - DAY, until, until + DAY)] == [0, 1, 0]
    assert AbuseCase.objects.get(pk=case.pk).stage == "ended"


def test_case_may_be_ended_early_by_a_supervisor_only(toy, three, people):
    case = in_force(toy, three, people)
    with pytest.raises(NotAllowed):
        abuse.end(case, reason="市民道歉了", by=people[0], at=AT + 3 * DAY)
    abuse.end(case, reason="市民道歉了", by=people[4], at=AT + 3 * DAY)
    assert AbuseCase.objects.get(pk=case.pk).stage == "ended"


def say(toy, people, phone: str = ONE, *, again: bool = False, at=AT + 5 * DAY, **columns) -> filing.Outcome:
    said = Filing(
        channel="phone", source="seat", phone=phone, kind="complaint",
        **{"content": "Weaver Court 门口又有一个坑，车轮卡在里面，请派人看看。", **POTHOLE, **columns},
    )  # fmt: skip
    [outcome] = filing.file([said], by=people[0], at=at, choices=[filing.Choice(again=again)])
    return outcome


def test_same_matter_may_be_answered_again_and_is_recorded(toy, three, people):
    in_force(toy, three, people)
    outcome = say(toy, people, TWO, again=True)
    order = Order.objects.get(pk=outcome.taken.pk)
    assert (order.state, outcome.told, order.repeat_of_id) == ("closed", verbs.REPLY, three[0].pk)
    given = order.entries.get(move="answer").records
    assert (given["article"]["code"], given["text"]) == (three[2].number, verbs.REPLY)


@pytest.mark.parametrize("columns", [{"place": "r1"}, {"category": "0102"}, {"place": "", "content": NOWHERE}])
def test_a_first_appeal_cannot_be_answered_away_even_by_mistake(toy, three, people, columns):
    in_force(toy, three, people)
    before = Order.objects.count()
    with pytest.raises(BadInput, match="请照常登记派单"):
        say(toy, people, again=True, **{**columns, "address": ""})
    assert Order.objects.count() == before
    assert say(toy, people, **columns).taken.state in ("dispatched", "pending_dispatch")


@pytest.mark.parametrize("phone", [ONE, TWO, "13800000003"])
def test_every_call_is_taken_and_dispatched_as_without_a_case(toy, three, people, phone):
    free = say(toy, people, phone)
    in_force(toy, three, people)
    held = say(toy, people, phone)
    assert (held.taken.state, [u["code"] for u in held.units]) == (free.taken.state, [u["code"] for u in free.units])


def test_answer_again_without_a_measure_is_refused(toy, three, people):
    with pytest.raises(BadInput, match="请照常登记派单"):
        say(toy, people, again=True)

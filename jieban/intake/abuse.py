"""Verbs of the procedure against abuse: link numbers, propose, hear, decide, confirm, appeal, end.

Each step is written into the case's own record. The first and the second decision are made by two people, an appeal is
decided by a third. No step touches an order, and none keeps a later one from being registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, NotAllowed
from jieban.intake import abuse_rules as rules
from jieban.intake.callers import AbuseCase, AbuseEvidence, AbuseStep, CallerNumber, KnownCaller
from jieban.orders import outbox, queries
from jieban.orders.models import Assignment, Message, Order

PROPOSERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.CALLBACK})
DECIDERS = frozenset({Role.SUPERVISOR})
CONFIRMERS = frozenset({Role.SUPERVISOR, Role.LEADER})
HEARERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.CALLBACK})


@transaction.atomic
def link(orders: Sequence[Order], *, reason: str, by: Actor, at: datetime) -> KnownCaller:
    """Say that the numbers behind these orders are one person's, and why. Persons already known are joined into one.

    BadInput: no reason, an order without a number, or two persons of whom each has an open case.
    """
    _may(by, PROPOSERS, "认定同一人")
    said = rules.check_words(reason)
    _seen(orders, by)
    wanted = {order.contact.phone_index: order for order in orders}
    if not wanted or "" in wanted:
        raise BadInput("有的工单没有留号码，不能按号码认定是同一个人。")
    known = CallerNumber.objects.select_for_update().filter(phone_index__in=wanted, ended_at=None)
    callers = sorted({row.caller_id for row in known})
    have = {row.phone_index for row in known}
    caller = (
        KnownCaller.objects.get(pk=callers[0])
        if callers
        else KnownCaller.objects.create(made_at=at, made_by_id=_person(by))
    )
    _join(callers[1:], caller)
    CallerNumber.objects.bulk_create(
        CallerNumber(caller=caller, phone_index=index, order=order, reason=said, linked_at=at, linked_by_id=_person(by))
        for index, order in wanted.items()
        if index not in have
    )
    return caller


def _join(others: Sequence[int], caller: KnownCaller) -> None:
    open_cases = AbuseCase.objects.filter(caller__in=[*others, caller.pk], ended_at=None).count()
    if others and open_cases > 1:
        raise BadInput("这几个号码各有一件没结束的认定，请先结束一件，再认定是同一个人。")
    CallerNumber.objects.filter(caller__in=others).update(caller=caller)
    AbuseCase.objects.filter(caller__in=others).update(caller=caller)


@transaction.atomic
def unlink(number: CallerNumber, *, reason: str, by: Actor, at: datetime) -> None:
    """The number is not that person's after all; the row stays with the reason."""
    _may(by, DECIDERS, "解除同一人")
    number.ended_at, number.ended_by_id, number.ended_reason = at, _person(by), rules.check_words(reason)
    number.save(update_fields=["ended_at", "ended_by", "ended_reason"])


@transaction.atomic
def propose(
    orders: Sequence[Order], *, ground: str, statement: str, reason: str, by: Actor, at: datetime, loaded: Loaded
) -> AbuseCase:
    """Open a case on these orders (the evidence, all by one person as `reason` says), and tell the person of it.

    BadInput: too few orders, none of them answered, an unknown ground, or an open case of the same person.
    """
    _may(by, PROPOSERS, "提出认定")
    said = rules.check_words(statement)
    known = loaded.pack.grounds.get(ground)
    if known is None or known.group != "abuse":
        raise BadInput("请从列出的理由里选一个。")
    caller = link(orders, reason=reason, by=by, at=at)
    if AbuseCase.objects.filter(caller=caller, ended_at=None).exists():
        raise BadInput("这个人已经有一件没结束的认定，请在那一件里补充。")
    replies = _replies(orders)
    matters = _answered(orders, replies)
    rules.check_evidence(len({o.pk for o in orders}), loaded.pack.oversight.abuse.evidence, matters)
    case = AbuseCase.objects.create(
        caller=caller, stage=rules.PROPOSED, ground=ground, statement=said, proposed_at=at, proposed_by_id=_person(by),
        hear_until=limits.run_out(loaded.pack, loaded.pack.oversight.abuse.hearing, at=at),
        matters=[{"category": m.category, "place": m.place, "order": pk} for m, pk in matters],
    )  # fmt: skip
    AbuseEvidence.objects.bulk_create(
        AbuseEvidence(case=case, order=order, answered=replies.get(order.pk, "")) for order in orders
    )
    _note(case, "propose", said, by, at)
    _tell(case, _HEARING, at, orders=orders)
    return case


def hear(case: AbuseCase, *, view: str, by: Actor, at: datetime) -> None:
    """Write down what the person says to it, in their words."""
    _may(by, HEARERS, "记录陈述")
    with transaction.atomic():
        case = _held(case, {rules.PROPOSED, rules.DECIDED})
        case.view = f"{case.view}\n{rules.check_words(view)}".strip()
        case.heard_at = case.heard_at or at
        case.save(update_fields=["view", "heard_at"])
        _note(case, "view", view.strip(), by, at)


def decide(
    case: AbuseCase, *, uphold: bool, days: int, minutes: int, exclude: bool, reason: str, by: Actor, at: datetime,
    loaded: Loaded,
) -> None:  # fmt: skip
    """The first decision, by a supervisor who did not propose it; a second person must still agree.

    `days` is how long a measure would last, `minutes` how long a call about the named matters need last (0: no word on
    it), `exclude` whether leaving the orders out of scoring is proposed (it is decided elsewhere, by two people).
    """
    _may(by, DECIDERS, "认定")
    said, own = rules.check_words(reason), loaded.pack.oversight.abuse
    with transaction.atomic():
        case = _held(case, {rules.PROPOSED})
        rules.check_other(by.person_id, [case.proposed_by_id], "认定")
        rules.check_heard(case.heard_at is not None, case.hear_until, at=at)
        case.decided_by_id, case.decided_at = by.person_id, at
        if not uphold:
            _over(case, rules.DROPPED, at)
            _note(case, "refuse", said, by, at)
            return
        case.days, case.minutes, case.exclude = rules.check_days(days, own.longest), _minutes(minutes, own), exclude
        case.stage = rules.DECIDED
        case.save()
        _note(case, "decide", said, by, at)


def confirm(case: AbuseCase, *, agree: bool, reason: str, by: Actor, at: datetime) -> None:
    """The second decision, by somebody who has not dealt with the case: in force from now, or not at all."""
    _may(by, CONFIRMERS, "复核")
    said = rules.check_words(reason)
    with transaction.atomic():
        case = _held(case, {rules.DECIDED})
        rules.check_other(by.person_id, [case.proposed_by_id, case.decided_by_id], "复核")
        case.confirmed_by_id, case.confirmed_at = by.person_id, at
        if not agree:
            _over(case, rules.DROPPED, at)
            _note(case, "disagree", said, by, at)
            return
        case.stage, case.since, case.until = rules.IN_FORCE, at, at + timedelta(days=case.days)
        case.save()
        _note(case, "confirm", said, by, at)
        _tell(case, _DECIDED, at)


def appeal(case: AbuseCase, *, words: str, by: Actor, at: datetime) -> None:
    """The person appeals, at any time while a measure is in force; it is decided by somebody new to the case."""
    _may(by, HEARERS, "记录申诉")
    with transaction.atomic():
        case = _held(case, {rules.IN_FORCE})
        case.stage, case.appealed_at = rules.APPEALED, at
        case.save(update_fields=["stage", "appealed_at"])
        _note(case, "appeal", rules.check_words(words), by, at)


def decide_appeal(case: AbuseCase, *, uphold: bool, reason: str, by: Actor, at: datetime) -> None:
    """Decide an appeal: upheld, the measure ends at once; rejected, it runs to its end."""
    _may(by, CONFIRMERS, "复核申诉")
    said = rules.check_words(reason)
    with transaction.atomic():
        case = _held(case, {rules.APPEALED})
        rules.check_other(by.person_id, [case.proposed_by_id, case.decided_by_id, case.confirmed_by_id], "复核申诉")
        case.appeal_by_id = by.person_id
        if uphold:
            _over(case, rules.ENDED, at)
        else:
            case.stage = rules.IN_FORCE
            case.save(update_fields=["stage", "appeal_by"])
        _note(case, "upheld" if uphold else "rejected", said, by, at)
        _tell(case, _UPHELD if uphold else _REJECTED, at)


def end(case: AbuseCase, *, reason: str, by: Actor, at: datetime) -> None:
    """End a case before its time."""
    _may(by, DECIDERS, "提前结束")
    with transaction.atomic():
        case = _held(case, rules.OPEN)
        _over(case, rules.ENDED, at)
        _note(case, "end", rules.check_words(reason), by, at)


def expire(*, at: datetime) -> int:
    """End the cases whose measures have run out; returns how many. They had no effect since that moment."""
    with transaction.atomic():
        over = AbuseCase.objects.select_for_update().filter(ended_at=None, until__lte=at)
        cases = list(over)
        for case in cases:
            case.stage, case.ended_at = rules.ENDED, case.until
        AbuseCase.objects.bulk_update(cases, ["stage", "ended_at"])
        AbuseStep.objects.bulk_create(AbuseStep(case=case, at=at, name="规则", what="expire") for case in cases)
    return len(cases)


_HEARING = (
    "您反映的事（{number}）等几件多次反映，拟按已有答复处理。您可以在 {day} 前打 {hotline} 说明情况。新的事照常受理。"
)
_DECIDED = (
    "您反映的事（{number}）以前答复过，{day} 前再反映同一件事会按上次的答复告诉您。"
    "新的事照常受理。不同意可以打 {hotline} 申诉。"
)
_UPHELD = "您的申诉成立，不再按以前的答复处理。您反映的事照常受理。"
_REJECTED = "您的申诉没有成立，理由可以打 {hotline} 询问。新的事照常受理。"


def _tell(case: AbuseCase, text: str, at: datetime, *, orders: Sequence[Order] = ()) -> None:
    """Tell the person, on the number of the newest order that wants SMS; neither name nor place is in it."""
    from_case = Order.objects.filter(pk__in=case.evidence.values("order")).select_related("contact")
    newest = sorted(orders or from_case, key=lambda order: order.received_at)[-1]
    day = timezone.localtime(case.until or case.hear_until)
    words = text.format(number=newest.number, day=f"{day.month}月{day.day}日", hotline="12345")
    messages = outbox.to_citizen(newest, "abuse", words, at=at)
    for message in messages:
        message.order = newest
    Message.objects.bulk_create(messages)
    said = "短信已发" if messages else "没有号码或不收短信，请电话告知"
    AbuseStep.objects.create(case=case, at=at, name="规则", what="told", words=f"{said}：{words}")


def _replies(orders: Sequence[Order]) -> dict[int, str]:
    """The last reply of a unit on each order, for orders that are over."""
    found = Assignment.objects.filter(order__in=orders, completed_at__isnull=False).exclude(reply="").order_by("no")
    return dict(found.values_list("order", "reply"))


def answered(orders: Sequence[Order]) -> list[tuple[rules.Matter, int]]:
    """The matters of these orders that have been answered, with the order of the last answer: what can be repeated."""
    return _answered(orders, _replies(orders))


def _answered(orders: Sequence[Order], replies: Mapping[int, str]) -> list[tuple[rules.Matter, int]]:
    return rules.answered(
        (_matter(o), o.pk, replies.get(o.pk, "")) for o in sorted(orders, key=lambda o: o.received_at)
    )


def _matter(order: Order) -> rules.Matter:
    return rules.Matter(order.category, order.place)


def _held(case: AbuseCase, states: set[str] | frozenset[str]) -> AbuseCase:
    """The case as the database has it, locked, where it stands in one of the states."""
    held = AbuseCase.objects.select_for_update().get(pk=case.pk)
    rules.check_state(held.stage, states)
    return held


def _over(case: AbuseCase, state: str, at: datetime) -> None:
    case.stage, case.ended_at = state, at
    case.save()


def _note(case: AbuseCase, what: str, words: str, by: Actor, at: datetime) -> None:
    AbuseStep.objects.create(case=case, at=at, person_id=by.person_id, name=by.name, what=what, words=words)


def _seen(orders: Sequence[Order], by: Actor) -> None:
    wanted = {order.pk for order in orders}
    if queries.visible_to(by).filter(pk__in=wanted).count() != len(wanted):
        raise NotAllowed("有的工单不在您的岗位能看的范围里。")


def _may(by: Actor, roles: frozenset[Role], what: str) -> None:
    if by.role not in roles:
        raise NotAllowed(f"{by.name}（{by.role}）不能{what}。可以做的岗位：{', '.join(sorted(roles))}。")


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed("这一步只能由人来做。")
    return by.person_id


def _minutes(minutes: int, own: object) -> int:
    least = int(getattr(own, "minutes", 0))
    if minutes and minutes < least:
        raise BadInput(f"同一件事的通话至少留 {least} 分钟，或不限。")
    return minutes

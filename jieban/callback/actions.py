"""Verbs of callback: open, try, record what the citizen says, give up. 解决 and 满意 come from here and nowhere else.

What an answer leads to (close or a new round) is done by the rule in the same transaction, whoever wrote it down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.callback import links, replies, rules
from jieban.callback.models import Attempt, Claim, Invite
from jieban.city import limits
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.book import Book
from jieban.orders.lifecycle import A
from jieban.orders.models import Answer, Assignment, Message, Order

_RULE = "回访结果"
# News of what must be signed before a night is over comes at night too.
_NIGHT = timedelta(hours=12)
_START = {"completion": "各单位办结", "limit": "办理时限到期"}


def open(orders: Sequence[Order], *, by: Actor, at: datetime, loaded: Loaded | None = None) -> None:
    """Every unit has reported: the citizen is to be asked. Each order gets a one-time link, by SMS where wished."""
    loaded = loaded or city.current(at=at)
    prefetch_related_objects(orders, "contact")
    made = [links.make(order, days=loaded.pack.settings.callback_link_days, at=at) for order in orders]
    told = {"rule": f"回访从{_START[loaded.pack.settings.callback_starts]}开始", "version": loaded.number}
    steps = [
        Step(order, changes={"attempts": 0}, records=told, messages=_asking(order, link, at))
        for order, (_, link) in zip(orders, made, strict=True)
    ]
    with actions.together():
        actions.move(steps, "await_callback", by=by, at=at)
        Invite.objects.bulk_create([invite for invite, _ in made])


def attempt(
    orders: Sequence[Order],
    *,
    way: str,
    outcome: str,
    by: Actor,
    at: datetime,
    loaded: Loaded | None = None,
    again_at: datetime | None = None,
) -> list[Attempt]:
    """A try that got no answer. When to try again follows from the pack's gap and windows, or is `again_at`."""
    if outcome not in rules.OUTCOMES or way not in rules.WAYS:
        raise BadInput(f"没接通的原因请从{'、'.join(rules.OUTCOMES.values())}里选。")
    if again_at is not None and again_at <= at:
        raise BadInput("约好的时间已经过了，请重新选一个。")
    loaded = loaded or city.current(at=at)
    with actions.together() as book:
        book.lock(orders, ())
        held = [book.order(order) for order in orders]
        prefetch_related_objects(held, "contact")
        rows = [_try(o, way, outcome, by, at, again_at or _again(o, at, loaded), loaded) for o in held]
        steps = [Step(r.order, changes={"attempts": r.no}, records=_told(r)) for r in rows]
        actions.move(steps, "attempt", by=by, at=at)
        Claim.objects.filter(order__in=held).delete()
        return Attempt.objects.bulk_create(rows)


def record(order: Order, said: rules.Said, *, way: str, by: Actor, at: datetime, loaded: Loaded | None = None) -> str:
    """What the citizen says about one order; returns what followed, `close` or `rework`."""
    return record_all([(order, said)], way=way, by=by, at=at, loaded=loaded)[0]


def record_all(
    answers: Sequence[tuple[Order, rules.Said]], *, way: str, by: Actor, at: datetime, loaded: Loaded | None = None
) -> list[str]:
    """What citizens say about their orders: an answer for each scored assignment, then close or a new round.

    BadInput: an answer that is no choice. Conflict: an order that is not waiting to be asked.
    """
    for _, said in answers:
        rules.check(said)
    answers = [(order, rules.whole(said)) for order, said in answers]
    loaded = loaded or city.current(at=at)
    terms = loaded.pack.callbacks
    rule = actors.rule(_RULE, client=by.client)
    with actions.together() as book:
        parts = _scored([order for order, _ in answers], book)
        for order, said in answers:
            _check_units(order, said, parts[order.pk])
        steps = [_asked(order, said, way, parts[order.pk], at) for order, said in answers]
        actions.move(steps, "ask", by=by, at=at)
        Claim.objects.filter(order__in=[order for order, _ in answers]).delete()
        verdicts = [rules.verdict(said, round_no=order.round, terms=terms) for order, said in answers]
        again = [pair for pair, v in zip(answers, verdicts, strict=True) if v == rules.REWORK]
        over = [pair for pair, v in zip(answers, verdicts, strict=True) if v == rules.CLOSE]
        _rework(again, parts, by=rule, at=at, loaded=loaded)
        _close([(order, rules.result(said)) for order, said in over], by=rule, at=at)
    return verdicts


def record_by_link(token: str, said: rules.Said, *, at: datetime, loaded: Loaded | None = None) -> str:
    """What the citizen says through the one-time link; the link is used up in the same transaction."""
    with actions.together():
        invite = links.read(token, at=at)
        links.use(invite, at=at)
        return record(invite.order, said, way="web", by=actors.citizen(), at=at, loaded=loaded)


def give_up(orders: Sequence[Order], *, by: Actor, at: datetime) -> None:
    """The citizen could not be reached: no valid answer, and the order closes as 联系不上."""
    with actions.together() as book:
        book.lock(orders, ())
        held = [book.order(order) for order in orders]
        parts = _scored(held, book)
        steps = [
            Step(
                order,
                changes={"reached": False, "callback_at": at},
                records={"attempts": order.attempts},
                answers=[_unreached(a, at) for a in parts[order.pk]],
            )
            for order in held
        ]
        actions.move(steps, "give_up", by=by, at=at)
        _close([(order, "联系不上") for order in held], by=actors.rule(_RULE, client=by.client), at=at)


def _asking(order: Order, link: str, at: datetime) -> list[Message]:
    text = (
        f"您反映的事（{order.number}），单位说办完了。是否解决由您来说，请点 {{link}} 回答，一次有效。{replies.HOW}。"
    )
    return outbox.to_citizen(order, "callback", text, at=at, link=link)


def _again(order: Order, at: datetime, loaded: Loaded) -> datetime:
    local = timezone.localtime(at)
    gap = limits.run_out(loaded.pack, loaded.pack.settings.callback_gap, at=local) - local
    return rules.next_try(local, gap, loaded.pack.settings.callback_windows, rules.wished(order.contact.call_window))


def _try(order: Order, way: str, outcome: str, by: Actor, at: datetime, again: datetime, loaded: Loaded) -> Attempt:
    no = order.attempts + 1
    again_at = None if rules.exhausted(no, loaded.pack.settings) and outcome != "later" else again
    return Attempt(
        order=order, round=order.round, no=no, at=at, by_id=by.person_id, way=way, outcome=outcome, again_at=again_at
    )


def _told(row: Attempt) -> dict[str, object]:
    return {"no": row.no, "outcome": row.outcome, "way": row.way, "again_at": row.again_at}


def _scored(orders: Sequence[Order], book: Book) -> dict[int, list[Assignment]]:
    """The assignments of each order that the citizen's answer is about: leads and assistants that have completed.

    One whose work the citizen was content with in a round before is not judged a second time.
    """
    judged = Answer.objects.filter(assignment=OuterRef("pk"), round=OuterRef("round"))
    found = Assignment.objects.filter(~Exists(judged), order__in=orders).exclude(role="notice").order_by("no")
    parts: dict[int, list[Assignment]] = {order.pk: [] for order in orders}
    for part in map(book.assignment, found):
        if part.state == A.COMPLETED:
            parts[part.order_id].append(part)
    return parts


def _check_units(order: Order, said: rules.Said, parts: Sequence[Assignment]) -> None:
    strange = set(said.each) - {part.no for part in parts}
    if strange:
        raise BadInput(f"{order.number} 没有第 {min(strange)} 个承办单位在等评价，请刷新页面再记。")


def _asked(order: Order, said: rules.Said, way: str, parts: Sequence[Assignment], at: datetime) -> Step:
    whole = {"contacted": said.contacted, "solved": said.solved, "satisfied": said.satisfied}
    told: dict[str, object] = {"way": way, "answers": _codes(said) | {"words": said.words}}
    if said.each:
        told["each"] = {str(no): _codes(one) for no, one in said.each.items()}
    return Step(
        order,
        changes={**whole, "reached": True, "callback_at": at},
        records=told,
        answers=[_about(part, said, way, at) for part in parts],
    )


def _codes(said: rules.Said) -> dict[str, object]:
    return {
        "contacted": said.contacted, "solved": said.solved, "satisfied": said.satisfied, "attitude": said.attitude,
    }  # fmt: skip


def _about(part: Assignment, said: rules.Said, way: str, at: datetime) -> Answer:
    one = said.about(part.no)
    words = one.words or said.words
    return Answer(assignment=part, round=part.round, at=at, way=way, reached=True, words=words, **_codes(one))


def _unreached(part: Assignment, at: datetime) -> Answer:
    return Answer(assignment=part, round=part.round, at=at, way="phone", reached=False)


def _close(orders: Sequence[tuple[Order, str]], *, by: Actor, at: datetime) -> None:
    steps = [Step(order, changes={"closed_at": at}, records={"result": result}) for order, result in orders]
    actions.move(steps, "close", by=by, at=at)


def _rework(
    answers: Sequence[tuple[Order, rules.Said]],
    parts: Mapping[int, Sequence[Assignment]],
    *,
    by: Actor,
    at: datetime,
    loaded: Loaded,
) -> None:
    """A new round of the assignments the citizen was not content with: fresh, shorter clocks; raised by rule."""
    whole, each, raised, terms = [], [], [], loaded.pack.callbacks
    prefetch_related_objects([order for order, _ in answers], "contact")
    for order, said in answers:
        again = [part for part in parts[order.pk] if rules.starts(said.about(part.no), terms)]
        fresh = [(part, _clocks(order, part, loaded, at)) for part in again]
        whole.append(_anew(order, said, [clocks for _, clocks in fresh], at))
        each += [_redone(order, part, said.about(part.no), clocks, at) for part, clocks in fresh]
        reason = rules.raises(said, next_round=order.round + 1, terms=terms)
        raised += [_raised(order, reason, terms.raise_level, at)] if reason and not order.escalated else []
    actions.move(whole, "rework", by=by, at=at)
    actions.move(each, "redo", by=by, at=at)
    actions.move(raised, "escalate", by=by, at=at)


def _raised(order: Order, reason: str, level: str, at: datetime) -> Step:
    """提级办理: the district has it too, without a step of its own to take."""
    district = order.district_id
    notice = [outbox.to_unit(district, "escalated", at=at, number=order.number, cause=reason)] if district else []
    return Step(
        order,
        changes={"escalated": True, "raised_to_id": district},
        records={"level": level, "reason": reason, "leader": ""},
        messages=notice,
    )


def _clocks(order: Order, part: Assignment, loaded: Loaded, at: datetime) -> limits.Counted:
    """The clocks of the next round of a part; the citizen's own begins anew with it."""
    return limits.of(
        loaded.pack, loaded.unit_codes.get(part.unit_id, ""), order.category, order.urgency, at=at, asked=at,
        round_no=part.round + 1, version=loaded.number,
    )  # fmt: skip


def _anew(order: Order, said: rules.Said, clocks: Sequence[limits.Counted], at: datetime) -> Step:
    fresh = clocks[0]
    told = {"sign": fresh.sign, "respond": fresh.respond, "handle": fresh.handle}
    until = max(one.promise for one in clocks if one.promise)
    changes = {"round": order.round + 1, "due_at": until, "replied_at": None, "attempts": 0}
    promise = _promise(order, until, at)
    return Step(order, changes=changes, records={"cause": rules.cause(said), "limits": told}, messages=promise)


def _promise(order: Order, due: datetime, at: datetime) -> list[Message]:
    until = timezone.localtime(due)
    moment = f"{until.month}月{until.day}日 {until:%H:%M}"
    text = f"您反映的事（{order.number}），您说的话记下了，已请原单位重新办理，{moment} 前答复您。"
    return outbox.to_citizen(order, "rework", text, at=at)


def _redone(order: Order, part: Assignment, said: rules.Said, fresh: limits.Counted, at: datetime) -> Step:
    changes = {
        "round": part.round + 1,
        "sent_at": at,
        **fresh.columns,
        "signed_at": None,
        "responded_at": None,
        "completed_at": None,
        "result": "",
        "reply": "",
        "differently": "",
    }
    told = {"cause": rules.cause(said), "differently": said.words or "由主办单位先问清哪里没解决"}
    soon = fresh.sign - at <= _NIGHT
    notice = outbox.to_unit(
        part.unit_id, "rework", at=at, urgent=soon, number=order.number, no=part.no, cause=rules.cause(said)
    )
    return Step(order, part, changes=changes, records=told, messages=[notice])

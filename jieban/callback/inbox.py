"""SMS that citizens send back: an answer by SMS counts like one by telephone or in the browser; the first one counts.

A text that cannot be read in one way only, or a number for which several matters wait, is left to a person, who sees it
as it came. Nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.callback import actions, replies
from jieban.callback.models import Reply
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import Conflict
from jieban.orders.lifecycle import S
from jieban.orders.models import Order

RECORDED, UNCLEAR, LATE, UNKNOWN = "recorded", "unclear", "late", "unknown"
OUTCOMES = {RECORDED: "已记下", UNCLEAR: "读不准，等人看", LATE: "已经评价过", UNKNOWN: "没有在等评价的事"}
# How long after an answer a second SMS is still told that the first one stands.
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an SMS, and the sentence that the gateway may send back."""

    outcome: str
    reply: str
    number: str = ""


def take(phone: str, text: str, *, source: str, source_id: str, at: datetime, loaded: Loaded) -> Taken:
    """One SMS as the gateway brings it. Brought twice (same `source_id`), it is taken once."""
    with transaction.atomic():
        before = Reply.objects.filter(source=source, source_id=source_id).select_related("order").first()
        if before is not None:
            return _told(before.outcome, before.order)
        index = crypto.index(phone)
        order = _meant(index, text)
        if order is None:
            return _told(UNKNOWN, None)
        outcome = _answer(order, index, text, at, loaded)
        Reply.objects.create(
            source=source, source_id=source_id, order=order, at=at, text=text.strip()[:2000], outcome=outcome
        )
    return _told(outcome, order)


def left(by: Actor) -> QuerySet[Reply]:
    """The texts that a person must read, the oldest first."""
    return Reply.objects.filter(outcome=UNCLEAR, done_at=None).select_related("order__contact").order_by("at", "pk")


def settle(reply: Reply, *, by: Actor, at: datetime) -> None:
    """A person has read it and done what was to be done."""
    if not Reply.objects.filter(pk=reply.pk, done_at=None).update(done_at=at, done_by_id=by.person_id):
        raise Conflict("这条短信已经有人处理了。")


def _meant(index: str, text: str) -> Order | None:
    """The order an SMS is about: the one named, else the one that waits, else the one answered last."""
    mine = Order.objects.filter(contact__phone_index=index).exclude(contact__phone_index="")
    named = next((o for o in mine.order_by("-pk")[:50] if o.number in text.upper()), None)
    waiting = mine.filter(state=S.CALLBACK).order_by("replied_at", "pk").first()
    return named or waiting or mine.filter(reached=True).order_by("-callback_at").first()


def _answer(order: Order, index: str, text: str, at: datetime, loaded: Loaded) -> str:
    if order.state != S.CALLBACK:
        return LATE if order.callback_at and at - order.callback_at <= _REMEMBERED else UNCLEAR
    named = order.number in text.upper()
    several = Order.objects.filter(contact__phone_index=index, state=S.CALLBACK).count() > 1
    said = replies.read(text.upper().replace(order.number, ""))
    if said is None or (several and not named):
        return UNCLEAR
    actions.record(order, said, way="sms", by=actors.citizen(client="sms"), at=at, loaded=loaded)
    return RECORDED


def _told(outcome: str, order: Order | None) -> Taken:
    number = order.number if order is not None else ""
    sentence = {
        RECORDED: f"您的回答记下了（{number}）。",
        UNCLEAR: f"您的短信收到了（{number}），会有人看，也可能打电话问您一句。",
        LATE: f"这件事（{number}）您已经评价过了，以第一次为准。想补充请拨 12345。",
        UNKNOWN: "没有查到这个号码在等评价的事。有事请拨 12345。",
    }
    return Taken(outcome, sentence[outcome], number)

"""Messages as rows: what a change must tell, written with the change by `orders.actions`, delivered later by a worker.

`desk` messages appear among the unit's notices and need no delivery; `sms` goes to the citizen's sealed number. The
text never carries a name, an address or what the citizen wrote. In the quiet hours of the pack only urgent messages
leave or appear; the others wait for the morning, so that nobody is woken for what can wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from jieban.city import queries as city
from jieban.core import crypto
from jieban.core.errors import BadInput
from jieban.orders.models import Message, Order

Hours = tuple[time, time]
# Where no pack can be read.
QUIET: Hours = (time(21), time(8))


def to_unit(unit_id: int, topic: str, *, at: datetime, **body: Any) -> Message:
    """A notice to a unit. It appears at once, in the quiet hours only where `body` has urgent=True, else after them."""
    after = leaves(at, urgent=bool(body.get("urgent")))
    return Message(topic=topic, way="desk", unit_id=unit_id, body=body, made_at=at, after=after, sent_at=after)


def to_citizen(
    order: Order, topic: str, text: str, *, at: datetime, link: str = "", urgent: bool = False
) -> list[Message]:
    """An SMS to the citizen of `order`, none where there is no number or no wish for SMS. `link` is kept sealed."""
    contact = order.contact
    if not contact.sms or not bytes(contact.phone):
        return []
    body = {"text": text, "number": order.number, "urgent": urgent, "link": crypto.seal(link).hex()}
    after = leaves(at, urgent=urgent)
    return [Message(topic=topic, way="sms", recipient=bytes(contact.phone), body=body, made_at=at, after=after)]


def to_outside(phone: bytes, topic: str, text: str, *, at: datetime, number: str, link: str) -> list[Message]:
    """An SMS to a party outside by its sealed number, none where there is no number. `link` is kept sealed."""
    if not phone:
        return []
    body = {"text": text, "number": number, "urgent": False, "link": crypto.seal(link).hex()}
    return [Message(topic=topic, way="sms", recipient=phone, body=body, made_at=at, after=leaves(at, urgent=False))]


def leaves(at: datetime, *, urgent: bool, quiet: Hours = QUIET) -> datetime:
    """The first moment from `at` at which a message may leave, by the city's own clock and its quiet hours."""
    local = timezone.localtime(at)
    if urgent or not is_quiet(local.time(), quiet):
        return at
    begin, end = quiet
    past_midnight = begin > end and local.time() >= begin
    return datetime.combine(local.date() + timedelta(days=int(past_midnight)), end, tzinfo=local.tzinfo)


def is_quiet(moment: time, quiet: Hours = QUIET) -> bool:
    """Whether a time of day lies in the quiet hours, which may run over midnight and do not hold their end."""
    begin, end = quiet
    return begin <= moment < end if begin <= end else moment >= begin or moment < end


def hours(at: datetime) -> Hours:
    """The quiet hours of the pack in force at `at`, the usual ones where none can be read. One query."""
    try:
        own = city.current(at=at).pack.settings
    except BadInput:
        return QUIET
    return time.fromisoformat(own.quiet_from), time.fromisoformat(own.quiet_until)


def settle(messages: Sequence[Message]) -> None:
    """Let the messages of one transaction leave by the pack's own quiet hours."""
    waiting = [message for message in messages if not message.body.get("urgent")]
    quiet = hours(waiting[0].made_at) if waiting else QUIET
    if quiet == QUIET:
        return
    for message in waiting:
        message.after = leaves(message.made_at, urgent=False, quiet=quiet)
        message.sent_at = message.after if message.way == "desk" else message.sent_at

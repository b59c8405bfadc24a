"""Messages as rows: what a change must tell, written with the change by `orders.actions`, delivered later by a worker.

`desk` messages appear on the unit's own desk and need no delivery; `sms` goes to the citizen's sealed number. The text
never carries a name, an address or what the citizen wrote. Between 21:00 and 08:00 only urgent messages leave.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from jieban.core import crypto
from jieban.orders.models import Message, Order

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def to_unit(unit_id: int, topic: str, *, at: datetime, **body: Any) -> Message:
    """A notice on a unit's desk; it is there the moment it is written."""
    return Message(topic=topic, way="desk", unit_id=unit_id, body=body, made_at=at, after=at, sent_at=at)


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


def leaves(at: datetime, *, urgent: bool) -> datetime:
    """The first moment from `at` at which a message may leave, by the city's own clock."""
    local = timezone.localtime(at)
    late = local.time() >= QUIET_FROM
    if urgent or not (late or local.time() < QUIET_UNTIL):
        return at
    return datetime.combine(local.date() + timedelta(days=int(late)), QUIET_UNTIL, tzinfo=local.tzinfo)

"""What the receipt of an order says: what became of it, what the citizen must hear at once, and how to look it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from jieban.city import queries as city
from jieban.core import crypto
from jieban.intake import routing
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.orders.models import Order
from jieban.portal import words
from jieban.portal.citizen import home, proof

# Files and pictures of citizens: nobody else keeps a copy, nothing is guessed from their content.
PRIVATE: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The words around the number. `told` is what was answered or where the citizen was sent; `alarm`: call first."""

    heading: str
    told: str
    alarm: bool
    open: bool
    unit: str
    until: str
    phone: str
    code: str
    spoken: str
    code_spoken: str


def of(order: Order, *, now: datetime) -> Receipt:
    """The receipt of an order as it stands."""
    told, alarm = _told(order)
    phone = crypto.unseal(order.contact.phone)
    code = proof.code(order.number)
    return Receipt(
        heading=_heading(order, alarm),
        told=told,
        alarm=alarm,
        open=order.state == S.RECEIVED or order.state in LIVE_ORDER,
        unit=_lead(order),
        until=words.moment(home.local(order.due_at), home.local(now)) if order.due_at else "",
        phone=phone[-proof.PHONE_DIGITS :] if len(phone) > proof.PHONE_DIGITS else "",
        code=f"{code[:3]} {code[3:]}",
        spoken=" ".join(order.number.replace("-", "")),
        code_spoken=" ".join(code),
    )


def _heading(order: Order, alarm: bool) -> str:
    if alarm:
        return _("已经记下，也派出去了") if order.dispatched_at else _("已经记下")
    by_move = {"answered": _("这件事可以直接答复您"), "guided": _("这件事该找这里"), "transferred": _("已经为您转接")}
    return by_move.get(_ending(order), _("收到了，编号给您"))


def _ending(order: Order) -> str:
    """How an order ended that no unit had to handle; empty for any other."""
    if order.state in (S.ANSWERED, S.GUIDED, S.TRANSFERRED):
        return str(order.state)
    entry = order.entries.filter(move="close").order_by("-seq").first() if order.state == S.CLOSED else None
    return str(entry.records.get("result", "")) if entry else ""


def _told(order: Order) -> tuple[str, bool]:
    """What must be read at once, and whether it is a call to an emergency line."""
    route = order.suggested.get("route", {})
    if route.get("value") == "emergency" and route.get("certain"):
        pack = city.of(order.pack_id).pack
        return routing.route(f"{order.title}。{order.content}", pack=pack).told, True
    entry = order.entries.filter(move__in=("answer", "guide")).order_by("-seq").first()
    return (str(entry.records.get("text") or entry.records.get("told", "")) if entry else ""), False


def _lead(order: Order) -> str:
    part = order.assignments.exclude(role="notice").select_related("unit").order_by("no").first()
    return part.unit.name if part else ""

"""Who may open an order without logging in: its number together with the last four digits of the phone that filed it,
or with its tracking code. The code is derived under the house's key and shown on the receipt; nothing is stored for it.

A wrong proof says the same, and takes the same reads, whether or not such an order exists.
"""

from __future__ import annotations

from django.http import HttpRequest

from jieban.core import crypto, numbers
from jieban.core.errors import BadInput
from jieban.orders.models import Order

CODE_DIGITS, PHONE_DIGITS = 6, 4
# Orders a browser keeps open at once; the session ends with the browser's cookie.
_KEPT = 20
_SESSION = "opened"


def code(number: str) -> str:
    """The tracking code of an order: six digits that only its receipt shows."""
    return f"{int(crypto.index(f'tracking code {number}')[:15], 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def find(number: str, digits: str) -> Order | None:
    """The order of that number if the digits prove it; None for an unknown number and for wrong digits alike.

    BadInput where the number is not of the form of an order number or its check digit is wrong: that much is written on
    every receipt and gives nothing away.
    """
    order = Order.objects.select_related("contact").filter(number=numbers.read(number)).first()
    return order if _proves(order, "".join(c for c in digits if c.isdigit())) else None


def _proves(order: Order | None, digits: str) -> bool:
    number, sealed = (order.number, order.contact.phone) if order else ("none", b"")
    by_code = len(digits) == CODE_DIGITS and crypto.same(digits, code(number))
    phone = crypto.unseal(sealed)
    by_phone = len(digits) == PHONE_DIGITS and len(phone) > PHONE_DIGITS and crypto.same(digits, phone[-PHONE_DIGITS:])
    return order is not None and (by_code or by_phone)


def remember(request: HttpRequest, number: str) -> None:
    """Keep in the session that this browser has proved the order."""
    opened = [n for n in request.session.get(_SESSION, []) if n != number]
    request.session[_SESSION] = [*opened, number][-_KEPT:]


def opened(request: HttpRequest) -> list[str]:
    """The numbers this browser has proved, the latest first."""
    return list(reversed(request.session.get(_SESSION, [])))


def forget(request: HttpRequest) -> None:
    """Keep nothing more of what this browser has proved: it may be somebody else's."""
    request.session.pop(_SESSION, None)


def order_of(request: HttpRequest, number: str) -> Order | None:
    """The order, if this browser has proved it; None otherwise."""
    try:
        canonical = numbers.read(number)
    except BadInput:
        return None
    if canonical not in request.session.get(_SESSION, []):
        return None
    return Order.objects.select_related("contact").filter(number=canonical).first()

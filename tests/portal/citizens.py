"""What tests of the citizens' pages do again and again."""

from __future__ import annotations

from django.test import Client

from jieban.orders.models import Order
from jieban.portal.citizen import proof


def text(response) -> str:
    """The page as text."""
    return response.content.decode()


def opened(web: Client, order: Order) -> Client:
    """The browser has proved the order by its tracking code."""
    web.post("/track", {"number": order.number, "digits": proof.code(order.number)})
    return web

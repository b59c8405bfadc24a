"""Reads of triage: orders of which something is still unsaid."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jieban.accounts.actor import Actor
from jieban.orders import queries as orders
from jieban.orders.lifecycle import S
from jieban.orders.models import Order


def waiting(actor: Actor | None = None) -> QuerySet[Order]:
    """Orders before dispatch that lack kind, category or place, the most pressing first; seen by the actor, or all."""
    seen = Order.objects.all() if actor is None else orders.visible_to(actor)
    unsaid = Q(kind="") | Q(category="") | Q(street__isnull=True, district__isnull=True)
    return seen.filter(unsaid, state__in=(S.RECEIVED, S.PENDING, S.CONSULTING)).order_by("due_at", "received_at", "pk")

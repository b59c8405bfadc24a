"""Reads of the record. `visible_to` is the only way from a request to an order."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from jieban.accounts.actor import Actor, Sight
from jieban.orders.models import Assignment, Order


def visible_to(actor: Actor) -> QuerySet[Order]:
    """The orders that the actor's post may see: all; those of its area and its unit's subtree; or those of its unit."""
    if actor.sight == Sight.ALL:
        return Order.objects.all()
    if actor.unit_id is None or actor.sight == Sight.NONE:
        return Order.objects.none()
    mine = Assignment.objects.filter(order=OuterRef("pk")).filter(_held_by(actor))
    seen = Q(Exists(mine))
    if actor.sight == Sight.TREE:
        seen |= Q(street__path__startswith=actor.unit_path) | Q(district__path__startswith=actor.unit_path)
    return Order.objects.filter(seen)


def assignments_of(actor: Actor) -> QuerySet[Assignment]:
    """The assignments that the actor's post may work on: those of its unit, and in a tree those of the units below."""
    if actor.sight == Sight.ALL:
        return Assignment.objects.all()
    if actor.unit_id is None or actor.sight == Sight.NONE:
        return Assignment.objects.none()
    return Assignment.objects.filter(_held_by(actor))


def _held_by(actor: Actor) -> Q:
    if actor.sight == Sight.UNIT:
        return Q(unit=actor.unit_id) | Q(section=actor.unit_id)
    return Q(unit__path__startswith=actor.unit_path) | Q(section__path__startswith=actor.unit_path)


def in_states(*states: str) -> QuerySet[Order]:
    """Orders waiting in the given states, the most pressing first."""
    return Order.objects.filter(state__in=states).order_by("due_at", "pk")

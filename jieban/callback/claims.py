"""Calls in hand: the next call goes to one agent alone, as long as the pack says; picking by hand is checked too."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from jieban.accounts.actor import Actor
from jieban.callback import queries
from jieban.callback.models import Claim
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import Conflict, NotAllowed
from jieban.orders.models import Order

_LOOKS = 20


def take_next(by: Actor, *, part: str, at: datetime, loaded: Loaded) -> Order | None:
    """The next order of that part of the queue, now in the agent's hand; None where nobody waits.

    Two agents never get the same: rows another agent is just taking are skipped where the database can, and a claim
    that came in between is seen after the row is locked.
    """
    with transaction.atomic():
        _let_go(by)
        free = queries.queue(by, at=at, part=part).filter(~Exists(others(by, at)))
        seen: list[int] = []
        # One row at a time: a longer list would be locked whole, and a colleague would find nothing.
        while len(seen) < _LOOKS and (order := _locked(free.exclude(pk__in=seen)).first()) is not None:
            if holder(order, by=by, at=at) is None:
                _hold(order, by, at, loaded)
                return order
            seen.append(order.pk)
    return None


def take(order: Order, *, by: Actor, at: datetime, loaded: Loaded) -> None:
    """This very order in the agent's hand. Conflict names who has it already."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        check(order, by=by, at=at)
        _let_go(by)
        _hold(order, by, at, loaded)


def check(order: Order, *, by: Actor, at: datetime) -> None:
    """Refuse (Conflict) what somebody else has in hand."""
    if (held := holder(order, by=by, at=at)) is not None:
        raise Conflict(f"{held.person.name}正在打 {order.number}。请打别的一件，您写的还在这一页。")


def holder(order: Order, *, by: Actor, at: datetime) -> Claim | None:
    """The claim of somebody else on this order, if there is one now."""
    return Claim.objects.filter(order=order, until__gt=at).exclude(person=by.person_id).select_related("person").first()


def mine(by: Actor, *, at: datetime) -> QuerySet[Claim]:
    """What the agent has in hand."""
    return Claim.objects.filter(person=by.person_id, until__gt=at).select_related("order")


def others(by: Actor, at: datetime) -> QuerySet[Claim]:
    """Claims of somebody else on the order of an outer query."""
    return Claim.objects.filter(order=OuterRef("pk"), until__gt=at).exclude(person=by.person_id)


def _hold(order: Order, by: Actor, at: datetime, loaded: Loaded) -> None:
    until = limits.run_out(loaded.pack, loaded.pack.callbacks.claim, at=at)
    Claim.objects.update_or_create(order=order, defaults={"person_id": person(by), "until": until})


def person(by: Actor) -> int:
    """Who it is; NotAllowed where nobody in person acts."""
    if by.person_id is None:
        raise NotAllowed("回访电话要由一个人来打。")
    return by.person_id


def _let_go(by: Actor) -> None:
    Claim.objects.filter(person=by.person_id).delete()


def _locked(found: QuerySet[Order]) -> QuerySet[Order]:
    skip = connection.features.has_select_for_update_skip_locked
    own = connection.features.has_select_for_update_of
    return found.select_for_update(skip_locked=skip, of=("self",) if own else ())

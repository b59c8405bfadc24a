"""Reads of callback: which orders are to be opened, called, called again, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Left, Right
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.callback.models import Attempt, Invite
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.orders import queries as orders
from jieban.orders.lifecycle import S
from jieban.orders.models import Order

PARTS = ("due", "appointments", "unreached", "firms")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders wait: all, to be called now, with an appointment ahead, tried in vain before, and of firms."""

    waiting: int
    due: int
    appointments: int
    unreached: int
    firms: int


def ripe(*, at: datetime, loaded: Loaded) -> QuerySet[Order]:
    """Replied orders whose callback is to begin: at once, or when the limit has run out, as the pack says."""
    found = Order.objects.filter(state=S.REPLIED).order_by("replied_at", "pk")
    return found if loaded.pack.settings.callback_starts == "completion" else found.filter(due_at__lte=at)


def queue(actor: Actor, *, at: datetime, part: str = "due") -> QuerySet[Order]:
    """Orders to call that the actor may see: `due` now, `appointments` ahead, `unreached` before, or `firms` (PARTS).

    Each carries `again_at` and `tried_at` of its last try in this round. First come appointments that are due, then
    supervised orders, then those in a further round, then the longest waiting. Who named an hour is due in it alone.
    """
    found = _callable(actor).filter(_tests(at)[part])
    columns = ("contact", "street", "district")
    pressing = Case(
        When(agreed="later", again_at__lte=at, then=0), When(supervised=True, then=1), When(round__gt=1, then=2),
        default=3,
    )  # fmt: skip
    return (
        found.select_related(*columns)
        .prefetch_related("assignments__unit")
        .order_by(pressing, F("again_at").asc(nulls_last=True), "replied_at", "pk")
    )


def counts(actor: Actor, *, at: datetime) -> Counts:
    """The counts above the queue, in one query."""
    tests = _tests(at)
    found = _callable(actor).aggregate(
        waiting=Count("pk"), **{name: Count("pk", filter=test) for name, test in tests.items()}
    )
    return Counts(**found)


def lost(*, at: datetime, loaded: Loaded) -> QuerySet[Order]:
    """Orders to give up: all tries made and one more gap gone by; without a number, when the link has expired."""
    settings = loaded.pack.settings
    local = timezone.localtime(at)
    gap = limits.run_out(loaded.pack, settings.callback_gap, at=local) - local
    tried = Q(attempts__gte=settings.callback_attempts, tried_at__lte=at - gap, again_at=None)
    mute = Q(contact__phone=b"", opened_at__lte=at - timedelta(days=settings.callback_link_days))
    opened = Invite.objects.filter(order=OuterRef("pk"), round=OuterRef("round")).order_by("-made_at")
    found = _tried(Order.objects.filter(state=S.CALLBACK)).annotate(
        opened_at=Subquery(opened.values("made_at")[:1], output_field=DateTimeField())
    )
    return found.filter(tried | mute).order_by("pk")


def attempts(order: Order) -> QuerySet[Attempt]:
    """The tries of this round, in order, with who made them."""
    return Attempt.objects.filter(order=order, round=order.round).select_related("by").order_by("no")


def _callable(actor: Actor) -> QuerySet[Order]:
    return _tried(orders.visible_to(actor).filter(state=S.CALLBACK).exclude(contact__phone=b""))


def _tried(found: QuerySet[Order]) -> QuerySet[Order]:
    last = Attempt.objects.filter(order=OuterRef("pk"), round=OuterRef("round")).order_by("-no")
    return found.annotate(
        begin=Left("contact__call_window", 5),
        end=Right("contact__call_window", 5),
        agreed=Subquery(last.values("outcome")[:1]),
        again_at=Subquery(last.values("again_at")[:1], output_field=DateTimeField()),
        tried_at=Subquery(last.values("at")[:1], output_field=DateTimeField()),
    )


def _tests(at: datetime) -> dict[str, Q]:
    fresh, hour = Q(attempts=0), f"{timezone.localtime(at):%H:%M}"
    wished = Q(contact__call_window="") | (Q(begin__lte=hour) & Q(end__gt=hour))
    agreed = Q(agreed="later", again_at__lte=at)
    return {
        "due": agreed | ((fresh | Q(again_at__lte=at)) & wished),
        "appointments": Q(again_at__gt=at),
        "unreached": ~fresh,
        "firms": (fresh | Q(again_at__lte=at)) & Q(contact__appellant="firm"),
    }

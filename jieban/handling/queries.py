"""Reads of a unit's desk: what is open, how it is counted, and the list with its filters. Constant queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.handling import rules
from jieban.orders import queries as orders
from jieban.orders.lifecycle import HELD_ASSIGNMENT, A
from jieban.orders.models import Assignment

_NO_HANDLER = Q(handler=None, section=None)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts strip of a desk; `earliest_sign` is when the first unsigned one runs out."""

    open: int
    unsigned: int
    today: int
    late: int
    rework: int
    unassigned: int
    mine: int
    soon: int
    firms: int
    earliest_sign: datetime | None
    oldest_late: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the desk shows: `only` is one of `ONLY`; the others narrow by column, empty for all."""

    only: str = ""
    urgency: str = ""
    category: str = ""
    role: str = ""
    words: str = ""


ONLY = ("unsigned", "today", "late", "rework", "mine", "unassigned", "firms", "notice")


def waiting(actor: Actor) -> QuerySet[Assignment]:
    """The open assignments the actor's unit works on, without those it was only told about."""
    return orders.assignments_of(actor).filter(state__in=HELD_ASSIGNMENT).exclude(role="notice")


def counts(actor: Actor, *, at: datetime) -> Counts:
    """All counts of the desk in one query."""
    tests = _tests(actor, at)
    late = tests["late"]
    found = waiting(actor).aggregate(
        open=Count("pk"),
        soon=Count("pk", filter=Q(handle_due__gte=at, handle_due__lte=at + rules.SOON)),
        earliest_sign=Min("sign_due", filter=tests["unsigned"]),
        oldest_late=Min("handle_due", filter=late),
        **{name: Count("pk", filter=tests[name]) for name in ONLY if name != "notice"},
    )
    return Counts(**found)


def desk(actor: Actor, *, at: datetime, filters: Filters | None = None) -> QuerySet[Assignment]:
    """The desk's list, the least time left first, with order, contact, unit and handler fetched along."""
    filters = filters or Filters()
    if filters.only == "notice":
        found = orders.assignments_of(actor).filter(role="notice", state__in=HELD_ASSIGNMENT)
    else:
        found = waiting(actor).filter(_tests(actor, at).get(filters.only, Q()))
    return (
        found.filter(_narrow(filters))
        .select_related("order__contact", "order__street", "order__district", "unit", "section", "handler")
        .order_by("handle_due", "pk")
    )


def _tests(actor: Actor, at: datetime) -> dict[str, Q]:
    local = timezone.localtime(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "unsigned": Q(state=A.SENT),
        "today": Q(handle_due__gte=at, handle_due__lt=midnight),
        "late": Q(handle_due__lt=at),
        "rework": Q(round__gt=1),
        "mine": Q(handler=actor.person_id),
        "unassigned": _NO_HANDLER,
        "firms": Q(order__contact__appellant="firm"),
    }


def _narrow(filters: Filters) -> Q:
    narrow = Q()
    if filters.urgency:
        narrow &= Q(urgency=filters.urgency)
    if filters.category:
        narrow &= Q(order__category__startswith=filters.category)
    if filters.role:
        narrow &= Q(role=filters.role)
    if words := filters.words.strip():
        said = (Q(**{f"order__{column}__icontains": words}) for column in ("number", "title", "address"))
        narrow &= next(said) | next(said) | next(said)
    return narrow

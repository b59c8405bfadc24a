"""Reads of supervision: which orders a trigger is about, and the lists of letters. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from jieban.accounts.actor import Actor, Sight
from jieban.city.oversight import Trigger, span
from jieban.handling.letters import Addressee, Letter
from jieban.handling.supervision_rules import Matter, Sighting
from jieban.orders import queries as orders
from jieban.orders.lifecycle import LIVE_ORDER, A, S
from jieban.orders.models import Assignment, Order

# Counted triggers look only at points and callers with an order of the last day: nothing else can have become due.
FRESH = timedelta(days=1)
_AT_WORK = (S.DISPATCHED, S.HANDLING, S.REWORK)
_ENDED = (A.REDIRECTED, A.TERMINATED)
ONLY = ("open", "late", "answered", "lifted")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many letters are open, past their limit, and answered by all and waiting to be judged."""

    open: int
    late: int
    answered: int


def candidates(trigger: Trigger, *, at: datetime) -> QuerySet[Order]:
    """Live orders that a trigger about single orders may mean, without those it has raised a letter on.

    Once a round is enough, and never while a letter of the same trigger is open.
    """
    before = Letter.objects.filter(order=OuterRef("pk"), trigger=trigger.code)
    settled = Exists(before.filter(Q(round=OuterRef("round")) | Q(lifted_at=None)))
    return Order.objects.filter(_about(trigger, at), _narrow(trigger), addressed(), ~settled).order_by("pk")


def holding() -> QuerySet[Assignment]:
    """The assignments whose units a letter goes to: they handle the order, or have handled it."""
    return Assignment.objects.exclude(role="notice").exclude(state__in=_ENDED)


def addressed() -> Q:
    """Of orders: those a letter finds somebody for, by a unit that holds them or by their place.

    The others wait for the dispatcher, who is not told by letters.
    """
    held = Exists(holding().filter(order=OuterRef("pk")))
    return Q(held) | Q(street__isnull=False) | Q(district__isnull=False)


def settled_orders(trigger: Trigger, found: Iterable[Order]) -> set[int]:
    """Which of the orders have a letter of the trigger: open, or raised in their present round."""
    rounds = {order.pk: order.round for order in found}
    rows = Letter.objects.filter(order__in=rounds, trigger=trigger.code).values_list("order", "round", "lifted_at")
    return {order for order, round_no, lifted in rows if lifted is None or round_no == rounds[order]}


def _about(trigger: Trigger, at: datetime) -> Q:
    fresh = Q(state__in=LIVE_ORDER)
    if trigger.within:
        fresh &= Q(received_at__gte=at - span(trigger.within), received_at__lte=at)
    said = Q(state=S.REWORK) | Q(state=S.HANDLING, round__gt=1)
    tests = {
        "overdue": lambda: Q(state__in=_AT_WORK, replied_at=None, due_at__lte=at - span(trigger.over)),
        "double_no": lambda: said & Q(solved="no", satisfied="no"),
        "single_no": lambda: said & (Q(solved="no") | Q(satisfied="no")) & ~Q(solved="no", satisfied="no"),
        "words": lambda: fresh & _saying(trigger.words),
        "channel": lambda: fresh & Q(channel__in=trigger.channels),
    }
    return tests[trigger.what]()


def _saying(words: Iterable[str]) -> Q:
    out = Q(pk__in=[])
    for word in words:
        out |= Q(title__contains=word) | Q(content__contains=word)
    return out


def _narrow(trigger: Trigger) -> Q:
    out = Q(urgency__in=trigger.urgencies) if trigger.urgencies else Q()
    inside = Q()
    for code in trigger.categories:
        inside |= Q(category__startswith=code)
    return out & inside


def matter(order: Order) -> Matter:
    """An order as the rules see it."""
    return Matter(
        order.category, order.urgency, order.channel, f"{order.title}\n{order.content}", order.due_at,
        order.replied_at, order.solved, order.satisfied,
    )  # fmt: skip


def sightings(trigger: Trigger, *, at: datetime) -> list[Sighting]:
    """Orders of the trigger's window at points (or from callers) that had a new one in the last day; one query.

    A point is place and category; for `repeat_caller` it is the number's index.
    """
    window = Order.objects.filter(received_at__gte=at - span(trigger.within), received_at__lte=at)
    fresh = Order.objects.filter(received_at__gte=at - FRESH, received_at__lte=at).filter(_narrow(trigger))
    if trigger.what == "repeat_caller":
        numbers = fresh.exclude(contact__phone_index="").values("contact__phone_index")
        found = window.filter(contact__phone_index__in=numbers)
    else:
        same = fresh.filter(place=OuterRef("place"), category=OuterRef("category"))
        found = window.exclude(place="").exclude(category="").filter(_narrow(trigger)).filter(Exists(same))
    rows = found.values_list("pk", "place", "category", "contact__phone_index", "received_at")
    return [
        Sighting(pk, index if trigger.what == "repeat_caller" else f"{place}|{category}", index, seen)
        for pk, place, category, index, seen in rows
    ]


def settled_subjects(trigger: Trigger, same: Iterable[str], *, at: datetime) -> dict[str, int]:
    """Points and callers with a letter of the trigger, or of one of the same kind: subject → the order it is about.

    Not again before the window of the trigger is over, nor while the letter is open.
    """
    since = at - span(trigger.within)
    found = Letter.objects.filter(trigger__in=list(same)).exclude(subject="")
    recent = found.filter(Q(made_at__gte=since) | Q(lifted_at=None)).order_by("pk")
    return dict(recent.values_list("subject", "order"))


def letters(actor: Actor, *, at: datetime, only: str = "") -> QuerySet[Letter]:
    """Letters on the orders that the actor may see, those due first; `only` is of `ONLY`."""
    found = Letter.objects.select_related("order", "order__street", "order__district").prefetch_related(
        "addressees__unit"
    )
    if actor.sight != Sight.ALL:
        found = found.filter(order__in=orders.visible_to(actor).values("pk"))
    waiting = Exists(Addressee.objects.filter(letter=OuterRef("pk"), replied_at=None))
    tests = {
        "": Q(lifted_at=None),
        "open": Q(lifted_at=None) & waiting,
        "late": Q(lifted_at=None, due_at__lt=at) & waiting,
        "answered": Q(lifted_at=None) & ~waiting,
        "lifted": Q(lifted_at__isnull=False),
    }
    ordered = found.filter(tests.get(only, tests[""]))
    return ordered.order_by("-lifted_at", "-pk") if only == "lifted" else ordered.order_by("due_at", "pk")


def to_answer(actor: Actor) -> QuerySet[Addressee]:
    """Open letters to the actor's unit, in a tree also to those below, that still need its answer; due first."""
    found = Addressee.objects.filter(replied_at=None, letter__lifted_at=None)
    mine = Q(unit__path__startswith=actor.unit_path) if actor.sight == Sight.TREE else Q(unit=actor.unit_id)
    return found.filter(mine).select_related("unit", "letter__order").order_by("letter__due_at", "pk")


def overdue(*, at: datetime) -> QuerySet[Addressee]:
    """Units that have not answered in time and have not been told so."""
    found = Addressee.objects.filter(replied_at=None, late_told_at=None, letter__lifted_at=None, letter__due_at__lt=at)
    return found.select_related("unit", "letter__order").order_by("pk")


def of_order(order: Order) -> QuerySet[Letter]:
    """The letters of an order, newest first, with the units they went to."""
    return Letter.objects.filter(order=order).prefetch_related("addressees__unit").order_by("-pk")

"""Right first time: whether the units an order was first sent to kept it, and whom a wrong choice is traced to.

A first dispatch was wrong where afterwards an objection was upheld, the order was recalled, the regulator took over
from a firm that went first, or another unit came in as lead for one that was let go. Each is counted once, under its
first cause in that sequence. It is traced to the line of the catalogue, to the person or the rule that chose, and to
the model that guessed the category (`PERSON` where a person corrected it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from jieban.accounts.actor import Actor
from jieban.orders import queries as orders
from jieban.orders.models import Entry, Order

DUTY, PERSON, BY, MODEL, CATEGORY = "duty", "person", "by", "model", "category"
DIMENSIONS = (DUTY, PERSON, BY, MODEL, CATEGORY)
OBJECTED, RECALLED, FELL_BACK, REPLACED = "objected", "recalled", "fell_back", "replaced"
CAUSES = (OBJECTED, RECALLED, FELL_BACK, REPLACED)
ALL, WRONG = "all", "wrong"


@dataclass(slots=True)
class Tally:
    """First dispatches of one kind: how many, and how many were wrong by cause."""

    key: str
    out_of: int = 0
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CAUSES, 0))

    @property
    def missed(self) -> int:
        """How many were wrong."""
        return sum(self.wrong.values())

    @property
    def right(self) -> int:
        """How many were kept by the units they were first sent to."""
        return self.out_of - self.missed

    @property
    def share(self) -> float | None:
        """Right first time, 0 to 1; None where there is nothing."""
        return self.right / self.out_of if self.out_of else None

    def add(self, cause: str, count: int) -> None:
        """Count `count` more, wrong where there is a cause."""
        self.out_of += count
        if cause:
            self.wrong[cause] += count


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The whole and its parts by dimension; in each part those with most wrong ones first."""

    whole: Tally
    parts: dict[str, list[Tally]]


def count(actor: Actor, *, begin: datetime, end: datetime) -> Accuracy:
    """First dispatches from `begin` up to `end` of orders that the actor may see, counted in one statement."""
    groups = _first(actor, begin, end).order_by().values(*DIMENSIONS, "cause").annotate(n=Count("pk"))
    whole = Tally("")
    parts: dict[str, dict[str, Tally]] = {name: {} for name in DIMENSIONS}
    for group in groups:
        whole.add(group["cause"], group["n"])
        for name in DIMENSIONS:
            key = str(group[name] or "")
            parts[name].setdefault(key, Tally(key)).add(group["cause"], group["n"])
    return Accuracy(whole, {name: _ranked(found.values()) for name, found in parts.items()})


def _ranked(found: Iterable[Tally]) -> list[Tally]:
    return sorted(found, key=lambda one: (-one.missed, -one.out_of, one.key))


def orders_behind(
    actor: Actor, *, begin: datetime, end: datetime, dimension: str = "", value: str = "", which: str = ALL
) -> QuerySet[Order]:
    """The orders behind one number of the report. `which` is ALL, WRONG or one of CAUSES."""
    found = _first(actor, begin, end)
    if dimension in DIMENSIONS:
        found = found.filter(**{dimension: value}) if value or dimension != PERSON else found.filter(person=None)
    if which in CAUSES:
        found = found.filter(cause=which)
    elif which == WRONG:
        found = found.exclude(cause="")
    return Order.objects.filter(pk__in=found.order_by().values("order")).order_by("-received_at", "-pk")


def _first(actor: Actor, begin: datetime, end: datetime) -> QuerySet[Any]:
    """The entries of first dispatches, each with what it is counted under and the cause for which it was wrong."""
    others = Entry.objects.filter(order=OuterRef("order"))
    again = others.filter(move="dispatch", seq__lt=OuterRef("seq"))
    found = Entry.objects.filter(move="dispatch", at__gte=begin, at__lt=end).filter(~Exists(again))
    seen = found.filter(order__in=orders.visible_to(actor)).annotate(suggested=F("order__suggested"))
    return seen.annotate(
        duty=_text("records__duty"),
        by=_text("records__by"),
        category=F("order__category"),
        model=_model(),
        cause=_cause(others.filter(seq__gt=OuterRef("seq"))),
    )


def _text(path: str) -> Coalesce:
    """A text inside a JSON column, empty where it is not there."""
    return Coalesce(KT(path), Value(""), output_field=TextField())


def _model() -> Case:
    said = "order__suggested__category"
    corrected = Q(**{f"{said}__chosen__isnull": False}) & ~Q(**{f"{said}__chosen": F(f"{said}__value")})
    return Case(When(corrected, then=Value(PERSON, TextField())), default=_text("suggested__category__model"))


def _cause(later: QuerySet[Entry]) -> Case:
    let_go = Exists(later.filter(move="withdraw"))
    joined = later.filter(move="join")
    return Case(
        When(Exists(later.filter(move__in=("uphold", "redirect"))), then=Value(OBJECTED)),
        When(Exists(joined.filter(records__has_key="why")), then=Value(FELL_BACK)),
        When(Exists(later.filter(move="recall")), then=Value(RECALLED)),
        When(Exists(joined.filter(records__units__0__role="lead")) & let_go, then=Value(REPLACED)),
        default=Value(""),
    )

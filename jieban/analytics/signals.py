"""Signs that call for a look by those who oversee: what a unit reported against what the citizen said, and silence.

Signs, never verdicts: each row names the order, the unit and the moment, and a person reads the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from jieban.handling.letters import Addressee
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Answer, Assignment, Attachment, Entry, Order

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """One order with a sign: on which unit, and when it showed."""

    order: Order
    unit: str
    at: datetime


def signs(kind: str, *, since: datetime, at: datetime, limit: int = SHOWN) -> list[Sign]:
    """The newest signs of a kind (of `KINDS`) between the two moments; one query."""
    return KINDS[kind](since, at, limit)


def _untrue(since: datetime, at: datetime, limit: int) -> list[Sign]:
    """Reported as done, and the citizen says 没解决."""
    done = _entry("complete", records__result="done")
    return _said(_answers(since, at).filter(Exists(done), solved="no"), limit)


def _uncontacted(since: datetime, at: datetime, limit: int) -> list[Sign]:
    """Recorded as contacted, and the citizen says that nobody did."""
    return _said(_answers(since, at).filter(Exists(_entry("respond")), contacted=False), limit)


def _no_proof(since: datetime, at: datetime, limit: int) -> list[Sign]:
    """没解决, and the unit had nothing to show for its work."""
    proof = Attachment.objects.filter(order=OuterRef("order")).exclude(stage__in=("intake", "remark"))
    return _said(_answers(since, at).filter(~Exists(proof), solved="no"), limit)


def _silent(since: datetime, at: datetime, limit: int) -> list[Sign]:
    """A letter of supervision that was not answered in time."""
    found = Addressee.objects.filter(letter__due_at__gte=since, letter__due_at__lt=at, replied_at=None)
    rows = found.select_related("unit", "letter__order").order_by("-letter__due_at", "-pk")[:limit]
    return [Sign(row.letter.order, row.unit.short, row.letter.due_at) for row in rows]


def _overdue(since: datetime, at: datetime, limit: int) -> list[Sign]:
    """Past the limit and not reported."""
    found = Assignment.objects.filter(state__in=HELD_ASSIGNMENT, handle_due__gte=since, handle_due__lt=at)
    rows = found.exclude(role="notice").select_related("unit", "order").order_by("-handle_due", "-pk")[:limit]
    return [Sign(row.order, row.unit.short, row.handle_due) for row in rows]


def _answers(since: datetime, at: datetime) -> QuerySet[Answer]:
    return Answer.objects.filter(at__gte=since, at__lte=at, reached=True)


def _entry(move: str, **records: str) -> QuerySet[Entry]:
    """The unit's own entry of that kind before the citizen spoke."""
    mine = Entry.objects.filter(order=OuterRef("order"), assignment_no=OuterRef("assignment__no"), move=move)
    return mine.filter(at__lte=OuterRef("at"), **records)


def _said(found: QuerySet[Answer], limit: int) -> list[Sign]:
    rows: Iterable[Answer] = found.select_related("order", "assignment__unit").order_by("-at", "-pk")[:limit]
    return [Sign(row.order, row.assignment.unit.short, row.at) for row in rows]


KINDS: dict[str, Callable[[datetime, datetime, int], list[Sign]]] = {
    "untrue": _untrue,
    "uncontacted": _uncontacted,
    "no_proof": _no_proof,
    "silent": _silent,
    "overdue": _overdue,
}

"""What a worker runs for clocks: say that a limit comes near or has passed, and let those go on whose rest is over.

One batch a call. Orders are claimed row by row (SKIP LOCKED where the database has it), so that several workers never
take the same; a crash loses nothing, because nothing lives outside the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from jieban.accounts import actor as actors
from jieban.city import alerts, limits
from jieban.city.alerts import Alert
from jieban.city.queries import Loaded
from jieban.handling import rules, time
from jieban.orders import actions, bulk, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT, A
from jieban.orders.models import Assignment, Message, Order

BATCH = 200
_SIGNED = HELD_ASSIGNMENT - {A.SENT, A.OBJECTION}
_ANSWERED = _SIGNED - {A.SIGNED, A.HANDOVER}
_OUTER = frozenset(alerts.CLOCKS)


def warn(*, at: datetime, limit: int = BATCH) -> int:
    """Tell units of limits that came near or passed since they were last looked at; returns how many were told."""
    with _some(waiting(at=at), limit) as parts:
        told = [(part, found) for part in parts if (found := _reached(part, at))]
        quiet = [part for part in parts if not _reached(part, at)]
        for part in quiet:
            part.warn_at = _next(part, at)
        bulk.update(quiet, ("warn_at",))
        steps = [_step(part, found, at) for part, found in told]
        actions.move(steps, "warn", by=actors.rule("到期提醒"), at=at)
    return len(told)


def go_on(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Let suspended assignments go on whose rest is over; returns how many."""
    found = Assignment.objects.filter(state=A.SUSPENDED, rest_until__lte=at).order_by("rest_until", "pk")
    with _some(found, limit) as parts:
        time.resume(parts, cause="暂停期已满，接着办", by=actors.rule("暂停到期"), at=at, loaded=loaded)
    return len(parts)


def waiting(*, at: datetime) -> QuerySet[Assignment]:
    """The assignments that are to be looked at by `at`, the longest waiting first; found by an index of their own."""
    return Assignment.objects.filter(warn_at__lte=at).order_by("warn_at")


@contextmanager
def _some(found: QuerySet[Assignment], limit: int) -> Iterator[list[Assignment]]:
    """Up to `limit` of the found, their orders claimed until the block ends, without those that somebody else moved."""
    ids = dict(found.values_list("pk", "order_id")[:limit])
    if not ids:
        yield []
        return
    with transaction.atomic():
        orders = Order.objects.filter(pk__in=set(ids.values())).order_by("pk")
        claimed = {
            order.pk
            for order in orders.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        }
        again = found.filter(pk__in=[pk for pk, order in ids.items() if order in claimed])
        yield list(again.select_related("order__contact", "unit", "section"))


def _stopped(part: Assignment) -> set[str]:
    """The clocks of a part that no longer run."""
    out = {"sign"} if part.state in _SIGNED or part.signed_at else set()
    return out | ({"respond"} if part.state in _ANSWERED or part.responded_at else set())


def _silent(part: Assignment) -> bool:
    """Whether nothing is to be said of a part at all: it has ended, it rests, or it was only told."""
    return part.role == "notice" or part.state not in HELD_ASSIGNMENT or bool(limits.resting(part.clock))


def _reached(part: Assignment, at: datetime) -> list[Alert]:
    if _silent(part):
        return []
    return alerts.reached(part.clock, since=part.warn_at or at, at=at, stopped=_stopped(part))


def _next(part: Assignment, at: datetime) -> datetime | None:
    return None if _silent(part) else alerts.coming(part.clock, after=at, stopped=_stopped(part))


def _step(part: Assignment, found: Sequence[Alert], at: datetime) -> Step:
    changes = {"warned": found[-1].key, "warn_at": _next(part, at)}
    told = {"clock": "、".join(one.key for one in found), "due": found[-1].due.isoformat()}
    messages = [message for one in found for message in _messages(part, one, at)]
    return Step(part.order, part, changes=changes, records=told, messages=messages)


def _messages(part: Assignment, one: Alert, at: datetime) -> list[Message]:
    """To the unit and the section at work; what is late by the city's limit goes to the district too."""
    to = {part.unit_id, part.section_id}
    if one.late and one.name in _OUTER:
        to.add(part.unit.district_id)
    body = {"number": part.order.number, "no": part.no, "clock": one.name, "late": one.late, "due": one.due.isoformat()}
    topic = "overdue" if one.late and one.name in _OUTER else "due_soon"
    pressing = rules.pressing(one.start, one.due, at, late=one.late)
    return [outbox.to_unit(pk, topic, at=at, urgent=pressing, **body) for pk in sorted(filter(None, to))]

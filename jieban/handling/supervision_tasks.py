"""What the worker does for supervision: raise letters by rule, gather the orders of one event, tell who is late.

Each is one batch; rows are claimed (SKIP LOCKED where the database has it), so that two workers never raise a letter
twice. The number of queries depends on the number of triggers, never on the number of orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city.oversight import GROUPED, Trigger
from jieban.city.queries import Loaded
from jieban.handling import incidents, supervision
from jieban.handling import supervision_queries as queries
from jieban.handling import supervision_rules as rules
from jieban.handling.letters import Addressee
from jieban.handling.supervision import Demand
from jieban.orders import outbox
from jieban.orders.lifecycle import LIVE_ORDER
from jieban.orders.models import Message, Order

BATCH = 200
_COUNTED = (*GROUPED, "repeat_caller")


@dataclass(frozen=True, slots=True)
class _Round:
    """What all triggers of one round share."""

    by: Actor
    at: datetime
    loaded: Loaded
    limit: int


def raise_letters(*, at: datetime, loaded: Loaded, limit: int = BATCH) -> int:
    """Raise the letters that the city's triggers ask for at `at`, at most `limit` a trigger; returns how many."""
    now = _Round(actors.rule("督办规则"), at, loaded, limit)
    triggers = loaded.pack.oversight.by_rule(timezone.localdate(at))
    return sum(_counted(t, triggers, now) if t.what in _COUNTED else _single(t, now) for t in triggers)


def _single(trigger: Trigger, now: _Round) -> int:
    ids = list(queries.candidates(trigger, at=now.at).values_list("pk", flat=True)[: now.limit])
    if not ids:
        return 0
    with transaction.atomic():
        held = _claim(ids)
        settled = queries.settled_orders(trigger, held)
        meant = [o for o in held if o.pk not in settled and rules.due(trigger, queries.matter(o), at=now.at)]
        demands = [Demand(order, trigger, basis=_seen(trigger, order)) for order in meant]
        return len(_issue(demands, now))


def _seen(trigger: Trigger, order: Order) -> dict[str, object]:
    """What the rule saw, for the record: which words, never the sentence around them."""
    return {"words": rules.found(trigger.words, queries.matter(order).words)} if trigger.words else {}


def _counted(trigger: Trigger, triggers: Sequence[Trigger], now: _Round) -> int:
    found = rules.groups(queries.sightings(trigger, at=now.at), trigger, at=now.at)
    if not found:
        return 0
    same = [other.code for other in triggers if other.what == trigger.what]
    with transaction.atomic():
        held = {order.pk: order for order in _claim([pk for group in found for pk in group.orders])}
        settled = queries.settled_subjects(trigger, same, at=now.at)
        if trigger.what == "cluster":
            _gather(found, held, settled, now)
        fresh = [group for group in found if group.point not in settled][: now.limit]
        demands = [_demand(trigger, group, held) for group in fresh if any(pk in held for pk in group.orders)]
        busy = queries.settled_orders(trigger, [demand.order for demand in demands])
        return len(_issue([demand for demand in demands if demand.order.pk not in busy], now))


def _demand(trigger: Trigger, group: rules.Group, held: Mapping[int, Order]) -> Demand:
    """A cluster is written on its oldest live order, what repeats on its newest."""
    live = [held[pk] for pk in group.orders if pk in held]
    order = live[0] if trigger.what == "cluster" else live[-1]
    basis = {"count": len(group.orders), "callers": group.callers}
    return Demand(order, trigger, basis=basis, subject=group.point)


def _gather(found: Sequence[rules.Group], held: Mapping[int, Order], settled: Mapping[str, int], now: _Round) -> None:
    """Put the live orders of a cluster into one event, also those that came after its letter."""
    for group in found:
        live = [held[pk] for pk in group.orders if pk in held]
        loose = [order for order in live if order.cluster_of_id is None]
        head = held.get(settled.get(group.point, 0)) or next((o for o in live if o.cluster_of_id == o.pk), None)
        if loose and (head or len(loose) > 1):
            why = "同一地点的同类问题，短时间内多件"
            incidents.gather(loose, head=head or loose[0], why=why, by=now.by, at=now.at)


def _issue(demands: Sequence[Demand], now: _Round) -> list[object]:
    return list(supervision.issue(demands, by=now.by, at=now.at, loaded=now.loaded)) if demands else []


def _claim(ids: Sequence[int]) -> list[Order]:
    """The live orders among them that a letter can reach, locked; without those that another worker holds."""
    skip = connection.features.has_select_for_update_skip_locked
    found = Order.objects.filter(queries.addressed(), pk__in=ids, state__in=LIVE_ORDER).order_by("received_at", "pk")
    return list(found.select_for_update(skip_locked=skip))


def tell_late(*, at: datetime, limit: int = BATCH) -> int:
    """Tell units, and whoever issued the letter, that an answer is overdue; once each. Returns how many units."""
    ids = list(queries.overdue(at=at).values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        locked = queries.overdue(at=at).filter(pk__in=ids).select_for_update(skip_locked=skip, of=("self",))
        rows = list(locked)
        for row in rows:
            row.late_told_at = at
        Addressee.objects.bulk_update(rows, ["late_told_at"])
        Message.objects.bulk_create([message for row in rows for message in _late(row, at)])
    return len(rows)


def _late(row: Addressee, at: datetime) -> list[Message]:
    letter = row.letter
    told = {row.unit_id, *([letter.unit_id] if letter.unit_id else [])}
    made = [
        outbox.to_unit(pk, "supervision_late", at=at, number=letter.order.number, letter=letter.number)
        for pk in sorted(told)
    ]
    for message in made:
        message.order = letter.order
    return made

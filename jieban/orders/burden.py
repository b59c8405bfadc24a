"""Measured burden on the grassroots (N20): how often units were told things, and how often in the quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractHour, ExtractMinute
from django.utils import timezone

from jieban.accounts.actor import Actor, Sight
from jieban.orders import outbox
from jieban.orders.models import Message

DAYS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One unit: what it was told, how much of that appeared in the quiet hours, and how much was kept till morning."""

    unit: str
    pushes: int
    night: int
    held: int


def by_unit(actor: Actor, *, at: datetime, days: int = DAYS) -> list[Row]:
    """The units in the actor's sight, those most often told things at night first. Two queries."""
    if actor.sight == Sight.NONE:
        return []
    found = Message.objects.filter(
        way="desk", unit__isnull=False, made_at__gte=at - timedelta(days=days), made_at__lte=at
    )
    if actor.sight != Sight.ALL:
        found = found.filter(unit__path__startswith=actor.unit_path)
    zone = timezone.get_current_timezone()
    minute = ExtractHour("after", tzinfo=zone) * 60 + ExtractMinute("after", tzinfo=zone)
    begin, end = (moment.hour * 60 + moment.minute for moment in outbox.hours(at))
    late, early = Q(minute__gte=begin), Q(minute__lt=end)
    rows = found.annotate(minute=minute).values("unit", "unit__name").annotate(
        pushes=Count("pk"), night=Count("pk", filter=late | early if begin > end else late & early),
        held=Count("pk", filter=Q(after__gt=F("made_at"))),
    )  # fmt: skip
    out = [Row(row["unit__name"], row["pushes"], row["night"], row["held"]) for row in rows]
    return sorted(out, key=lambda row: (-row.night, -row.pushes, row.unit))

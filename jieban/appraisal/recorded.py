"""Marks that the record holds and the lake does not: what the two sides of a whistle think of each other (双考核)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone

from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case
from jieban.handling import whistle

JOINT: Final = "joint"
# Ratings go from 1 to 5. Four and five say that the other side did its part.
_GOOD: Final = 4


def marks(cycle: Cycle, *, at: datetime) -> list[Case]:
    """The marks of a cycle that its scheme names, one row a unit: `joint`, of ratings that may be read at `at`.

    Both sides are rated: the called unit by the caller, and the caller by whom it called.
    """
    if JOINT not in cycle.scheme.model.parts:
        return []
    zone = timezone.get_default_timezone()
    first, end = (datetime.combine(day, time(), zone) for day in (cycle.first, cycle.end))
    given = whistle.open_ratings(at=at).filter(at__gte=first, at__lt=end)
    counted = given.values("unit__code").annotate(of=Count("pk"), got=Count("pk", filter=Q(score__gte=_GOOD)))
    return [
        {"unit": row["unit__code"], "name": JOINT, "got": str(row["got"]), "of": str(row["of"])}
        for row in counted.order_by("unit__code")
    ]

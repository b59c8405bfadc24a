"""What happens with cycles without anybody at a desk: the centre is told once of every stage a cycle comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.appraisal import cycles, result_notices, result_steps, results
from jieban.appraisal.cycles import COMING, OVER, Cycle
from jieban.appraisal.result_models import CycleStep
from jieban.city import schemes
from jieban.city.schemes import Scheme

# A cycle is frozen within a few weeks after its end: the one under way and the two before are looked at.
_BACK: Final = 2


def tell(known: Sequence[Scheme], *, at: datetime) -> int:
    """Tell the centre of the stage that each recent cycle has come to, once each; how many were told."""
    return sum(_once(cycle, at) for cycle in recent(known, at=at))


def recent(known: Sequence[Scheme], *, at: datetime, back: int = _BACK) -> list[Cycle]:
    """The cycle of the day and so many before it, the newest first; none where no scheme is in force."""
    day, found = timezone.localdate(at), list[Cycle]()
    if schemes.at(known, day) is None:
        return []
    cycle: Cycle | None = cycles.containing(day, known)
    while cycle is not None and len(found) <= back:
        found.append(cycle)
        cycle = cycles.before(cycle, known)
    return found


def _once(cycle: Cycle, at: datetime) -> bool:
    stage = cycle.stage(timezone.localdate(at))
    if stage == COMING or (stage == OVER and results.latest(cycle.code) is not None):
        return False
    if CycleStep.objects.filter(cycle=cycle.code, what=stage, person=None).exists():
        return False
    try:
        with transaction.atomic():
            result_steps.add(stage, cycle.code, by=actors.rule("考核期日程"), at=at, words=days(cycle))
            result_notices.stage(cycle.code, stage, at=at)
    except IntegrityError:
        return False
    return True


def days(cycle: Cycle) -> str:
    """The days of a cycle in words."""
    last, late, over = (day - timedelta(days=1) for day in (cycle.end, cycle.late_end, cycle.window_end))
    return f"{cycle.first} 至 {last}，补访到 {late}，剔除申请到 {over}"

"""What stands in the way of freezing a cycle, and what it waits for: late callbacks, undecided requests."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from jieban.appraisal.cycles import OVER, Cycle
from jieban.appraisal.exclusion_rules import OPEN
from jieban.appraisal.models import Exclusion
from jieban.orders.lifecycle import S
from jieban.orders.models import Answer, Assignment

_NAMED: Final = 10


def obstacles(cycle: Cycle, *, until: datetime, at: datetime) -> list[str]:
    """Why the cycle cannot be frozen at `at` from a lake that tells the record as of `until`; nothing where it can."""
    if cycle.stage(timezone.localdate(at)) != OVER:
        last = cycle.window_end - timedelta(days=1)
        return [f"· 剔除申请和审核到 {last} 才结束，{cycle.window_end} 起可以冻结。"]
    return [*_behind(cycle, until), *_undecided(cycle)]


def _behind(cycle: Cycle, until: datetime) -> list[str]:
    """The lake must tell of the whole window, and of every decision taken after it."""
    last = Exclusion.objects.aggregate(first=Max("decided_at"), second=Max("second_at"))
    needed = max([_moment(cycle.window_end), *(moment for moment in last.values() if moment)])
    if until >= needed:
        return []
    known, lacking = (f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" for moment in (until, needed))
    return [f"· 数据湖只到 {known}，还没有包含到 {lacking} 的全部变化。请先同步数据湖。"]


def _undecided(cycle: Cycle) -> list[str]:
    numbers = list(undecided(cycle).values_list("order__number", "assignment__no"))
    if not numbers:
        return []
    named = "、".join(f"{number}/{no}" for number, no in numbers[:_NAMED])
    more = f" 等 {len(numbers)} 件" if len(numbers) > _NAMED else f"，共 {len(numbers)} 件"
    return [f"· 还有剔除申请或复核没有定：{named}{more}。"]


def undecided(cycle: Cycle) -> QuerySet[Exclusion]:
    """The open requests about what was asked in the cycle, the oldest first."""
    mine = _asked_in(cycle)
    found = Exclusion.objects.filter(stage__in=OPEN, assignment__in=mine.values("assignment"))
    return found.select_related("order", "assignment", "unit").order_by("asked_at", "pk")


def _asked_in(cycle: Cycle) -> QuerySet[Answer]:
    """Answers that count in the cycle, as `cases.of` takes them from the lake."""
    first, end, taken, late = map(_moment, (cycle.first, cycle.end, cycle.taken_end, cycle.late_end))
    before = Q(at__lt=taken, assignment__completed_at__lt=first)
    own = Q(at__gte=first, at__lt=end) & ~before
    return Answer.objects.filter(own | Q(at__gte=end, at__lt=late, assignment__completed_at__lt=end))


def late_callbacks(cycle: Cycle) -> QuerySet[Assignment]:
    """Work reported within the cycle whose citizen was not asked about it yet: it counts if asked in time."""
    begin, end = _moment(cycle.first), _moment(cycle.end)
    asked = Answer.objects.filter(assignment=OuterRef("pk"), round=OuterRef("round"))
    done = Assignment.objects.filter(completed_at__gte=begin, completed_at__lt=end).exclude(role="notice")
    waiting = done.filter(order__state__in=(S.REPLIED, S.CALLBACK)).filter(~Exists(asked))
    return waiting.select_related("order", "unit").order_by("completed_at", "pk")


def _moment(day: date) -> datetime:
    """The first moment of a day of the city."""
    return datetime.combine(day, time(0), timezone.get_default_timezone())

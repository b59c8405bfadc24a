"""What stands in the way of freezing a cycle, and what it waits for: late callbacks, undecided requests."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from jieban.analytics.engines import Source
from jieban.appraisal.cycles import OVER, Cycle
from jieban.orders.lifecycle import S
from jieban.orders.models import Answer, Assignment

_NAMED: Final = 10


def obstacles(source: Source, cycle: Cycle, *, until: datetime, at: datetime) -> list[str]:
    """Why the cycle cannot be frozen at `at` from a lake that tells the record as of `until`; nothing where it can."""
    ends = datetime.combine(cycle.window_end, time(0), timezone.get_default_timezone())
    if cycle.stage(timezone.localdate(at)) != OVER:
        last = cycle.window_end - timedelta(days=1)
        return [f"· 剔除申请和审核到 {last} 才结束，{cycle.window_end} 起可以冻结。"]
    if until < ends:
        known = f"{timezone.localtime(until):%Y-%m-%d %H:%M}"
        return [f"· 数据湖只到 {known}，还没有包含剔除期内的全部变化。请先同步数据湖。"]
    return []


def late_callbacks(cycle: Cycle) -> QuerySet[Assignment]:
    """Work reported within the cycle whose citizen was not asked about it yet: it counts if asked in time."""
    begin, end = (
        datetime.combine(day, time(0), timezone.get_default_timezone()) for day in (cycle.first, cycle.end)
    )  # fmt: skip
    asked = Answer.objects.filter(assignment=OuterRef("pk"), round=OuterRef("round"))
    done = Assignment.objects.filter(completed_at__gte=begin, completed_at__lt=end).exclude(role="notice")
    waiting = done.filter(order__state__in=(S.REPLIED, S.CALLBACK)).filter(~Exists(asked))
    return waiting.select_related("order", "unit").order_by("completed_at", "pk")

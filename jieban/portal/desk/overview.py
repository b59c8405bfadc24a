"""A leader's first look: how much, how late, where it hurts; each number opens its orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jieban.accounts.actor import Actor, Role
from jieban.analytics import look
from jieban.city import queries as city
from jieban.core import clock
from jieban.orders import queries
from jieban.orders.lifecycle import LIVE_ORDER
from jieban.orders.models import Order
from jieban.portal import figures, words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import rows
from jieban.portal.desk.periods import midnight

LEADERS = (Role.LEADER, Role.SUPERVISOR, Role.DISTRICT, Role.CHIEF, Role.AUDITOR)
_DAYS, _MONTH = 7, 30
_TOP = 8


@staff(*LEADERS)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits now, from the record; the week by district or street and by category, from the lake; the late."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    seen = queries.visible_to(actor)
    since = at.date() - timedelta(days=_DAYS - 1)
    late = Q(due_at__lt=at, replied_at=None, state__in=LIVE_ORDER)
    oldest = seen.filter(late).select_related("contact", "street", "district").prefetch_related("assignments__unit")
    values = {
        "counts": _counts(seen, at, late), "since": since, "now": at,
        "oldest": list(rows.order_lines(oldest.order_by("due_at")[:_TOP], loaded, at)),
        **_figures(actor, since, seen.filter(late)),
    }  # fmt: skip
    return render(request, "desk/overview.html", values)


def _counts(seen: QuerySet[Order], at: datetime, late: Q) -> dict[str, Any]:
    today = Q(received_at__gte=midnight(at.date()))
    return seen.aggregate(
        today=Count("pk", filter=today), live=Count("pk", filter=Q(state__in=LIVE_ORDER)),
        late=Count("pk", filter=late), pending=Count("pk", filter=Q(state__in=("pending_dispatch", "consulting"))),
        rework=Count("pk", filter=Q(state="rework")), asking=Count("pk", filter=Q(state="callback_pending")),
    )  # fmt: skip


def _figures(actor: Actor, since: date, late: QuerySet[Order]) -> dict[str, Any]:
    """The week's figures; the areas with how many of their orders are late now."""
    end, month = since + timedelta(days=_DAYS), since - timedelta(days=_MONTH - _DAYS)
    found = figures.read(
        actor, "overview", lambda source: look.look(source, first=since, end=end, said_since=month), since
    )
    if found is None:
        return {"figures": None}
    value = found.value
    passed = _late(late, since, value.by) if value.areas else {}
    said = [{"code": code, "n": value.said[code]} for code in words.SOLVED]
    return {
        "figures": found, "by": value.by, "areas": _drawn(value.areas, passed),
        "categories": _drawn(value.categories, {}), "said": said,
    }  # fmt: skip


def _late(late: QuerySet[Order], since: date, by: str) -> dict[str, int]:
    """How many orders of the week are late, by the code of their area; they are few."""
    week = late.filter(received_at__gte=midnight(since), **{f"{by}__isnull": False})
    return dict(week.values_list(f"{by}__code").annotate(n=Count("pk")).order_by())


def _drawn(bars: Sequence[look.Bar], late: Mapping[str, int]) -> list[dict[str, Any]]:
    most = max((bar.n for bar in bars), default=1)
    return [
        {
            "code": bar.code, "name": bar.name, "n": bar.n, "late": late.get(bar.code, 0),
            "width": f"{bar.n / most * 100:.1f}", "late_width": f"{min(late.get(bar.code, 0) / most, 1) * 100:.1f}",
        }
        for bar in bars
    ]  # fmt: skip

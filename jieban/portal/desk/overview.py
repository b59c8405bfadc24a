"""A leader's first look: how much, how late, where it hurts; each number opens its orders."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jieban.accounts.actor import Role
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.orders import queries
from jieban.orders.lifecycle import LIVE_ORDER
from jieban.orders.models import Order
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import rows

LEADERS = (Role.LEADER, Role.SUPERVISOR, Role.DISTRICT, Role.CHIEF, Role.AUDITOR)
_DAYS = 7
_TOP = 8


@staff(*LEADERS)
def overview(request: HttpRequest) -> HttpResponse:
    """Counts of what the post may see, the week by district or street and by category, and the latest of the late."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    seen = queries.visible_to(actor)
    since = datetime.combine(at.date() - timedelta(days=_DAYS - 1), time(0), tzinfo=at.tzinfo)
    week = seen.filter(received_at__gte=since)
    late = Q(due_at__lt=at, replied_at=None, state__in=LIVE_ORDER)
    oldest = seen.filter(late).select_related("contact", "street", "district").prefetch_related("assignments__unit")
    by = _by(week)
    values = {
        "counts": _counts(seen, at, late), "since": since.date(), "by": by, "late": late, "now": at,
        "areas": _bars(week.filter(**{f"{by}__isnull": False}), by, late),
        "categories": _categories(week, loaded), "oldest": list(rows.order_lines(
            oldest.order_by("due_at")[:_TOP], loaded, at)), "said": _said(seen, at),
    }  # fmt: skip
    return render(request, "desk/overview.html", values)


def _counts(seen: QuerySet[Order], at: datetime, late: Q) -> dict[str, Any]:
    midnight = datetime.combine(at.date(), time(0), tzinfo=at.tzinfo)
    return seen.aggregate(
        today=Count("pk", filter=Q(received_at__gte=midnight)), live=Count("pk", filter=Q(state__in=LIVE_ORDER)),
        late=Count("pk", filter=late), pending=Count("pk", filter=Q(state__in=("pending_dispatch", "consulting"))),
        rework=Count("pk", filter=Q(state="rework")), asking=Count("pk", filter=Q(state="callback_pending")),
    )  # fmt: skip


def _by(week: QuerySet[Order]) -> str:
    """Districts where several are in sight, else streets."""
    return "district" if week.exclude(district=None).values("district").distinct()[:2].count() > 1 else "street"


def _bars(week: QuerySet[Order], by: str, late: Q) -> list[dict[str, Any]]:
    """The most orders of the week by district or street, with how many of them are late."""
    units = week.values_list(f"{by}__code", f"{by}__short")
    found = units.annotate(n=Count("pk"), late=Count("pk", filter=late)).order_by("-n", f"{by}__code")[:_TOP]
    return _drawn([{"code": code, "name": name, "n": n, "late": passed} for code, name, n, passed in found])


def _categories(week: QuerySet[Order], loaded: Loaded) -> list[dict[str, Any]]:
    """The week by first-level category."""
    counts: dict[str, int] = {}
    for code, n in week.exclude(category="").values_list("category").annotate(n=Count("pk")).order_by():
        first = loaded.pack.category_path(code)[0].code if code in loaded.pack.categories else code
        counts[first] = counts.get(first, 0) + n
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    return _drawn([{"code": code, "name": rows.category(code, loaded.pack), "n": n, "late": 0} for code, n in top])


def _drawn(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((row["n"] for row in found), default=1)
    for row in found:
        row["width"] = f"{row['n'] / most * 100:.1f}"
        row["late_width"] = f"{row['late'] / most * 100:.1f}"
    return found


def _said(seen: QuerySet[Order], at: datetime) -> list[dict[str, Any]]:
    """What citizens said in the last thirty days, as counts."""
    answered = seen.filter(callback_at__gte=at - timedelta(days=30)).exclude(solved="")
    counts = dict(answered.values_list("solved").annotate(n=Count("pk")).order_by())
    total = sum(counts.values())
    return [{"code": code, "n": counts.get(code, 0), "total": total} for code in words.SOLVED]

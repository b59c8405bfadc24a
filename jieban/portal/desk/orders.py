"""The list of orders that a post may see: found by number, place or words, narrowed, and opened from any count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from jieban.accounts.actor import Actor
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.orders import queries
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.orders.models import Contact, Order
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import finding, periods, rows
from jieban.portal.desk.boards import accuracy, enterprise
from jieban.portal.desk.record import READERS

PAGE, MOST = 100, 1000
_WORKING = (S.DISPATCHED, S.HANDLING, S.REWORK)
_ASKING = (S.REPLIED, S.CALLBACK, S.ASKED)
_OVER = (S.CLOSED, S.ANSWERED, S.GUIDED, S.TRANSFERRED, S.TERMINATED, S.ARCHIVED)
_GROUPS: dict[str, tuple[str, ...]] = {
    "received": (S.RECEIVED,),
    "pending": (S.PENDING, S.CONSULTING),
    "working": _WORKING,
    "asking": _ASKING,
    "over": _OVER,
}


@staff(*READERS)
def orders(request: HttpRequest) -> HttpResponse:
    """The list; an exact number opens its order at once."""
    actor, at, given = actor_of(request), clock.now(), request.GET
    loaded = city.current(at=at)
    found, title = _base(actor, given)
    found = finding.orders(_narrow(found, given, loaded, at), given.get("q", ""))
    limit = min(int(given["show"]), MOST) if given.get("show", "").isdigit() else PAGE
    some = list(
        found.select_related("contact", "street", "district").prefetch_related("assignments__unit")[: limit + 1]
    )
    if len(some) == 1 and some[0].number in given.get("q", "").upper():
        return redirect("record", number=some[0].number)
    query = given.copy()
    query.pop("show", None)
    values = {
        "lines": list(rows.order_lines(some[:limit], loaded, at)), "more": limit + PAGE if len(some) > limit else 0,
        "given": given, "title": title, "groups": _tabs(given), "levels": words.URGENCY, "now": at,
        "categories": loaded.pack.children(""), "query": query.urlencode(), "kinds": words.KINDS,
        "districts": [u for u in loaded.pack.units.values() if u.kind == "district"],
        "narrowed": any(value for key, value in given.items() if key != "show"),
    }  # fmt: skip
    return render(request, "desk/orders.html", values)


def _base(actor: Actor, given: QueryDict) -> tuple[QuerySet[Order], str]:
    """All that the post may see, or the orders behind one number of a report."""
    if given.get("line_rate"):
        return enterprise.behind(actor, given, clock.now().date()), _("企业诉求报告里这个数的工单")
    if given.get("traced"):
        return accuracy.behind(actor, given, clock.now().date()), _("派单准不准里这个数的工单")
    return queries.visible_to(actor).order_by("-received_at", "-pk"), _("工单")


def _fetched(found: QuerySet[Order]) -> QuerySet[Order]:
    return found.select_related("contact", "street", "district").prefetch_related("assignments__unit")


def _narrow(found: QuerySet[Order], given: QueryDict, loaded: Loaded, at: datetime) -> QuerySet[Order]:
    for name, test in _tests(loaded, at).items():
        if value := given.get(name, "").strip():
            found = found.filter(test(value))
    return found


def _tests(loaded: Loaded, at: datetime) -> dict[str, Callable[[str], Q]]:
    overdue = Q(due_at__lt=at, replied_at=None, state__in=LIVE_ORDER)
    return {
        "group": lambda value: Q(state__in=_GROUPS.get(value, ())),
        "urgency": lambda value: Q(urgency=value),
        "kind": lambda value: Q(kind=value),
        "category": lambda value: Q(category__startswith=value),
        "district": lambda value: Q(district=loaded.unit_ids.get(value, 0)),
        "street": lambda value: Q(street=loaded.unit_ids.get(value, 0)),
        "late": lambda value: overdue,
        "solved": lambda value: Q(solved=value),
        "who": lambda value: Q(contact__appellant=value),
        "until": lambda value: Q(received_at__lt=periods.midnight(parse_date(value) or at.date() + timedelta(days=1))),
        "place": lambda value: Q(place=value),
        "same": lambda value: Q(contact__phone_index__in=_number_of(value)),
        "since": lambda value: Q(received_at__gte=periods.midnight(parse_date(value) or at.date())),
    }


def _number_of(number: str) -> QuerySet[Contact, Any]:
    """The index behind an order's number: the address names the order, never the caller."""
    return Contact.objects.filter(orders__number=number).exclude(phone_index="").values("phone_index")


def _tabs(given: QueryDict) -> list[dict[str, Any]]:
    table = (
        ("", _("全部")), ("received", _("等人定")), ("pending", _("待派单")), ("working", _("单位在办")),
        ("asking", _("等回访")), ("over", _("已结束")),
    )  # fmt: skip
    return [{"code": code, "word": word, "on": given.get("group", "") == code} for code, word in table]

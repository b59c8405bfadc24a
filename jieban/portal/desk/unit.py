"""The desk of a handling unit: what is open, what is due, and signing or handing down many at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.handling import actions as handling
from jieban.handling import joint_queries
from jieban.handling import queries as desks
from jieban.orders import actions as orders_door
from jieban.orders import queries as orders
from jieban.orders.models import Assignment
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import forms, rows, staffing

PAGE = 100
MOST = 1000
UNITS = (Role.CLERK, Role.CHIEF, Role.DISTRICT)
_BELOW = ("office", "community", "grid", "property_firm")


@dataclass(frozen=True, slots=True)
class Mark:
    """One due moment on the strip of today: where it stands (per cent of its width) and its urgency."""

    x: float
    urgency: str


@staff(*UNITS)
def desk(request: HttpRequest) -> HttpResponse:
    """The list with its counts, strip of today, filters and groups by time left."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    filters = _filters(request)
    limit = min(int(request.GET.get("show", PAGE)) if request.GET.get("show", "").isdigit() else PAGE, MOST)
    found = list(desks.desk(actor, at=at, filters=filters).prefetch_related("questions")[: limit + 1])
    lines = list(rows.lines(found[:limit], loaded, at))
    behind = joint_queries.assistants_behind(found[:limit])
    counts = desks.counts(actor, at=at)
    values = {
        "counts": counts, "views": _views(counts, filters), "filters": filters, "groups": _groups(lines), "now": at,
        "marks": _marks(actor, at), "now_x": _x(at, at), "hours": _hours(), "levels": words.URGENCY,
        "categories": loaded.pack.children(""), "more": limit + PAGE if len(found) > limit else 0,
        "left": words.span(counts.earliest_sign - at) if counts.earliest_sign and counts.earliest_sign > at else "",
        "longest": words.span(at - counts.oldest_late) if counts.oldest_late else "", "below": below(actor),
        "people": staffing.posts(actor, at=at), "behind": {pk: _behind(some, at) for pk, some in behind.items()},
        "query": _query(filters), "empty": not lines, "narrowed": any(asdict(filters).values()),
    }  # fmt: skip
    return render(request, "desk/desk.html", values)


@require_POST
@staff(*UNITS)
def sign(request: HttpRequest) -> HttpResponse:
    """Sign those that were ticked, all or none."""
    waiting = [part for part in picked(request) if part.state == "sent"]
    if not waiting:
        raise BadInput(_("选上的工单里没有待签收的。请刷新页面再选。"))
    with orders_door.together():
        handling.sign([p for p in waiting if p.role != "notice"], by=actor_of(request), at=clock.now())
        handling.acknowledge([p for p in waiting if p.role == "notice"], by=actor_of(request), at=clock.now())
    said = ngettext(
        "签收了 %d 件。联系市民的时限从派单时算起。", "签收了 %d 件。联系市民的时限从派单时算起。", len(waiting)
    )
    messages.success(request, said % len(waiting))
    return redirect(back(request))


@require_POST
@staff(*UNITS)
def hand_down(request: HttpRequest) -> HttpResponse:
    """Give those that were ticked to a section or community."""
    actor, at = actor_of(request), clock.now()
    form = forms.HandDownForm(request.POST, units=below(actor))
    if not form.is_valid():
        raise BadInput(_("请选交给谁，并写一句要做什么。"))
    chosen = [part for part in picked(request) if part.state != "sent"]
    if not chosen:
        raise BadInput(_("选上的工单都还没有签收。请先签收，再分派。"))
    to = Unit.objects.get(code=form.cleaned_data["to"])
    handling.hand_down(chosen, to=to, instruction=form.cleaned_data["instruction"], by=actor, at=at)
    messages.success(request, _("%(count)d 件已交给%(unit)s。") % {"count": len(chosen), "unit": to.name})
    return redirect(back(request))


def below(actor: Actor) -> list[tuple[str, str]]:
    """The sections and communities under the actor's unit, as choices."""
    if actor.unit_id is None or actor.sight != "tree":
        return []
    found = Unit.objects.filter(path__startswith=actor.unit_path, kind__in=_BELOW, valid_to=None)
    return list(found.exclude(pk=actor.unit_id).order_by("path").values_list("code", "name")[:MOST])


def picked(request: HttpRequest) -> list[Assignment]:
    """Those that were ticked and that the actor works on. BadInput where nothing was."""
    ids = [int(value) for value in request.POST.getlist("part") if value.isdigit()]
    if not ids:
        raise BadInput(_("一件也没有选上。请先在列表里打钩。"))
    found = orders.assignments_of(actor_of(request)).filter(pk__in=ids[:MOST])
    return list(found.select_related("order__contact", "unit", "section"))


def _filters(request: HttpRequest) -> desks.Filters:
    given = request.GET
    only = given.get("only", "")
    return desks.Filters(
        only=only if only in desks.ONLY else "", urgency=given.get("urgency", "")[:8],
        category=given.get("category", "")[:16], role=given.get("role", "")[:8], words=given.get("q", "")[:60],
    )  # fmt: skip


def _views(counts: desks.Counts, filters: desks.Filters) -> list[dict[str, Any]]:
    table = (
        ("", _("全部"), None), ("mine", _("我的"), counts.mine), ("unassigned", _("未分派"), counts.unassigned),
        ("rework", _("重办"), counts.rework), ("firms", _("企业"), counts.firms), ("notice", _("知会"), None),
    )  # fmt: skip
    return [{"only": only, "word": word, "count": n, "on": filters.only == only} for only, word, n in table]


def _behind(parts: list[Assignment], at: datetime) -> dict[str, Any]:
    """Who the lead still waits for, and whether one of them is late."""
    names = "、".join(part.unit.short for part in parts[:3])
    return {"names": names, "more": len(parts) - 3, "late": any(part.handle_due < at for part in parts)}


def _groups(lines: list[rows.Line]) -> list[dict[str, Any]]:
    titles = {"late": _("已超期"), "soon": _("4 小时内到期"), "today": _("今天到期"), "later": _("以后到期")}
    out = []
    for key, members in groupby(lines, key=lambda line: line.group):
        some = list(members)
        out.append({"key": key, "title": titles[key], "lines": some})
    return out


def _marks(actor: Actor, at: datetime) -> list[Mark]:
    """What is due between now and midnight, as marks on the strip."""
    midnight = datetime.combine(at.date() + timedelta(days=1), time(0), tzinfo=at.tzinfo)
    due = desks.waiting(actor).filter(handle_due__gte=at, handle_due__lt=midnight).order_by("handle_due")
    return [Mark(_x(moment, at), urgency) for moment, urgency in due.values_list("handle_due", "urgency")[:200]]


def _x(moment: datetime, today: datetime) -> float:
    """Where a moment of today lies on a strip from 6:00 to 24:00, in per cent."""
    six = datetime.combine(today.date(), time(6), tzinfo=today.tzinfo)
    share = (moment - six) / timedelta(hours=18)
    return round(max(0.0, min(1.0, share)) * 100, 2)


def _hours() -> list[dict[str, Any]]:
    ends = {6: "start", 24: "end"}
    return [
        {"x": round((h - 6) / 18 * 100, 2), "word": f"{h}:00", "anchor": ends.get(h, "middle")} for h in range(6, 25, 2)
    ]


def _query(filters: desks.Filters) -> str:
    names = {"only": "only", "urgency": "urgency", "category": "category", "role": "role", "words": "q"}
    return "&".join(f"{names[k]}={v}" for k, v in asdict(filters).items() if v)


def back(request: HttpRequest) -> str:
    """Where the page came from: the desk as it was filtered, or the page of one's own cases."""
    if request.POST.get("from") == "today":
        return reverse("today")
    query = request.POST.get("query", "")
    return f"{reverse('desk')}?{query}" if query else reverse("desk")

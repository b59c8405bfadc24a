"""今日我主办: a person's own cases by the time left with the one thing to do next, and what this person has done.

Those who answer for a unit also see what nobody is named for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.handling import actions as handling
from jieban.handling import joint_queries, rules
from jieban.orders import actions as record
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Entry
from jieban.portal import clocks
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import rows, staffing, unit
from jieban.portal.desk.boards.joint import whistle_lines
from jieban.portal.words import Word

PAGE = 100
# Deeds that are counted, in the order shown; the others (a look, a note of the house) are no case work.
DEEDS: dict[str, Word] = {
    "sign": lazy("签收"), "respond": lazy("联系市民"), "report_in": lazy("报到"), "note": lazy("办理记录"),
    "hand_down": lazy("交下去"), "whistle": lazy("吹哨"), "complete": lazy("报单位已办结"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One of my cases: `act` is what to do next, `posts` where one press does it."""

    line: rows.Line
    act: Word
    icon: str
    posts: bool = False


@staff(*unit.UNITS)
def today(request: HttpRequest) -> HttpResponse:
    """My cases, what I was called to, my task forces, my deeds of today and of this month."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    mine = list(joint_queries.my_cases(actor)[: PAGE + 1])
    behind = joint_queries.assistants_behind(mine[:PAGE])
    called = list(joint_queries.received(actor).filter(arrived_at=None)[:20])
    values = {
        "cases": [_case(line, behind) for line in rows.lines(mine[:PAGE], loaded, at)],
        "more": len(mine) > PAGE, "now": at,
        "called": whistle_lines(called, loaded, at), "tasks": list(joint_queries.my_tasks(actor)[:20]),
        **_deeds(request, actor, at), **_nobodys(actor, at),
    }  # fmt: skip
    return render(request, "desk/today.html", values)


@require_POST
@staff(*unit.UNITS)
def give(request: HttpRequest) -> HttpResponse:
    """Name one person for those that were ticked; what is not signed yet is signed."""
    actor, at = actor_of(request), clock.now()
    person, to = _who(request.POST.get("who", ""), actor, at)
    picked = unit.picked(request)
    waiting = [part for part in picked if part.state == A.SENT]
    words = request.POST.get("instruction", "").strip() or _("请办理")
    with record.together():
        handling.sign(waiting, by=actor, at=at)
        handling.hand_down(picked, to=to, instruction=words, handler=person, by=actor, at=at)
    said = ngettext("%(count)d 件由%(name)s办。", "%(count)d 件由%(name)s办。", len(picked))
    messages.success(request, said % {"count": len(picked), "name": person.name})
    return redirect(unit.back(request))


def _who(chosen: str, actor: Actor, at: datetime) -> tuple[Person, Unit]:
    if chosen not in dict(staffing.posts(actor, at=at)):
        raise BadInput(_("请选一位承办人。"))
    person, _at, code = chosen.partition("@")
    return Person.objects.get(pk=int(person)), Unit.objects.get(code=code)


_NEXT: dict[str, tuple[Word, str, bool]] = {
    A.SENT: (lazy("签收"), "check", True),
    A.SIGNED: (lazy("去联系市民"), "phone-outgoing", False),
    A.RESPONDED: (lazy("去办理"), "clipboard-check", False),
    A.HANDLING: (lazy("去报办结"), "clipboard-check", False),
}
_LOOK = (lazy("看一看"), "eye", False)


def _case(line: rows.Line, behind: dict[int, list[Assignment]]) -> Case:
    part = line.part
    if any(other.came_by == "whistle" and other.called_by == part.no for other in behind.get(part.order_id, [])):
        return Case(line, lazy("看谁还没报办结"), "speakerphone")
    if part.came_by == "whistle" and part.arrived_at is None:
        return Case(line, lazy("去报到"), "map-pin")
    return Case(line, *_NEXT.get(part.state, _LOOK))


def _deeds(request: HttpRequest, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the person has done, counted by deed for today and this month; one of them opened where asked for."""
    local = timezone.localtime(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    month = midnight.replace(day=1)
    done = Entry.objects.filter(person=actor.person_id, move__in=DEEDS, at__gte=month)
    counts: dict[str, Counter[str]] = {"today": Counter(), "month": Counter()}
    for move, moment in done.values_list("move", "at"):
        counts["month"][move] += 1
        counts["today"][move] += moment >= midnight
    span, deed = request.GET.get("span", ""), request.GET.get("deed", "")
    opened: list[Entry] = []
    if span in counts and deed in DEEDS:
        since = midnight if span == "today" else month
        seen = orders.visible_to(actor)
        opened = list(
            done.filter(move=deed, at__gte=since, order__in=seen).select_related("order").order_by("-at")[:PAGE]
        )
    spans = (("today", _("今天")), ("month", _("这个月")))
    return {
        "deeds": [(key, word, [(m, DEEDS[m], counts[key][m]) for m in DEEDS if counts[key][m]]) for key, word in spans],
        "opened": opened, "deed": DEEDS.get(deed, ""),
    }  # fmt: skip


def _nobodys(actor: Actor, at: datetime) -> dict[str, Any]:
    if actor.role not in (Role.CHIEF, Role.DISTRICT):
        return {}
    found: list[Assignment] = list(joint_queries.nobodys(actor)[:10])
    bars = [(part, clocks.of(rules.clocks(part)[2], at)) for part in found]
    count = joint_queries.nobodys(actor).count()
    return {"nobodys": bars, "nobodys_count": count, "people": staffing.posts(actor, at=at)}

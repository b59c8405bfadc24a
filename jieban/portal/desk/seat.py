"""The seat console: one call, from who is calling to a registered and dispatched order."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Role
from jieban.analytics import repeats
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.intake import caller_queries as callers
from jieban.intake import queries as intake
from jieban.intake.abuse_rules import Matter
from jieban.intake.rules import Reply
from jieban.portal import filing, words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import draft as drafts
from jieban.portal.desk import rows

AGENTS = (Role.AGENT, Role.SUPERVISOR)


@staff(*AGENTS)
def seat(request: HttpRequest) -> HttpResponse:
    """The empty console, or the filled one that could not be taken."""
    return _console(request, QueryDict(), [])


@require_POST
@staff(*AGENTS)
def take(request: HttpRequest) -> HttpResponse:
    """Register the call, and dispatch, answer, guide or transfer it as the agent chose."""
    actor, at = actor_of(request), clock.now()
    draft = drafts.read(request.POST, city.current(at=at))
    try:
        outcome = filing.file(
            [drafts.filing_of(draft, at)], by=actor, at=at, choices=[drafts.choice_of(request.POST, draft, at)]
        )[0]
    except BadInput as error:
        return _console(request, request.POST, [str(error)], status=422)
    if outcome.problems:
        return _console(request, request.POST, [p.what for p in outcome.problems], status=422)
    messages.success(request, _said(outcome))
    if outcome.told:
        messages.info(request, _("请告诉市民：%s") % outcome.told)
    return redirect("seat")


@require_POST
@staff(*AGENTS)
def suggest(request: HttpRequest) -> HttpResponse:
    """What the words say so far: fields, proposal and knowledge, as fragments."""
    return render(request, "desk/seat_fields.html", drafts.context(request.POST, clock.now()) | {"fragment": True})


@require_POST
@staff(*AGENTS)
def caller(request: HttpRequest) -> HttpResponse:
    """What is known of the number that calls: earlier orders, found without reading any number."""
    return render(request, "desk/seat_caller.html", _caller(request.POST.get("phone", ""), clock.now()))


@staff(*AGENTS)
def places(request: HttpRequest) -> HttpResponse:
    """Places whose name holds what was typed."""
    loaded = city.current(at=clock.now())
    return render(request, "desk/places.html", {"picks": loaded.gazetteer.search(request.GET.get("address", ""), 8)})


def _console(request: HttpRequest, data: QueryDict, problems: list[str], status: int = 200) -> HttpResponse:
    at = clock.now()
    values = drafts.context(data, at) | _caller(data.get("phone", ""), at)
    values |= {"problems": problems, "key": data.get("key") or secrets.token_urlsafe(12)}
    return render(request, "desk/seat.html", values, status=status)


def _caller(phone: str, at: datetime) -> dict[str, Any]:
    found = list(intake.history(phone, limit=6).prefetch_related("assignments__unit")) if phone.strip() else []
    numbers: frozenset[str] = intake.numbers_of(phone) if phone.strip() else frozenset()
    loaded = city.current(at=at)
    lines = list(rows.order_lines(found, loaded, at))
    last_no = bool(found) and found[0].solved == "no"
    recent = [order for order in found if order.received_at > at - timedelta(days=1)]
    return {
        "history": lines, "asked": bool(phone.strip()), "last_no": last_no, "recent": len(recent),
        "numbers": len(numbers), "counted": repeats.of_numbers(numbers, at=at),
        "measures": _measures(numbers, loaded, at),
    }  # fmt: skip


def _measures(numbers: frozenset[str], loaded: city.Loaded, at: datetime) -> list[dict[str, Any]]:
    """Measures in force for this caller: which matters were answered before, how, and until when that holds."""
    known = callers.measures(numbers, at=at).values()
    found = {measure.case: measure for some in known for measure in some}.values()
    replies = callers.replied({pk for measure in found for _matter, pk in measure.answers})
    return [
        {
            "until": measure.until,
            "minutes": measure.minutes,
            "matters": [_answered(matter, replies.get(pk), loaded) for matter, pk in measure.answers],
        }
        for measure in found
    ]


def _answered(matter: Matter, reply: Reply | None, loaded: city.Loaded) -> dict[str, str]:
    return {
        "category": rows.category(matter.category, loaded.pack),
        "place": loaded.gazetteer.label(matter.place),
        "reply": reply.text if reply else "",
    }


def _said(outcome: filing.Outcome) -> str:
    """What became of the call, with a way to its order."""
    order = outcome.taken
    link = format_html('<a href="{}">{}</a>', reverse("record", args=[order.number]), order.number)
    if outcome.duplicate:
        return format_html(_("{} 刚才已经登记过了，没有重复登记。"), link)
    if outcome.assignments:
        unit_ids = [a.unit_id for a in outcome.assignments]
        codes = city.current(at=clock.now())
        names = "、".join(codes.pack.units[codes.unit_codes[pk]].name for pk in unit_ids)
        return format_html(_("登记了 {}，已派给{}。"), link, names)
    return format_html(_("登记了 {}，{}。"), link, words.state_face(order.state, order.solved, order.reached).staff)

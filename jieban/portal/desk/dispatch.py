"""The dispatcher's desk: what the catalogue was not sure about, why, and sending it to units with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from jieban.accounts.actor import Role
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.dispatch import actions, queries
from jieban.dispatch.rules import ASSIST, LEAD, Match, Proposal, Target
from jieban.orders.models import Order
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import finding, forms, matter, rows

SENDERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT)
PAGE, MOST = 50, 300
_FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Way:
    """One possible dispatch in words."""

    no: int
    leads: str
    others: str
    match: Match


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits, with what the catalogue thinks of it."""

    line: rows.OrderLine
    best: Way | None
    confidence: float
    doubt: str


@staff(*SENDERS)
def dispatch(request: HttpRequest) -> HttpResponse:
    """The orders that wait for a person, each with the best guess and the doubt."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    limit = min(int(request.GET["show"]), MOST) if request.GET.get("show", "").isdigit() else PAGE
    found = queries.waiting(actor).select_related("contact", "street", "district").prefetch_related("assignments__unit")
    who = _FIRM if request.GET.get("who") == _FIRM else ""
    found = found.filter(contact__appellant=who) if who else found
    some = list(found[: limit + 1])
    proposals = actions.propose(some[:limit], loaded=loaded, at=at)
    lines = rows.order_lines(some[:limit], loaded, at)
    waiting = [_waiting(line, proposal, loaded) for line, proposal in zip(lines, proposals, strict=True)]
    values = {"waiting": waiting, "total": found.count(), "more": limit + PAGE if len(some) > limit else 0, "now": at,
              "who": who}  # fmt: skip
    return render(request, "desk/dispatch.html", values)


@staff(*SENDERS)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One waiting order: the ways the catalogue sees, other units by name, urgency, and the reason."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    seen = queries.waiting(actor).select_related("contact", "street", "district").prefetch_related("assignments__unit")
    order = get_object_or_404(seen, number=number)
    form = forms.SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proposal = actions.propose([order], loaded=loaded, at=at)[0]
        try:
            targets = _targets(request, proposal, loaded)
            made = actions.send(
                [order], targets, form.cleaned_data["reason"], by=actor, at=at, loaded=loaded,
                urgency=_known(form.cleaned_data["urgency"], loaded),
            )  # fmt: skip
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            names = "、".join(loaded.pack.units[t.unit].name for t in targets)
            messages.success(request, _("%(number)s 已派给%(units)s。") % {"number": order.number, "units": names})
            return redirect("dispatch") if made else redirect("record", number=number)
    return page(request, order, at=at, form=form)


def page(
    request: HttpRequest, order: Order, *, at: datetime, form: forms.SendForm | None = None, problem: str = ""
) -> HttpResponse:
    """The page of one waiting order; `form` and `problem` say what could not be done with what was sent."""
    loaded = city.current(at=at)
    form = form or forms.SendForm()
    proposal = actions.propose([order], loaded=loaded, at=at)[0]
    values = {
        "line": next(rows.order_lines([order], loaded, at)), "order": order, "form": form, "proposal": proposal,
        "ways": ways(proposal, loaded), "levels": words.URGENCY, "posted": {} if problem else request.POST,
        "caller": rows.caller(order.contact), "suggested": _suggested(order, loaded),
        "urgency": form["urgency"].value() or _urgency(order, proposal, loaded),
        "correct": matter.fields(order, request.POST, loaded), "problem": problem,
    }  # fmt: skip
    return render(request, "desk/dispatch_one.html", values, status=422 if form.errors or problem else 200)


@staff(*SENDERS, Role.AGENT, Role.ADMIN)
def units(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes the name of a unit."""
    query = next((request.GET[key] for key in ("lead_name", "unit", "q") if key in request.GET), "")
    at = clock.now()
    return render(
        request,
        "desk/units.html",
        {"units": finding.units(query, city.current(at=at), at=at, every="all" in request.GET)},
    )


def way(match: Match, no: int, loaded: Loaded) -> Way:
    """A match in words."""
    named: dict[str, list[str]] = {}
    for target in match.targets:
        named.setdefault(target.role, []).append(loaded.pack.units[target.unit].name)
    others = (f"{words.PARTS[role]} {'、'.join(names)}" for role, names in named.items() if role != LEAD)
    return Way(no, "、".join(named.get(LEAD, ())), "，".join(others), match)


def ways(proposal: Proposal, loaded: Loaded) -> list[Way]:
    """Every possible dispatch of a proposal, the best first, numbered from 1."""
    known = [m for m in (proposal.best, *proposal.alternatives) if m is not None]
    return [way(match, no, loaded) for no, match in enumerate(known, start=1)]


def _waiting(line: rows.OrderLine, proposal: Proposal, loaded: Loaded) -> Waiting:
    best = way(proposal.best, 1, loaded) if proposal.best else None
    return Waiting(line, best, proposal.confidence, proposal.doubt)


def _targets(request: HttpRequest, proposal: Proposal, loaded: Loaded) -> list[Target]:
    """The units that were chosen: one of the ways shown, or those typed by name."""
    pick = request.POST.get("pick", "")
    known = [m for m in (proposal.best, *proposal.alternatives) if m is not None]
    if pick.isdigit() and request.POST.get("lead_name", "").strip():
        raise BadInput(_("您选了目录的派法，又写了别的单位。请留一样：清掉单位名，或改选“别的单位”。"))
    if pick.isdigit() and 1 <= int(pick) <= len(known):
        return list(known[int(pick) - 1].targets)
    lead = request.POST.get("lead_name", "")
    if not lead.strip():
        raise BadInput(_("请选一种派法，或写出主办单位。"))
    assists = [name for name in request.POST.get("assist_name", "").replace("，", "、").split("、") if name.strip()]
    chosen = [Target(finding.unit_code(lead, loaded), LEAD)]
    return chosen + [Target(finding.unit_code(name, loaded), ASSIST) for name in assists]


def _urgency(order: Order, proposal: Proposal, loaded: Loaded) -> str:
    """What stands, else what the catalogue says, else the middle clock: never the fastest by accident."""
    names = list(loaded.pack.clocks)
    return order.urgency or (proposal.best.urgency if proposal.best else "") or names[len(names) // 2]


def _known(urgency: str, loaded: Loaded) -> str:
    return urgency if urgency in loaded.pack.clocks else ""


def _suggested(order: Order, loaded: Loaded) -> list[dict[str, Any]]:
    """What was suggested for the order, field by field, with its words, and what a person chose instead."""
    labels = {"kind": _("类型"), "category": _("分类"), "place": _("地点"), "urgency": _("紧急程度")}
    labels["unit"] = _("单位")
    out = []
    for field, word in labels.items():
        said = order.suggested.get(field) or {}
        if said.get("value") or said.get("chosen"):
            shown = {name: _shown(field, str(said.get(name) or ""), loaded) for name in ("value", "chosen")}
            out.append({**said, **shown, "word": word})
    return out


def _shown(field: str, value: str, loaded: Loaded) -> str:
    if not value:
        return ""
    if field == "category":
        return rows.category(value, loaded.pack)
    if field in ("place", "unit"):
        return loaded.gazetteer.label(value)
    level = words.URGENCY.get(value)
    return str(level.name if level else words.KINDS.get(value, value))

"""The dispatcher's desk: what the catalogue was not sure about, why, and sending it to units with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, Conflict
from jieban.dispatch import actions, queries
from jieban.dispatch.rules import LEAD, Match, Proposal
from jieban.dispatch.talks import Consultation
from jieban.orders.lifecycle import S
from jieban.orders.models import Order
from jieban.portal import clocks, words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import calling, choosing, finding, forms, matter, rows

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
    """An order that waits, its dispatch clock, what the catalogue thinks of it, and how far a consultation has come."""

    line: rows.OrderLine
    bar: clocks.Bar
    best: Way | None
    confidence: float
    doubt: str
    talk: Consultation | None
    said: int
    asked: int


@staff(*SENDERS)
def dispatch(request: HttpRequest) -> HttpResponse:
    """The orders that wait for a person, by their dispatch clock, each with the best guess and the doubt."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    limit = min(int(request.GET["show"]), MOST) if request.GET.get("show", "").isdigit() else PAGE
    found = queries.by_clock(actor, loaded, at=at).select_related("contact", "street", "district")
    who = _FIRM if request.GET.get("who") == _FIRM else ""
    found = found.filter(contact__appellant=who) if who else found
    some = list(found.prefetch_related("assignments__unit")[: limit + 1])
    talks = queries.talks(some[:limit])
    proposals = actions.propose(some[:limit], loaded=loaded, at=at)
    lines = rows.order_lines(some[:limit], loaded, at)
    waiting = [
        _waiting(line, proposal, talks.get(line.order.pk), loaded, at)
        for line, proposal in zip(lines, proposals, strict=True)
    ]
    values = {
        "waiting": waiting, "total": found.count(), "more": limit + PAGE if len(some) > limit else 0, "now": at,
        "late": sum(one.bar.late for one in waiting), "who": who,
    }  # fmt: skip
    return render(request, "desk/dispatch.html", values)


@require_POST
@staff(*SENDERS)
def accept(request: HttpRequest) -> HttpResponse:
    """Send those that were ticked where the catalogue would, all or none."""
    actor, at = actor_of(request), clock.now()
    numbers = request.POST.getlist("order")[:MOST]
    if not numbers:
        raise BadInput(_("一件也没有选上。请先在列表里打钩。"))
    orders = list(seen(actor).filter(number__in=numbers, state=S.PENDING))
    if len(orders) < len(set(numbers)):
        raise Conflict(_("选上的工单里有的已经派出或正在会商。请刷新页面再选。"))
    actions.accept(orders, by=actor, at=at, loaded=city.current(at=at))
    said = ngettext("%d 件已按目录派出。", "%d 件已按目录派出。", len(orders))
    messages.success(request, said % len(orders))
    return redirect("dispatch")


@staff(*SENDERS)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One waiting order: the ways the catalogue sees, other units by name, urgency, and the reason."""
    actor, at = actor_of(request), clock.now()
    order = get_object_or_404(seen(actor), number=number)
    form = forms.SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            names = _send(request, order, form.cleaned_data, actor, at)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(number)s 已派给%(units)s。") % {"number": order.number, "units": names})
            return redirect("dispatch")
    return page(request, order, at=at, form=form)


def _send(request: HttpRequest, order: Order, data: dict[str, Any], actor: Actor, at: datetime) -> str:
    """Send the order as it was chosen; the units in words."""
    loaded = city.current(at=at)
    talk = queries.talks([order]).get(order.pk)
    choice = choosing.read(request.POST, actions.propose([order], loaded=loaded, at=at)[0], talk, loaded)
    urgency, reason = _known(data["urgency"], loaded), data["reason"]
    if choice.line or request.POST.get("pick") == choosing.SUB:
        made = actions.transfer(
            [order], line=choice.line, three_way=choice.three_way, by=actor, at=at, loaded=loaded, note=reason,
            urgency=urgency,
        )  # fmt: skip
    else:
        made = actions.send(
            [order], choice.targets, reason, by=actor, at=at, loaded=loaded, urgency=urgency, terms=choice.terms
        )
    return "、".join(loaded.pack.units[loaded.unit_codes[part.unit_id]].name for part in made)


def seen(actor: Actor) -> QuerySet[Order]:
    """The waiting orders that the post may see, with what their page shows."""
    found = queries.waiting(actor).select_related("contact", "street", "district")
    return found.prefetch_related("assignments__unit")


def page(
    request: HttpRequest, order: Order, *, at: datetime, form: forms.SendForm | None = None, problem: str = "",
    call: forms.Plain | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of one waiting order; `form`, `call` and `problem` say what could not be done with what was sent."""
    loaded = city.current(at=at)
    form = form or forms.SendForm()
    proposal = actions.propose([order], loaded=loaded, at=at)[0]
    posted = QueryDict() if problem or call is not None else request.POST
    talk = queries.talks([order]).get(order.pk)
    values = {
        "line": next(rows.order_lines([order], loaded, at)), "order": order, "form": form, "proposal": proposal,
        "ways": ways(proposal, loaded), "levels": words.URGENCY, "posted": posted, "bar": _bar(order, loaded, at),
        "caller": rows.caller(order.contact), "suggested": _suggested(order, loaded), "talk": talk, "now": at,
        "invited": choosing.invited(talk, posted), "lines": choosing.sub_centres(loaded), "version": loaded.number,
        "urgency": form["urgency"].value() or _urgency(order, proposal, loaded), "parts": words.PARTS,
        "correct": matter.fields(order, QueryDict() if call is not None else request.POST, loaded), "problem": problem,
        "call": call or calling.fresh(loaded, at), "call_open": call is not None,
    }  # fmt: skip
    failed = form.errors or problem or (call is not None and call.errors)
    return render(request, "desk/dispatch_one.html", values, status=422 if failed else 200)


@staff(*SENDERS, Role.AGENT, Role.ADMIN, Role.CLERK, Role.CHIEF)
def units(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes the name of a unit, or several: then for the last of them."""
    typed = next((str(value) for key, value in request.GET.items() if key != "all"), "").replace("，", "、")
    before, mark, query = typed.rpartition("、")
    at = clock.now()
    found = finding.units(query, city.current(at=at), at=at, every="all" in request.GET)
    return render(request, "desk/units.html", {"units": [(code, f"{before}{mark}{label}") for code, label in found]})


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


def _waiting(
    line: rows.OrderLine, proposal: Proposal, talk: Consultation | None, loaded: Loaded, at: datetime
) -> Waiting:
    best = way(proposal.best, 1, loaded) if proposal.best else None
    views = list(talk.views.all()) if talk else []
    said = sum(view.given_at is not None for view in views)
    bar = _bar(line.order, loaded, at)
    return Waiting(line, bar, best, proposal.confidence, proposal.doubt, talk, said, len(views))


def _bar(order: Order, loaded: Loaded, at: datetime) -> clocks.Bar:
    """The dispatch clock: from the call, or from the moment the order came back, to the limit of its urgency."""
    due = queries.dispatch_due(order, loaded)
    return clocks.bar(_("派单"), start=queries.waits_since(order), due=due, now=at)


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

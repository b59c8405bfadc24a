"""The page of one order: clocks, the two marks, the citizen's words, who is at work, the timeline, the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Actor, Role
from jieban.city import queries as city
from jieban.core import clock, crypto
from jieban.core.errors import BadInput
from jieban.handling import joint_rules
from jieban.handling import rules as handling_rules
from jieban.intake import files, queries
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Attachment, Order
from jieban.portal import clocks, rates
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import acts, forms, rows, story
from jieban.portal.desk.acts import joint
from jieban.portal.desk.acts.act import Act, Subject
from jieban.portal.desk.unit import UNITS

READERS = frozenset(Role) - {Role.ADMIN, Role.KNOWLEDGE, Role.CITIZEN, Role.CHANNEL, Role.RULE}
# What handling keeps beside an assignment; one query each, whatever their number.
_BESIDE = ("entrustings", "questions", "hangings", "mediations", "efforts")
REVEALERS = (Role.AGENT, Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.CALLBACK, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Part:
    """An assignment with its three clocks; `mine` where the actor's unit works on it."""

    row: Assignment
    sign: clocks.Bar
    respond: clocks.Bar
    handle: clocks.Bar
    mine: bool
    first: bool = False

    @property
    def done(self) -> bool:
        """Whether the unit has reported 单位已办结."""
        return self.row.state == A.COMPLETED


@staff(*READERS)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The page of an order that the post may see; 404 for any other, as if it did not exist."""
    order, actor = _order(request, number), actor_of(request)
    if actor.role == Role.AUDITOR:
        accounts.log_reading(
            by=actor, subject=order.number, what="record", purpose="监督检查", at=clock.now(),
            address=rates.address(request) or None,
        )  # fmt: skip
    return _page(request, order, {})


@require_POST
@staff(*READERS)
def work(request: HttpRequest, number: str, no: int, verb: str) -> HttpResponse:
    """Do one act on an assignment; what was typed comes back with the reason when it cannot be taken."""
    order, actor = _order(request, number), actor_of(request)
    return _do(request, order, _own_part(order, actor, no), verb)


@require_POST
@staff(*READERS)
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one act on the whole order; what was typed comes back with the reason when it cannot be taken."""
    return _do(request, _order(request, number), None, verb)


def _do(request: HttpRequest, order: Order, part: Assignment | None, verb: str) -> HttpResponse:
    at = clock.now()
    subject = Subject(order, part, actor_of(request), at, city.current(at=at))
    one = acts.BY_NAME.get(verb)
    if one is None or (one.on == "part") != (part is not None):
        raise Http404(verb)
    if subject.by.role not in one.roles:
        raise PermissionDenied(f"{subject.by.role} may not {verb}.")
    form = one.form(subject, request.POST, request.FILES, verb)
    key = _key(one, part)
    if not form.is_valid():
        return _page(request, order, {key: form}, status=422)
    try:
        said = one.do(subject, form.cleaned_data)
    except BadInput as error:
        form.add_error(None, str(error))
        return _page(request, order, {key: form}, status=422)
    messages.success(request, said)
    if not orders.visible_to(subject.by).filter(pk=order.pk).exists():
        return redirect("home")  # it went where this post cannot see it
    return redirect(_back(request) or reverse("record", args=[order.number]))


def _back(request: HttpRequest) -> str:
    """The board from which it was decided; empty where it was done on the order's own page."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _key(one: Act, part: Assignment | None) -> str:
    """Which form on the page is meant: by the act alone, with the part's number where several parts may have it."""
    return one.name if part is None or one.name in acts.DAILY else f"{one.name}-{part.no}"


@require_POST
@staff(*REVEALERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and number after a purpose was given; the reading is written down before anything is shown."""
    order, actor = _order(request, number), actor_of(request)
    roles = set(orders.assignments_of(actor).filter(order=order).values_list("role", flat=True))
    if actor.role in UNITS and roles == {"notice"}:
        raise PermissionDenied(f"{actor.unit_name} was only told of {number}.")
    form = forms.RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/reveal.html", {"order": order, "reveal": form}, status=422)
    accounts.log_reading(
        by=actor, subject=order.number, what="phone and words" if order.confidential else "phone",
        purpose=form.cleaned_data["purpose"], at=clock.now(),
        address=rates.address(request) or None,
    )  # fmt: skip
    contact = order.contact
    open_name = not (contact.anonymous or (contact.hide_name and actor.role in UNITS))
    values = {
        "order": order, "phone": crypto.unseal(contact.phone), "name": crypto.unseal(contact.name) if open_name else "",
        "firm": crypto.unseal(contact.firm) if open_name else "",
        "credit_code": crypto.unseal(contact.credit_code) if open_name else "",
        "purpose": form.cleaned_data["purpose"], "words": queries.words_of(contact) if order.confidential else "",
    }  # fmt: skip
    return render(request, "desk/revealed.html", values)


@staff(*READERS)
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of an order that the post may see: as a download, photos in the page, never as anything that runs."""
    row = get_object_or_404(Attachment.objects.filter(order__in=orders.visible_to(actor_of(request))), pk=pk)
    path = files.shown(row.sha256, row.mime)
    if not path.exists():
        raise BadInput(_("这个文件不在服务器上了，只剩下它的校验值 %s。请告诉管理员。") % row.sha256[:12])
    answer = HttpResponse(path.read_bytes(), content_type=row.mime)
    shown = "inline" if row.mime.startswith("image/") and request.GET.get("show") else "attachment"
    answer.headers["Content-Disposition"] = _disposition(shown, row.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


def _disposition(way: str, name: str) -> str:
    return content_disposition_header(way == "attachment", name) or way


def _order(request: HttpRequest, number: str) -> Order:
    seen = orders.visible_to(actor_of(request)).select_related(
        "contact", "street", "district", "repeat_of", "case_leader"
    )
    return get_object_or_404(joint.fetched(seen), number=number)


def _own_part(order: Order, actor: Actor, no: int) -> Assignment:
    found = orders.assignments_of(actor).filter(order=order).select_related("unit__check_choice", "section", "handler")
    part = get_object_or_404(found, no=no)
    part.order = order
    return part


def _page(request: HttpRequest, order: Order, given: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    held = set(orders.assignments_of(actor).filter(order=order).values_list("pk", flat=True))
    found = order.assignments.select_related("unit__check_choice", "section", "handler").order_by("no")
    found = found.prefetch_related(*_BESIDE)
    first = joint_rules.first_receiver(list(found))
    parts = [_part(row, at, mine=row.pk in held, first=row.no == first) for row in found]
    entries = list(order.entries.select_related("unit").order_by("seq"))
    told = story.tell(entries, list(order.attachments.order_by("pk")), loaded.pack)
    working = [p for p in parts if p.row.role != "notice" and p.row.state not in rows.ENDED]
    values = {
        "order": order, "parts": parts, "focus": _focus(parts, actor), "bar": rows.citizen_bar(order, at),
        "done": sum(part.done for part in working), "total": len(working), "told": list(reversed(told)),
        "category": rows.category(order.category, loaded.pack), "place": rows.place(order, loaded), "now": at,
        "spot": _spot(order, loaded), "proof": story.proof(order, entries), "caller": rows.caller(order.contact),
        "reveal": forms.RevealForm(), "may_reveal": actor.role in REVEALERS,
        "attached": [f for line in told for f in line.files if line.entry.seq == 1], "next": None,
        "channel": getattr(loaded.pack.channels.get(order.channel), "name", order.channel),
        "answers": order.answers.select_related("assignment__unit").order_by("round", "assignment__no"),
    }  # fmt: skip
    if actor.role in UNITS and _only_told(parts):
        values["may_reveal"] = False
    subject = Subject(order, None, actor, at, loaded, [part.row for part in parts])
    values["next"] = _next(subject, parts, given)
    values["more"] = _more(subject, parts, given)
    values["panels"] = [(panel.template, said) for panel in acts.PANELS if (said := panel.values(subject)) is not None]
    return render(request, "desk/record.html", values, status=status)


def _part(row: Assignment, at: datetime, *, mine: bool, first: bool) -> Part:
    sign, respond, handle = (clocks.of(one, at) for one in handling_rules.clocks(row))
    return Part(row, sign, respond, handle, mine, first)


def _focus(parts: list[Part], actor: Actor) -> Part | None:
    """The assignment whose three clocks stand in the header: mine that is open, else the lead's."""
    mine = [part for part in parts if part.mine and not part.done]
    lead = [part for part in parts if part.row.role == "lead" and part.row.state not in rows.ENDED]
    return next(iter((*mine, *lead, *parts)), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One further act with its form: `unit` names whose part it is on where the actor's sight holds several."""

    act: Act
    form: forms.Plain
    url: str
    unit: str

    @property
    def failed(self) -> bool:
        """Whether it was tried and could not be taken: it then stands open."""
        return bool(self.form.errors)


def _next(subject: Subject, parts: list[Part], given: dict[str, Any]) -> dict[str, Any]:
    """The one next step of this post on this order, with the forms it needs."""
    order, actor = subject.order, subject.by
    mine = next((p for p in parts if p.mine and p.row.role != "notice" and p.row.state in _FIRST), None)
    if actor.role in UNITS and mine is not None:
        whole = replace(subject, part=mine.row)
        daily = [one for one in acts.TABLE if one.name in acts.DAILY and one.open_to(whole)]
        made = {one.name: given.get(one.name) or one.form(whole, None, None, one.name) for one in daily}
        chosen = next((name for name in given if name in made), _first(mine.row, made))
        return {"part": mine, "verb": chosen, "forms": made, "kind": "work"}
    if actor.role in UNITS and (read := _only_told(parts)):
        return {"kind": "told", "part": read}
    if actor.role in UNITS and any(p.mine and p.row.state in (A.OBJECTION, A.HANDOVER) for p in parts):
        return {"kind": "court"}
    if order.state in (S.PENDING, S.CONSULTING) and actor.role in _SENDERS:
        return {"kind": "dispatch"}
    if order.state == S.CALLBACK and actor.role in (Role.CALLBACK, Role.SUPERVISOR):
        return {"kind": "callback"}
    return {"kind": "wait"}


def _only_told(parts: list[Part]) -> Part | None:
    """The part of a unit that was only told; None where it has something to do here, or had."""
    mine = [part for part in parts if part.mine]
    return mine[0] if mine and all(part.row.role == "notice" for part in mine) else None


_SENDERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT)


def _first(row: Assignment, made: dict[str, Any]) -> str:
    """The step to begin with: who was called comes first; whose replies are checked does not report 单位已办结."""
    if "report_in" in made and row.arrived_at is None and row.state != A.SENT:
        return "report_in"
    usual = _FIRST[row.state]
    return usual if usual in made else next((name for name in ("submit", "note") if name in made), usual)


_FIRST: dict[str, str] = {A.SENT: "sign", A.SIGNED: "respond", A.RESPONDED: "complete", A.HANDLING: "complete"}


def _more(subject: Subject, parts: list[Part], given: dict[str, Any]) -> list[Offer]:
    """Everything else this post may do here: to the parts it holds, then to the order."""
    held = [replace(subject, part=part.row) for part in parts if part.mine]
    out = []
    for one in acts.TABLE:
        if one.name not in acts.DAILY:
            meant = held if one.on == "part" else [subject]
            out += [_offer(one, whole, given, len(held) > 1) for whole in meant if one.open_to(whole)]
    return out


def _offer(one: Act, whole: Subject, given: dict[str, Any], several: bool) -> Offer:
    key, number = _key(one, whole.part), whole.order.number
    form = given.get(key) or one.form(whole, None, None, one.name)
    url = (
        reverse("act", args=[number, one.name])
        if whole.part is None
        else reverse("work", args=[number, whole.part.no, one.name])
    )
    return Offer(one, form, url, whole.part.unit.short if several and whole.part is not None else "")


def _spot(order: Order, loaded: city.Loaded) -> list[str]:
    """District, street, place and ownership in words."""
    owner = loaded.pack.owners.get(order.owner)
    place = loaded.gazetteer.label(order.place) if order.place else ""
    units = [unit.name for unit in (order.district, order.street) if unit is not None]
    where = place or " · ".join(units)
    said = where if where != rows.place(order, loaded) else ""
    return [part for part in (said, owner.name if owner else "") if part]

"""The page of one order: clocks, the two marks, the citizen's words, who is at work, the timeline, the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Actor, Role
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core import clock, crypto
from jieban.core.errors import BadInput
from jieban.handling import actions as handling
from jieban.handling import rules as handling_rules
from jieban.intake import actions as intake
from jieban.intake import files, queries
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Attachment, Order
from jieban.portal import clocks, rates
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import forms, rows, story
from jieban.portal.desk.unit import UNITS, below

READERS = frozenset(Role) - {Role.ADMIN, Role.KNOWLEDGE, Role.CITIZEN, Role.CHANNEL, Role.RULE}
REVEALERS = (Role.AGENT, Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.CALLBACK, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Part:
    """An assignment with its three clocks; `mine` where the actor's unit works on it."""

    row: Assignment
    sign: clocks.Bar
    respond: clocks.Bar
    handle: clocks.Bar
    mine: bool

    @property
    def done(self) -> bool:
        """Whether the unit has reported 单位已办结."""
        return self.row.state == A.COMPLETED


@staff(*READERS)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The page of an order that the post may see; 404 for any other, as if it did not exist."""
    return _page(request, _order(request, number), {})


@require_POST
@staff(*UNITS)
def work(request: HttpRequest, number: str, no: int, verb: str) -> HttpResponse:
    """Do one step of the unit's work; what was typed comes back with the reason when it cannot be taken."""
    order, actor = _order(request, number), actor_of(request)
    part = _own_part(order, actor, no)
    if verb not in _VERBS:
        raise Http404(verb)
    form = _form(verb, part, actor, request)
    if not form.is_valid():
        return _page(request, order, {verb: form}, status=422)
    try:
        said = _VERBS[verb](part, form.cleaned_data, actor)
    except BadInput as error:
        form.add_error(None, str(error))
        return _page(request, order, {verb: form}, status=422)
    messages.success(request, said)
    return redirect("record", number=order.number)


@require_POST
@staff(*REVEALERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and number after a purpose was given; the reading is written down before anything is shown."""
    order, actor = _order(request, number), actor_of(request)
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
    seen = orders.visible_to(actor_of(request)).select_related("contact", "street", "district", "repeat_of")
    return get_object_or_404(seen, number=number)


def _own_part(order: Order, actor: Actor, no: int) -> Assignment:
    found = orders.assignments_of(actor).filter(order=order).select_related("unit", "section", "handler")
    part = get_object_or_404(found, no=no)
    part.order = order
    return part


def _form(verb: str, part: Assignment, actor: Actor, request: HttpRequest | None = None) -> Any:
    data, sent = (request.POST, request.FILES) if request is not None else (None, None)
    name = {"prefix": verb} if verb != "sign" else {}
    if verb == "hand_down":
        return forms.HandDownForm(data, units=below(actor), **name)
    kinds = {"sign": forms.Plain, "respond": forms.RespondForm, "note": forms.NoteForm, "complete": forms.CompleteForm}
    return kinds[verb](data, sent, **name)


def _sign(part: Assignment, data: dict[str, Any], by: Actor) -> str:
    handling.sign([part], by=by, at=clock.now())
    return _("签收了。下一步联系市民。")


def _respond(part: Assignment, data: dict[str, Any], by: Actor) -> str:
    handling.respond([part], by=by, at=clock.now(), **data)
    reached = data["outcome"] == handling_rules.REACHED
    return _("记下了，响应时间已停。") if reached else _("记下了这次没联系上，响应时间还在走。")


def _note(part: Assignment, data: dict[str, Any], by: Actor) -> str:
    handling.note([part], text=data["text"], files=_stored(data["attached"], "work"), by=by, at=clock.now())
    return _("办理记录写进去了，写进去的不能再改。")


def _hand(part: Assignment, data: dict[str, Any], by: Actor) -> str:
    to = Unit.objects.get(code=data["to"])
    handling.hand_down([part], to=to, instruction=data["instruction"], by=by, at=clock.now())
    return _("交给%s了，本单位仍然负责。") % to.name


def _complete(part: Assignment, data: dict[str, Any], by: Actor) -> str:
    handling.complete(
        [part], result=data["result"], measures=data["measures"], reply=data["reply"],
        files=_stored(data["attached"], "after"), by=by, at=clock.now(),
    )  # fmt: skip
    return _("报了单位已办结。是否解决，由回访时市民来说。")


_VERBS = {"sign": _sign, "respond": _respond, "note": _note, "hand_down": _hand, "complete": _complete}


def _stored(uploads: list[Any], stage: str) -> list[Attachment]:
    kept = [files.store(files.Raw(upload.name or "", upload.read())) for upload in uploads]
    return intake.attachments(kept, stage=stage)


def _page(request: HttpRequest, order: Order, given: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    held = set(orders.assignments_of(actor).filter(order=order).values_list("pk", flat=True))
    found = order.assignments.select_related("unit", "section", "handler").order_by("no")
    parts = [_part(row, at, mine=row.pk in held) for row in found]
    entries = list(order.entries.select_related("unit").order_by("seq"))
    told = story.tell(entries, list(order.attachments.order_by("pk")), loaded.pack)
    working = [p for p in parts if p.row.role != "notice" and p.row.state not in rows.ENDED]
    values = {
        "order": order, "parts": parts, "focus": _focus(parts, actor), "bar": rows.citizen_bar(order, at),
        "done": sum(part.done for part in working), "total": len(working), "told": list(reversed(told)),
        "category": rows.category(order.category, loaded.pack), "place": rows.place(order, loaded), "now": at,
        "spot": _spot(order, loaded), "proof": story.proof(order, entries), "caller": rows.caller(order.contact),
        "earlier": _earlier(order, actor), "reveal": forms.RevealForm(), "may_reveal": actor.role in REVEALERS,
        "attached": [f for line in told for f in line.files if line.entry.seq == 1], "next": None,
        "channel": getattr(loaded.pack.channels.get(order.channel), "name", order.channel),
        "answers": order.answers.select_related("assignment__unit").order_by("round", "assignment__no"),
    }  # fmt: skip
    values["next"] = _next(order, actor, parts, given)
    return render(request, "desk/record.html", values, status=status)


def _part(row: Assignment, at: datetime, *, mine: bool) -> Part:
    sign, respond, handle = (clocks.of(one, at) for one in handling_rules.clocks(row))
    return Part(row, sign, respond, handle, mine)


def _focus(parts: list[Part], actor: Actor) -> Part | None:
    """The assignment whose three clocks stand in the header: mine that is open, else the lead's."""
    mine = [part for part in parts if part.mine and not part.done]
    lead = [part for part in parts if part.row.role == "lead" and part.row.state not in rows.ENDED]
    return next(iter((*mine, *lead, *parts)), None)


def _next(order: Order, actor: Actor, parts: list[Part], given: dict[str, Any]) -> dict[str, Any]:
    """The one next step of this post on this order, with the forms it needs."""
    mine = next((p for p in parts if p.mine and p.row.role != "notice" and p.row.state in _OPEN), None)
    if actor.role in UNITS and mine is not None:
        chosen = next(iter(given), _OPEN[mine.row.state])
        verbs = _MAY[mine.row.state]
        made = {verb: given.get(verb) or _form(verb, mine.row, actor) for verb in verbs}
        return {"part": mine, "verb": chosen, "forms": made, "kind": "work"}
    if order.state in (S.PENDING, S.CONSULTING) and actor.role in _SENDERS:
        return {"kind": "dispatch"}
    if order.state == S.CALLBACK and actor.role in (Role.CALLBACK, Role.SUPERVISOR):
        return {"kind": "callback"}
    return {"kind": "wait"}


_SENDERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT)
_OPEN: dict[str, str] = {A.SENT: "sign", A.SIGNED: "respond", A.RESPONDED: "complete", A.HANDLING: "complete"}
_MAY: dict[str, tuple[str, ...]] = {
    A.SENT: ("sign",),
    A.SIGNED: ("respond", "note", "hand_down"),
    A.RESPONDED: ("complete", "note", "hand_down"),
    A.HANDLING: ("complete", "note", "hand_down"),
}


def _spot(order: Order, loaded: city.Loaded) -> list[str]:
    """District, street, place and ownership in words."""
    owner = loaded.pack.owners.get(order.owner)
    place = loaded.gazetteer.label(order.place) if order.place else ""
    units = [unit.name for unit in (order.district, order.street) if unit is not None]
    where = place or " · ".join(units)
    said = where if where != rows.place(order, loaded) else ""
    return [part for part in (said, owner.name if owner else "") if part]


def _earlier(order: Order, actor: Actor) -> list[Order]:
    """The same caller's other orders that this post may see, newest first."""
    index = order.contact.phone_index
    if not index:
        return []
    seen = orders.visible_to(actor).filter(contact__phone_index=index).exclude(pk=order.pk)
    return list(seen.order_by("-received_at")[:5])

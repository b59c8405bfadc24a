"""Consultation before dispatch: the dispatcher calls units together, each unit gives its view on a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Role
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, Conflict
from jieban.dispatch import consulting, queries
from jieban.dispatch.consulting import GROUNDS, ON_SITE, WAYS, Call
from jieban.dispatch.talks import View
from jieban.portal import clocks
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import choosing, dispatch, finding
from jieban.portal.desk.calling import CallForm, ViewForm
from jieban.portal.desk.unit import UNITS

WRITERS = (*UNITS, Role.DISPATCHER, Role.SUPERVISOR)


@require_POST
@staff(*dispatch.SENDERS)
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Call units together about a waiting order; what was typed comes back with the reason when it cannot be."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    order = get_object_or_404(dispatch.seen(actor), number=number)
    form = CallForm(request.POST, prefix="call")
    if form.is_valid():
        try:
            consulting.consult([order], _call(form.cleaned_data, loaded), by=actor, at=at, loaded=loaded)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已经通知他们。意见会列在这一页，到时间没有定下的由区里兜底。"))
            return redirect("dispatch_one", number=number)
    return dispatch.page(request, order, at=at, call=form)


@staff(*WRITERS)
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """What one unit was asked, what the others have said, and its own view; 404 where another unit was asked."""
    actor, at = actor_of(request), clock.now()
    asked = get_object_or_404(queries.asked(actor), pk=pk)
    form = ViewForm(request.POST or None, initial=_known(asked))
    if asked.consultation.way != ON_SITE:
        del form.fields["arrived_at"], form.fields["found"]
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            consulting.say(asked, data.pop("view"), by=actor, at=at, **data)
        except (BadInput, Conflict) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("意见交上去了，派单员定之前还可以改。"))
            return redirect("consultation", pk=pk)
    return render(request, "desk/consultation.html", _page(asked, form, at), status=422 if form.errors else 200)


def _page(asked: View, form: ViewForm, at: datetime) -> dict[str, Any]:
    talk = asked.consultation
    others = View.objects.filter(consultation=talk).exclude(pk=asked.pk).select_related("unit", "consultation")
    return {
        "asked": asked, "talk": talk, "form": form, "others": list(others.order_by("pk")), "now": at,
        "way": WAYS.get(talk.way, ""), "ground": GROUNDS.get(talk.ground, ""),
        "bar": clocks.bar(_("给意见"), start=talk.called_at, due=talk.until, now=at, done=asked.given_at),
    }  # fmt: skip


def _known(asked: View) -> dict[str, Any]:
    arrived = timezone.localtime(asked.arrived_at) if asked.arrived_at else None
    return {"view": asked.view, "part": asked.part, "arrived_at": arrived, "found": asked.found}


def _call(data: dict[str, Any], loaded: Loaded) -> Call:
    units = [finding.unit_code(name, loaded) for name in choosing.names(data["units"])]
    rest = {name: data[name] for name in ("way", "ground", "question", "until", "spot", "brief")}
    return Call(units=units, **rest)

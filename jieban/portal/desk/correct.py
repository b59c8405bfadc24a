"""Correcting what a waiting order is about: kind, category and place, each kept beside what was suggested."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Role
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.dispatch import queries
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import dispatch, finding, matter
from jieban.triage import actions


@require_POST
@staff(*dispatch.SENDERS)
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Settle the fields as the dispatcher says; the catalogue is asked again."""
    actor, at = actor_of(request), clock.now()
    order = get_object_or_404(queries.waiting(actor).select_related("contact", "street", "district"), number=number)
    loaded = city.current(at=at)
    try:
        actions.accept([order], [matter.choice(request.POST, loaded)], by=actor, at=at, loaded=loaded)
    except BadInput as error:
        return dispatch.page(request, order, at=at, problem=str(error))
    messages.success(request, _("记下了。派单建议已按改后的内容重新算过。"))
    return redirect("dispatch_one", number=number)


@staff(*dispatch.SENDERS, Role.AGENT)
def categories(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes a category."""
    typed = next((value for key, value in request.GET.items() if key.endswith("category")), "")
    found = finding.categories(str(typed), city.current(at=clock.now()))
    return render(request, "desk/options.html", {"options": found})


@staff(*dispatch.SENDERS, Role.AGENT)
def spots(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes a place."""
    picks = city.current(at=clock.now()).gazetteer.search(request.GET.get("place", ""), 12)
    return render(request, "desk/options.html", {"options": [pick.label for pick in picks]})

"""A unit's ready replies and its choice of checks: written, retired and switched by its chief."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.handling import checks, texts
from jieban.handling.models import ReplyTemplate
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import boards
from jieban.portal.desk.boards import replies as reply_boards
from jieban.portal.desk.boards.board import Asked
from jieban.portal.desk.forms import TemplateForm

_BOARD = ("joint", "templates")


@require_POST
@staff(*checks.READERS)
def write(request: HttpRequest) -> HttpResponse:
    """A new text of the unit; what was typed comes back with the reason when it cannot be taken."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    form = TemplateForm(request.POST, categories=loaded.pack.children(""))
    if form.is_valid():
        try:
            texts.write(_unit(request), **form.cleaned_data, by=actor, at=at, loaded=loaded)
        except BadInput as error:
            form.add_error("body", str(error))
        else:
            messages.success(request, _("模板存好了，本单位报办结时能选到。"))
            return redirect("board", *_BOARD)
    asked = Asked(actor, at, loaded, request.GET)
    board = next(one for one in boards.TABLE if (one.section, one.name) == _BOARD)
    values = {"board": board, "tabs": [], "now": at, **reply_boards.ready(asked), "form": form}
    return render(request, board.template, values, status=422)


@require_POST
@staff(*checks.READERS)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """A text is offered no longer."""
    row = get_object_or_404(ReplyTemplate.objects.select_related("unit"), pk=pk, unit=actor_of(request).unit_id)
    texts.retire(row, by=actor_of(request), at=clock.now())
    messages.success(request, _("停用了“%s”，以前用它发出的答复不变。") % row.title)
    return redirect("board", *_BOARD)


@require_POST
@staff(*checks.READERS)
def switch(request: HttpRequest) -> HttpResponse:
    """Have the unit's replies checked before they leave, or no longer."""
    on = request.POST.get("on") == "1"
    checks.switch(_unit(request), on=on, by=actor_of(request), at=clock.now())
    said = _("从现在起，本单位的答复看过才发出。") if on else _("不再把关，承办员报单位已办结时答复直接发出。")
    messages.success(request, said)
    return redirect(reverse("board", args=["joint", "checks"]))


def _unit(request: HttpRequest) -> Unit:
    return get_object_or_404(Unit, pk=actor_of(request).unit_id or 0)

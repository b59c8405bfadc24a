"""The one-time link of an SMS: the unit's words, four questions, one answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jieban.callback import actions as callback
from jieban.callback import links
from jieban.callback.models import Invite
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError
from jieban.orders.lifecycle import A
from jieban.portal import rates
from jieban.portal.access import public
from jieban.portal.citizen import answers, home
from jieban.portal.citizen.forms import AnswerForm


@require_http_methods(["GET", "POST"])
@public
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The four questions for whoever holds the link; used, old and wrong links say what to do instead."""
    at = clock.now()
    if not rates.allows("survey", rates.address(request), limit=settings.JIEBAN_TRACK_RATE, at=at):
        return _told(request, _("请等一分钟"), _("这个网络打开得太勤了。链接还有效，过一分钟再点就行。"), status=429)
    try:
        invite = links.read(token, at=at)
    except JiebanError as error:
        return _told(request, _("这个链接现在用不了"), str(error), status=410)
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if not form.is_bound or not form.is_valid():
        return _asked(request, invite, form)
    try:
        followed = callback.record_by_link(token, answers.said(form), at=at)
    except JiebanError as error:
        return _told(request, _("没有记上"), str(error), status=409)
    return _told(request, _("您的回答记下了"), answers.thanks(followed))


def _asked(request: HttpRequest, invite: Invite, form: AnswerForm) -> HttpResponse:
    order = invite.order
    parts = order.assignments.filter(state=A.COMPLETED).exclude(role="notice").select_related("unit").order_by("no")
    terms = city.current(at=clock.now()).pack.callbacks
    values = home.frame(city.of(order.pack_id).pack) | {
        "order": order, "parts": parts, "form": form, "rework": answers.rework_pairs(order, terms),
    }  # fmt: skip
    return render(request, "citizen/survey.html", values, status=422 if form.is_bound else 200)


def _told(request: HttpRequest, heading: str, text: str, *, status: int = 200) -> HttpResponse:
    values: dict[str, Any] = home.frame(city.current(at=clock.now()).pack)
    values |= {"heading": heading, "text": text, "way": home.track_url(), "way_text": _("查进度")}
    return render(request, "citizen/told.html", values, status=status)

"""The page behind a one-time link for a party outside: what to do, and a report in words and photos, on a phone.

Nothing of the citizen is on it but the place, where the unit shows it, and what the unit wrote.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import BadInput, JiebanError
from jieban.handling import outside as links
from jieban.handling.models import Entrusting
from jieban.intake import actions as intake
from jieban.intake import files
from jieban.portal import rates
from jieban.portal.access import public
from jieban.portal.citizen import home, uploads
from jieban.portal.desk import rows

# Not `no-referrer`: a browser then posts the form with a null origin, which the CSRF check refuses.
_NEVER_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


class ReportForm(forms.Form):
    """What was done, and whether that is all."""

    text = forms.CharField(
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": lazy("请写一句做了什么。"), "max_length": lazy("最多 2000 字，请写短一些。")},
    )
    done = forms.ChoiceField(
        choices=[("no", lazy("还没办完，先报个进展")), ("yes", lazy("办完了"))],
        error_messages={"required": lazy("请选办完了没有。")},
    )


@require_http_methods(["GET", "POST"])
@public
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """The instruction and the form; a link that no longer works says why and whom to call."""
    at = clock.now()
    if not rates.allows("outside", rates.address(request), limit=settings.JIEBAN_TRACK_RATE, at=at):
        return _told(request, _("请等一分钟"), _("这个网络打开得太勤了。链接还有效，过一分钟再点就行。"), 429)
    try:
        row = links.read(token, at=at)
    except JiebanError as error:
        return _told(request, _("这个链接现在用不了"), str(error), 410)
    if request.method == "GET":
        return _page(request, row, ReportForm(), uploads.empty(city.current(at=at).pack.settings))
    return _reported(request, row, token)


def _reported(request: HttpRequest, row: Entrusting, token: str) -> HttpResponse:
    at = clock.now()
    loaded = city.current(at=at)
    form, shelf = ReportForm(request.POST), uploads.take(request, loaded.pack.settings, at=at)
    if not form.is_valid() or shelf.problems:
        return _page(request, row, form, shelf, status=422)
    done = form.cleaned_data["done"] == "yes"
    attached = intake.attachments(shelf.kept, stage="after" if done else "work")
    try:
        links.report(token, text=form.cleaned_data["text"], done=done, files=attached, at=at, loaded=loaded)
    except BadInput as error:
        form.add_error(None, str(error))
        return _page(request, row, form, shelf, status=422)
    except JiebanError as error:
        return _told(request, _("没有记上"), str(error), 409)
    files.claim(shelf.tokens)
    unit = row.assignment.unit.name
    if done:
        return _told(request, _("收到了，谢谢"), _("%s会看到您报的。这个链接用完了，要补充请给他们打电话。") % unit)
    return _told(request, _("进展收到了"), _("%s会看到您报的。办完了再打开同一个链接报一次。") % unit)


def _page(
    request: HttpRequest, row: Entrusting, form: ReportForm, shelf: uploads.Shelf, *, status: int = 200
) -> HttpResponse:
    part = row.assignment
    earlier = part.order.entries.filter(move="outside_report", assignment_no=part.no, records__link=row.pk)
    values = home.frame(city.current(at=clock.now()).pack) | shelf.values() | {
        "row": row, "unit": part.unit, "form": form, "earlier": list(earlier.order_by("seq")),
        "place": rows.place(part.order, city.current(at=clock.now())) if row.show_address else "",
    }  # fmt: skip
    return _safe(render(request, "citizen/outside.html", values, status=status))


def _told(request: HttpRequest, heading: str, text: str, status: int = 200) -> HttpResponse:
    values: dict[str, Any] = home.frame(city.current(at=clock.now()).pack)
    values |= {"heading": heading, "text": text}
    return _safe(render(request, "citizen/outside_told.html", values, status=status))


def _safe(answer: HttpResponse) -> HttpResponse:
    """The address is the key: no cache keeps it, no other site is told it, no search engine lists it."""
    for name, value in _NEVER_KEPT.items():
        answer.headers[name] = value
    return answer

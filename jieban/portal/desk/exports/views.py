"""Saved exports of a unit: the list, one of them with its first rows and its history, its form, and taking it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor
from jieban.analytics.exports import actions, queries, rules
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, NotAllowed
from jieban.portal import rates
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import rows
from jieban.portal.desk.exports import columns, forms, making

READERS = tuple(sorted(rules.MAKERS | rules.WATCHERS))
MAKERS = tuple(sorted(rules.MAKERS))
_SHOWN, _HISTORY = 10, 50


@staff(*READERS)
def exports(request: HttpRequest) -> HttpResponse:
    """The exports that the post may open, each with its last run."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    found = list(queries.of(actor))
    last = queries.latest(found)
    lines = [{"row": row, "trade": trade(row, loaded), "last": last.get(row.pk), **_words(row)} for row in found]
    values = {"lines": lines, "may_make": actor.role in rules.MAKERS, "now": at}
    return render(request, "desk/exports.html", values)


@staff(*READERS)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: what is in it, its first rows, who took it when and why."""
    return _page(request, _one(request, pk))


@staff(*MAKERS)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set up a new export, or change one; what was typed comes back with the reason when it cannot be taken."""
    actor, at = actor_of(request), clock.now()
    loaded, row = city.current(at=at), _one(request, pk) if pk else None
    form = forms.ExportForm(
        request.POST or None, loaded=loaded, may_open=actor.role in rules.OPENERS,
        initial=forms.initial(row, loaded) if row else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.save(form.wish(), by=actor, at=at, export=row)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%s”存好了。下面是它现在的样子。") % kept.name)
            return redirect("export", kept.pk)
    values = {
        "form": form, "row": row, "columns": columns.COLUMNS, "may_open": form.may_open,
        "chosen_columns": form.chosen("columns"), "chosen_categories": form.chosen("categories"),
    }  # fmt: skip
    return render(request, "desk/export_form.html", values, status=422 if form.errors else 200)


@require_POST
@staff(*MAKERS)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an export off the list."""
    row = _one(request, pk)
    actions.retire(row, by=actor_of(request), at=clock.now())
    messages.success(request, _("“%s”不再列出。谁取过它的记录还在。") % row.name)
    return redirect("exports")


@require_POST
@staff(*MAKERS)
def take(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand over the file: CSV while it is read, the others when they are whole."""
    row, actor, at = _one(request, pk), actor_of(request), clock.now()
    form = forms.TakeForm(request.POST if rules.personal(row.columns) else {"purpose": "----"})
    if not form.is_valid():
        return _page(request, row, form, status=422)
    limit = settings.JIEBAN_EXPORT_RATE
    if not rates.allows("export", str(actor.person_id), limit=limit, at=at, window=rates.HOUR):
        form.add_error(None, _("一小时最多导出 %d 次。请过一会儿再取。") % limit)
        return _page(request, row, form, status=429)
    try:
        started = making.start(
            row, by=actor, at=at, loaded=city.current(at=at), purpose=form.cleaned_data["purpose"],
            address=rates.address(request) or None,
        )  # fmt: skip
    except (BadInput, NotAllowed) as error:
        form.add_error(None, str(error))
        return _page(request, row, form, status=422)
    return _handed(started)


def trade(row: SavedExport, loaded: Loaded) -> str:
    """What the orders are about, in words."""
    units = loaded.pack.units
    areas = "、".join(units[code].short for code in row.areas if code in units)
    held = "、".join(units[code].short for code in row.units if code in units)
    matter = "、".join(rows.category(code, loaded.pack) for code in row.categories) or _("全部分类")
    return "　".join(part for part in (matter, areas, held and _("承办：%s") % held) if part)


def _handed(started: making.Take) -> HttpResponseBase:
    run = started.run
    answer: StreamingHttpResponse | FileResponse
    if run.format == rules.CSV:
        answer = StreamingHttpResponse(making.stream(started))
    else:
        answer = FileResponse(making.on_disk(started))
    answer.headers["Content-Type"] = making.KINDS[run.format]
    answer.headers["Content-Disposition"] = content_disposition_header(True, _file_name(run)) or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _file_name(run: ExportRun) -> str:
    zone = clock.zone()
    last = (run.until - timedelta(microseconds=1)).astimezone(zone)
    days = f"{run.begin.astimezone(zone):%Y%m%d}-{last:%Y%m%d}"
    return f"{run.export.name.replace('/', '-')} {days}.{run.format}"


def _one(request: HttpRequest, pk: int) -> SavedExport:
    return get_object_or_404(queries.of(actor_of(request)), pk=pk)


def _words(row: SavedExport) -> dict[str, Any]:
    """Rule, format and whether personal data is in it; days that are written out need no rule."""
    rule = "" if row.rule == rules.DATES else forms.RULES[row.rule]
    return {"rule": rule, "format": row.format.upper(), "personal": bool(rules.personal(row.columns))}


def _page(
    request: HttpRequest, row: SavedExport, form: forms.TakeForm | None = None, status: int = 200
) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    period = actions.period(row, at=at, cycle_day=loaded.pack.settings.cycle_start_day)
    found = queries.orders(row, period, by=actor)
    personal = rules.personal(row.columns)
    values = {
        "row": row, "trade": trade(row, loaded), "begin": period[0], "last": _last(period), "count": found.count(),
        "columns": columns.chosen(row.columns), "form": form or forms.TakeForm(), **_words(row),
        "lines": making.preview(row, found, by=actor, loaded=loaded, most=_SHOWN), "runs": _history(row),
        "may_make": actor.role in rules.MAKERS, "may_take": _may_take(actor, personal), "now": at, "shown": _SHOWN,
    }  # fmt: skip
    return render(request, "desk/export.html", values, status=status)


def _may_take(actor: Actor, personal: list[str]) -> bool:
    return actor.role in (rules.OPENERS if personal else rules.MAKERS)


def _last(period: tuple[datetime, datetime]) -> datetime:
    return period[1] - timedelta(microseconds=1)


def _history(row: SavedExport) -> list[dict[str, Any]]:
    titles = {one.code: str(one.title) for one in columns.COLUMNS}
    return [
        {"run": run, "last": run.until - timedelta(microseconds=1),
         "personal": "、".join(titles.get(code, code) for code in run.personal)}
        for run in queries.runs(row)[:_HISTORY]
    ]  # fmt: skip

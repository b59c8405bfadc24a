"""The pages of cycles: the list, one cycle with its versions and disputes, what changed, and every deed."""

from __future__ import annotations

import tempfile
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Role
from jieban.appraisal import bundle, differences, disputes, freezing, readiness, result_steps
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.city import queries as city
from jieban.city import schemes as texts
from jieban.city.models import Unit
from jieban.core import clock
from jieban.core.errors import BadInput, JiebanError
from jieban.orders import queries as orders
from jieban.portal import freezing as house
from jieban.portal.access import actor_of, staff
from jieban.portal.desk.cycles import forms, shown
from jieban.portal.desk.cycles.shown import Line
from jieban.portal.desk.record import READERS as READING

READERS: Final = tuple(sorted(READING - {Role.AGENT}))
FREEZERS: Final = tuple(sorted(freezing.FREEZERS))
FILERS: Final = tuple(sorted(disputes.FILERS))
_CITY: Final = (Role.AUDITOR, Role.CALLBACK, Role.DISPATCHER, Role.LEADER, Role.SUPERVISOR)
_A_PAGE: Final = 50
_MOST: Final = 500


@staff(*READERS)
def cycles(request: HttpRequest) -> HttpResponse:
    """The cycles of the last year, each with its stages, versions and what it waits for."""
    actor, at = actor_of(request), clock.now()
    found = shown.lines(actor, at=at)
    waits = {line.code: shown.waits(line) for line in found[:3]} if shown.reads_all(actor) else {}
    return render(request, "desk/cycles.html", {"lines": found, "waits": waits, "all": shown.reads_all(actor)})


@staff(*READERS)
def cycle(request: HttpRequest, code: str) -> HttpResponse:
    """One cycle."""
    return _page(request, code, {})


@staff(*READERS)
def changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What changed from the version before to this one: the rows of the boards and the cases behind."""
    line, after = _line(request, code), _version(request, code, number)
    before = after.replaces
    if before is None:
        raise Http404
    wanted = request.GET.get("board", "")
    found = [one for one in differences.of_rows(before, after) if wanted in ("", one.board)]
    titles = {one.code: one.name for one in texts.read(after.scheme_text).model.boards}
    values = {
        "line": line, "after": after, "titles": titles, "board": wanted,
        "page": Paginator([shown.change(one) for one in found], _A_PAGE).get_page(request.GET.get("page")),
        "cases": differences.of_cases(before, after) if shown.reads_all(actor_of(request)) else None,
    }  # fmt: skip
    return render(request, "desk/cycle_changes.html", values)


@staff(*_CITY)
def late(request: HttpRequest, code: str) -> HttpResponse:
    """What a cycle waits for: work whose citizens have not been asked yet, and requests that nobody has decided."""
    line, actor = _line(request, code), actor_of(request)
    found = readiness.late_callbacks(line.cycle).filter(order__in=orders.visible_to(actor))
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    grounds = {one.code: one.name for one in city.current(at=clock.now()).pack.grounds.values()}
    values = {"line": line, "page": page, "undecided": readiness.undecided(line.cycle)[:_MOST], "grounds": grounds}
    return render(request, "desk/cycle_late.html", values)


@staff(*READERS)
def audit_bundle(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The audit bundle of a version; that it was taken is written down."""
    row, actor = _version(request, code, number), actor_of(request)
    out = tempfile.TemporaryFile(dir=settings.JIEBAN_HOME)  # noqa: SIM115
    try:
        bundle.write(row, out)
    except JiebanError as error:
        out.close()
        messages.error(request, str(error))
        return redirect("cycle", code)
    with transaction.atomic():
        result_steps.add("bundle", row.cycle, version=row.version, by=actor, at=clock.now(), sha256=row.sha256)
    out.seek(0)
    answer = FileResponse(out, as_attachment=True, filename=bundle.name(row), content_type="application/zip")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@staff(*FREEZERS)
def freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze the cycle; what is in the way is told."""
    line = _line(request, code)
    try:
        row = house.freeze(line.cycle, by=actor_of(request), at=clock.now())
    except JiebanError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%s 冻结好了，内容不会再变。请另一位来公布。") % row)
    return redirect("cycle", code)


@require_POST
@staff(*FREEZERS)
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish a version."""
    try:
        freezing.publish(_version(request, code, number), by=actor_of(request), at=clock.now())
    except JiebanError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("公布了。各单位已收到提醒。"))
    return redirect("cycle", code)


@require_POST
@staff(*FREEZERS)
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new version; the note that was typed comes back with the reason why not."""
    line, form = _line(request, code), forms.Note(request.POST)
    if not form.is_valid():
        return _page(request, code, {"note_form": form}, status=422)
    try:
        row = house.correct(line.cycle, note=form.cleaned_data["note"], by=actor_of(request), at=clock.now())
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, code, {"note_form": form}, status=422)
    messages.success(request, _("%s 出好了，旧版本照样留着。请另一位来公布。") % row)
    return redirect("cycle_changes", code, row.version)


@require_POST
@staff(*FILERS)
def dispute(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """File a dispute about a published version."""
    row, actor = _version(request, code, number), actor_of(request)
    form = forms.Complaint(request.POST, choices=forms.rows_of(row, actor))
    if not form.is_valid():
        return _page(request, code, {"dispute_form": form}, status=422)
    board, unit = form.cleaned_data["row"].split(":")
    try:
        disputes.file(
            row, board=board, unit=Unit.objects.get(code=unit), statement=form.cleaned_data["statement"],
            assignments=forms.meant(form.cleaned_data["orders"], row, actor), by=actor, at=clock.now(),
        )  # fmt: skip
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, code, {"dispute_form": form}, status=422)
    messages.success(request, _("异议提交了，市级答复以后会提醒您。"))
    return redirect("cycle", code)


@require_POST
@staff(*FREEZERS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The city's answer to a dispute."""
    row = get_object_or_404(disputes.visible_to(actor_of(request)), pk=pk)
    code, form = row.result.cycle, forms.Verdict(request.POST)
    if not form.is_valid():
        return _page(request, code, {"verdict": (row.pk, form)}, status=422)
    try:
        disputes.decide(
            row, upheld=form.cleaned_data["yes"] == "yes", words=form.cleaned_data["words"], by=actor_of(request),
            at=clock.now(),
        )  # fmt: skip
    except JiebanError as error:
        form.add_error(None, str(error))
        return _page(request, code, {"verdict": (row.pk, form)}, status=422)
    messages.success(request, _("答复好了，提异议的单位会收到提醒。"))
    return redirect("cycle", code)


@require_POST
@staff(*FILERS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a dispute back."""
    row = get_object_or_404(disputes.visible_to(actor_of(request)), pk=pk)
    try:
        disputes.withdraw(row, by=actor_of(request), at=clock.now())
    except JiebanError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("异议撤回了。"))
    return redirect("cycle", row.result.cycle)


def _page(request: HttpRequest, code: str, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """A cycle with the forms the post may use; `given` are forms that come back with what was typed."""
    line, actor = _line(request, code), actor_of(request)
    found = [one for one in disputes.visible_to(actor) if one.result.cycle == code]
    newest, full = line.published, shown.reads_all(actor)
    choices = forms.rows_of(newest, actor) if newest else []
    verdict = given.get("verdict", (0, None))
    values = {
        "line": line, "all": full, "waits": shown.waits(line) if full else {},
        "steps": result_steps.of(code) if full else [], "step_names": shown.STEPS,
        "note_form": (given.get("note_form") or forms.Note()) if line.versions and _freezes(request) else None,
        "dispute_form": (given.get("dispute_form") or forms.Complaint(choices=choices)) if choices else None,
        "disputes": [(one, _answer(request, one, verdict)) for one in found], "stages": shown.DISPUTES,
        "files": _files(request),
    }  # fmt: skip
    return render(request, "desk/cycle.html", values, status=status)


def _answer(request: HttpRequest, row: Dispute, given: tuple[int, Any]) -> Any:
    """The form to answer a dispute, where it is open and this post answers."""
    if row.stage != disputes.FILED or not _freezes(request):
        return None
    return given[1] if given[0] == row.pk else forms.Verdict(prefix=None, auto_id=f"id_{row.pk}_%s")


def _freezes(request: HttpRequest) -> bool:
    return actor_of(request).role in freezing.FREEZERS


def _files(request: HttpRequest) -> bool:
    return actor_of(request).role in disputes.FILERS


def _line(request: HttpRequest, code: str) -> Line:
    try:
        return shown.one(code, actor_of(request), at=clock.now())
    except BadInput as error:
        raise Http404(str(error)) from error


def _version(request: HttpRequest, code: str, number: int) -> CycleResult:
    found = shown.version(code, number, actor_of(request))
    if found is None:
        raise Http404
    return found

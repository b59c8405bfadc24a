"""How districts, streets and others did, for everybody: published results only, in plain words, without login."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jieban.analytics import word
from jieban.appraisal.publication import public, queries, scorecard, wording
from jieban.appraisal.publication.standing import Board, Published
from jieban.appraisal.result_models import CycleResult
from jieban.city import queries as city
from jieban.core import clock
from jieban.portal import errors, rates, reporting
from jieban.portal.access import public as guard
from jieban.portal.citizen import home

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KEPT = "public, max-age=600"
_CHANGED = 20


@require_GET
@guard
def scores(request: HttpRequest) -> HttpResponse:
    """One board of a published cycle: both ends, everybody, how it is counted, how to check it."""
    cycles = list(dict.fromkeys(queries.open_to_all().values_list("cycle", flat=True)))
    values: dict[str, Any] = {**home.frame(city.current(at=clock.now()).pack), "here": "scores", "cycles": cycles}
    if cycles:
        wanted = request.GET.get("cycle", "")
        values |= _values(request, _row(wanted if wanted in cycles else cycles[0]))
    return render(request, "citizen/scores.html", values)


@require_GET
@guard
def docx(request: HttpRequest, cycle: str) -> HttpResponse:
    """The public version as a Word file."""
    if refused := _too_many(request):
        return refused
    row = _row(cycle)
    issuer = reporting.issuer(city.current(at=clock.now()).pack)
    document = public.document(queries.read(row), queries.corrected(row), issuer=issuer)
    answer = HttpResponse(word.render(document), content_type=_DOCX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{document.title}.docx") or "attachment"
    answer.headers["Cache-Control"] = _KEPT
    return answer


@require_GET
@guard
def json(request: HttpRequest, cycle: str) -> HttpResponse:
    """The public version for programs."""
    if refused := _too_many(request):
        return refused
    row = _row(cycle)
    answer = JsonResponse(public.plain(queries.read(row), queries.corrected(row)))
    answer.headers["Cache-Control"] = _KEPT
    return answer


def _too_many(request: HttpRequest) -> HttpResponse | None:
    """The refusal where somebody takes too many files in a minute."""
    if rates.allows("open", rates.address(request), limit=settings.JIEBAN_OPEN_RATE, at=clock.now()):
        return None
    return errors.too_many(request, _("一分钟内下载得太多了，请等一分钟再来。"))


def _row(cycle: str) -> CycleResult:
    """The newest published version of a cycle; 404 where there is none."""
    found = queries.open_to_all().filter(cycle=cycle).first()
    if found is None:
        raise Http404(cycle)
    return found


def _values(request: HttpRequest, row: CycleResult) -> dict[str, Any]:
    now, old = queries.read(row), queries.corrected(row)
    boards = public.boards(now)
    board = next((one for one in boards if one.code == request.GET.get("board")), boards[0] if boards else None)
    rows = scorecard.everyone(now)
    changed = public.changes(now, old) if old else []
    return {
        "now": now, "row": row, "old": old, "changed": changed[:_CHANGED], "changes": len(changed),
        "boards": boards, "board": board,
        "ends": _ends(board) if board else None, "model": now.scheme.model, "weights": _weights(now),
        "part": public.percent(now.scheme.model.solved.part),
        "mostly": public.percent(now.scheme.model.satisfied.mostly),
        "solved": wording.mean(rows, "resolution"), "satisfied": wording.mean(rows, "satisfaction"),
    }  # fmt: skip


def _ends(board: Board) -> dict[str, Any]:
    found = scorecard.ends(board)
    return {"top": found.top, "bottom": found.bottom, "all": len(board.ranked) > len(found.top) + len(found.bottom)}


def _weights(now: Published) -> dict[str, str]:
    rates = {key: public.percent(weight) for key, weight in dict(now.scheme.model.rates).items()}
    other = sum(now.scheme.model.parts.values())
    return rates | ({"other": public.percent(other)} if other else {})

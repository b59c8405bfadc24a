"""Published results: the list of versions, and the scorecard of one as a page, a Word file or JSON."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header

from jieban.accounts.actor import Role
from jieban.analytics import web, word
from jieban.analytics.document import Document
from jieban.analytics.periodic import keeping
from jieban.appraisal.publication import correcting, queries
from jieban.appraisal.publication import scorecard as scorecards
from jieban.appraisal.result_models import CycleResult
from jieban.city import queries as city
from jieban.core import clock
from jieban.portal import reporting
from jieban.portal.access import actor_of, staff
from jieban.portal.desk.record import READERS as RECORD

READERS = tuple(sorted(RECORD - {Role.AGENT}))
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@staff(*READERS)
def published(request: HttpRequest) -> HttpResponse:
    """The cycles with their versions, the newest first; a corrected one says what changed and why."""
    rows = list(queries.visible_to(actor_of(request)))
    cycles = [
        {"code": code, "first": versions[0].first, "last": versions[0].end - timedelta(days=1),
         "rows": [{"row": row, "changed": _changed(row)} for row in versions]}
        for code, versions in ((code, list(found)) for code, found in groupby(rows, key=lambda row: row.cycle))
    ]  # fmt: skip
    return render(request, "desk/published.html", {"here": "appraisal", "cycles": cycles})


@staff(*READERS)
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    """The scorecard of a version."""
    row = one(request, pk)
    newer = queries.visible_to(actor_of(request)).filter(cycle=row.cycle, version__gt=row.version).first()
    document = _document(row)
    values = {
        "here": "appraisal", "row": row, "parts": web.parts(document), "note": document.about["note"],
        "newer": newer, "block_id": web.BLOCK,
    }  # fmt: skip
    return render(request, "desk/scorecard.html", values)


@staff(*READERS)
def docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a Word file."""
    return word_file(_document(one(request, pk)))


@staff(*READERS)
def json(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for programs: the document's parts with raw numbers."""
    row = one(request, pk)
    answer = HttpResponse(keeping.dump(_document(row, full=True)), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="scorecard-{row.cycle}-v{row.version}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def one(request: HttpRequest, pk: int) -> CycleResult:
    """The version that the post may open; 404 for any other."""
    return get_object_or_404(queries.visible_to(actor_of(request)), pk=pk)


def word_file(document: Document) -> HttpResponse:
    """A document as a Word file to be kept."""
    answer = HttpResponse(word.render(document), content_type=DOCX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{document.title}.docx") or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def issuer() -> str:
    """Who signs what is published."""
    return reporting.issuer(city.current(at=clock.now()).pack)


def _document(row: CycleResult, *, full: bool = False) -> Document:
    now, old = queries.read(row), queries.corrected(row)
    return scorecards.document(now, queries.before(row), old, issuer=issuer(), full=full)


def _changed(row: CycleResult) -> list[correcting.Change]:
    """The units that a correction changed; none for a first version."""
    old = queries.corrected(row) if row.version > 1 else None
    return correcting.changes(queries.read(row), old) if old else []

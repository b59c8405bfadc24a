"""Letters to units about their own result, and what those who took part in a street's orders are told."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jieban.accounts.actor import Sight
from jieban.analytics import web
from jieban.analytics.document import Document
from jieban.appraisal.publication import detail, facts, queries, sharing
from jieban.appraisal.publication import letters as texts
from jieban.appraisal.publication.sharing import Shared
from jieban.appraisal.publication.standing import Board, Published
from jieban.appraisal.result_models import CycleResult
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core import clock
from jieban.orders.models import Order
from jieban.portal.access import actor_of, staff
from jieban.portal.desk.publication.published import READERS, issuer, one, word_file

# So many rows of a list of units are shown; a search narrows it.
_SHOWN = 100
_STREET = "street"


@staff(*READERS)
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """The units of a board that have a letter the post may read, with their ranks."""
    row, actor = _open(request, pk), actor_of(request)
    now = queries.read(row)
    boards = [(board, queries.units(board, actor)) for board in texts.boards(now)]
    boards = [(board, codes) for board, codes in boards if codes]
    chosen = next((one for one in boards if one[0].code == request.GET.get("board")), boards[0] if boards else None)
    wanted = request.GET.get("q", "").strip()
    mine = set(chosen[1]) if chosen else set()
    found = [one for one in (chosen[0].rows if chosen else ()) if one.unit in mine and wanted in one.name]
    values = {
        "here": "appraisal", "row": row, "now": now, "boards": [board for board, _ in boards],
        "board": chosen[0] if chosen else None, "units": found[:_SHOWN], "more": max(len(found) - _SHOWN, 0),
        "q": wanted,
    }  # fmt: skip
    return render(request, "desk/letters.html", values)


@staff(*READERS)
def letter(request: HttpRequest, pk: int, board: str, unit: str) -> HttpResponse:
    """The letter to one unit."""
    row = _open(request, pk)
    document = _letter(request, row, board, unit)
    values = {"here": "appraisal", "row": row, "parts": web.parts(document), "note": document.about["note"],
              "board": board, "unit": unit}  # fmt: skip
    return render(request, "desk/letter.html", values)


@staff(*READERS)
def docx(request: HttpRequest, pk: int, board: str, unit: str) -> HttpResponse:
    """The same as a Word file."""
    return word_file(_letter(request, _open(request, pk), board, unit))


@staff(*READERS)
def shared(request: HttpRequest, pk: int) -> HttpResponse:
    """What a unit shared with streets in the cycle, and how it ended: its own, or the one that `unit` names."""
    row, actor = _open(request, pk), actor_of(request)
    code = request.GET.get("unit", "") if actor.sight == Sight.ALL else actor.unit_code
    unit = Unit.objects.filter(code=code).first() or Unit.objects.filter(code=actor.unit_code).first()
    now = queries.read(row)
    values = {"here": "appraisal", "row": row, "now": now, "unit": unit, "lines": _lines(now, row, unit)}
    return render(request, "desk/shared_results.html", values)


def _open(request: HttpRequest, pk: int) -> CycleResult:
    """A published version: what is not published yet has no letters. 404 for any other."""
    row = one(request, pk)
    if row.published_at is None:
        raise Http404(pk)
    return row


def _letter(request: HttpRequest, row: CycleResult, code: str, unit: str) -> Document:
    now = queries.read(row)
    board = next((board for board in texts.boards(now) if board.code == code), None)
    if board is None or unit not in queries.units(board, actor_of(request)):
        raise Http404(unit)
    names = {one.code: one.name for one in city.current(at=clock.now()).pack.categories.values()}
    with facts.of(row.cycle, row.version) as (source, cases):
        found = detail.of(source, cases, now, board, unit, names)
    numbers = Order.objects.filter(pk__in=[cost.order for cost in found.costs]).values_list("pk", "number")
    return texts.document(
        now, queries.before(row), board, unit, found, issuer=issuer(), numbers=dict(numbers), categories=names
    )


def _lines(now: Published, row: CycleResult, unit: Unit | None) -> list[dict[str, Any]]:
    """The streets that a unit shared orders with, most first, each with its row."""
    streets = {one.unit: one for board in _streets(now) for one in board.rows}
    if unit is None:
        return []
    with facts.of(row.cycle, row.version) as (source, cases):
        found = sharing.pairs(source, cases, streets, partner=unit.code)
    ordered = sorted(found, key=lambda one: (-one.orders, one.street))
    return [{"shared": one, "street": streets[one.street], **_shares(one)} for one in ordered]


def _streets(now: Published) -> list[Board]:
    return [board for board in now.boards if _STREET in board.kinds and board.by == "unit"]


def _shares(one: Shared) -> dict[str, float | None]:
    if not one.answered:
        return {"solved": None, "satisfied": None}
    return {"solved": one.solved / one.answered, "satisfied": one.satisfied / one.answered}

"""A unit over the cycles: score, rates and rank with their intervals; and the lines of a board. Charts and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jieban.accounts.actor import Actor, Sight
from jieban.analytics.engines import Source
from jieban.appraisal import cycles, recorded, schemes, scoring
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.publication import queries, standing, trends
from jieban.appraisal.publication.standing import WORDS, Board, Published, Row
from jieban.appraisal.publication.trends import Point
from jieban.appraisal.recompute import Table
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.schemes import Scheme
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.portal import figures
from jieban.portal.access import actor_of, staff
from jieban.portal.desk.publication.published import READERS

# So many published cycles are drawn, and at most so many that are not frozen yet.
_CYCLES, _OPEN = 13, 2

Results = list[tuple[Published, bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the board and unit, all cycles for the unit and those for the board, the oldest first."""

    board: Board
    unit: Row | None
    mine: Results
    whole: Results


@staff(*READERS)
def trend(request: HttpRequest) -> HttpResponse:
    """The lines of a unit and of its board; says what is missing where nothing is published yet."""
    actor = actor_of(request)
    frozen: Results = [(one, True) for one in reversed(queries.last(date.max, _CYCLES))]
    results = frozen + [(one, False) for one in _not_frozen(frozen)]
    values: dict[str, Any] = {"here": "appraisal", "note": results[-1][0].note if results else ""}
    if results:
        said = _asked(request, actor, frozen, results)
        values |= {"boards": results[-1][0].boards, "board": said.board, "unit": said.unit, **_shown(said)}
    return render(request, "desk/trend.html", values)


def _asked(request: HttpRequest, actor: Actor, frozen: Results, results: Results) -> Asked:
    newest = results[-1][0]
    board = newest.board(request.GET.get("board", "")) or _first(newest, actor)
    rows = [row for one, _frozen in reversed(results) if (found := one.board(board.code)) for row in found.rows]
    wanted = request.GET.get("unit", "")
    unit = next((row for row in rows if row.unit == wanted), None)
    unit = unit or next((row for row in rows if row.unit == actor.unit_code), rows[0] if rows else None)
    seen = unit is not None and _own(actor, unit.unit)
    return Asked(board, unit, results if seen else frozen, results if actor.sight == Sight.ALL else frozen)


def _first(newest: Published, actor: Actor) -> Board:
    """The board of the actor's own unit, else the first."""
    return next((board for board in newest.boards if board.row(actor.unit_code)), newest.boards[0])


def _own(actor: Actor, unit: str) -> bool:
    """Whether the post may see figures of the unit that are not published."""
    if actor.sight == Sight.ALL:
        return True
    mine = Unit.objects.filter(code=unit, path__startswith=actor.unit_path or "-")
    return mine.exists() if actor.sight == Sight.TREE else unit == actor.unit_code


def _shown(said: Asked) -> dict[str, Any]:
    points = trends.points(said.mine, said.board.code, said.unit.unit) if said.unit else []
    units = sorted({row.unit: row.name for one, _frozen in said.whole for row in _rows(one, said.board)}.items())
    lines = trends.lines(said.whole, said.board.code)
    charts = [_score(points), _rates(points), _rank(points)] if points else []
    return {
        "points": list(reversed(points)), "units": units, "lines": lines,
        "cycles": [one.cycle for one, _frozen in said.whole],
        "charts": {"score": charts[0], "rates": charts[1], "rank": charts[2], "board": _board(said, lines)}
        if charts
        else {},
    }  # fmt: skip


def _rows(result: Published, board: Board) -> Sequence[Row]:
    found = result.board(board.code)
    return found.rows if found else ()


def _score(points: Sequence[Point]) -> dict[str, Any]:
    low, high = ([_of(point, key) for point in points] for key in ("low", "high"))
    lines = [
        {"name": _("得分"), "kind": "main", "values": [_of(point, "score") for point in points]},
        {"name": _("本组平均"), "kind": "mean", "values": [_two(point.mean) for point in points]},
    ]
    return _chart(points, lines, unit=_("分")) | {"band": {"low": low, "high": high, "name": _("95% 区间")}}


def _rates(points: Sequence[Point]) -> dict[str, Any]:
    names = {"response": _("响应率"), "resolution": _("解决率"), "satisfaction": _("满意率")}
    lines = [{"name": names[rate], "kind": rate, "values": [_share(point, rate) for point in points]} for rate in WORDS]
    return _chart(points, lines, unit="%")


def _rank(points: Sequence[Point]) -> dict[str, Any]:
    ranks = [point.row.rank if point.row else None for point in points]
    return _chart(points, [{"name": _("名次"), "kind": "main", "values": ranks}], unit=_("名")) | {"inverse": True}


def _board(said: Asked, lines: Sequence[trends.Line]) -> dict[str, Any]:
    names, frozen = [one.cycle for one, _frozen in said.whole], [known for _one, known in said.whole]
    drawn = [{"name": one.name, "kind": "other", "values": [_two(score) for score in one.scores]} for one in lines]
    return {"names": names, "frozen": frozen, "lines": drawn, "unit": _("分"), "words": _words()}


def _chart(points: Sequence[Point], lines: list[dict[str, Any]], *, unit: str) -> dict[str, Any]:
    names, frozen = [point.cycle for point in points], [point.frozen for point in points]
    return {"names": names, "frozen": frozen, "lines": lines, "unit": unit, "words": _words()}


def _words() -> dict[str, str]:
    return {"open": _("还没有冻结"), "none": _("没有排名")}


def _of(point: Point, key: str) -> float | None:
    ranked = point.row is not None and point.row.rank is not None
    return _two(getattr(point.row, key)) if ranked else None


def _share(point: Point, rate: str) -> float | None:
    share = point.row.rates[rate].share if point.row and point.row.rank is not None else None
    return None if share is None else round(share * 100, 2)


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _not_frozen(frozen: Results) -> list[Published]:
    """The cycles after the last frozen one up to today, counted from the lake as it is now; the oldest first."""
    known = schemes.known(city.current(at=clock.now()).pack)
    out: list[Published] = []
    for cycle in _coming(known, frozen[-1][0].end if frozen else None):
        found = figures.whole("trend", _counter(cycle), cycle.code, cycle.scheme.sha256)
        if found is not None:
            out.append(standing.read(found.value, cycle.scheme, version=0, sha256=""))
    return out


def _coming(known: Sequence[Scheme], after: date | None) -> list[Cycle]:
    """The newest cycles from the day after what is frozen, at most so many, the oldest first."""
    try:
        found: Cycle | None = cycles.containing(clock.now().astimezone(clock.zone()).date(), known)
    except BadInput:
        return []
    out: list[Cycle] = []
    while found is not None and len(out) < _OPEN and (after is None or found.first >= after):
        out.insert(0, found)
        found = cycles.before(found, known)
    return out


def _counter(cycle: Cycle) -> Callable[[Source], Table]:
    return lambda source: scoring.score(source, cycle, given=recorded.marks(cycle, at=clock.now())).printed()

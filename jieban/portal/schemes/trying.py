"""What-if: change weights or rules, see ranks move, and how sure they are. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from jieban.accounts.actor import Role, Sight
from jieban.analytics.engines import Source
from jieban.appraisal import cycles, recorded, scheme_edits, whatif, whatif_told
from jieban.appraisal import schemes as all_schemes
from jieban.appraisal.scheme_rules import WATCHERS
from jieban.appraisal.sensitivity import SURE, Unit
from jieban.appraisal.whatif import Board, Move, WhatIf
from jieban.city import queries as city
from jieban.city import reading
from jieban.city import schemes as texts
from jieban.city.pack import Pack
from jieban.city.schemes import Scheme, SchemeError
from jieban.core import clock
from jieban.core.errors import BadInput, NotAllowed
from jieban.portal import figures
from jieban.portal.access import actor_of, staff
from jieban.portal.schemes import editing, mistakes, shown, words
from jieban.portal.schemes.shown import Shown

ROLES = WATCHERS - {Role.ADMIN}
_PREFIX, _PAST, _CYCLES, MOST = "v.", (0, 3, 6, 12), 24, 10


@dataclass(frozen=True, slots=True)
class Row:
    """A unit by both schemes, and how sure its rank is by the tried one (None where it has none)."""

    move: Move
    sure: Unit | None

    @property
    def noisy(self) -> bool:
        """Whether the order of it and the next one below may be noise."""
        return self.sure is not None and self.sure.real is not None and self.sure.real < SURE


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: a scheme, and in how many numbers it differs from the one that was chosen."""

    scheme: Scheme
    changed: int


@staff(*sorted(ROLES))
def what_if(request: HttpRequest) -> HttpResponse:
    """One cycle by the scheme of its time and by the tried one."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    if actor.sight != Sight.ALL:
        raise NotAllowed(_("试算要看到全市的单位，您的岗位只看到一部分。"))
    choices = {key: one for key, one in shown.every(actor, pack, timezone.localdate(at)).items() if one.scheme}
    known = all_schemes.known(pack)
    values: dict[str, Any] = {"choices": choices.values(), "pasts": _PAST, "given": request.GET}
    chosen = choices.get(request.GET.get("scheme", "")) or next(iter(choices.values()), None)
    if chosen is None or not known:
        return render(request, "desk/schemes/what_if.html", {**values, "empty": True})
    values |= {"chosen": chosen, "groups": _groups(chosen, pack, request.GET)}
    try:
        values |= _result(request, chosen, known, pack)
    except SchemeError as error:
        values["mistakes"] = mistakes.told(error.problems, chosen.text, pack)
    except BadInput as error:
        values["problem"] = str(error)
    return render(request, "desk/schemes/what_if.html", values)


def trial(chosen: Shown, query: QueryDict, pack: Pack) -> Trial:
    """The chosen scheme with the numbers that were typed. SchemeError or BadInput where it cannot be."""
    known = {field.name: field.value for field in scheme_edits.fields(chosen.text)}
    given = {name.removeprefix(_PREFIX): str(value) for name, value in query.items() if name.startswith(_PREFIX)}
    wanted = {name: value for name, value in given.items() if value.strip() and value.strip() != known.get(name)}
    text = scheme_edits.changed(chosen.text, wanted)
    return Trial(texts.read(text, reading.known(pack)), len(wanted))


def _groups(chosen: Shown, pack: Pack, query: QueryDict) -> list[editing.Group]:
    """The fields that a what-if may change: numbers, no names and no days."""
    given = {name.removeprefix(_PREFIX): str(value) for name, value in query.items()}
    return editing.groups(chosen.text, pack, given)[1:]


def _result(request: HttpRequest, chosen: Shown, known: Sequence[Scheme], pack: Pack) -> dict[str, Any]:
    query, actor = request.GET, actor_of(request)
    tried = trial(chosen, query, pack)
    marks = tuple(scheme.sha256 for scheme in known)
    listed = figures.read(actor, "what-if-cycles", lambda source: _codes(source, known), marks)
    if listed is None:
        return {"no_lake": True}
    code = query.get("cycle", "") or (listed.value[0] if listed.value else "")
    if not code:
        return {"problem": _("分析库里还没有一个完整的考核期，没有可以试算的。")}
    cycle = cycles.named(code, known)
    past = int(query["past"]) if query.get("past", "") in map(str, _PAST) else 0
    given = partial(recorded.marks, at=clock.now())

    def count(source: Source) -> tuple[WhatIf, list[WhatIf]]:
        found = whatif.compare(source, cycle, tried.scheme, given=given)
        board = found.board(query.get("board", "")).code
        return found, whatif.dry_run(source, tried.scheme, known, past, given=given, only=board)

    board = query.get("board", "") if past else ""
    counted = figures.read(actor, "what-if", count, code, past, board, marks, tried.scheme.sha256)
    assert counted is not None, "the lake was there a moment ago"  # noqa: S101
    found, before = counted.value
    return {"tried": tried, "cycles": listed.value, "found": found, "until": counted.at, "past": past,
            **_told(found, before, query)}  # fmt: skip


def _codes(source: Source, known: Sequence[Scheme]) -> list[str]:
    return [cycle.code for cycle in whatif.whole(source, known, _CYCLES)]


def _told(found: WhatIf, before: Sequence[WhatIf], query: QueryDict) -> dict[str, Any]:
    board = found.board(query.get("board", ""))
    noise = found.noise.get(board.code)
    sure = {unit.unit: unit for unit in noise.units} if noise else {}
    kept = query.copy()
    for name in ("board", "all"):
        kept.pop(name, None)
    rows = [Row(move, sure.get(move.unit)) for move in board.moves]
    return {
        "board": board, "boards": [whatif_told.sums(one) for one in found.boards], "noise": noise,
        "winners": board.winners[:MOST], "losers": board.losers[:MOST],
        "rows": rows if "all" in query else [row for row in rows if row.move.after or row.move.before],
        "tilts": [(words.RATES[tilt.rate], tilt.by > 0, tilt) for tilt in noise.tilts] if noise else [],
        "history": [(one, _of(one, board)) for one in before], "query": kept.urlencode(),
        "unshown": [words.FIELDS[key] for key in found.unshown],
        "few": not any(move.before or move.after for move in board.moves),
    }  # fmt: skip


def _of(found: WhatIf, board: Board) -> dict[str, Any] | None:
    """How much a board moved in another cycle; None where it was not there."""
    there = next((one for one in found.boards if one.code == board.code), None)
    return whatif_told.sums(there) if there else None

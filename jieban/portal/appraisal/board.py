"""The page of appraisal: the units of one board in one cycle, best first, one of them in detail; every number opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import cycles, standings
from jieban.appraisal.recompute import Table
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.portal.access import actor_of, staff
from jieban.portal.appraisal import lines, reading
from jieban.portal.appraisal.lines import Axis, Line
from jieban.portal.appraisal.reading import Opened
from jieban.portal.desk.record import READERS
from jieban.portal.words import Word

ROLES = READERS - {Role.AGENT}
STAGES: dict[str, Word] = {
    cycles.COMING: lazy("还没开始"), cycles.OPEN: lazy("进行中"), cycles.LATE: lazy("等迟到的回访"),
    cycles.WINDOW: lazy("剔除审核中"), cycles.OVER: lazy("等冻结"), reading.FROZEN: lazy("已冻结"),
    reading.PUBLISHED: lazy("已公布"),
}  # fmt: skip
VIEWS: dict[str, Word] = {"": lazy("三率"), "more": lazy("分项、剔除、难度、诉求比")}


@dataclass(frozen=True, slots=True)
class Others:
    """The board without names, for a post that sees its own rows alone."""

    spread: standings.Spread
    axis: Axis

    @property
    def low(self) -> float:
        """Where the lowest lies on the axis."""
        return self.axis.x(self.spread.low)

    @property
    def whole(self) -> float:
        """From the lowest to the highest."""
        return round(self.axis.x(self.spread.high) - self.low, 2)

    @property
    def quarter(self) -> float:
        """Where the middle half begins."""
        return self.axis.x(self.spread.quarter)

    @property
    def half(self) -> float:
        """How wide the middle half is."""
        return round(self.axis.x(self.spread.three_quarters) - self.quarter, 2)

    @property
    def middle(self) -> float:
        """Where the median lies."""
        return self.axis.x(self.spread.middle)


@staff(*ROLES)
def appraisal(request: HttpRequest) -> HttpResponse:
    """One board of one cycle, as far as the post may see it."""
    at, given = clock.now(), request.GET
    asked = reading.asked()
    if asked is None:
        return render(request, "desk/appraisal.html", {"state": "no_lake"})
    known = reading.known(at)
    found = reading.named(given.get("cycle", ""), asked.value, known)
    if found is None:
        return render(request, "desk/appraisal.html", {"state": "no_scheme" if asked.value else "not_asked"})
    one = reading.opened(found, at)
    boards = one.cycle.scheme.model.boards
    code = given.get("board") or boards[0].code
    kept = reading.board(one, code)
    if kept is None:
        raise BadInput("分析库刚刚重新建过。请过几分钟再打开这一页。")
    before = reading.before(one, code, known, at)
    values = {
        "state": "", "one": one, "boards": boards, "board": next(b for b in boards if b.code == code),
        "stage": STAGES[one.stage], "choices": _choices(reading.choices(asked.value, known), one), "as_of": kept.at,
        "views": VIEWS, "view": "more" if given.get("view") == "more" else "", "compared": bool(before),
        **_told(actor_of(request), one, code, kept.value, before, given.get("unit", ""), at),
    }  # fmt: skip
    return render(request, "desk/appraisal.html", values)


def _choices(found: Sequence[cycles.Cycle], one: Opened) -> list[cycles.Cycle]:
    """The cycles to choose from, with the one that is looked at."""
    return list(found) if one.cycle.code in {cycle.code for cycle in found} else [one.cycle, *found]


def _told(
    actor: Actor, one: Opened, code: str, kept: Table, before: Mapping[str, Any], wanted: str, at: datetime
) -> dict[str, Any]:
    """The rows that the post may see, in words; the rest without names."""
    pack = city.current(at=at).pack
    shared = lines.frame(
        kept["rows"], one.cycle.scheme.model, before, {ground.code: ground.name for ground in pack.grounds.values()}
    )
    names = {row["unit"]: unit_of(row["unit"], kept, pack.units) for row in kept["rows"]}
    seen = [
        row for row in kept["rows"] if standings.may_see(actor, names[row["unit"]]["path"], published=one.published)
    ]
    found = [lines.line(row, kept["beside"].get(row["unit"], {}), names[row["unit"]], shared) for row in seen]
    hidden, spread = len(kept["rows"]) - len(seen), standings.spread(kept["rows"])
    query = {"cycle": one.cycle.code, "board": code}
    return {
        "rows": found, "chosen": _chosen(found, wanted), "axis": shared.axis, "total": len(kept["rows"]),
        "ranked": len(shared.places), "hidden": hidden, "here": f"{reverse('appraisal')}?{urlencode(query)}",
        "cases": f"{reverse('appraisal_cases')}?{urlencode(query)}",
        "others": Others(spread, shared.axis) if hidden and spread else None, **_ends(found, one, code, hidden),
    }  # fmt: skip


def unit_of(code: str, kept: Table, units: Mapping[str, Any]) -> Table:
    """A unit as the lake has it, else as the city's pack has it; one that left both keeps its code."""
    if code in kept["units"]:
        return dict(kept["units"][code])
    spec = units.get(code)
    return {"name": spec.name, "path": spec.path} if spec else {"name": code, "path": ""}


def _chosen(found: Sequence[Line], wanted: str) -> Line | None:
    return next((one for one in found if one.code == wanted), found[0] if found else None)


def _ends(found: Sequence[Line], one: Opened, code: str, hidden: int) -> dict[str, Any]:
    """红黑榜, where the board is one of firms and the post sees all of it."""
    kinds = set(standings.board(one.cycle, code)["kinds"])
    if hidden or not kinds <= standings.RED_AND_BLACK:
        return {"red": [], "black": []}
    by_code = {line.code: line for line in found}
    red, black = standings.ends([{"unit": line.code, "rank": line.rank} for line in found])
    return {"red": [by_code[row["unit"]] for row in red], "black": [by_code[row["unit"]] for row in black]}

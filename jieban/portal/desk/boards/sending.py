"""Boards of dispatch: what a unit is asked before an order is sent, and what the green channel brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.dispatch import green, queries
from jieban.dispatch.consulting import GROUNDS, WAYS
from jieban.dispatch.talks import View
from jieban.portal import clocks, words
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.desk.unit import UNITS

CENTRE = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
PAGE, MOST = 50, 500


@dataclass(frozen=True, slots=True)
class Line:
    """One question put to a unit, with its clock."""

    row: View
    way: str
    ground: str
    bar: clocks.Bar


@dataclass(frozen=True, slots=True)
class Firm:
    """One row of the report in words; `code` opens its orders."""

    code: str
    name: str
    line: green.Line
    settled: float | None
    back: float | None
    time: str


def _consultations(asked: Asked) -> Mapping[str, Any]:
    shown = asked.query.get("show", "")
    limit = min(int(shown), MOST) if shown.isdigit() else PAGE
    found = queries.asked(asked.by).order_by("consultation__ended_at", "consultation__until", "pk")
    some = list(found.filter(consultation__ended_at=None)[: limit + 1])
    some += list(
        found.exclude(consultation__ended_at=None).order_by("-consultation__ended_at")[: limit + 1 - len(some)]
    )
    return {"lines": [_line(row, asked) for row in some[:limit]], "more": limit + PAGE if len(some) > limit else 0}


def _line(row: View, asked: Asked) -> Line:
    talk = row.consultation
    bar = clocks.bar(
        _("给意见"), start=talk.called_at, due=talk.until, now=asked.at, done=row.given_at or talk.ended_at
    )
    return Line(row, WAYS.get(talk.way, ""), GROUNDS.get(talk.ground, ""), bar)


def _unsaid(asked: Asked) -> int:
    return queries.asked(asked.by).filter(given_at=None, consultation__ended_at=None).count()


def _green(asked: Asked) -> Mapping[str, Any]:
    loaded, enough = asked.loaded, asked.loaded.pack.settings.enough_answers
    measured = green.measure(asked.by, loaded, at=asked.at)
    saved = measured.saved(enough)
    return {
        "firms": [_firm(line, asked, enough) for line in green.lines(measured)],
        "direct": _firm(measured.direct, asked, enough), "days": loaded.pack.ways.green_days, "enough": enough,
        "saved": words.span(saved) if saved is not None else "",
        "slower": saved is not None and saved.total_seconds() < 0,
        **_opened(asked),
    }  # fmt: skip


def _firm(line: green.Line, asked: Asked, enough: int) -> Firm:
    code = asked.loaded.unit_codes.get(line.unit or 0, "direct" if line.unit == 0 else "all")
    unit = asked.loaded.pack.units.get(code)
    names = {"direct": _("同类里没有经平台、直接派的"), "all": _("所有平台企业")}
    middle = line.median if len(line.times) >= enough else None
    return Firm(
        code, unit.name if unit else names.get(code, code), line, green.share(line.settled, line.count),
        green.share(line.back, line.count), words.span(middle) if middle is not None else "",
    )  # fmt: skip


def _opened(asked: Asked) -> dict[str, Any]:
    """The orders behind the number that was opened."""
    code, only = asked.query.get("firm", ""), asked.query.get("only", "all")
    known = {"all": None, "direct": 0, **asked.loaded.unit_ids}
    if code not in known or only not in green.ONLY:
        return {"opened": None}
    found = green.behind(asked.by, asked.loaded, unit=known[code], only=only, at=asked.at)
    some = list(found.select_related("contact", "street", "district").prefetch_related("assignments__unit")[:100])
    return {"opened": list(rows.order_lines(some, asked.loaded, asked.at)), "firm": code, "only": only}


BOARDS = (
    Board(
        "consultations", "joint", lazy("派单会商"), frozenset(UNITS) | CENTRE, "desk/consultations.html",
        _consultations, _unsaid,
    ),
    Board(
        "green", "rules", lazy("绿色通道"), CENTRE | {Role.LEADER, Role.AUDITOR}, "desk/green.html", _green,
    ),
)  # fmt: skip

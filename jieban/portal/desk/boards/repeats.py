"""Boards of what comes again: repeated problems over months, repeated callers, solved matters that came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.analytics import repeats, signals
from jieban.city.oversight import span
from jieban.core import clock
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board

LOOKERS = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR, Role.CHIEF})
DAYS, SIGNS_DAYS, PAGE = 90, 30, 100
_SIGNS = {
    "untrue": lazy("报了单位已办结，市民说没解决"),
    "uncontacted": lazy("记了联系，市民说没人联系"),
    "no_proof": lazy("没解决，也没有现场材料"),
    "silent": lazy("督办超期没回复"),
    "overdue": lazy("超期，单位还没有办结"),
}


def _problems(asked: Asked) -> Mapping[str, Any]:
    own = asked.loaded.pack.oversight.repeats
    found = repeats.points(asked.by, at=asked.at, zone=clock.zone(), months=own.months, least=own.problem)
    lines = [
        (point, rows.category(point.category, asked.loaded.pack), asked.loaded.gazetteer.label(point.place))
        for point in found
    ]
    return {"lines": lines, "months": _months(asked.at, own.months), "least": own.problem}


def _months(at: datetime, count: int) -> list[int]:
    month = at.astimezone(clock.zone()).month
    return [(month - 1 - back) % 12 + 1 for back in range(count - 1, -1, -1)]


def _callers(asked: Asked) -> Mapping[str, Any]:
    own = asked.loaded.pack.oversight.repeats
    found = repeats.callers(asked.by, at=asked.at, days=DAYS, least=own.caller)
    lines = [(order, rows.caller(order.contact), n, matters) for order, n, matters in found]
    return {"lines": lines, "days": DAYS, "least": own.caller}


def _returned(asked: Asked) -> Mapping[str, Any]:
    own = asked.loaded.pack.oversight.repeats
    within = span(own.came_back)
    since = asked.at - timedelta(days=DAYS) - within
    found = repeats.returned(asked.by, since=since, until=asked.at, within=within)
    names = {pk: asked.loaded.pack.units[code].name for code, pk in asked.loaded.unit_ids.items()}
    chosen = asked.query.get("unit", "")
    opened: list[Any] = []
    if chosen.isdigit():
        behind = repeats.returned_orders(asked.by, unit=int(chosen), since=since, until=asked.at, within=within)
        opened = list(behind[:PAGE])
    return {
        "lines": [(one, names.get(one.unit, "")) for one in sorted(found, key=lambda r: (-(r.rate or 0), r.unit))],
        "opened": opened, "chosen": names.get(int(chosen), "") if chosen.isdigit() else "", "within": within.days,
        "since": since, "enough": asked.loaded.pack.settings.enough_answers,
    }  # fmt: skip


def _signals(asked: Asked) -> Mapping[str, Any]:
    kind = asked.query.get("kind", "")
    kind = kind if kind in _SIGNS else "untrue"
    since = asked.at - timedelta(days=SIGNS_DAYS)
    found = signals.signs(kind, since=since, at=asked.at)
    return {"signs": found, "kinds": [(code, word, code == kind) for code, word in _SIGNS.items()], "days": SIGNS_DAYS}


BOARDS = (
    Board("repeats", "watch", lazy("重复问题"), LOOKERS, "desk/repeats_board.html", _problems),
    Board("callers", "watch", lazy("多次来电"), LOOKERS, "desk/callers_board.html", _callers),
    Board("returned", "watch", lazy("来了又来"), LOOKERS, "desk/returned_board.html", _returned),
    Board(
        "signals", "watch", lazy("要看一眼的"), frozenset({Role.AUDITOR, Role.SUPERVISOR}), "desk/signals_board.html",
        _signals,
    ),
)  # fmt: skip

"""Boards of the ledger (挂账) and of diligent effort (容错): what is asked, what hangs how long, what to judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.handling import effort, hanging
from jieban.orders import queries as orders
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board

_PAGE = 100
_DECIDING = frozenset({Role.SUPERVISOR, Role.DISTRICT})
_WATCHING = _DECIDING | {Role.LEADER, Role.AUDITOR, Role.CHIEF}
_JUDGING = frozenset(effort.JUDGES) | {Role.AUDITOR}


def _ground(code: str, asked: Asked) -> str:
    ground = asked.loaded.pack.grounds.get(code)
    return ground.name if ground else code


def requests(asked: Asked) -> Mapping[str, Any]:
    """The requests to hang that wait, the least time left first."""
    found = list(hanging.requests_of(asked.by)[: _PAGE + 1])
    lines = [
        {"part": part, "asked": part.requested, "ground": _ground(part.requested.get("ground", ""), asked),
         "place": rows.place(part.order, asked.loaded)}
        for part in found[:_PAGE]
    ]  # fmt: skip
    return {"lines": lines, "more": len(found) > _PAGE}


def ledger(asked: Asked) -> Mapping[str, Any]:
    """What is on the ledger in sight: how many of how many, by unit, with age, reason and the next review."""
    found = list(hanging.open_ones(asked.by)[: _PAGE + 1])
    lines = [
        {"row": row, "ground": _ground(row.ground, asked), "days": (asked.at - row.hung_at).days,
         "late": row.review_by < asked.at}
        for row in found[:_PAGE]
    ]  # fmt: skip
    held = orders.assignments_of(asked.by).filter(state__in=HELD_ASSIGNMENT).exclude(role="notice").count()
    hung = hanging.open_ones(asked.by)
    return {
        "lines": lines, "units": list(hanging.counts(asked.by)), "held": held, "hung": hung.count(),
        "late": hung.filter(review_by__lt=asked.at).count(), "more": len(found) > _PAGE,
    }  # fmt: skip


def efforts(asked: Asked) -> Mapping[str, Any]:
    """Efforts in sight, those to be judged first, each beside what the citizen has said."""
    found = list(effort.seen_by(asked.by)[: _PAGE + 1])
    lines = [{"row": row, "decision": effort.DECISIONS.get(row.decision, "")} for row in found[:_PAGE]]
    return {"lines": lines, "more": len(found) > _PAGE}


BOARDS = (
    Board(
        "hanging", "review", lazy("挂账申请"), _DECIDING, "desk/board_hanging.html", requests,
        lambda asked: hanging.requests_of(asked.by).count(),
    ),
    Board(
        "ledger", "watch", lazy("挂账台账"), _WATCHING, "desk/board_ledger.html", ledger,
        lambda asked: hanging.open_ones(asked.by).count(),
    ),
    Board(
        "effort", "watch", lazy("尽职情况"), _JUDGING, "desk/board_effort.html", efforts,
        lambda asked: effort.seen_by(asked.by).filter(decision="").count(),
    ),
)  # fmt: skip

"""Boards of replies: those waiting to be checked, and the ready texts of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city.models import Unit
from jieban.core.placeholders import NAMES
from jieban.handling import checks, gates, rules, texts
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.desk.forms import TemplateForm

_PAGE = 100
_READERS = frozenset(checks.READERS)
_UNITS = frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT})


def waiting(asked: Asked) -> Mapping[str, Any]:
    """The drafts that wait, whose they are, at which level, and which are late; and whether the unit has checks."""
    found = list(checks.waiting_for(asked.by)[: _PAGE + 1])
    lines = []
    for part in found[:_PAGE]:
        draft = checks.draft_of(part)
        if draft:
            due = datetime.fromisoformat(draft["due"])
            lines.append(
                {"part": part, "draft": draft, "level": draft["levels"][len(draft["checked"])], "due": due,
                 "late": due < asked.at, "own": draft["by"] == asked.by.person_id,
                 "result": rules.RESULTS.get(draft["result"], "")}
            )  # fmt: skip
    unit = Unit.objects.select_related("check_choice").filter(pk=asked.by.unit_id or 0).first()
    able = asked.loaded.pack.replies.levels.get(unit.kind, ()) if unit else ()
    on = bool(unit and gates.levels([unit], asked.loaded.pack.replies))
    return {"lines": lines, "levels": able, "on": on, "more": len(found) > _PAGE}


def ready(asked: Asked) -> Mapping[str, Any]:
    """The unit's own texts and the city's, and the form for a new one."""
    unit = Unit.objects.filter(pk=asked.by.unit_id or 0).first()
    found = texts.every(unit, asked.loaded) if unit else []
    lines = [
        {"text": one, "category": rows.category(one.category, asked.loaded.pack) if one.category else "",
         "result": rules.RESULTS.get(one.result, ""), "pk": one.key[1:] if one.own else ""}
        for one in found
    ]  # fmt: skip
    form = TemplateForm(categories=asked.loaded.pack.children(""))
    return {"lines": lines, "form": form, "chief": asked.by.role in _READERS, "names": NAMES}


BOARDS = (
    Board(
        "checks", "joint", lazy("等我看的答复"), _READERS, "desk/board_checks.html", waiting,
        lambda asked: checks.waiting_for(asked.by).count(),
    ),
    Board("templates", "joint", lazy("答复模板"), _UNITS, "desk/board_templates.html", ready),
)  # fmt: skip

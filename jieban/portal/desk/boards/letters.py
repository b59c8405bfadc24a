"""Boards of supervision: all letters for those who issue and oversee, and those a unit must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.handling import supervision_queries as queries
from jieban.handling import supervision_rules as rules
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.desk.unit import UNITS

PAGE = 100


def _letters(asked: Asked) -> Mapping[str, Any]:
    only = asked.query.get("only", "")
    found = queries.letters(asked.by, at=asked.at, only=only)
    if unit := asked.query.get("unit", ""):
        found = found.filter(addressees__unit__code=unit)
    some = list(found[: PAGE + 1])
    find = asked.loaded.pack.oversight.find
    return {
        "letters": [(letter, list(letter.addressees.all()), find(letter.trigger)) for letter in some[:PAGE]],
        "tabs_of": _tabs(only), "more": len(some) > PAGE, "effects": rules.EFFECTS, "unit": unit,
        "unit_name": getattr(asked.loaded.pack.units.get(unit), "name", unit),
    }  # fmt: skip


def _tabs(only: str) -> list[tuple[str, str, bool]]:
    table = (
        ("", _("没销号")), ("late", _("超期没回复")), ("open", _("等回复")), ("answered", _("等认定")),
        ("lifted", _("已销号")),
    )  # fmt: skip
    return [(code, word, code == only) for code, word in table]


def _count_letters(asked: Asked) -> int:
    return queries.letters(asked.by, at=asked.at).count()


def _to_answer(asked: Asked) -> Mapping[str, Any]:
    rows = list(queries.to_answer(asked.by)[:PAGE])
    find = asked.loaded.pack.oversight.find
    return {"rows": [(row, find(row.letter.trigger)) for row in rows]}


def _count_to_answer(asked: Asked) -> int:
    return queries.to_answer(asked.by).count()


OVERSEERS = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR})
BOARDS = (
    Board(
        "letters", "watch", lazy("督办单"), OVERSEERS, "desk/letters_board.html", _letters, _count_letters,
    ),
    Board(
        "letters", "joint", lazy("督办待回复"), frozenset(UNITS), "desk/letters_answer.html", _to_answer,
        _count_to_answer,
    ),
)  # fmt: skip

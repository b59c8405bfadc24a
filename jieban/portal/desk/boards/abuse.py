"""The board of the procedure against abuse: cases, where each stands and who it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.intake import abuse_rules, caller_queries
from jieban.portal.desk.boards.board import Asked, Board

PAGE = 100


def _cases(asked: Asked) -> Mapping[str, Any]:
    only = asked.query.get("only", "")
    some = list(caller_queries.cases(only=only if only in (*abuse_rules.STATES, "over") else "")[:PAGE])
    grounds = asked.loaded.pack.grounds
    lines = [(case, getattr(grounds.get(case.ground), "name", case.ground)) for case in some]
    tabs = (("", _("没结束")), (abuse_rules.APPEALED, _("有申诉")), ("over", _("已结束")))
    return {
        "lines": lines, "stages": abuse_rules.STATES, "tabs_of": [(code, word, code == only) for code, word in tabs],
    }  # fmt: skip


def _count(asked: Asked) -> int:
    return caller_queries.waiting(asked.by.person_id).count()


BOARDS = (
    Board(
        "abuse", "review", lazy("反复投诉认定"),
        frozenset({Role.SUPERVISOR, Role.LEADER, Role.AUDITOR, Role.AGENT, Role.CALLBACK}), "desk/abuse_board.html",
        _cases, _count,
    ),
)  # fmt: skip

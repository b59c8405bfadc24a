"""Requests to be left out of scoring: those that wait for a decision, and a unit's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.appraisal import exclusion_queries as queries
from jieban.appraisal import exclusion_rules as rules
from jieban.appraisal.models import Exclusion
from jieban.portal.desk import exclusion_words, rows
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.words import Word

PAGE, MOST = 100, 1000
DECIDERS = frozenset({Role.AUDITOR, Role.SUPERVISOR})
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a list, in words."""

    case: Exclusion
    ground: str
    stage: Word
    category: str
    place: str


def lines(cases: Iterable[Exclusion], asked: Asked) -> list[Line]:
    """Requests with their orders fetched, in words."""
    pack = asked.loaded.pack
    return [
        Line(
            case, getattr(pack.grounds.get(case.ground), "name", case.ground), exclusion_words.STAGES[case.stage],
            rows.category(case.order.category, pack, deepest=2), rows.place(case.order, asked.loaded),
        )
        for case in cases
    ]  # fmt: skip


def _placed(cases: Any) -> Any:
    return cases.select_related("order__street", "order__district", "order__contact", "assignment", "unit", "asked_by")


def _review(asked: Asked) -> Mapping[str, Any]:
    limit = _limit(asked)
    found = list(_placed(queries.waiting(asked.by))[: limit + 1])
    decided = queries.visible_to(asked.by).filter(stage__in=rules.DECIDED).order_by("-decided_at", "-pk")
    return {
        "lines": lines(found[:limit], asked), "more": limit + PAGE if len(found) > limit else 0,
        "decided": lines(_placed(decided)[:_SHOWN], asked), "may": asked.by.role in rules.deciders(asked.loaded.pack),
    }  # fmt: skip


def _own(asked: Asked) -> Mapping[str, Any]:
    limit, only = _limit(asked), asked.query.get("only", "")
    found = queries.of_unit(asked.by)
    found = found.filter(stage=only) if only in rules.STAGES else found
    some = list(_placed(found)[: limit + 1])
    tabs = (("", _("全部")), *exclusion_words.STAGES.items())
    return {
        "lines": lines(some[:limit], asked), "more": limit + PAGE if len(some) > limit else 0, "only": only,
        "tabs_of": [(code, word, code == only) for code, word in tabs],
    }  # fmt: skip


def _limit(asked: Asked) -> int:
    said = asked.query.get("show", "")
    return min(int(said), MOST) if said.isdigit() else PAGE


REVIEW = Board(
    "exclusions", "review", lazy("剔除申请"), DECIDERS, "desk/exclusion_review.html", _review,
    lambda asked: queries.waiting(asked.by).count(),
)  # fmt: skip
BOARDS = (
    REVIEW,
    Board("exclusions", "joint", lazy("剔除申请"), rules.ASKERS, "desk/exclusion_own.html", _own),
)  # fmt: skip

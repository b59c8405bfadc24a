"""剔除公示: how much is left out of scoring, by unit and by ground, beside all results; every number opens its list.

Every post may read it: numbers, units and grounds hold nothing personal. The orders behind open to who may see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import exclusion_queries as queries
from jieban.appraisal.exclusion_queries import Tally
from jieban.appraisal.queries import Period
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.orders import queries as orders
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import exclusion_words, periods
from jieban.portal.desk.record import READERS
from jieban.portal.words import Word

PAGE, MOST = 100, 1000
COLUMNS: dict[str, Word] = {
    "results": lazy("回访结果"),
    "left_out": lazy("剔除"),
    "asked": lazy("申请"),
    "granted": lazy("同意"),
    "refused": lazy("不同意"),
    "waiting": lazy("在审"),
    "withdrawn": lazy("撤回"),
    "appealed": lazy("复核"),
    "filed": lazy("终结办理"),
}


@staff(*(READERS - {Role.AGENT}))
def figures(request: HttpRequest) -> HttpResponse:
    """The whole city, each unit and each ground for a period; below it the list behind the number that was opened."""
    actor, at = actor_of(request), clock.now()
    days, pack = periods.asked(request.GET, at.date()), city.current(at=at).pack
    period = Period(*days.moments)
    grounds = [(one, _ground(one.key, pack)) for one in queries.by_ground(period)]
    units = [(one, one.name) for one in queries.by_unit(period)]
    which, whole = request.GET.get("which", ""), queries.whole(period)
    values = {
        "days": days, "whole": whole, "columns": COLUMNS,
        "whole_cells": [(name, word, getattr(whole, name)) for name, word in COLUMNS.items()], "tables": (
            (lazy("按单位"), "unit", [(name, one, _cells(one, tuple(COLUMNS))) for one, name in units]),
            (lazy("按理由"), "ground", [(name, one, _cells(one, _OF_GROUNDS)) for one, name in grounds]),
        ),
        "here": "appraisal", "which": which, **(_behind(request, period, actor, pack) if which else {}),
    }  # fmt: skip
    return render(request, "desk/left_out.html", values)


_OF_GROUNDS = tuple(name for name in COLUMNS if name not in ("results", "filed"))


def _cells(one: Tally, names: tuple[str, ...]) -> list[tuple[str, int | None]]:
    """Each column's name with its number, None where it says nothing of this row."""
    return [(name, getattr(one, name) if name in names else None) for name in COLUMNS]


def _ground(code: str, pack: Pack) -> str:
    return getattr(pack.grounds.get(code), "name", code)


def _behind(request: HttpRequest, period: Period, actor: Actor, pack: Pack) -> Mapping[str, Any]:
    """The requests or assignments behind a number, and which of their orders the post may open."""
    which, said = request.GET.get("which", ""), request.GET.get("show", "")
    unit, ground = request.GET.get("unit", ""), request.GET.get("ground", "")
    limit = min(int(said), MOST) if said.isdigit() else PAGE
    read = queries.requests_behind if which in queries.REQUESTS else queries.parts_behind
    found: list[Any] = list(read(period, which, unit=unit, ground=ground)[: limit + 1])
    seen = orders.visible_to(actor).filter(pk__in=[row.order_id for row in found])
    mine = set(queries.visible_to(actor).filter(order__in=seen).values_list("pk", flat=True))
    stages = [exclusion_words.STAGES.get(getattr(row, "stage", ""), "") for row in found[:limit]]
    return {
        "title": COLUMNS[which], "requests": which in queries.REQUESTS,
        "more": limit + PAGE if len(found) > limit else 0,
        "behind": [(row, _ground(row.ground, pack), stage) for row, stage in zip(found, stages, strict=False)],
        "seen": set(seen.values_list("pk", flat=True)), "mine": mine, "unit": unit, "ground": ground,
    }  # fmt: skip

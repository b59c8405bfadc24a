"""Boards of joint work: whistles, cases raised to us, cases owned, task forces; and how units rated each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.handling import forces as verbs
from jieban.handling import joint_queries, joint_rules
from jieban.handling.joint_models import Escalation
from jieban.orders.models import Assignment, Entry, Order
from jieban.portal import clocks
from jieban.portal.desk import joint_forms, rows, staffing
from jieban.portal.desk.boards.board import Asked, Board

_UNITS = frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT})
_TAKERS = frozenset({Role.CHIEF, Role.LEADER, Role.DISTRICT, Role.SUPERVISOR})
_WATCH = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.CHIEF, Role.AUDITOR})
_MOST = 100


def whistle_lines(called: list[Assignment], loaded: Loaded, now: datetime) -> list[dict[str, Any]]:
    """Rows of a board of whistles: who called whom, whether it goes over a border, and the clock of coming."""
    by = joint_queries.callers(called)
    return [_line(part, by[part.pk], loaded, now) for part in called]


def _line(part: Assignment, caller: Assignment, loaded: Loaded, now: datetime) -> dict[str, Any]:
    units = loaded.pack.units
    bar = None
    if part.arrive_by is not None:
        bar = clocks.bar(_("到场"), start=part.sent_at, due=part.arrive_by, now=now, done=part.arrived_at)
    across = joint_rules.crosses(units.get(caller.unit.code), units.get(part.unit.code))
    return {"part": part, "order": part.order, "caller": caller.unit, "bar": bar, "across": across}


def _whistles(asked: Asked) -> Mapping[str, Any]:
    sent = list(joint_queries.sent(asked.by)[:_MOST])
    received = list(joint_queries.received(asked.by)[:_MOST])
    both = whistle_lines([*received, *sent], asked.loaded, asked.at)
    return {"received": both[: len(received)], "sent": both[len(received) :]}


def _not_there(asked: Asked) -> int:
    return joint_queries.received(asked.by).filter(arrived_at=None).count()


def _raised(asked: Asked) -> Mapping[str, Any]:
    found = list(joint_queries.raised(asked.by)[:_MOST])
    return {"lines": [_up(row, asked) for row in found]}


def _up(row: Escalation, asked: Asked) -> dict[str, Any]:
    level = asked.loaded.pack.joint.level(row.level)
    bar = clocks.bar(_("接办"), start=row.raised_at, due=row.due, now=asked.at, done=row.taken_at) if row.due else None
    return {
        "row": row, "order": row.order, "level": level.name if level else row.level, "bar": bar,
        "caller": rows.caller(row.order.contact),
    }  # fmt: skip


def _waiting(asked: Asked) -> int:
    return joint_queries.raised(asked.by).filter(taken_at=None).count()


def _owned(asked: Asked) -> Mapping[str, Any]:
    found = list(joint_queries.owned(asked.by)[:_MOST])
    told = {e.order_id: e for e in Entry.objects.filter(order__in=found, move="own").order_by("seq")}
    return {"lines": [_case(order, told.get(order.pk), asked) for order in found]}


def _case(order: Order, entry: Entry | None, asked: Asked) -> dict[str, Any]:
    until = str(entry.records.get("until", "")) if entry else ""
    return {
        "order": order, "promise": entry.records.get("promise", "") if entry else "", "until": until,
        "broken": bool(until) and until < asked.at.astimezone(clock.zone()).date().isoformat(),
        "bar": rows.citizen_bar(order, asked.at), "mine": order.case_leader_id == asked.by.person_id,
    }  # fmt: skip


def _mine(asked: Asked) -> int:
    return joint_queries.owned(asked.by).filter(case_leader=asked.by.person_id).count()


def _forces(asked: Asked) -> Mapping[str, Any]:
    found = joint_queries.counted(verbs.visible_to(asked.by), at=asked.at)
    form = None
    if asked.by.role in verbs.LEADERS:
        people = staffing.people(asked.by, at=asked.at, roles=staffing.WORKERS)
        form = joint_forms.ForceForm(people=people)
    return {
        "forces": list(found.filter(closed_at=None).order_by("-opened_at")[:_MOST]), "form": form,
        "closed": list(found.exclude(closed_at=None).order_by("-closed_at")[:20]),
        "tasks": list(joint_queries.my_tasks(asked.by)[:_MOST]),
    }  # fmt: skip


def _tasks(asked: Asked) -> int:
    return joint_queries.my_tasks(asked.by).count()


def _ratings(asked: Asked) -> Mapping[str, Any]:
    chosen = asked.query.get("unit", "")
    unit = Unit.objects.filter(pk=int(chosen)).first() if chosen.isdigit() else None
    found = joint_queries.ratings_of(asked.by, unit.pk, at=asked.at)[:_MOST] if unit else []
    return {"scores": joint_queries.scores(asked.by, at=asked.at), "unit": unit, "ratings": list(found)}


BOARDS = (
    Board("whistles", "joint", lazy("吹哨报到"), _UNITS, "desk/board_whistles.html", _whistles, _not_there),
    Board("raised", "joint", lazy("提级待接"), _TAKERS, "desk/board_raised.html", _raised, _waiting),
    Board("owned", "joint", lazy("包案"), _TAKERS, "desk/board_owned.html", _owned, _mine),
    Board("forces", "joint", lazy("专班"), _UNITS | _TAKERS, "desk/board_forces.html", _forces, _tasks),
    Board("ratings", "watch", lazy("双考核"), _WATCH, "desk/board_ratings.html", _ratings),
)

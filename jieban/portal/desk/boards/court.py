"""Objections that wait for a chief, for the court, for the next unit to sign; and how often who was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.dispatch.court import queries, rules
from jieban.dispatch.court.models import Objection
from jieban.portal import clocks
from jieban.portal.desk import rows
from jieban.portal.desk.boards.board import Asked, Board

PAGE, MOST = 100, 1000
_DAYS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list, in words; `bar` is the clock that matters for whoever looks at the list."""

    case: Objection
    ground: str
    category: str
    place: str
    bar: clocks.Bar
    late: bool


def review_bar(case: Objection, at: datetime) -> clocks.Bar:
    """The reviewer's clock of a case before the court."""
    start, due = case.asked_at or at, case.review_due or at
    return clocks.bar(_("审核"), start=start, due=due, now=at, done=case.decided_at)


def draft_bar(case: Objection, asked: Asked) -> clocks.Bar:
    """How long a draft can still be put to the court."""
    part = case.assignment
    due = rules.until(asked.loaded.pack, part.urgency, sent_at=part.sent_at, signed_at=part.signed_at)
    return clocks.bar(_("提异议"), start=part.signed_at or part.sent_at, due=due, now=asked.at)


def _sign_bar(case: Objection, at: datetime) -> clocks.Bar:
    return clocks.bar(_("市民等答复"), start=case.order.received_at, due=case.order.due_at or at, now=at)


def _line(case: Objection, bar: clocks.Bar, asked: Asked) -> Line:
    ground = asked.loaded.pack.grounds.get(case.ground)
    order = case.order
    return Line(
        case, ground.name if ground else case.ground, rows.category(order.category, asked.loaded.pack, deepest=2),
        rows.place(order, asked.loaded), bar, bar.late,
    )  # fmt: skip


def _review(asked: Asked) -> Mapping[str, Any]:
    limit = _limit(asked.query)
    found = list(queries.to_review(asked.by)[: limit + 1])
    handing = list(queries.handing_over(asked.by)[:PAGE])
    return {
        "lines": [_line(case, review_bar(case, asked.at), asked) for case in found[:limit]],
        "more": limit + PAGE if len(found) > limit else 0,
        "handing": [_line(case, _sign_bar(case, asked.at), asked) for case in handing],
    }


def _approvals(asked: Asked) -> Mapping[str, Any]:
    limit = _limit(asked.query)
    found = list(queries.to_approve(asked.by)[: limit + 1])
    return {
        "lines": [_line(case, draft_bar(case, asked), asked) for case in found[:limit]],
        "more": limit + PAGE if len(found) > limit else 0, "drafts": True, "handing": [],
    }  # fmt: skip


def _counted(asked: Asked) -> Mapping[str, Any]:
    period = _period(asked.query, asked.at)
    what, key = asked.query.get("what", ""), asked.query.get("key", "")
    behind, more, limit = [], 0, _limit(asked.query)
    if what in queries.BEHIND:
        found = queries.orders_behind(what, key, period, asked.by).select_related("contact", "street", "district")
        some = list(found.prefetch_related("assignments__unit")[: limit + 1])
        behind = list(rows.order_lines(some[:limit], asked.loaded, asked.at))
        more = limit + PAGE if len(some) > limit else 0
    return {
        "tables": _tables(period, asked), "begin": period.begin.date(), "end": period.end.date(), "what": what,
        "key": key, "behind": behind, "more": more, "changes": _changes(asked),
    }  # fmt: skip


def _tables(period: queries.Period, asked: Asked) -> Sequence[Mapping[str, Any]]:
    duties = [(tally, _duty_words(tally.key, asked)) for tally in queries.wrong_by_duty(period, asked.by)]
    return (
        {
            "title": _("单位提错的"), "who": _("单位"), "part": _("不成立"), "whole": _("定了的异议"),
            "part_of": "kept", "whole_of": "decided",
            "rows": [(t, t.name) for t in queries.false_objections(period, asked.by)],
        },
        {
            "title": _("人派错的"), "who": _("派单人"), "part": _("派错"), "whole": _("派出"), "part_of": "wrong",
            "whole_of": "sent", "rows": [(t, t.name) for t in queries.wrong_by_person(period, asked.by)],
        },
        {
            "title": _("目录派错的"), "who": _("目录条目"), "part": _("派错"), "whole": _("派出"),
            "part_of": "wrong_duty", "whole_of": "sent_duty", "rows": duties,
        },
    )  # fmt: skip


def _duty_words(code: str, asked: Asked) -> str:
    duty = next((one for one in asked.loaded.pack.duties if one.code == code), None)
    return f"{code}　{rows.category(duty.category, asked.loaded.pack)}" if duty else code


def _changes(asked: Asked) -> list[Objection]:
    """What the verdicts want changed in the catalogue, of the orders this post may see."""
    seen = queries.visible_to(asked.by).exclude(change="").filter(stage__in=rules.DECIDED)
    return list(seen.order_by("-decided_at")[:20])


def _period(given: QueryDict, at: datetime) -> queries.Period:
    """The days asked for, the last not included; else the last thirty."""
    begin, end = (_day(given.get(name, "")) for name in ("from", "to"))
    midnight = datetime.combine(at.date() + timedelta(days=1), time(0), tzinfo=clock.zone())
    return queries.Period(begin or midnight - timedelta(days=_DAYS), end or midnight)


def _day(text: str) -> datetime | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        return None
    return datetime.combine(found, time(0), tzinfo=clock.zone()) if found else None


def _limit(given: QueryDict) -> int:
    asked = given.get("show", "")
    return min(int(asked), MOST) if asked.isdigit() else PAGE


_REVIEWERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT})
_WATCHERS = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR})
BOARDS = (
    Board(
        "objections", "review", lazy("派单异议"), _REVIEWERS, "desk/court_review.html", _review,
        lambda asked: queries.to_review(asked.by).count(),
    ),
    Board(
        "objections", "joint", lazy("等您批的异议"), frozenset({Role.CHIEF, Role.DISTRICT}), "desk/court_review.html",
        _approvals, lambda asked: queries.to_approve(asked.by).count(),
    ),
    Board(
        "objections", "watch", lazy("异议和派错"), _WATCHERS, "desk/court_counted.html", _counted,
    ),
)  # fmt: skip

"""Reads about leaving out (剔除): what waits for whom, and how much of it there is by unit and by ground.

The rate is published: left-out results beside all results of the period, with every number as a list. Filed closures
(终结办理) are neither: they stand apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from jieban.accounts.actor import Actor, Sight
from jieban.appraisal import exclusion_rules as rules
from jieban.appraisal import queries
from jieban.appraisal.models import Exclusion
from jieban.appraisal.queries import Period
from jieban.core.errors import BadInput
from jieban.orders.lifecycle import S
from jieban.orders.models import Assignment, Entry

_PEOPLE = ("asked_by", "decided_by", "appealed_by", "second_by")
# The numbers that are counted in requests, and which requests each counts.
REQUESTS: Final[Mapping[str, Q]] = {
    "asked": Q(),
    "waiting": Q(stage=rules.ASKED),
    "granted": Q(granted=True),
    "refused": Q(granted=False),
    "withdrawn": Q(granted=None, stage=rules.WITHDRAWN),
    "appealed": Q(appealed_at__isnull=False),
}
RESULTS, LEFT_OUT, FILED = "results", "left_out", "filed"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was asked in a period, and what was left out of its results, of one unit or on one ground (`key`, `name`).

    `asked` is `waiting` + `granted` + `refused` + `withdrawn`. `results` are all callback results that count or would,
    `left_out` those of them that are left out (by ground, of the whole of `results`); `filed` are apart from them.
    """

    key: str
    name: str = ""
    asked: int = 0
    waiting: int = 0
    granted: int = 0
    refused: int = 0
    withdrawn: int = 0
    appealed: int = 0
    results: int = 0
    left_out: int = 0
    filed: int = 0

    @property
    def share(self) -> float | None:
        """The share of results left out, from 0 to 1; None without any."""
        return self.left_out / self.results if self.results else None


COUNTS: Final = tuple(field.name for field in fields(Tally) if field.name not in ("key", "name"))


def visible_to(actor: Actor) -> QuerySet[Exclusion]:
    """The requests whose case the actor's post may read: all, or those of its unit and the units below."""
    found = Exclusion.objects.select_related("order", "assignment", "unit", *_PEOPLE)
    if actor.sight == Sight.ALL:
        return found
    if actor.unit_id is None or actor.sight == Sight.NONE:
        return found.none()
    tree = actor.sight == Sight.TREE
    return found.filter(unit__path__startswith=actor.unit_path) if tree else found.filter(unit=actor.unit_id)


def waiting(actor: Actor) -> QuerySet[Exclusion]:
    """The requests that wait for a decision this person could make, as far as they themselves tell; oldest first.

    Whoever has handled the order is told when opening it: that needs its timeline.
    """
    mine = Q(asked_by=actor.person_id) | Q(decided_by=actor.person_id) | Q(appealed_by=actor.person_id)
    return visible_to(actor).filter(stage__in=rules.OPEN).exclude(mine).order_by("asked_at", "pk")


def of_unit(actor: Actor) -> QuerySet[Exclusion]:
    """What the post's unit and those below have asked, the newest first."""
    return visible_to(actor).order_by("-asked_at", "-pk")


def of_order(order: int) -> QuerySet[Exclusion]:
    """All requests about an order, the oldest first."""
    return Exclusion.objects.filter(order=order).select_related("unit", "assignment", *_PEOPLE).order_by("pk")


def by_unit(period: Period) -> list[Tally]:
    """Every unit with a request, a result left out or a filed closure, the largest share first; three queries.

    The results are of these units alone; `whole` has everybody's.
    """
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    _add(rows, _requests(period).values(key=F("unit__code"), name=F("unit__name")).annotate(**_counts()).order_by())
    _add(rows, _filed(period).values(key=F("unit__code"), name=F("unit__name")).annotate(filed=Count("pk")).order_by())
    given = queries.given(period).values(key=F("assignment__unit__code"), name=F("assignment__unit__name"))
    counted: list[Mapping[str, Any]] = list(given.annotate(**_given()).order_by())
    _add(rows, (row for row in counted if row["left_out"] or row["key"] in rows))
    return sorted((Tally(**row) for row in rows.values()), key=lambda one: (-(one.share or 0), -one.asked, one.key))


def by_ground(period: Period) -> list[Tally]:
    """Every ground used in the period, most left out first; `results` is all of the period in each. Three queries."""
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    _add(rows, _requests(period).values(key=F("ground")).annotate(**_counts()).order_by())
    out = queries.given(period).exclude(assignment__ground="").values(key=F("assignment__ground"))
    _add(rows, out.annotate(left_out=Count("pk")).order_by())
    results = queries.given(period).count()
    return sorted(
        (Tally(**{**row, "results": results}) for row in rows.values()),
        key=lambda one: (-one.left_out, -one.asked, one.key),
    )


def whole(period: Period) -> Tally:
    """The whole city; three queries."""
    given = queries.given(period).aggregate(**_given())
    return Tally("", **_plain(_requests(period).aggregate(**_counts())), **given, filed=_filed(period).count())


def requests_behind(period: Period, which: str, *, unit: str = "", ground: str = "") -> QuerySet[Exclusion]:
    """The requests that a number counts, of one unit or ground where one is given, the newest first."""
    if which not in REQUESTS:
        raise BadInput("这个数字没有对应的清单。请从剔除公示页重新点开。")
    found = _requests(period).filter(REQUESTS[which])
    found = found.filter(unit__code=unit) if unit else found
    found = found.filter(ground=ground) if ground else found
    return found.select_related("order", "assignment", "unit", *_PEOPLE).order_by("-asked_at", "-pk")


def parts_behind(period: Period, which: str, *, unit: str = "", ground: str = "") -> QuerySet[Assignment]:
    """The assignments behind `results`, `left_out` or `filed`, of one unit or ground where one is given."""
    if which not in (RESULTS, LEFT_OUT, FILED):
        raise BadInput("这个数字没有对应的清单。请从剔除公示页重新点开。")
    found = _filed(period)
    if which != FILED:
        found = Assignment.objects.filter(pk__in=queries.given(period).values("assignment"))
        found = found.exclude(ground="") if which == LEFT_OUT else found
    found = found.filter(unit__code=unit) if unit else found
    found = found.filter(ground=ground) if ground and which == LEFT_OUT else found
    return found.select_related("order", "unit").order_by("-order__received_at", "pk")


def _requests(period: Period) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(asked_at__gte=period.begin, asked_at__lt=period.end)


def _counts() -> dict[str, Count]:
    """By name, marked so that none is taken for the column of that name."""
    return {f"n_{name}": Count("pk", filter=test) if test else Count("pk") for name, test in REQUESTS.items()}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("n_"): value for name, value in row.items()}


def _given() -> dict[str, Count]:
    return {"results": Count("pk"), "left_out": Count("pk", filter=~Q(assignment__ground=""))}


def _filed(period: Period) -> QuerySet[Assignment]:
    """What units held of orders that were ended by filing in the period, notices left out."""
    ended = Entry.objects.filter(order=OuterRef("order"), move="terminate", at__gte=period.begin, at__lt=period.end)
    gone = Q(order__state=S.TERMINATED) | Q(order__state=S.ARCHIVED, order__closed_at=None)
    return Assignment.objects.filter(gone).filter(Exists(ended)).exclude(role="notice")


def _add(rows: dict[str, dict[str, Any]], found: Iterable[Mapping[str, Any]]) -> None:
    for row in found:
        rows[row["key"]].update(_plain(row))

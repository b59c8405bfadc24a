"""Reads of appraisal: the three rates per unit, and the orders behind each number. Every read is one query.

A period is half-open: answers given from its first moment up to, not including, its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Sum, Value, When

from jieban.accounts.actor import Actor, Sight
from jieban.appraisal import rules
from jieban.core.errors import BadInput
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Answer, Order

OUT_OF, FULL, PART, EXPLAINED, MISSED = "out_of", "full", "part", "explained", "missed"
WHICH = (OUT_OF, FULL, PART, EXPLAINED, MISSED)


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to, not including, `end`; both aware."""

    begin: datetime
    end: datetime


def rates(
    period: Period, *, actor: Actor, enough: int, kind: str = "", under: str = "", scheme: rules.Scheme = rules.DEMO
) -> list[rules.Standing]:
    """The standing of each unit the actor may see that has a result in the period, best first.

    `kind` keeps units of one kind, `under` those below a unit (its path); `enough` is the number of valid answers from
    which a unit is ranked (the pack's `enough_answers`).
    """
    found = scored(period).filter(seen(actor))
    if kind:
        found = found.filter(assignment__unit__kind=kind)
    if under:
        found = found.filter(assignment__unit__path__startswith=under)
    keys = {"unit_id": F("assignment__unit"), "unit": F("assignment__unit__code"), "name": F("assignment__unit__name"),
            "group": F("assignment__unit__kind")}  # fmt: skip
    rows = found.values(**keys).annotate(**sums(scheme)).order_by()
    return rules.ranked(_standing(row, enough, scheme) for row in rows)


def orders_behind(period: Period, *, unit: int, rate: str, which: str = OUT_OF, actor: Actor) -> QuerySet[Order]:
    """The orders behind one number of one unit: all cases of the rate (`out_of`), full, partial, explained, missed.

    As many as the number says, as long as the unit has one assignment an order. BadInput for an unknown number.
    """
    mine = scored(period).filter(test(rate, which), assignment__unit=unit).values("order")
    return orders.visible_to(actor).filter(pk__in=mine).order_by("-callback_at", "pk")


# Contacted in time by the record, unless the citizen denies it. Of a round that is already being worked on again, the
# record's moment is gone and the citizen's word stands alone.
_IN_TIME = Q(assignment__responded_at__lte=F("assignment__respond_due")) | Q(assignment__round__gt=F("round"))
_VALID: Mapping[str, Q] = {
    rules.RESPONSE: Q(),
    rules.RESOLUTION: Q(reached=True) & ~Q(solved=""),
    rules.SATISFACTION: Q(reached=True, satisfied__in=("yes", "mostly", "no")),
}
_FULL: Mapping[str, Q] = {
    rules.RESPONSE: (Q(contacted=True) | Q(contacted=None)) & _IN_TIME,
    rules.RESOLUTION: Q(solved="yes"),
    rules.SATISFACTION: Q(satisfied="yes"),
}


_PART: Mapping[str, Q] = {
    rules.RESPONSE: Q(pk=None),
    rules.RESOLUTION: Q(solved="part"),
    rules.SATISFACTION: Q(satisfied="mostly"),
}


_EXPLAINED = Q(solved="explained")


def test(rate: str, which: str) -> Q:
    """Which results count under a number of a rate. BadInput for an unknown number."""
    if rate not in rules.RATES or which not in WHICH:
        raise BadInput("这个数字没有对应的工单列表。请从考评页重新点开。")
    valid, full, part = _VALID[rate], _FULL[rate], _PART[rate]
    told = _EXPLAINED if rate == rules.RESOLUTION else Q(pk=None)
    return {
        OUT_OF: valid, FULL: valid & full, PART: valid & part, EXPLAINED: valid & told,
        MISSED: valid & ~full & ~part & ~told,
    }[which]  # fmt: skip


def scored(period: Period) -> QuerySet[Answer]:
    """The last result of each scored assignment in the period."""
    within = Answer.objects.filter(at__gte=period.begin, at__lt=period.end)
    newer = within.filter(assignment=OuterRef("assignment"), round__gt=OuterRef("round"))
    gone = Q(order__excluded=True) | Q(order__state=S.TERMINATED) | Q(assignment__state=A.TERMINATED)
    return within.exclude(gone).filter(~Exists(newer)).exclude(assignment__role="notice")


def seen(actor: Actor) -> Q:
    """Results of the units that the actor's post may see."""
    if actor.sight == Sight.ALL:
        return Q()
    if actor.sight == Sight.TREE and actor.unit_path:
        return Q(assignment__unit__path__startswith=actor.unit_path)
    return Q(assignment__unit=actor.unit_id) if actor.sight == Sight.UNIT else Q(pk=None)


def sums(scheme: rules.Scheme) -> dict[str, Any]:
    """What is summed over results for the three rates, as annotations or aggregates."""
    return {
        "n": Count("pk"),
        "unreached": Count("pk", filter=Q(reached=False)),
        **{
            f"{rate}_{which}": Count("pk", filter=test(rate, which))
            for rate in rules.RATES
            for which in (OUT_OF, FULL, PART, EXPLAINED)
        },
        "solved_sum": _score("solved", scheme.solved, _VALID[rules.RESOLUTION]),
        "satisfied_sum": _score("satisfied", scheme.satisfied, _VALID[rules.SATISFACTION]),
    }


def _score(column: str, scores: Mapping[str, float], valid: Q) -> Sum:
    points = [When(**{column: code}, then=Value(score)) for code, score in scores.items()]
    return Sum(Case(*points, default=Value(0.0), output_field=FloatField()), filter=valid, default=0.0)


def _standing(row: Mapping[str, Any], enough: int, scheme: rules.Scheme) -> rules.Standing:
    response, resolution, satisfaction = rates_of(row)
    return rules.Standing(
        unit_id=row["unit_id"],
        unit=row["unit"],
        name=row["name"],
        group=row["group"],
        n=row["n"],
        unreached=row["unreached"],
        response=response,
        resolution=resolution,
        satisfaction=satisfaction,
        composite=rules.composite((response, resolution, satisfaction), scheme),
        enough=resolution.out_of >= enough,
    )


def rates_of(row: Mapping[str, Any]) -> tuple[rules.Rate, rules.Rate, rules.Rate]:
    """Response, resolution and satisfaction from what `sums` found."""
    return (
        _rate(row, rules.RESPONSE, float(row["response_full"])),
        _rate(row, rules.RESOLUTION, row["solved_sum"]),
        _rate(row, rules.SATISFACTION, row["satisfied_sum"]),
    )


def _rate(row: Mapping[str, Any], name: str, reached: float) -> rules.Rate:
    return rules.Rate(
        reached, row[f"{name}_out_of"], row[f"{name}_full"], row[f"{name}_part"], row[f"{name}_explained"]
    )

"""Reads of results in the record: which count in a period, and which of them make up a number. One query each.

Scores are made from the lake (`scoring`); here are the lists behind what a report compares.

A period is half-open: answers given from its first moment up to, not including, its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from jieban.accounts.actor import Actor, Sight
from jieban.appraisal import rules
from jieban.core.errors import BadInput
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Answer

OUT_OF, FULL, PART, EXPLAINED, MISSED = "out_of", "full", "part", "explained", "missed"
WHICH = (OUT_OF, FULL, PART, EXPLAINED, MISSED)


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to, not including, `end`; both aware."""

    begin: datetime
    end: datetime


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
        raise BadInput("这个数字没有对应的工单列表。请从报告里重新点开。")
    valid, full, part = _VALID[rate], _FULL[rate], _PART[rate]
    told = _EXPLAINED if rate == rules.RESOLUTION else Q(pk=None)
    return {
        OUT_OF: valid, FULL: valid & full, PART: valid & part, EXPLAINED: valid & told,
        MISSED: valid & ~full & ~part & ~told,
    }[which]  # fmt: skip


def scored(period: Period) -> QuerySet[Answer]:
    """The last result of each scored assignment in the period."""
    return given(period).filter(assignment__ground="")


def given(period: Period) -> QuerySet[Answer]:
    """The last result in the period of each assignment that counts or is left out (剔除); filed closures are apart."""
    within = Answer.objects.filter(at__gte=period.begin, at__lt=period.end)
    newer = within.filter(assignment=OuterRef("assignment"), round__gt=OuterRef("round"))
    gone = Q(order__state=S.TERMINATED) | Q(assignment__state=A.TERMINATED)
    return within.exclude(gone).filter(~Exists(newer)).exclude(assignment__role="notice")


def seen(actor: Actor) -> Q:
    """Results of the units that the actor's post may see."""
    if actor.sight == Sight.ALL:
        return Q()
    if actor.sight == Sight.TREE and actor.unit_path:
        return Q(assignment__unit__path__startswith=actor.unit_path)
    return Q(assignment__unit=actor.unit_id) if actor.sight == Sight.UNIT else Q(pk=None)

"""Reads of kept reports: which a post may open, and what the schedule has made."""

from __future__ import annotations

from django.db.models import QuerySet

from jieban.accounts.actor import Actor, Sight
from jieban.analytics.periodic import schedule
from jieban.analytics.periodic.models import Report


def visible_to(actor: Actor) -> QuerySet[Report]:
    """The reports that the post may open: all; or those about its own unit and, in a tree, the units below it."""
    found = Report.objects.select_related("made_by", "post__unit")
    if actor.role not in schedule.READERS or actor.sight == Sight.NONE:
        return found.none()
    if actor.sight == Sight.ALL:
        return found
    if not actor.unit_path:
        return found.none()
    if actor.sight == Sight.TREE:
        return found.filter(path__startswith=actor.unit_path)
    return found.filter(path=actor.unit_path)


def newest_first(found: QuerySet[Report]) -> QuerySet[Report]:
    """By the end of their period, then the whole city before its parts, those made last first; without their text."""
    return found.defer("body").order_by("-until", "path", "-made_at", "-pk")


def scheduled(kind: str, rhythm: str, scope: str) -> set[tuple[str, str]]:
    """What the schedule has made of a plan: (code, end of the period as ISO)."""
    rows = Report.objects.filter(kind=kind, rhythm=rhythm, scope=scope, made_by=None)
    return {(code, until.isoformat()) for code, until in rows.values_list("code", "until")}

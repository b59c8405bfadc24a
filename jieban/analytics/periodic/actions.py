"""Verbs of reports: have one made and keep it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from jieban.accounts.actor import Actor
from jieban.analytics import periodic
from jieban.analytics.engines import Source
from jieban.analytics.periodic import keeping, schedule
from jieban.analytics.periodic.models import Report
from jieban.analytics.periodic.scopes import Scope
from jieban.analytics.periodic.spans import Period
from jieban.core.errors import NotAllowed


def make(
    kind: str, source: Source, scope: Scope, period: Period, *, by: Actor, at: datetime, issuer: str,
    lake: datetime | None = None, replaces: Report | None = None,
) -> Report:  # fmt: skip
    """Make a report for a post and keep it. NotAllowed where the post may not; BadInput as of `periodic.make`."""
    if not schedule.may_make(by, scope.path):
        raise NotAllowed("您的岗位不能生成这个范围的报告。可以生成本单位、本辖区的。")
    row = _row(kind, source, scope, period, at=at, issuer=issuer, lake=lake)
    row.made_by_id, row.post_id, row.replaces = by.person_id, by.post_id, replaces
    row.save()
    return row


def make_scheduled(
    kind: str, source: Source, scope: Scope, period: Period, *, at: datetime, issuer: str, lake: datetime
) -> Report | None:
    """Make a report of the schedule and keep it; None where another worker was faster."""
    row = _row(kind, source, scope, period, at=at, issuer=issuer, lake=lake)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return None
    return row


def _row(
    kind: str, source: Source, scope: Scope, period: Period, *, at: datetime, issuer: str, lake: datetime | None
) -> Report:
    document = periodic.make(kind, source, scope, period, issuer=issuer)
    body = keeping.dump(document)
    return Report(
        kind=kind, scope=scope.kind, code=scope.code, name=scope.name, path=scope.path, rhythm=period.rhythm,
        since=period.since, until=period.until, title=document.title, body=body, sha256=keeping.sha256(body),
        lake=lake, made_at=at,
    )  # fmt: skip

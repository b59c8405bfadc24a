"""Reports that come round: each kind is one row of `KINDS` and one file with its sections.

A report reads a lake and becomes a `document.Document`; it reads no clock and no database, so the same lake, scope and
period give the same report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics.document import Document, Part
from jieban.analytics.engines import Source
from jieban.analytics.periodic import daily, enterprise, meeting, monthly, scopes, street, trade, weekly
from jieban.analytics.periodic.counts import Counts, counting
from jieban.analytics.periodic.scopes import CATEGORY, CITY, DISTRICT, FIRMS, STREET, UNIT, Scope
from jieban.analytics.periodic.spans import CYCLE, DAY, MONTH, WEEK, Period
from jieban.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: its name on pages, its title on paper, the rhythms and scopes it has, and its sections."""

    name: str
    word: Promise
    title: str
    rhythms: tuple[str, ...]
    scopes: tuple[str, ...]
    parts: Callable[[Counts], tuple[Part, ...]]


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("daily", lazy("日通报"), "接诉即办日通报", (DAY,), (CITY, DISTRICT, STREET), daily.parts),
        Kind("weekly", lazy("周汇总"), "接诉即办周汇总", (WEEK,), (CITY, DISTRICT, STREET), weekly.parts),
        Kind("monthly", lazy("月分析"), "接诉即办月分析", (MONTH, CYCLE), (CITY, DISTRICT, STREET), monthly.parts),
        Kind("trade", lazy("行业专报"), "行业专报", (MONTH, WEEK, CYCLE), (CATEGORY, UNIT), trade.parts),
        Kind("street", lazy("街道体检报告"), "接诉即办体检报告", (MONTH, CYCLE), (STREET,), street.parts),
        Kind("enterprise", lazy("企业诉求专报"), "企业诉求专报", (MONTH, WEEK, CYCLE), (FIRMS,), enterprise.parts),
        Kind("meeting", lazy("调度会材料"), "接诉即办调度会材料", (DAY, WEEK), (CITY, DISTRICT), meeting.parts),
    )
}


def make(kind: str, source: Source, scope: Scope, period: Period, *, issuer: str = "") -> Document:
    """The report of one kind about a scope and a period. BadInput for a kind, scope or rhythm that it does not have."""
    if kind not in KINDS:
        raise BadInput(f"There is no report {kind}. Known: {', '.join(KINDS)}.")
    found = KINDS[kind]
    if scope.kind not in found.scopes or period.rhythm not in found.rhythms:
        raise BadInput(
            f"The report {kind} is about {' or '.join(found.scopes)}, by {' or '.join(found.rhythms)}; "
            f"not about {scope.kind} by {period.rhythm}."
        )
    read = counting(source, scope, period)
    about = {
        "kind": kind,
        "scope": {"kind": scope.kind, "code": scope.code, "name": scope.name},
        "rhythm": period.rhythm,
        "lake": {"first": _iso(read.first), "last": _iso(read.last)},
    }
    return Document(_title(found, scope), found.parts(read), issuer, period.since, period.until, about)


def _title(kind: Kind, scope: Scope) -> str:
    return kind.title if scope.kind in (CITY, FIRMS) else f"{scope.name}{kind.title}"


def _iso(day: object) -> str | None:
    return str(day) if day else None


__all__ = ["KINDS", "Kind", "Period", "Scope", "make", "scopes"]

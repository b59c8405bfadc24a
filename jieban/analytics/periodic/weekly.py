"""周汇总: hot matters of a week, points, repeated callers, and what became of the points of the week before."""

from __future__ import annotations

from jieban.analytics.document import Part
from jieban.analytics.periodic import layout, points, proposals, results, scopes, volume
from jieban.analytics.periodic.counts import Counts


def parts(c: Counts) -> tuple[Part, ...]:
    """The report of a week."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    found = proposals.Found(rising, gathered.now, late, often, said.pulls)
    if not v.accepted.now:
        return layout.empty(c, v, late)
    wide = c.scope.kind != scopes.STREET
    return layout.sections(
        ("总体情况", [*volume.overall(c, v), *volume.why(c, v), *unusual]),
        ("热点问题", volume.matters(c, v, below=True)),
        (
            "各地情况",
            [*volume.areas(c, v), *(volume.streets(c) if c.scope.kind == scopes.CITY else [])] if wide else [],
        ),
        ("高频点位", [*points.gathered(c, gathered), *points.followed(c, gathered)]),
        ("反复来电", points.repeated(c, often)),
        ("办理结果", [*results.three_rates(c, said), *results.overdue(c, late)]),
        ("工作建议", proposals.say(c, found)),
    )

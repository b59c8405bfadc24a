"""月分析: volume and kinds, the three rates and who moved them, quality of handling, and what to do, of a month."""

from __future__ import annotations

from jieban.analytics.document import Part
from jieban.analytics.periodic import layout, points, proposals, results, scopes, trend, volume
from jieban.analytics.periodic.counts import Counts


def parts(c: Counts) -> tuple[Part, ...]:
    """The report of a month or a cycle of appraisal."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    (first, misdirected), (back, again) = results.right_first(c), results.came_back(c)
    found = proposals.Found(rising, gathered.now, late, often, said.pulls, misdirected, again)
    if not v.accepted.now:
        return layout.empty(c, v, late)
    wide = c.scope.kind != scopes.STREET
    return layout.sections(
        ("总体情况", [*volume.overall(c, v), *volume.why(c, v), *unusual, *trend.volumes(c)]),
        ("问题类型变化", [*volume.matters(c, v), *trend.shares(c, v)]),
        (
            "各地情况",
            [*volume.areas(c, v), *(volume.streets(c) if c.scope.kind == scopes.CITY else [])] if wide else [],
        ),
        ("三率", [*results.three_rates(c, said), *trend.rates(c), *results.by_unit(said)]),
        ("办理质量", [*results.in_time(c), *first, *trend.speed(c), *back, *results.overdue(c, late)]),
        (
            "集中点位和反复来电",
            [*points.gathered(c, gathered), *points.followed(c, gathered), *points.repeated(c, often)],
        ),
        ("工作建议", proposals.say(c, found)),
    )

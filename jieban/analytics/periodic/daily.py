"""日通报: what came in on one day, where it gathers, what is urgent or late."""

from __future__ import annotations

from jieban.analytics.document import Part
from jieban.analytics.periodic import layout, points, proposals, results, scopes, volume
from jieban.analytics.periodic.counts import Counts


def parts(c: Counts) -> tuple[Part, ...]:
    """The report of a day."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    unusual, rising = volume.out_of_usual(c, v)
    found = proposals.Found(rising, gathered.now, late, often)
    if not v.accepted.now:
        return layout.empty(c, v, late)
    wide = c.scope.kind != scopes.STREET
    return layout.sections(
        ("总体情况", [*volume.overall(c, v), *volume.why(c, v), *unusual]),
        ("反映集中的问题", volume.matters(c, v)),
        ("各地情况", volume.areas(c, v) if wide else []),
        ("集中点位和反复来电", [*points.gathered(c, gathered), *points.repeated(c, often)]),
        ("突发和超期", [*results.urgent(c), *results.overdue(c, late)]),
        ("提请注意", proposals.say(c, found)),
    )

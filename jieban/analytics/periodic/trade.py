"""行业专报: one trade (a category), or what one department handles: volume, make-up, places, who handles it and how."""

from __future__ import annotations

from jieban.analytics import measures as m
from jieban.analytics.document import Paragraph, Part
from jieban.analytics.periodic import layout, points, proposals, results, scopes, trend, volume
from jieban.analytics.periodic.counts import Counts, first, named
from jieban.analytics.periodic.words import cases, listed


def parts(c: Counts) -> tuple[Part, ...]:
    """The report on a trade or a department's matters."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    (right, misdirected), (back, again) = results.right_first(c), results.came_back(c)
    found = proposals.Found(rising, gathered.now, late, often, said.pulls, misdirected, again)
    if not v.accepted.now:
        return layout.empty(c, v, late)
    return layout.sections(
        ("总体情况", [*volume.overall(c, v), *volume.why(c, v), *unusual, *trend.volumes(c)]),
        ("问题构成", volume.matters(c, v, below=True)),
        ("集中在哪里", [*volume.areas(c, v), *volume.streets(c), *points.gathered(c, gathered)]),
        ("谁在办", [*_handlers(c), *right]),
        ("办得怎样", [*results.three_rates(c, said), *results.by_unit(said), *back, *results.overdue(c, late)]),
        ("工作建议", proposals.say(c, found)),
    )


def _handlers(c: Counts) -> list[Part]:
    """The units that handled most of it."""
    if c.scope.kind == scopes.UNIT:
        return []
    lines = named(c.by("assignments", ("unit",), m.HANDLED), lambda code: c.name("units", code), "")
    top = first(lines, 3)
    if not top:
        return [Paragraph(f"{c.period.this}没有派到承办单位的。")]
    said = listed(f"{name} {cases(line.now)}" for name, line in top)
    return [Paragraph(f"承办最多的是{said}。"), volume.table(c, "handlers", "承办单位", "单位", lines)]

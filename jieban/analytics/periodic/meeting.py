"""调度会材料: what a meeting has to decide, who has to answer for it, and what became of what it decided before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.analytics.periodic import layout, points, proposals, results, volume
from jieban.analytics.periodic.counts import Counts
from jieban.analytics.periodic.results import Late
from jieban.analytics.periodic.spans import DAY

NOTHING: Final = "本次没有需要提请会议研究的事项，可以不开会，材料送阅。"
_ROWS = 15


def parts(c: Counts) -> tuple[Part, ...]:
    """The pack of a daily or weekly meeting: half a page to read, then the lists."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    if not c.known(c.period):
        return layout.empty(c, v, late)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    found = proposals.Found(rising, gathered.now, late, often, said.pulls)
    rates = [] if c.period.rhythm == DAY else results.three_rates(c, said)
    return layout.sections(
        ("运行情况", [*volume.overall(c, v), *volume.why(c, v), *unusual, *results.urgent(c)]),
        ("提请会议研究", _agenda(proposals.sentences(c, found))),
        ("前期点位进展", points.followed(c, gathered)),
        ("三率", rates),
        ("附：集中点位", points.gathered(c, gathered) if gathered.now else []),
        ("附：超期未办结", _late(late)),
    )


def _agenda(said: Sequence[str]) -> list[Part]:
    if not said:
        return [Paragraph(NOTHING)]
    return [Paragraph(f"议题{n}　{text}") for n, text in enumerate(said, 1)]


def _late(late: Late) -> list[Part]:
    if not late.units:
        return []
    columns = (Column("unit", "单位"), Column("n", "超期未办结", "count"))
    rows = [{"unit": name, "n": n} for name, n in late.units[:_ROWS]]
    more = len(late.units) - len(rows)
    note = [Paragraph(f"另有 {more} 个单位各有超期件，未列出。", note=True)] if more else []
    return [Table("late", "超期未办结的单位", columns, rows), *note]

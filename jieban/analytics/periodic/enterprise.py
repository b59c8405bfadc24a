"""企业诉求专报: what firms ask for, beside everybody, and how it ended."""

from __future__ import annotations

from jieban.analytics import measures as m
from jieban.analytics.document import Paragraph, Part
from jieban.analytics.periodic import layout, points, proposals, results, scopes, trend, volume
from jieban.analytics.periodic.counts import Counts, counting, rate_now
from jieban.analytics.periodic.results import RATES, Results
from jieban.analytics.periodic.volume import Volume
from jieban.analytics.periodic.words import Rate, by_chance, listed, rate


def parts(c: Counts) -> tuple[Part, ...]:
    """The report on firms."""
    v, gathered, late = volume.read(c), points.read(c), results.late(c)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    back, again = results.came_back(c)
    found = proposals.Found(rising, gathered.now, late, pulls=said.pulls, back=again)
    if not v.accepted.now:
        return layout.empty(c, v, late)
    everybody = counting(c.source, scopes.WHOLE, c.period)
    return layout.sections(
        ("总体情况", [*volume.overall(c, v), *_share(v, everybody), *volume.why(c, v), *unusual, *trend.volumes(c)]),
        ("企业反映的问题", volume.matters(c, v, below=True)),
        ("各区情况", volume.areas(c, v)),
        ("办理结果", [*results.three_rates(c, said), *_beside(said, everybody), *back, *results.overdue(c, late)]),
        ("工作建议", proposals.say(c, found)),
    )


def _share(v: Volume, everybody: Counts) -> list[Part]:
    whole = everybody.sums("contacts", (m.ACCEPTED,))["accepted"].now
    return [Paragraph(f"企业诉求占全市受理量的 {rate(Rate(v.accepted.now, whole))}。")]


def _beside(firms: Results, everybody: Counts) -> list[Part]:
    """The rates of firms beside those of everybody, where both rest on enough."""
    all_of = everybody.rates(m.THREE_RATES)[()]
    pairs = [(word, firms.now(name), rate_now(all_of[name])) for name, word in RATES.items()]
    known = [(word, mine, whole) for word, mine, whole in pairs if mine.enough and whole.enough]
    if not known:
        return []
    return [Paragraph("和全市比，" + listed(_one(*pair) for pair in known) + "。")]


def _one(word: str, mine: Rate, whole: Rate) -> str:
    step = (mine.share - whole.share) * 100
    if by_chance(mine, whole):
        return f"{word}没有明显差别"
    return f"{word}{'高' if step > 0 else '低'} {abs(step):.1f} 个百分点"

"""Longer lines: volume and rates over the periods before, shares that moved, and how long the work took."""

from __future__ import annotations

from jieban.analytics import measures as m
from jieban.analytics.document import Chart, Column, Paragraph, Part, Table
from jieban.analytics.periodic.counts import Counts, Lines
from jieban.analytics.periodic.spans import MONTH, Period
from jieban.analytics.periodic.volume import Volume
from jieban.analytics.periodic.words import FEW, Rate, by_chance, cases, listed, percent

_MINUTES_A_DAY = 1440
_SHOWN = 3


def periods(c: Counts) -> list[Period]:
    """This period and the usual ones that the lake knows, oldest first."""
    return [one for one in (*reversed(c.period.usual), c.period) if c.known(one)]


def volumes(c: Counts) -> list[Part]:
    """The volume over the periods before, as a line; nothing where there are fewer than three."""
    known = periods(c)
    if len(known) < _SHOWN:
        return []
    line = c.sums("contacts", (m.ACCEPTED,))["accepted"]
    values = [*reversed(line.usual), line.now]
    rows = [{"period": _short(one), "n": n} for one, n in zip(known, values, strict=True)]
    table = Table("trend", "近期受理量", (Column("period", "时间"), Column("n", "受理量", "count")), rows)
    return [Chart(table, "line", "period", ("n",))]


def rates(c: Counts) -> list[Part]:
    """Resolution and satisfaction over the periods before, where each rests on enough answers."""
    known = periods(c)
    found = c.rates((m.RESOLUTION, m.SATISFACTION))[()]
    rows = []
    for n, one in enumerate(known):
        shares = {name: _at(found[name], len(known) - 1 - n) for name in ("resolution", "satisfaction")}
        rows.append({"period": _short(one), **shares})
    if sum(row["resolution"] is not None for row in rows) < _SHOWN:
        return []
    columns = (
        Column("period", "时间"),
        Column("resolution", "解决率", "percent"),
        Column("satisfaction", "满意率", "percent"),
    )
    return [
        Chart(Table("rates", "近期解决率和满意率", columns, rows), "line", "period", ("resolution", "satisfaction"))
    ]


def shares(c: Counts, v: Volume) -> list[Part]:
    """The kinds of matter whose share of all moved by more than chance brings."""
    if v.accepted.before is None or v.accepted.before < FEW or v.accepted.now < FEW:
        return []
    moved = []
    for name, line in v.firsts.items():
        now, before = Rate(line.now, v.accepted.now), Rate(line.before or 0, v.accepted.before)
        if max(line.now, line.before or 0) >= FEW and not by_chance(now, before):
            moved.append((now.share - before.share, name, now, before))
    if not moved:
        return [Paragraph(f"各类问题的占比与{c.period.than_before}相比没有明显变化。")]
    ordered = sorted(moved, key=lambda one: (-abs(one[0]), one[1]))[:5]
    up = [
        f"{name}（{percent(before.share)}升到 {percent(now.share)}）" for step, name, now, before in ordered if step > 0
    ]
    down = [
        f"{name}（{percent(before.share)}降到 {percent(now.share)}）" for step, name, now, before in ordered if step < 0
    ]
    said = [f"占比上升的是{listed(up)}" if up else "", f"占比下降的是{listed(down)}" if down else ""]
    return [Paragraph(f"与{c.period.than_before}相比，" + "；".join(one for one in said if one) + "。")]


def speed(c: Counts) -> list[Part]:
    """How long it took from received to closed: half of the orders and nine in ten."""
    row = c.rows(m.spread(c.within("orders"), "close_minutes"))[0]
    if not row["n"] or row["n"] < FEW:
        return []
    half, most = row["median"] / _MINUTES_A_DAY, row["p90"] / _MINUTES_A_DAY
    text = f"{c.period.this}受理、已结案的 {cases(row['n'])}，一半在 {half:.1f} 天内结案，九成在 {most:.1f} 天内。"
    return [Paragraph(text)]


def _short(period: Period) -> str:
    if period.rhythm == MONTH:
        return f"{period.since:%Y-%m}"
    return f"{period.until:%m-%d}"


def _at(lines: Lines, back: int) -> float | None:
    top, bottom = lines["top"], lines["bottom"]
    found = Rate((top.now, *top.usual)[back], (bottom.now, *bottom.usual)[back])
    return found.share if found.enough else None

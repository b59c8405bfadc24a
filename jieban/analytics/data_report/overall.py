"""一、总体情况, （一）and（二）: how much was accepted, and over which channels."""

from __future__ import annotations

from jieban.analytics import figures
from jieban.analytics import measures as m
from jieban.analytics.data_report import prose
from jieban.analytics.data_report.counts import Counts, Row, ranked, share
from jieban.analytics.data_report.period import month_name
from jieban.analytics.document import Chart, Column, Heading, Paragraph, Part, Table


def totals(counts: Counts) -> list[Part]:
    """The opening sentence and its table."""
    whole = counts.accepted()[0]
    rows = [
        {"what": what, "n": whole[one.name], "share": share(whole[one.name], whole["accepted"])}
        for what, one in (
            ("受理", m.ACCEPTED),
            ("电话", m.PHONE),
            ("网络", m.NETWORK),
            ("派单", m.SENT),
            ("解答咨询", m.TOLD),
        )
    ]
    said = [f"{figures.items(row['n'])}，占比{prose.percent(row['share'])}" for row in rows]
    text = (
        f"{counts.period.span}，热线共受理群众反映{figures.items(whole['accepted'])}，其中，电话反映{said[1]}，"
        f"网络反映{said[2]}。诉求派单{said[3]}，解答咨询{said[4]}。"
    )
    columns = (Column("what", "项目"), Column("n", "数量", "wan"), Column("share", "占受理量", "percent"))
    return [
        Heading("一、总体情况"),
        Paragraph(text),
        Table("totals", f"{counts.period.recent}受理总体情况", columns, rows),
    ]


def yearly(counts: Counts) -> list[Part]:
    """（一）: accepted items by year and month."""
    rows = annual(counts)
    growth = overall_growth(rows)
    text = f"从{rows[0]['year']}年的{figures.items(rows[0]['accepted'])}到{rows[-1]['year']}年的"
    text += f"{figures.items(rows[-1]['accepted'])}，{prose.change(growth)}。"
    columns = (
        Column("year", "年份", "number"),
        Column("accepted", "受理量", "wan"),
        Column("growth", "比上年", "percent"),
    )
    table = Table("annual", f"{counts.period.recent}受理总量变化情况", columns, rows)
    parts: list[Part] = [Heading("（一）受理总量", 2)]
    if len(rows) > 1:
        parts.append(Paragraph(f"热线受理总量{text}"))
    return [*parts, Chart(table, "bar", "year", ("accepted",)), *_early(counts), *_monthly(counts)]


def annual(counts: Counts) -> list[Row]:
    """Accepted items of each year, with the growth over the one before."""
    found = {row["year"]: row["accepted"] for row in counts.accepted(("year",))}
    rows = [{"year": year, "accepted": found.get(year, 0)} for year in counts.period.years]
    for row in rows:
        before = found.get(row["year"] - 1)
        row["growth"] = share(row["accepted"] - before, before) if before else None
    return rows


def overall_growth(rows: list[Row]) -> float | None:
    """Growth of the last year over the first."""
    first, last = rows[0]["accepted"], rows[-1]["accepted"]
    return share(last - first, first)


def low_high(counts: Counts) -> list[Row]:
    """The months of each year with the fewest and the most accepted items."""
    months = by_month(counts)
    out = []
    for year in counts.period.years:
        held = {month % 100: n for month, n in months.items() if month // 100 == year}
        low, high = min(held, key=lambda k: (held[k], k)), max(held, key=lambda k: (held[k], -k))
        out.append({"year": year, "low_month": low, "low": held[low], "high_month": high, "high": held[high]})
    return out


def by_month(counts: Counts, **where: str) -> dict[int, int]:
    """Accepted items of every month of the period; 0 where there are none."""
    found = {row["month"]: row["accepted"] for row in counts.accepted(("month",), **where)}
    return {month: found.get(month, 0) for month in counts.period.months}


def month_grid(counts: Counts, months: dict[int, int]) -> tuple[tuple[Column, ...], list[Row]]:
    """The months of a year as rows and the years as columns; empty outside the period."""
    columns = (Column("month", "月份"), *(Column(str(year), f"{year}年", "wan") for year in counts.period.years))
    held = sorted({month % 100 for month in months})
    rows = [
        {"month": f"{month}月", **{str(year): months.get(year * 100 + month) for year in counts.period.years}}
        for month in held
    ]
    return columns, rows


def _monthly(counts: Counts) -> list[Part]:
    said = [
        f"{row['year']}年{row['low_month']}月和{row['high_month']}月为年度受理量最低点和最高点，"
        f"分别为{figures.items(row['low'])}和{figures.items(row['high'])}"
        for row in low_high(counts)
    ]
    columns, rows = month_grid(counts, by_month(counts))
    table = Table("monthly", f"{counts.period.recent}受理情况每月变化情况", columns, rows)
    years = tuple(str(year) for year in counts.period.years)
    return [Paragraph(f"从月度受理情况的变化看，{'；'.join(said)}。"), Chart(table, "line", "month", years)]


def channels(counts: Counts) -> list[Part]:
    """（二）: telephone and network, by year and month."""
    rows = channel_years(counts)
    whole = counts.accepted()[0]
    names = [row["channel"] for row in network_channels(counts)]
    text = f"电话渠道的受理量占比为{prose.percent(share(whole['phone'], whole['accepted']))}，网络渠道{len(names)}个。"
    if len(rows) > 1:
        text += (
            f"网络渠道受理占比由{rows[0]['year']}年的{prose.percent(rows[0]['network_share'])}"
            f"变为{rows[-1]['year']}年的{prose.percent(rows[-1]['network_share'])}。"
        )
    columns = (Column("year", "年份", "number"), Column("phone", "电话", "wan"), Column("network", "网络", "wan"),
               Column("network_share", "网络占比", "percent"))  # fmt: skip
    table = Table("channel_years", f"{counts.period.recent}不同渠道受理情况", columns, rows)
    return [
        Heading("（二）受理渠道", 2), Paragraph(text), Chart(table, "stack", "year", ("phone", "network")),
        *_early(counts), *_largest_channel(counts), *_channel_months(counts),
    ]  # fmt: skip


def channel_years(counts: Counts) -> list[Row]:
    """Telephone and network of each year."""
    rows = sorted(counts.accepted(("year",)), key=lambda row: row["year"])
    return [
        {key: row[key] for key in ("year", "phone", "network")}
        | {"network_share": share(row["network"], row["accepted"])}
        for row in rows
    ]


def network_channels(counts: Counts) -> list[Row]:
    """The network channels that brought something, the largest first."""
    found = [row for row in counts.accepted(("channel",)) if row["network"]]
    return ranked(found, "channel", m.NETWORK)


def largest_channel(counts: Counts) -> Row | None:
    """The largest network channel: since when, how much, and its share in all network channels since then."""
    found = network_channels(counts)
    if not found:
        return None
    code = found[0]["channel"]
    months = counts.accepted(("month",), channel=code)
    since = min(row["month"] for row in months)
    network = sum(row["network"] for row in counts.accepted(("month",)) if row["month"] >= since)
    return {"code": code, "since": since, "n": found[0]["network"], "share": share(found[0]["network"], network)}


def _largest_channel(counts: Counts) -> list[Part]:
    row = largest_channel(counts)
    if row is None:
        return []
    name = counts.names.channels.get(row["code"], {}).get("name", row["code"])
    text = f"网络渠道中受理最多的是{name}，自{month_name(row['since'])}以来受理{figures.items(row['n'])}，"
    return [Paragraph(f"{text}占同期网络渠道受理量的{prose.percent(row['share'])}。")]


def _channel_months(counts: Counts) -> list[Part]:
    found = {row["month"]: row for row in counts.accepted(("month",))}
    rows = [
        {"month": month_name(month)} | {key: found.get(month, {}).get(key, 0) for key in ("phone", "network")}
        for month in counts.period.months
    ]
    columns = (Column("month", "月份"), Column("phone", "电话", "wan"), Column("network", "网络", "wan"))
    table = Table("channel_months", f"{counts.period.recent}不同渠道受理量每月变化情况", columns, rows)
    return [Chart(table, "line", "month", ("phone", "network"))]


def _early(counts: Counts) -> list[Part]:
    note = counts.period.ends_early()
    return [Paragraph(note, note=True)] if note else []

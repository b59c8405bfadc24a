"""一、（三）: numbers that call, the rates of callback, and praise."""

from __future__ import annotations

from jieban.analytics import figures
from jieban.analytics import measures as m
from jieban.analytics.data_report import prose
from jieban.analytics.data_report.counts import Counts, Row, share
from jieban.analytics.data_report.period import month_name
from jieban.analytics.document import Chart, Column, Heading, Paragraph, Part, Table


def voices(counts: Counts) -> list[Part]:
    """The whole section."""
    return [Heading("（三）社会影响和期待", 2), *_numbers(counts), *_rates(counts), *_praise(counts)]


def number_years(counts: Counts) -> list[Row]:
    """Calling numbers of each year: all, new ones, and their share. In the first year all are new, so it has none."""
    found = {row["year"]: row for row in counts.callers["year"]}
    out = []
    for year in counts.period.years:
        row = found.get(year, {"numbers": 0, "new": 0})
        new = row["new"] if year != counts.period.years[0] else None
        told = None if new is None else share(new, row["numbers"])
        out.append({"year": year, "numbers": row["numbers"], "new": new, "new_share": told})
    return out


def _numbers(counts: Counts) -> list[Part]:
    years = number_years(counts)
    said = "，".join(f"{row['year']}年{figures.items(row['numbers'], '个')}" for row in years)
    text = f"从来电号码看，热线来电号码量{said}"
    if len(years) > 1:
        growth = share(years[-1]["numbers"] - years[0]["numbers"], years[0]["numbers"])
        text += f"，{prose.change(growth)}。其中，{figures.items(counts.faithful, '个')}来电号码每年都拨打热线"
        text += "".join(f"，{row['year']}年新增号码比例为{prose.percent(row['new_share'])}" for row in years[1:])
    found = {row["month"]: row["numbers"] for row in counts.callers["month"]}
    rows = [{"month": month_name(month), "numbers": found.get(month, 0)} for month in counts.period.months]
    columns = (Column("year", "年份", "number"), Column("numbers", "来电号码", "wan"), Column("new", "其中新增", "wan"),
               Column("new_share", "新增占比", "percent"))  # fmt: skip
    months = (Column("month", "月份"), Column("numbers", "来电号码", "wan"))
    title = f"{counts.period.recent}热线每月来电号码数量"
    return [
        Paragraph(f"{text}。"), Table("caller_years", f"{counts.period.recent}来电号码", columns, years),
        Chart(Table("caller_months", title, months, rows), "line", "month", ("numbers",)),
    ]  # fmt: skip


def rate_months(counts: Counts) -> list[Row]:
    """The three rates of each month of the period in which citizens were asked."""
    found = {row["month"]: row for row in counts.answers.to_pylist()}
    return [
        {"month": month}
        | {r.name: share(*(found.get(month, {}).get(one.name, 0) for one in (r.top, r.bottom))) for r in m.THREE_RATES}
        for month in counts.period.months
    ]


def steady(counts: Counts) -> Row:
    """Resolution and satisfaction over all years after the first, as one."""
    later = [row for row in counts.answers.to_pylist() if row["month"] // 100 > counts.period.years[0]]
    return {
        r.name: share(sum(row[r.top.name] for row in later), sum(row[r.bottom.name] for row in later))
        for r in (m.RESOLUTION, m.SATISFACTION)
    }


def _rates(counts: Counts) -> list[Part]:
    months = rate_months(counts)
    rows = [row | {"month": month_name(row["month"])} for row in months]
    known = [row for row in rows if row["resolution"] is not None and row["satisfaction"] is not None]
    columns = (
        Column("month", "月份"),
        Column("response", "响应率", "percent"),
        Column("resolution", "解决率", "percent"),
        Column("satisfaction", "满意率", "percent"),
    )
    title = f"{counts.period.recent}群众回访响应率、解决率、满意率每月变化情况"
    chart = Chart(Table("rates", title, columns, rows), "line", "month", ("resolution", "satisfaction"))
    return [*_rates_said(known), chart]


def _rates_said(known: list[Row]) -> list[Part]:
    if len(known) < 2:
        return []
    first, last = known[0], known[-1]
    text = (
        f"回访结果显示，解决率从{first['month']}的{prose.percent(first['resolution'])}变为{last['month']}的"
        f"{prose.percent(last['resolution'])}，满意率从{prose.percent(first['satisfaction'])}变为"
        f"{prose.percent(last['satisfaction'])}。"
    )
    return [Paragraph(text)]


def praise_months(counts: Counts) -> list[Row]:
    """Praise of each month."""
    found = {row["month"]: row["praise"] for row in counts.accepted(("month",))}
    return [{"month": month, "praise": found.get(month, 0)} for month in counts.period.months]


def praise_now(counts: Counts) -> float:
    """Praise a month, on average over the months of the last year."""
    last = [row["praise"] for row in praise_months(counts) if row["month"] // 100 == counts.period.years[-1]]
    return float(sum(last) / len(last))


def _praise(counts: Counts) -> list[Part]:
    months = praise_months(counts)
    rows = [row | {"month": month_name(row["month"])} for row in months]
    whole = sum(row["praise"] for row in months)
    text = (
        f"{counts.period.span}接到群众表扬共{figures.items(whole)}，{rows[0]['month']}{figures.items(rows[0]['praise'])}，"
        f"{counts.period.years[-1]}年月均{figures.items(praise_now(counts))}。"
    )
    columns = (Column("month", "月份"), Column("praise", "表扬", "count"))
    title = f"{counts.period.recent}群众表扬每月变化情况"
    return [Paragraph(text), Chart(Table("praise", title, columns, rows), "line", "month", ("praise",))]

"""一、（四）and 二: what citizens ask for, how it shifts, and the ten largest kinds of matter one by one."""

from __future__ import annotations

from jieban.analytics import figures
from jieban.analytics import measures as m
from jieban.analytics.data_report import overall, prose
from jieban.analytics.data_report.counts import Counts, Row, ranked, share
from jieban.analytics.data_report.period import month_name
from jieban.analytics.data_report.trends import Trends, shifts, trends
from jieban.analytics.document import Chart, Column, Heading, Paragraph, Part, Table

TOP, TEN, FIVE = 20, 10, 5
_DETAILS = 3


def top(counts: Counts, size: int = TOP) -> list[Row]:
    """The largest categories with what was accepted and consulted in them."""
    return ranked(counts.accepted(("category1",)), "category1", m.ACCEPTED, size)


def heavy(counts: Counts) -> tuple[list[str], list[str]]:
    """Of the largest categories the five with the largest share of consultations, and the five with the smallest."""
    codes = by_consultations(counts)
    return codes[:FIVE], codes[::-1][:FIVE]


def by_consultations(counts: Counts) -> list[str]:
    """The largest categories, that with the largest share of consultations first."""
    rows = [row for row in top(counts) if row["accepted"]]
    order = sorted(rows, key=lambda row: (-row["consultations"] / row["accepted"], row["category1"]))
    return [row["category1"] for row in order]


def moving(counts: Counts) -> Trends:
    """The largest categories whose share in what was accepted fell and rose."""
    among = {row["category1"] for row in top(counts)}
    return trends(counts.accepted(("year", "category1")), "category1", "accepted", counts.period.years, among)


def with_details(counts: Counts, codes: list[str], sign: int) -> list[str]:
    """Names of categories with the second levels that moved most in the same direction in brackets."""
    found = shifts(counts.accepted(("year", "category2")), "category2", "accepted", counts.period.years)
    out = []
    for code in codes:
        below = [one for one in found if counts.names.categories.get(one, {}).get("parent") == code]
        moved = sorted((one for one in below if found[one] * sign > 0), key=lambda one: (-abs(found[one]), one))
        said = prose.listed([counts.names.category(one) for one in moved[:_DETAILS]])
        out.append(f"{counts.names.category(code)}({said})" if said else counts.names.category(code))
    return out


def shifting(counts: Counts) -> list[Part]:
    """一、（四）."""
    asked, wanted = ([counts.names.category(code) for code in codes] for codes in heavy(counts))
    text = f"{prose.listed(asked)}等问题的咨询量占比较高，{prose.listed(wanted)}等问题的诉求量占比较高。"
    parts: list[Part] = [Heading("（四）群众反映问题变化趋势", 2), Paragraph(text), _structure(counts)]
    found = moving(counts)
    said = [
        f"{prose.listed(with_details(counts, codes[:FIVE], sign))}等问题的反映占比呈{word}趋势"
        for codes, word, sign in ((found.falling, "下降", -1), (found.rising, "上升", 1))
        if codes
    ]
    if said:
        parts.append(Paragraph(f"从{counts.period.recent}群众反映问题占比变化来看，{'；'.join(said)}。"))
    return [*parts, _shares(counts)]


def _structure(counts: Counts) -> Chart:
    rows = [
        {
            "name": counts.names.category(row["category1"]),
            "consultations": share(row["consultations"], row["accepted"]),
            "requests": share(row["accepted"] - row["consultations"], row["accepted"]),
        }
        for row in top(counts)
    ]
    columns = (Column("name", "类别"), Column("consultations", "咨询占比", "percent"),
               Column("requests", "诉求占比", "percent"))  # fmt: skip
    title = f"{counts.period.recent}群众反映集中的前二十类问题结构"
    return Chart(Table("structure", title, columns, rows), "stack", "name", ("consultations", "requests"))


def _shares(counts: Counts) -> Chart:
    years = counts.period.years
    whole = {row["year"]: row["accepted"] for row in counts.accepted(("year",))}
    found = {(row["year"], row["category1"]): row["accepted"] for row in counts.accepted(("year", "category1"))}
    rows = [
        {"name": counts.names.category(row["category1"])}
        | {str(year): share(found.get((year, row["category1"]), 0), whole.get(year, 0)) for year in years}
        for row in top(counts)
    ]
    columns = (Column("name", "类别"), *(Column(str(year), f"{year}年", "percent") for year in years))
    title = f"{counts.period.recent}群众反映集中前二十类问题占比情况"
    return Chart(Table("shares", title, columns, rows), "bars", "name", tuple(str(year) for year in years))


def ten(counts: Counts) -> list[Part]:
    """二: the ranking, then each of the ten largest."""
    rows = top(counts)
    whole = counts.accepted()[0]["accepted"]
    listed = [
        {"rank": n, "name": counts.names.category(row["category1"]), "accepted": row["accepted"],
         "share": share(row["accepted"], whole)}
        for n, row in enumerate(rows, 1)
    ]  # fmt: skip
    columns = (Column("rank", "位次", "number"), Column("name", "类别"), Column("accepted", "受理量", "wan"),
               Column("share", "占比", "percent"))  # fmt: skip
    text = f"{counts.period.recent}群众反映的前十类问题分别是{prose.listed([row['name'] for row in listed[:TEN]])}。"
    title = f"{counts.period.recent}群众反映集中的前二十类问题"
    parts: list[Part] = [
        Heading("二、群众反映前十类问题情况"), Paragraph(text),
        Chart(Table("top20", title, columns, listed), "bar", "name", ("accepted",)),
    ]  # fmt: skip
    for n, row in enumerate(rows[:TEN], 1):
        parts += _matter(counts, row, n)
    return parts


def below(counts: Counts, code: str) -> list[Row]:
    """The second levels of a category, the largest first."""
    return ranked(counts.accepted(("category2",), category1=code), "category2", m.ACCEPTED)


def _matter(counts: Counts, row: Row, n: int) -> list[Part]:
    code, name, recent = row["category1"], counts.names.category(row["category1"]), counts.period.recent
    months = overall.by_month(counts, category1=code)
    high = max(months, key=lambda month: (months[month], -month))
    low = min(months, key=lambda month: (months[month], month))
    text = (
        f"{recent}{name}类问题共受理{figures.items(row['accepted'])}。从各月受理量看，{month_name(high)}为最高点"
        f"（{figures.items(months[high])}），{month_name(low)}为最低点（{figures.items(months[low])}）。"
    )
    columns, grid = overall.month_grid(counts, months)
    years = tuple(str(year) for year in counts.period.years)
    curve = Table(f"matter_{code}_months", f"{recent}{name}各月受理量变化情况", columns, grid)
    return [Heading(f"（{_ordinal(n)}）{name}", 2), Paragraph(text), Chart(curve, "line", "month", years),
            *_levels(counts, code, name, row["accepted"])]  # fmt: skip


def _levels(counts: Counts, code: str, name: str, whole: int) -> list[Part]:
    rows = [
        {"name": counts.names.category(one["category2"]), "accepted": one["accepted"],
         "share": share(one["accepted"], whole)}
        for one in below(counts, code)[:TEN]
    ]  # fmt: skip
    columns = (Column("name", "二级类别"), Column("accepted", "受理量", "wan"), Column("share", "占比", "percent"))
    table = Table(f"matter_{code}_levels", f"{counts.period.recent}{name}主要反映问题", columns, rows)
    if not rows:
        return [table]
    said = prose.told([(row["name"], row["accepted"]) for row in rows[:FIVE]])
    return [Paragraph(f"{name}类问题主要反映在{said}等方面。"), Chart(table, "bar", "name", ("accepted",))]


def _ordinal(n: int) -> str:
    return "一二三四五六七八九十"[n - 1]

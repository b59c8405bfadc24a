"""三、（二）and（三）: the work of each district and of each functional zone, by kind of matter."""

from __future__ import annotations

from typing import Any

from jieban.analytics import figures
from jieban.analytics import measures as m
from jieban.analytics import names as groups
from jieban.analytics.data_report import prose, units
from jieban.analytics.data_report.counts import Counts, Row, ranked, share
from jieban.analytics.data_report.trends import Trends, trends
from jieban.analytics.document import Chart, Column, Heading, Paragraph, Part, Table

_FIVE, _TEN, _THREE = 5, 10, 3


def district_top(counts: Counts, code: str) -> list[Row]:
    """The kinds of matter that a district's departments and streets had to do, the most first."""
    return _matters(counts, district=code)


def zone_top(counts: Counts, zone: str) -> list[Row]:
    """The same of a zone."""
    return _matters(counts, zone=zone)


def moving(counts: Counts, **where: str) -> Trends:
    """The kinds of matter whose share in the work of a district or zone fell and rose."""
    rows = [row for row in counts.work(("year", "category1", "group"), **where) if _local(row)]
    merged: dict[tuple[int, Any], int] = {}
    for row in rows:
        key = (row["year"], row["category1"])
        merged[key] = merged.get(key, 0) + row["handled"]
    flat = [{"year": year, "category1": code, "handled": n} for (year, code), n in merged.items()]
    return trends(flat, "category1", "handled", counts.period.years)


def zones(counts: Counts) -> list[Row]:
    """The functional zones with their districts and their work, the most first."""
    found: dict[str, Row] = {}
    for row in units.district_rows(counts):
        if row["zone"]:
            zone = found.setdefault(row["zone"], {"zone": row["zone"], "members": [], "handled": 0})
            zone["members"].append(row["name"])
            zone["handled"] += row["handled"]
    whole = sum(row["handled"] for row in units.district_rows(counts))
    rows = sorted(found.values(), key=lambda row: (-row["handled"], row["zone"]))
    return [row | {"share": share(row["handled"], whole)} for row in rows]


def districts(counts: Counts) -> list[Part]:
    """（二）: every district."""
    parts: list[Part] = [Heading("（二）各区承办情况", 2)]
    for n, row in enumerate(units.district_rows(counts), 1):
        parts += _district(counts, row, n)
    return parts


def _district(counts: Counts, row: Row, n: int) -> list[Part]:
    name, found = row["name"], district_top(counts, row["code"])
    parts: list[Part] = [Heading(f"{n}. {name}", 3)]
    if row["handled"]:
        said = [
            f"{figures.items(row[key])}，占比{prose.percent(share(row[key], row['handled']))}"
            for key in ("departments", "streets")
        ]
        text = (
            f"{name}共承办诉求{figures.items(row['handled'])}，占全市各区承办量的{prose.percent(row['share'])}。"
            f"其中，区级部门承办{said[0]}，街乡镇承办{said[1]}。"
        )
        parts.append(Paragraph(text + _named("承办前五类问题分别是", counts, found[:_FIVE])))
        parts += _said(counts, name, moving(counts, district=row["code"]))
    title = f"{counts.period.recent}{name}承办前十类问题"
    return [*parts, _chart(counts, f"district_{row['code']}", title, found, row["handled"])]


def functional(counts: Counts) -> list[Part]:
    """（三）: every zone."""
    parts: list[Part] = [Heading("（三）功能区承办情况", 2)]
    for n, row in enumerate(zones(counts), 1):
        name, found = row["zone"], zone_top(counts, row["zone"])
        text = (
            f"{name}（{prose.listed(row['members'])}）诉求量{figures.items(row['handled'])}，占全市各区总量的"
            f"{prose.percent(row['share'])}。"
        )
        parts += [Heading(f"{n}. {name}", 3), Paragraph(text + _named("前十类问题分别是", counts, found[:_TEN]))]
        parts += _said(counts, name, moving(counts, zone=name))
        parts.append(_chart(counts, f"zone_{n}", f"{counts.period.recent}{name}承办前十类问题", found, row["handled"]))
    return parts


def _matters(counts: Counts, **where: str) -> list[Row]:
    found: dict[Any, int] = {}
    for row in counts.work(("category1", "group"), **where):
        if _local(row):
            found[row["category1"]] = found.get(row["category1"], 0) + row["handled"]
    return ranked([{"category1": code, "handled": n} for code, n in found.items()], "category1", m.HANDLED)


def _local(row: Row) -> bool:
    return row["group"] in (groups.DEPARTMENTS, groups.STREETS)


def _named(lead: str, counts: Counts, rows: list[Row]) -> str:
    pairs = [(counts.names.category(row["category1"]), row["handled"]) for row in rows]
    return f"{lead}{prose.told(pairs)}。" if pairs else ""


def _said(counts: Counts, name: str, found: Trends) -> list[Part]:
    text = prose.shifting(name, found, counts.names, _THREE)
    return [Paragraph(text)] if text else []


def _chart(counts: Counts, key: str, title: str, found: list[Row], whole: int) -> Chart:
    rows = [
        {"rank": n, "name": counts.names.category(row["category1"]), "handled": row["handled"],
         "share": share(row["handled"], whole)}
        for n, row in enumerate(found[:_TEN], 1)
    ]  # fmt: skip
    columns = (Column("rank", "位次", "number"), Column("name", "类别"), Column("handled", "承办量", "wan"),
               Column("share", "占比", "percent"))  # fmt: skip
    return Chart(Table(key, title, columns, rows), "bar", "name", ("handled",))

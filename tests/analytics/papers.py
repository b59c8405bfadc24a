"""One small document with every kind of part and every shape of chart."""

from __future__ import annotations

from datetime import date

from jieban.analytics.document import Chart, Column, Document, Heading, Paragraph, Table

MONTHS = Table(
    "months",
    "每月受理量",
    (Column("month", "月份"), Column("old", "2019年", "wan"), Column("new", "2020年", "wan")),
    [{"month": f"{n}月", "old": n * 100_000, "new": None if n > 9 else n * 110_000} for n in range(1, 13)],
)
KINDS = Table(
    "kinds",
    "各类单位 <承办> 占比",
    (Column("kind", "单位类别"), Column("share", "占比", "percent")),
    [{"kind": "区级部门", "share": 0.6}, {"kind": "街乡镇", "share": 0.4}],
)
EMPTY = Table("empty", "没有的事", (Column("kind", "单位类别"),), [])
PAPER = Document(
    title="数据报告",
    parts=(
        Heading("一、总体情况"),
        Paragraph("三年来共受理 3134 万件 & 更多。"),
        Heading("（一）受理总量", 2),
        Chart(MONTHS, "line", "month", ("old", "new")),
        Paragraph("注：截至11月30日", note=True),
        Heading("1. 各区", 3),
        Chart(KINDS, "pie", "kind", ("share",)),
        Chart(KINDS, "bar", "kind", ("share",)),
        Chart(MONTHS, "bars", "month", ("old", "new")),
        Chart(KINDS, "stack", "kind", ("share",)),
        EMPTY,
        Chart(EMPTY, "bar", "kind", ()),
    ),
    issuer="北京市市民热线服务中心",
    since=date(2019, 1, 1),
    until=date(2021, 11, 30),
    about={"made_at": "2021-12-05T10:00:00+08:00"},
)

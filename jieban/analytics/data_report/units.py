"""三、（一）: how much work went to which kinds of unit, and who had the most and the least."""

from __future__ import annotations

from jieban.analytics import figures
from jieban.analytics import measures as m
from jieban.analytics import names as groups
from jieban.analytics.data_report import prose
from jieban.analytics.data_report.counts import KINDS, Counts, Row, by_kind, ranked, share
from jieban.analytics.document import Chart, Column, Heading, Paragraph, Part, Table

_MANY, _FEW = 50_000, 4_000
_RANKED = (Column("rank", "位次", "number"), Column("name", "单位"), Column("handled", "承办量", "wan"))


def coverage(counts: Counts) -> dict[str, int]:
    """How many units of each kind the city has, and its network channels."""
    units = list(counts.names.units.values())
    kinds = {"districts": "district", "streets_towns": "street"}
    found = {key: sum(row["kind"] == kind for row in units) for key, kind in kinds.items()}
    for key, group in (
        ("municipal_departments", groups.MUNICIPAL),
        ("soe", groups.SOE),
        ("ecommerce", groups.PLATFORM),
    ):
        found[key] = sum(row["group"] == group for row in units)
    return found | {"network_channels": sum(row["kind"] == "network" for row in counts.names.channels.values())}


def kinds(counts: Counts) -> list[Part]:
    """The opening of 三 and the five kinds."""
    has = coverage(counts)
    cover = (
        f"派单体系覆盖{has['districts']}个区及下辖{has['streets_towns']}个街乡镇、{has['municipal_departments']}家市属机构、"
        f"{has['soe']}家国有企业、{has['ecommerce']}家电商企业及其他单位。"
    )
    found = by_kind(counts)
    whole = sum(found.values())
    rows: list[Row] = [{"kind": name, "handled": found[key], "share": share(found[key], whole)} for key, name in KINDS]
    said = "，".join(f"{row['kind']}承办占比{prose.percent(row['share'])}" for row in rows)
    columns = (Column("kind", "单位类别"), Column("handled", "承办量", "wan"), Column("share", "占比", "percent"))
    title = f"{counts.period.recent}各类单位承办情况"
    return [
        Heading("三、群众诉求办理情况"), Paragraph(cover), Heading("（一）各类单位承办情况", 2),
        Paragraph(f"{counts.period.recent}派单诉求共承办{figures.items(whole, '件次')}。其中，{said}。"),
        Chart(Table("unit_kinds", title, columns, rows), "pie", "kind", ("handled",)),
    ]  # fmt: skip


def district_rows(counts: Counts) -> list[Row]:
    """What each district had to do, by its departments and its streets, in the order of the city."""
    found = {(row["district"], row["group"]): row["handled"] for row in counts.work(("district", "group"))}
    out = []
    for row in counts.names.districts():
        departments, streets = (found.get((row["code"], key), 0) for key in (groups.DEPARTMENTS, groups.STREETS))
        out.append({"code": row["code"], "name": row["name"], "zone": row["zone"], "residents": row["residents"],
                    "departments": departments, "streets": streets, "handled": departments + streets})  # fmt: skip
    whole = sum(row["handled"] for row in out)
    return [row | {"share": share(row["handled"], whole)} for row in out]


def districts(counts: Counts) -> list[Part]:
    """1: the districts beside each other."""
    rows = sorted(district_rows(counts), key=lambda row: (-row["handled"], row["code"]))
    parts: list[Part] = [Heading("1. 各区承办情况", 3)]
    if rows:
        most, least = rows[0], rows[-1]
        parts.append(Paragraph(
            f"{counts.period.recent}各区承办量最多的是{most['name']}，共办理诉求{figures.items(most['handled'])}，占"
            f"{len(rows)}区承办总量的{prose.percent(most['share'])}。承办量最少的是{least['name']}，共办理诉求"
            f"{figures.items(least['handled'])}，占{len(rows)}区承办总量的{prose.percent(least['share'])}。"
        ))  # fmt: skip
    name, handled = Column("name", "区"), Column("handled", "承办量", "wan")
    shares = Table("district_shares", f"{counts.period.recent}各区承办占比情况",
                   (name, handled, Column("share", "占比", "percent")), rows)  # fmt: skip
    split = Table(
        "district_kinds", f"{counts.period.recent}各区承办情况",
        (name, Column("departments", "区级部门", "wan"), Column("streets", "街乡镇", "wan"), handled), rows,
    )  # fmt: skip
    return [*parts, Chart(shares, "bar", "name", ("share",)), Chart(split, "stack", "name", ("departments", "streets"))]


def street_rows(counts: Counts) -> list[Row]:
    """What each street and town had to do, the most first."""
    return ranked(counts.work(("unit",), kind="street"), "unit", m.HANDLED)


def leading_streets(counts: Counts, year: int) -> list[Row]:
    """What each street led in a year and did not send back, the most first: by this, streets to govern are found."""
    return ranked(counts.work(("unit",), kind="street", year=year), "unit", m.LED)


def streets(counts: Counts) -> list[Part]:
    """2: streets and towns with the most and the least."""
    rows = street_rows(counts)
    named = [
        {"rank": n, "name": counts.names.unit(row["unit"]), "handled": row["handled"]} for n, row in enumerate(rows, 1)
    ]
    many = [row["name"] for row in named if row["handled"] >= _MANY]
    few = sum(row["handled"] < _FEW for row in named)
    parts: list[Part] = [Heading("2. 街乡镇承办情况", 3)]
    if many:
        parts.append(Paragraph(f"承办量达到{figures.items(_MANY)}以上的街乡镇包括{prose.listed(many)}。"))
    parts.append(_chart("streets_most", f"{counts.period.recent}承办量最多的前二十位街乡镇", named[:20]))
    if named:
        low = named[-1]
        parts.append(Paragraph(f"承办量不足{figures.items(_FEW)}的街乡镇有{few}个，其中{low['name']}承办量最少，"
                               f"为{figures.items(low['handled'])}。"))  # fmt: skip
    return [*parts, _chart("streets_least", f"{counts.period.recent}承办量最少的前二十位街乡镇", named[::-1][:20])]


def municipal(counts: Counts) -> list[Part]:
    """3: the ten municipal bodies with the most."""
    return _largest(counts, groups.MUNICIPAL, "3. 市属机构承办情况", "municipal_most", "市属机构")


def enterprises(counts: Counts) -> list[Part]:
    """4: the ten state enterprises with the most."""
    return _largest(counts, groups.SOE, "4. 国有企业承办情况", "soe_most", "国有企业")


def largest(counts: Counts, group: str, top: int = 10) -> list[Row]:
    """The units of a group with the most work."""
    found = ranked(counts.work(("unit",), group=group), "unit", m.HANDLED, top)
    return [{"rank": n, "code": row["unit"], "name": counts.names.unit(row["unit"]), "handled": row["handled"]}
            for n, row in enumerate(found, 1)]  # fmt: skip


def _largest(counts: Counts, group: str, title: str, key: str, what: str) -> list[Part]:
    rows = largest(counts, group)
    parts: list[Part] = [Heading(title, 3)]
    if rows:
        said = [f"{row['name']}，共办理诉求{figures.items(row['handled'])}" for row in rows[:2]]
        parts.append(Paragraph(f"{counts.period.recent}{what}承办量最多的是{'；其次是'.join(said)}。"))
    return [*parts, _chart(key, f"{counts.period.recent}承办量最多的前十位{what}", rows)]


def _chart(key: str, title: str, rows: list[Row]) -> Chart:
    return Chart(Table(key, title, _RANKED, rows), "bar", "name", ("handled",))

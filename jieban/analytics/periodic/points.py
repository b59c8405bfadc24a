"""Where the same matter gathers: one place and one kind of matter, and numbers that are heard again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import ibis.expr.types as ir

from jieban.analytics import measures as m
from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.analytics.periodic.compare import Line
from jieban.analytics.periodic.counts import Counts, first
from jieban.analytics.periodic.spans import CYCLE, DAY, MONTH, WEEK
from jieban.analytics.periodic.words import cases, listed

# So many orders about one matter at one place make a point; three in one day is the rule of 新村街道. docs/reports.md
GATHERED: Final[Mapping[str, int]] = {DAY: 3, WEEK: 4, MONTH: 6, CYCLE: 6}
# A number heard so often in the period is named as a repeated one (as a count only).
OFTEN: Final[Mapping[str, int]] = {DAY: 3, WEEK: 3, MONTH: 5, CYCLE: 5}
_ROWS = 15


@dataclass(frozen=True, slots=True)
class Point:
    """One matter at one place: how often now and before, from how many known numbers, and the street it lies in."""

    place: str
    matter: str
    line: Line
    numbers: int
    street: str

    @property
    def title(self) -> str:
        """What a sentence calls it."""
        return f"{self.place}的{self.matter}"

    @property
    def one_caller(self) -> bool:
        """Everything comes from one number."""
        return self.numbers == 1


@dataclass(frozen=True, slots=True)
class Points:
    """The points of this period, most first, and those of the period before with how often they came now."""

    now: tuple[Point, ...]
    before: tuple[Point, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Often:
    """Numbers that were heard at least `least` times, and how many contacts are theirs."""

    numbers: int
    contacts: int
    least: int


def read(c: Counts) -> Points:
    """Count the points of this period and of the one before."""
    least = GATHERED[c.period.rhythm]
    lines = c.by("orders", ("place", "category", "street"), m.ORDERS, partial(_named, c))
    now = first(lines, _ROWS, least=least)
    earlier = sorted(
        ((key, line) for key, line in lines.items() if (line.before or 0) >= least),
        key=lambda one: (-(one[1].before or 0), one[0]),
    )[:_ROWS]
    places = c.places({key[0] for key, _ in (*now, *earlier)})
    numbers = _numbers(c, {key[0] for key, _ in now})

    def point(key: tuple[str, ...], line: Line) -> Point:
        place, matter, street = key
        where = c.name("units", street) if street else ""
        return Point(places[place], c.name("categories", matter), line, numbers.get((place, matter), 0), where)

    return Points(tuple(point(*one) for one in now), tuple(point(*one) for one in earlier), least)


def often(c: Counts) -> Often:
    """Numbers heard again and again in the period."""
    least = OFTEN[c.period.rhythm]
    row = c.rows(m.repeated(c.within("contacts"), least))[0]
    return Often(row["numbers"], row["contacts"], least)


def gathered(c: Counts, points: Points) -> list[Part]:
    """The points as a sentence, and as a table where there are more than three."""
    if not points.now:
        return [Paragraph(f"{c.period.this}没有同一地点、同一问题达到 {points.least} 件的点位。")]
    said = f"同一地点、同一问题达到 {points.least} 件的点位有 {len(points.now)} 处"
    if len(points.now) == _ROWS:
        said = f"同一地点、同一问题最集中的 {_ROWS} 处点位见下表"
    top = listed(_told(c, point) for point in points.now[:3])
    return [Paragraph(f"{said}{'，居前的是' if len(points.now) > 3 else '：'}{top}。"), _table(c, points.now)]


def followed(c: Counts, points: Points) -> list[Part]:
    """What became of the points of the period before."""
    if not points.before:
        return []
    gone = [point for point in points.before if not point.line.now]
    less = [point for point in points.before if 0 < point.line.now < (point.line.before or 0)]
    still = [point for point in points.before if point.line.now >= (point.line.before or 0)]
    groups = [(gone, "没有再出现"), (less, "减少"), (still, "没有减少")]
    said = listed(f"{len(found)} 处{word}" for found, word in groups if found)
    text = f"{c.period.than_before}的 {len(points.before)} 处集中点位，{c.period.this} {said}。"
    if still:
        text += f"没有减少的是{listed(_step(c, point) for point in still[:3])}。"
    return [Paragraph(text)]


def repeated(c: Counts, found: Often) -> list[Part]:
    """Numbers heard again and again: counts only, never who."""
    if not found.numbers:
        return [Paragraph(f"{c.period.this}没有反映 {found.least} 次以上的号码。")]
    return [
        Paragraph(f"{c.period.this}反映 {found.least} 次以上的号码有 {found.numbers} 个，共 {cases(found.contacts)}。")
    ]


def _told(c: Counts, point: Point) -> str:
    said = f"{point.title} {cases(point.line.now)}"
    notes = []
    if point.line.before is not None:
        notes.append(
            f"{c.period.than_before} {point.line.before} 件" if point.line.before else f"{c.period.than_before}没有"
        )
    if point.one_caller:
        notes.append("都来自同一个号码")
    elif point.numbers > 1:
        notes.append(f"来自 {point.numbers} 个号码")
    return f"{said}（{'，'.join(notes)}）" if notes else said


def _step(c: Counts, point: Point) -> str:
    return f"{point.title}（{c.period.than_before} {point.line.before} 件，{c.period.this} {point.line.now} 件）"


def _table(c: Counts, points: tuple[Point, ...]) -> Table:
    columns = [Column("place", "地点"), Column("matter", "问题"), Column("street", "街道乡镇")]
    columns += [Column("now", c.period.this, "count")]
    columns += [Column("before", c.period.than_before, "count")] if c.known(c.period.before) else []
    columns += [Column("numbers", "号码数", "count")]
    rows = [
        {
            "place": point.place,
            "matter": point.matter,
            "street": point.street or None,
            "now": point.line.now,
            "before": point.line.before,
            "numbers": point.numbers or None,
        }
        for point in points
    ]
    kept = [{column.key: row[column.key] for column in columns} for row in rows]
    return Table("points", "集中点位", tuple(columns), kept)


def _named(c: Counts, orders: ir.Table) -> ir.BooleanValue:
    """Orders with a place and a matter; only of the two periods that are asked about, for there are many places."""
    return c.near(orders) & orders.place.notnull() & orders.category.notnull()


def _numbers(c: Counts, places: set[str]) -> dict[tuple[str, str], int]:
    orders = c.within("orders")
    found = orders.filter(orders.place.isin(list(places)))
    return {(row["place"], row["category"]): row["numbers"] for row in c.rows(m.callers(found, ("place", "category")))}

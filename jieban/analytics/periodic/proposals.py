"""What to do about it: proposals that follow from what was counted, each with who should do it and why. Or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jieban.analytics import measures as m
from jieban.analytics.document import Paragraph, Part
from jieban.analytics.periodic import scopes
from jieban.analytics.periodic.compare import Pull, Unusual
from jieban.analytics.periodic.counts import Counts
from jieban.analytics.periodic.points import Often, Point
from jieban.analytics.periodic.results import LEAST_ANSWERS, Late
from jieban.analytics.periodic.words import Rate, cases, counted, listed

NOTHING: Final = "没有需要特别调度的事项，按日常节奏办理。"
_POINTS, _UNITS = 3, 3
# A share solved below this, of at least `LEAST_ANSWERS`, calls for a second look.
_LOW = 0.6
# A unit is asked to find out why where it has at least this part (a third) of the work.
_MOST = 3

NONE_LATE: Final = Late(0, ())
NONE_OFTEN: Final = Often(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What the sections of a report found and what may call for something to be done."""

    unusual: Sequence[Unusual] = ()
    points: Sequence[Point] = ()
    late: Late = NONE_LATE
    often: Often = NONE_OFTEN
    pulls: Sequence[Pull] = ()
    misdirected: Sequence[tuple[str, Rate]] = ()
    back: Sequence[tuple[str, int]] = ()


def say(c: Counts, found: Found) -> list[Part]:
    """The proposals, numbered, the most pressing first; one honest line where there are none."""
    said = sentences(c, found)
    if not said:
        return [Paragraph(NOTHING)]
    if len(said) == 1:
        return [Paragraph(said[0])]
    return [Paragraph(f"{n}. {text}") for n, text in enumerate(said, 1)]


def sentences(c: Counts, found: Found) -> list[str]:
    """The proposals, the most pressing first."""
    return [
        *([_late(found.late)] if found.late.total else []),
        *(_point(c, point) for point in found.points[:_POINTS]),
        *_rising(c, found.unusual),
        *_solving(c, found.pulls),
        *([_misdirected(found.misdirected)] if found.misdirected else []),
        *([_often(c, found.often)] if found.often.numbers else []),
        *([_back(found.back)] if found.back and found.back[0][1] > 1 else []),
    ]


def _late(late: Late) -> str:
    units = listed(f"{name}（{cases(n)}）" for name, n in late.units[:_UNITS])
    more = f"等 {len(late.units)} 个单位" if len(late.units) > _UNITS else ""
    return f"超期未办结：请{units}{more}逐件说明原因，报出办结日期；确有困难的按规定申请延期或提请协调，不再拖。"


def _point(c: Counts, point: Point) -> str:
    who = f"请{point.street}" if point.street else "请承办单位"
    count = f"{point.title}{c.period.this} {cases(point.line.now)}"
    if point.one_caller:
        return f"{count}，都来自同一个号码：{who}指定专人上门沟通，一包到底，不按多户问题铺开。"
    held = f"，来自 {point.numbers} 个号码" if point.numbers > 1 else ""
    again = "；上一期就已集中，请查一查为什么没有压下来" if (point.line.before or 0) >= point.line.now else ""
    return f"{count}{held}：{who}当作一件事来办，先查共同原因，再逐户回复{again}。"


def _rising(c: Counts, unusual: Sequence[Unusual]) -> list[str]:
    handlers = _handlers(c) if unusual else {}
    everything = c.scope.kind not in (scopes.DISTRICT, scopes.STREET)
    return [_rise(one, handlers.get(one.key), everything) for one in unusual]


def _rise(one: Unusual, handler: tuple[str, int, int] | None, everything: bool) -> str:
    """`everything`: the counts know all work on the matter, not only that of the units of an area."""
    count = f"{one.key} {cases(one.now)}，平常 {one.mean:,.0f} 件左右"
    if handler is None and not everything:
        return f"{count}：请会同主管部门查明原因，该说明的向居民说明。"
    if handler is None:
        return f"{count}，都没有派到单位：请行业主管部门看看是不是政策说得不够清楚，把答复口径补进知识库。"
    unit, n, whole = handler
    if _MOST * n < whole:
        return f"{count}，{whole} 件承办分散在各单位：请行业主管部门牵头查明原因，统一答复口径，及时给到坐席。"
    share = f"（{whole} 件承办中占 {n} 件）" if whole > n else ""
    return f"{count}：请承办最多的{unit}{share}查明原因，把答复口径及时给到坐席。"


def _handlers(c: Counts) -> dict[str, tuple[str, int, int]]:
    """For each second level of matter the unit that leads most of it, how much, and of how much."""
    lines = c.by("assignments", ("category2", "unit"), m.HANDLED, lambda t: t.role == "lead")
    by: dict[str, dict[str, int]] = {}
    for (matter, unit), line in lines.items():
        if matter and unit and line.now:
            by.setdefault(matter, {})[unit] = line.now
    out = {}
    for matter, units in by.items():
        unit, n = min(units.items(), key=lambda one: (-one[1], one[0]))
        out[c.name("categories", matter)] = (c.name("units", unit), n, sum(units.values()))
    return out


def _solving(c: Counts, pulls: Sequence[Pull]) -> list[str]:
    low = [one for one in pulls if one.now.out_of >= LEAST_ANSWERS and one.now.share < _LOW and one.by < 0][:_UNITS]
    if not low:
        return []
    units = listed(f"{one.key}（{one.now.out_of} 件中没解决 {one.now.out_of - one.now.top} 件）" for one in low)
    return [f"解决得少：请{units}把市民说没解决的逐件复核，能办的接着办，不能办的当面讲清楚。"]


def _misdirected(found: Sequence[tuple[str, Rate]]) -> str:
    about = listed(f"{name}（{r.out_of} 件中 {r.out_of - r.top} 件没派准）" for name, r in found)
    return f"派单：{about}，请派单组同有关单位核对派单目录，把反复退改的情形写进目录。"


def _often(c: Counts, often: Often) -> str:
    return (
        f"反复来电：{often.numbers} 个号码{c.period.this}各反映 {often.least} 次以上，"
        "请承办单位查一查是没办好，还是办了没说清，由专人联系。"
    )


def _back(back: Sequence[tuple[str, int]]) -> str:
    return f"解决后又来：{counted(back)}，请查一查上次是治标还是治本。"

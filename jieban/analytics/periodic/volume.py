"""How much came in: the volume beside earlier ones, what moved it, and what is out of the usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from jieban.analytics import measures as m
from jieban.analytics.document import Chart, Column, Paragraph, Part, Table
from jieban.analytics.periodic import compare, scopes, words
from jieban.analytics.periodic.compare import KNOWN, Line, Unusual
from jieban.analytics.periodic.counts import ELSEWHERE, UNKNOWN, Counts, Lines, first, named
from jieban.analytics.periodic.words import cases, listed, moved, sentence

ROWS: Final = 10
_WHERE: Final[Mapping[str, str]] = {
    scopes.CITY: "全市",
    scopes.DISTRICT: "{name}辖区",
    scopes.STREET: "{name}辖区",
    scopes.CATEGORY: "{name}类",
    scopes.UNIT: "{name}承办范围内",
    scopes.FIRMS: "企业",
}
_ABOUT: Final[Mapping[str, str]] = {
    scopes.CITY: "全市受理",
    scopes.DISTRICT: "{name}辖区受理",
    scopes.STREET: "{name}辖区受理",
    scopes.CATEGORY: "{name}类诉求受理",
    scopes.UNIT: "{name}承办的诉求",
    scopes.FIRMS: "企业诉求受理",
}


@dataclass(frozen=True, slots=True)
class Volume:
    """The volume of a scope: the whole, by first and second level of the category, and by area."""

    whole: Lines
    firsts: Lines
    seconds: Lines
    within: Mapping[str, Lines]
    areas: Lines
    area: str

    @property
    def accepted(self) -> Line:
        """The volume itself."""
        return self.whole["accepted"]


def read(c: Counts) -> Volume:
    """Count it."""
    whole = c.sums("contacts", (m.ACCEPTED, m.PHONE, m.NETWORK, m.SENT, m.TOLD, m.PRAISE, m.OF_FIRMS))
    matters = c.by("contacts", ("category1", "category2"), m.ACCEPTED)
    within: dict[str, Lines] = {}
    for (one, two), line in sorted(matters.items()):
        above = c.name("categories", one) if one else UNKNOWN
        below = c.name("categories", two) if two else f"{above}（未细分）"
        within.setdefault(above, {})[below] = line
    seconds = {name: line for below in within.values() for name, line in below.items() if "（未细分）" not in name}
    area = "street" if c.scope.kind in (scopes.DISTRICT, scopes.STREET) else "district"
    areas = named(c.by("contacts", (area,), m.ACCEPTED), lambda code: c.name("units", code), ELSEWHERE)
    return Volume(whole, {name: _together(below) for name, below in within.items()}, seconds, within, areas, area)


def overall(c: Counts, v: Volume) -> list[Part]:
    """The first paragraphs: how much, beside what, and through which channels."""
    if not c.known(c.period):
        return _edge(c)
    said = [_how_much(c, v), _beside(c, v)]
    return [Paragraph("".join(said)), *_edge(c)]


def why(c: Counts, v: Volume) -> list[Part]:
    """What moved the volume: kinds of matter, then areas."""
    if v.accepted.before is None:
        return []
    said = _moved_by(c, v)
    return [Paragraph(said)] if said else []


def out_of_usual(c: Counts, v: Volume) -> tuple[list[Part], list[Unusual]]:
    """What is far above its usual: kinds of matter and areas; and a total far below, which may be a fault."""
    known = len(v.accepted.usual)
    if not known:
        return [], []
    if known < KNOWN:
        few = f"往前可比的只有 {known} {c.period.usually}"
        return [Paragraph(f"{few}，还看不出哪些偏离了平常，{c.period.this}不作判断。")], []
    found = compare.all_unusual(v.seconds)
    whole = _whole(v)
    said = [_unusual(c, one) for one in [*whole, *found, *([] if whole else _areas_beyond(c, v))]]
    if said:
        return [Paragraph("和平常比，" + "；".join(said) + "。")], found
    return [Paragraph(f"和平常比，各类问题和各地都在以往 {known} {c.period.usually}的范围之内，没有明显异常。")], []


def matters(c: Counts, v: Volume, *, below: bool = False) -> list[Part]:
    """The kinds of matter that were heard most, as a sentence and a table."""
    lines = {name: line for name, line in (v.seconds if below else v.firsts).items() if name != UNKNOWN}
    lost = v.firsts.get(UNKNOWN, compare.ZERO).now
    top = first(lines, 3)
    if not top:
        return []
    whole = v.accepted.now
    together = words.Rate(sum(line.now for _, line in top), whole)
    if top[0][1].now == 1:
        kinds = sum(line.now > 0 for line in lines.values())
        alone = f"问题分散，{kinds} 类各 1 件。" if kinds > 1 else f"反映的是{top[0][0]}。"
        return [Paragraph(alone), table(c, "matters", "反映集中的问题", "问题", lines)]
    said = f"反映最多的是{listed(f'{name} {cases(line.now)}' for name, line in top)}"
    if len(top) > 1 and together.enough and together.top < whole:
        said += f"，合计占 {words.percent(together.share)}"
    said += f"。另有 {cases(lost)}没有分类，没有列入。" if lost else "。"
    return [Paragraph(said), table(c, "matters", "反映集中的问题", "问题", lines)]


def areas(c: Counts, v: Volume) -> list[Part]:
    """Where it came from, as a sentence and a chart."""
    placed = _placed(v)
    top = first(placed, 3)
    if not top:
        return []
    lost = v.areas.get(ELSEWHERE, compare.ZERO).now
    said = f"受理最多的是{listed(f'{name} {cases(line.now)}' for name, line in top)}。"
    said += f"另有 {cases(lost)}说不出在哪里，没有计入各地。" if lost else ""
    return [Paragraph(said), table(c, "areas", "各地受理量", "街道乡镇" if v.area == "street" else "区", placed)]


def streets(c: Counts) -> list[Part]:
    """The streets and towns with the most, for a scope wider than a street."""
    found = named(c.by("contacts", ("street",), m.ACCEPTED), lambda code: c.name("units", code), ELSEWHERE)
    found.pop(ELSEWHERE, None)
    return [table(c, "streets", "受理量居前的街道乡镇", "街道乡镇", found)] if found else []


def table(c: Counts, key: str, title: str, what: str, lines: Lines) -> Part:
    """The first ten lines with the period before and a year before where those are known; bars of now and before."""
    columns = [Column("name", what), Column("now", c.period.this, "count")]
    known = c.known(c.period.before)
    columns += [Column("before", c.period.than_before, "count"), Column("step", "增减", "count")] if known else []
    columns += [Column("last_year", c.period.than_last_year, "count")] if c.known(c.period.last_year) else []
    rows = [
        {
            "name": name,
            "now": line.now,
            "before": line.before,
            "step": line.now - (line.before or 0),
            "last_year": line.last_year,
        }
        for name, line in first(lines, ROWS, least=0)
        if line.now or line.before
    ]
    kept = [{column.key: row[column.key] for column in columns} for row in rows]
    made = Table(key, title, tuple(columns), kept)
    return Chart(made, "bar", "name", ("now", "before") if known else ("now",))


def _how_much(c: Counts, v: Volume) -> str:
    about, now = _ABOUT[c.scope.kind].format(name=c.scope.name), v.accepted.now
    if not now:
        return f"{c.period.days}，{_WHERE[c.scope.kind].format(name=c.scope.name)}没有诉求。"
    whole = v.whole
    ways = [("电话", whole["phone"].now), ("网络", whole["network"].now)]
    heard = next(
        (f"都来自{word}" for word, n in ways if n == now), "其中" + listed(f"{w} {cases(n)}" for w, n in ways if n)
    )
    done = [(whole["dispatched"].now, "派单"), (whole["answered"].now, "当场解答"), (whole["praise"].now, "表扬")]
    ended = listed(f"{word} {cases(n)}" for n, word in done if n)
    said = [f"{c.period.days}，{about} {cases(now)}", heard]
    return sentence(*said).rstrip("。") + f"；{ended}。" if ended else sentence(*said)


def _beside(c: Counts, v: Volume) -> str:
    line, period = v.accepted, c.period
    said = [
        moved(line.now, line.before, period.than_before),
        moved(line.now, line.week_ago, "上周同日"),
        moved(line.now, line.last_year, period.than_last_year),
    ]
    if any(said):
        return sentence("受理量" + next(one for one in said if one), *[one for one in said if one][1:])
    return "数据里没有更早的时期，暂时没有可比的。"


def _edge(c: Counts) -> list[Part]:
    """A warning where the lake ends before the period does."""
    if c.first is None or c.last is None:
        return [Paragraph("分析库里还没有数据。请先同步（jieban lake sync），再生成报告。")]
    if not c.known(c.period):
        return [Paragraph(f"数据从{_full(c.first)}开始，不够这一期用，不作分析。")]
    if c.last < c.period.until:
        return [Paragraph(f"注意：数据里最后一件是{_full(c.last)}的，这一期可能还不完整。", note=True)]
    return []


def _full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _moved_by(c: Counts, v: Volume) -> str:
    than = c.period.than_before
    found = compare.drivers(v.firsts)
    if found is None:
        return _inside(v, than)
    parts = listed(f"{name}{words.more(step)}{_below(v, name, step)}" for name, step in found.along)
    rest = f"其余各类合计{words.more(found.rest)}" if found.rest else ""
    if rest and found.against:
        rest += f"（其中{listed(f'{name}{words.more(step)}' for name, step in found.against)}）"
    said = sentence(f"比{than}{words.more(found.total)}，主要是{parts}", rest)
    where = compare.drivers(_placed(v)) if len(_placed(v)) > 1 else None
    if where and where.total * found.total > 0:
        said += f"分地区看，{listed(f'{name}{words.more(step)}' for name, step in where.along)}。"
    return said


def _below(v: Volume, name: str, step: int) -> str:
    """The second level that makes most of the step, where one does."""
    steps = {two: line.now - (line.before or 0) for two, line in v.within[name].items()}
    two = max(steps, key=lambda one: (abs(steps[one]), one))
    whole = abs(step)
    if "（未细分）" in two or steps[two] * step <= 0 or 2 * abs(steps[two]) < whole:
        return ""
    return f"（都是{two}）" if steps[two] == step else f"（其中{two}{words.more(steps[two])}）"


def _inside(v: Volume, than: str) -> str:
    """A whole that stayed while its parts moved against each other."""
    steps = {name: line.now - (line.before or 0) for name, line in v.firsts.items()}
    if not steps:
        return ""
    up, down = max(steps, key=lambda one: steps[one]), min(steps, key=lambda one: steps[one])
    base = v.accepted.before or 0
    worth = max(compare.WORTH, compare.WORTH_SHARE * base)
    if steps[up] < worth or -steps[down] < worth:
        return ""
    return f"总量变化不大，但有增有减：{up}比{than}{words.more(steps[up])}，{down}{words.more(steps[down])}。"


def _whole(v: Volume) -> list[Unusual]:
    found = compare.unusual("受理总量", v.accepted)
    return [found] if found else []


def _areas_beyond(c: Counts, v: Volume) -> list[Unusual]:
    return [] if c.scope.kind == scopes.STREET else compare.all_unusual(_placed(v))


def _unusual(c: Counts, one: Unusual) -> str:
    word, edge = ("明显偏多", f"最多 {cases(one.most)}") if one.high else ("明显偏少", f"最少 {cases(one.least)}")
    return f"{one.key} {cases(one.now)}，{word}（以往 {one.known} {c.period.usually}平均 {one.mean:,.0f} 件、{edge}）"


def _placed(v: Volume) -> Lines:
    return {name: line for name, line in v.areas.items() if name != ELSEWHERE}


def _together(lines: Lines) -> Line:
    """Lines added up."""
    all_of = list(lines.values())
    usual = tuple(sum(each) for each in zip(*(line.usual for line in all_of), strict=True))

    def added(values: list[int | None]) -> int | None:
        return None if any(value is None for value in values) else sum(value or 0 for value in values)

    return Line(
        sum(line.now for line in all_of),
        added([line.before for line in all_of]),
        added([line.last_year for line in all_of]),
        usual,
        added([line.week_ago for line in all_of]),
    )

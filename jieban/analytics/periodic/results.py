"""What came of it: the three rates and who moved them, what is late, sent right at once, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from jieban.analytics import measures as m
from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.analytics.periodic import compare
from jieban.analytics.periodic.compare import Pull
from jieban.analytics.periodic.counts import Counts, Lines, rate_before, rate_last_year, rate_now
from jieban.analytics.periodic.words import FEW, Rate, by_chance, cases, counted, listed, rate, rate_moved, sentence

RATES: Final[Mapping[str, str]] = {"response": "响应率", "resolution": "解决率", "satisfaction": "满意率"}
# What was sent this long ago and is open past its due still counts as late; a unit with fewer answers is not named.
LATE_DAYS: Final = 90
LEAST_ANSWERS: Final = 10
_NAMED = 3
_ROWS = 15
_PULLED = 0.001


@dataclass(frozen=True, slots=True)
class Results:
    """The three rates of the scope and of its units, the numbers not reached, and who moved the resolution rate."""

    whole: Mapping[str, Lines]
    units: Mapping[str, Mapping[str, Lines]]
    unreached: int
    pulls: tuple[Pull, ...]

    def now(self, name: str) -> Rate:
        """A rate now."""
        return rate_now(self.whole[name])


@dataclass(frozen=True, slots=True)
class Late:
    """How many assignments are open past their due, by unit (most first), of those sent in the last `LATE_DAYS`."""

    total: int
    units: tuple[tuple[str, int], ...]


def read(c: Counts) -> Results:
    """Count the results of asking citizens in the period."""
    whole = c.rates(m.THREE_RATES)[()]
    units = {
        c.name("units", unit): found for (unit,), found in sorted(c.rates(m.THREE_RATES, ("unit",)).items()) if unit
    }
    unreached = c.sums("answers", (m.UNREACHED,))["unreached"].now
    now = {name: rate_now(found["resolution"]) for name, found in units.items()}
    before = {name: was for name, found in units.items() if (was := rate_before(found["resolution"]))}
    return Results(whole, units, unreached, tuple(compare.pulls(now, before)))


def late(c: Counts) -> Late:
    """Count what is open past its due, as the lake knows it now."""
    work, until = c.tables["assignments"], c.period.until
    recent = work.filter(work.day.between(until - timedelta(days=LATE_DAYS), until))
    found = [(c.name("units", row["unit"]), row["late"]) for row in c.rows(m.cube(recent, ("unit",), (m.LATE,)))]
    units = sorted(((name, n) for name, n in found if n), key=lambda one: (-one[1], one[0]))
    return Late(sum(n for _, n in units), tuple(units))


def three_rates(c: Counts, r: Results) -> list[Part]:
    """The rates with their bases and changes, and the units behind a change of the resolution rate."""
    scored = r.now("response").out_of
    if not scored:
        return [Paragraph(f"{c.period.this}没有回访结果，三率无从算起。")]
    said = [f"{c.period.this}回访得到 {cases(scored)}结果。"]
    for name, word in RATES.items():
        lines = r.whole[name]
        moves = rate_moved(rate_now(lines), rate_before(lines), c.period.than_before)
        year = rate_moved(rate_now(lines), rate_last_year(lines), c.period.than_last_year)
        said.append(sentence(f"{word if rate_now(lines).enough else word[:-1]} {rate(rate_now(lines))}", moves, year))
    if r.unreached:
        said.append(f"另有 {cases(r.unreached)}没联系上市民，不算进解决率和满意率。")
    if scored < FEW:
        said.append(f"不足 {FEW} 件，只列件数，不算百分比。")
    return [Paragraph("".join(said)), *_behind(c, r)]


def by_unit(r: Results) -> list[Part]:
    """The units with enough answers, those that solved least first."""
    known = [(name, rate_now(found["resolution"]), found) for name, found in r.units.items()]
    enough = sorted(((n, s, f) for n, s, f in known if s.enough), key=lambda one: (one[1].share, one[0]))
    if not enough:
        return [Paragraph(f"各单位的有效回访都不足 {FEW} 件，不列率。", note=True)]
    columns = (
        Column("unit", "单位"), Column("n", "作了评价", "count"), Column("resolution", "解决率", "percent"),
        Column("satisfaction", "满意率", "percent"), Column("response", "响应率", "percent"),
    )  # fmt: skip
    rows = [
        {"unit": name, "n": solved.out_of, **{key: _share(rate_now(found[key])) for key in RATES}}
        for name, solved, found in enough[:_ROWS]
    ]
    title = "各单位三率（解决率从低到高）"
    few = len(known) - len(enough)
    note = [Paragraph(f"另有 {few} 个单位有效回访不足 {FEW} 件，不列入。", note=True)] if few else []
    return [Table("units", title, columns, rows), *note]


def overdue(c: Counts, found: Late) -> list[Part]:
    """What is late, and with whom."""
    if not found.total:
        return [Paragraph("到数据更新时，没有超期未办结的承办。")]
    text = f"到数据更新时，近 {LATE_DAYS} 天派出的承办中还有 {cases(found.total)}超期没有办结，{_most(found)}。"
    return [Paragraph(text)]


def urgent(c: Counts) -> list[Part]:
    """Emergencies: orders with the two-hour clock, and what they were about."""
    lines = c.by("orders", ("category2",), m.URGENT)
    total = sum(line.now for line in lines.values())
    if not total:
        return [Paragraph(f"{c.period.this}没有突发（2 小时）工单。")]
    ordered = sorted((-line.now, key[0]) for key, line in lines.items() if line.now and key[0])
    top = [(c.name("categories", code), -n) for n, code in ordered[:3]]
    about = f"，都是{top[0][0]}" if top and top[0][1] == total else f"，主要是{counted(top)}" if top else ""
    return [Paragraph(f"{c.period.this}突发（2 小时）工单 {cases(total)}{about}。")]


def right_first(c: Counts) -> tuple[list[Part], list[tuple[str, Rate]]]:
    """How often the first unit was the right one, and the kinds of matter where it was least often."""
    whole = c.rates((m.FIRST_TIME_RIGHT,))[()]["first_time_right"]
    if not rate_now(whole).said:
        return [], []
    found = c.rates((m.FIRST_TIME_RIGHT,), ("category2",))
    known = [(code, rate_now(lines["first_time_right"])) for (code,), lines in found.items() if code]
    worse = [(c.name("categories", code), r) for code, r in known if _worse(r, rate_now(whole))]
    low = sorted(worse, key=lambda one: (one[1].share, one[0]))[:_NAMED]
    moves = rate_moved(rate_now(whole), rate_before(whole), c.period.than_before)
    parts = [sentence(f"派单一次派准 {rate(rate_now(whole))}", moves)]
    parts += [f"派准较少的是{listed(f'{name} {rate(r)}' for name, r in low)}。"] if low else []
    return [Paragraph("".join(parts))], low


def came_back(c: Counts) -> tuple[list[Part], list[tuple[str, int]]]:
    """Of the matters that citizens called solved, how many came again, and which."""
    whole = c.rates((m.BACK,))[()]["back"]
    now = rate_now(whole)
    if not now.said:
        return [], []
    lines = c.by("orders", ("category2",), m.CAME_BACK)
    ordered = sorted((-line.now, key[0]) for key, line in lines.items() if line.now and key[0])
    top = [(c.name("categories", code), -n) for n, code in ordered[:_NAMED]]
    said = f"{c.period.this}受理、市民确认解决的 {cases(now.out_of)}中，到数据更新时有 {cases(now.top)}又来反映"
    if not now.top:
        return [Paragraph(f"{c.period.this}受理、市民确认解决的 {cases(now.out_of)}，到数据更新时没有再来反映。")], []
    about = f"，{'是' if now.top == 1 else '其中'}{_about(now.top, top)}" if top else ""
    return [Paragraph(f"{said}{about}。")], top


def in_time(c: Counts) -> list[Part]:
    """How much was signed, first answered and done by its due, of what was sent in the period."""
    ratios = (m.SIGNED_IN_TIME, m.RESPONDED_IN_TIME, m.COMPLETED_IN_TIME)
    found = c.rates(ratios)[()]
    words = {"signed_in_time": "按时签收", "responded_in_time": "按时联系市民", "completed_in_time": "按时办结"}
    known = {word: found[name] for name, word in words.items() if rate_now(found[name]).said}
    said = [sentence(f"{word} {rate(rate_now(r))}", _than(c, r)).rstrip("。") for word, r in known.items()]
    return [Paragraph(f"{c.period.this}派出的承办中，{'；'.join(said)}。")] if said else []


def _than(c: Counts, lines: Lines) -> str:
    return rate_moved(rate_now(lines), rate_before(lines), c.period.than_before)


def _behind(c: Counts, r: Results) -> list[Part]:
    now, before = r.now("resolution"), rate_before(r.whole["resolution"])
    if before is None or not (now.enough and before.enough) or by_chance(now, before):
        return []
    down = now.share < before.share
    found = [one for one in (r.pulls if down else reversed(r.pulls)) if _counts(one, down)][:_NAMED]
    if not found:
        return []
    word = "拉低" if down else "拉高"
    told = listed(
        f"{one.key}（{one.now.out_of} 件中解决 {one.now.top} 件，{word} {abs(one.by) * 100:.1f} 个百分点）"
        for one in found
    )
    return [Paragraph(f"解决率{'下降' if down else '上升'}，影响最大的是{told}。")]


def _about(whole: int, top: list[tuple[str, int]]) -> str:
    return top[0][0] if whole == 1 else counted(top)


def _counts(one: Pull, down: bool) -> bool:
    return one.now.out_of >= LEAST_ANSWERS and (one.by < -_PULLED if down else one.by > _PULLED)


def _worse(found: Rate, whole: Rate) -> bool:
    return found.out_of >= LEAST_ANSWERS and found.share < whole.share and not by_chance(found, whole)


def _most(found: Late) -> str:
    if len(found.units) == 1:
        return f"都在{found.units[0][0]}"
    word = "较多的是" if len({n for _, n in found.units}) > 1 else "是"
    return f"{word}{counted(found.units[:5])}{'等' if len(found.units) > 5 else ''}"


def _share(found: Rate) -> float | None:
    return found.share if found.enough else None

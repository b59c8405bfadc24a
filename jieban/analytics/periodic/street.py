"""街道体检报告: a street or town of one month beside all others, its points and what keeps coming back, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from jieban.analytics import measures as m
from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.analytics.measures import Ratio
from jieban.analytics.periodic import layout, points, proposals, results, scopes, trend, volume
from jieban.analytics.periodic.counts import Counts, Lines, counting, rate_now
from jieban.analytics.periodic.words import FEW, Rate, cases, listed, percent

# So many streets with enough cases are needed before one is placed among them.
_FIELD: Final = 10
_THIRD: Final = 3
GOOD, MIDDLE, POOR, UNSAID = "靠前", "居中", "靠后", "件数少，不评"
# Its name, and whether a high share is good.
_OF_UNITS: Final[Mapping[Ratio, tuple[str, bool]]] = {
    m.RESPONSE: ("响应率", True),
    m.RESOLUTION: ("解决率", True),
    m.SATISFACTION: ("满意率", True),
    m.SIGNED_IN_TIME: ("按时签收", True),
    m.COMPLETED_IN_TIME: ("按时办结", True),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: its rate here, the middle of all streets with enough cases, and its place among them."""

    name: str
    here: Rate
    middle: float | None
    place: int
    field: int
    high_is_good: bool = True

    @property
    def verdict(self) -> str:
        """靠前, 居中 or 靠后 by thirds of the field; not said where there is too little to say it of."""
        if not self.place:
            return UNSAID
        third = self.field / _THIRD
        return GOOD if self.place <= third else POOR if self.place > 2 * third else MIDDLE


def parts(c: Counts) -> tuple[Part, ...]:
    """The check-up of a street."""
    v, gathered, late, often = volume.read(c), points.read(c), results.late(c), points.often(c)
    if not c.known(c.period):
        return layout.empty(c, v, late)
    unusual, rising = volume.out_of_usual(c, v)
    said = results.read(c)
    back, again = results.came_back(c)
    signs = read(c)
    found = proposals.Found(rising, gathered.now, late, often, (), (), again)
    todo = [*_weak(signs), *proposals.sentences(c, found)]
    return layout.sections(
        ("总评", [*_summary(c, signs), *volume.overall(c, v), *volume.why(c, v)]),
        ("体检结果", [_table(signs), *results.three_rates(c, said), *unusual, *trend.volumes(c)]),
        ("突出问题", volume.matters(c, v, below=True)),
        ("集中点位", [*points.gathered(c, gathered), *points.followed(c, gathered)]),
        ("反复和未了", [*points.repeated(c, often), *back, *results.overdue(c, late)]),
        ("下步建议", _todo(todo)),
    )


def read(c: Counts) -> list[Sign]:
    """Each rate of this street beside those of all streets and towns of the lake."""
    everybody = counting(c.source, scopes.WHOLE, c.period)
    streets = _streets(c)
    out = [_of_units(everybody, ratio, streets, c.scope.code) for ratio in _OF_UNITS]
    return [*out, _of_orders(everybody, streets, c.scope.code)]


def place(here: str, rates: Mapping[str, Rate], name: str, *, high_is_good: bool = True) -> Sign:
    """Where one stands among those with enough cases; equals share the better place."""
    enough = {code: r.share for code, r in rates.items() if r.enough}
    mine = rates.get(here, Rate(0, 0))
    if here not in enough or len(enough) < _FIELD:
        return Sign(name, mine, None, 0, len(enough), high_is_good)
    better = sum((share > enough[here]) if high_is_good else (share < enough[here]) for share in enough.values())
    return Sign(name, mine, median(enough.values()), better + 1, len(enough), high_is_good)


def _of_units(everybody: Counts, ratio: Ratio, streets: Mapping[str, str], here: str) -> Sign:
    name, good = _OF_UNITS[ratio]
    found = everybody.rates((ratio,), ("unit",))
    rates: dict[str, Rate] = {}
    for (unit,), by in found.items():
        if unit in streets:
            rates[streets[unit]] = _added(rates.get(streets[unit]), by[ratio.name])
    return place(here, rates, name, high_is_good=good)


def _of_orders(everybody: Counts, streets: Mapping[str, str], here: str) -> Sign:
    found = everybody.rates((m.BACK,), ("street",))
    rates = {code: rate_now(by["back"]) for (code,), by in found.items() if code in streets.values()}
    return place(here, rates, "解决后又来", high_is_good=False)


def _streets(c: Counts) -> dict[str, str]:
    """Each unit of a street's tree → the street."""
    rows = c.source.rows(c.source["units"].select("code", "kind", "path"))
    roots = {row["code"] for row in rows if row["kind"] == scopes.STREET}
    return {row["code"]: top for row in rows for top in row["path"].split("/") if top in roots}


def _added(before: Rate | None, lines: Lines) -> Rate:
    now = rate_now(lines)
    return now if before is None else Rate(before.top + now.top, before.out_of + now.out_of)


def _summary(c: Counts, signs: Sequence[Sign]) -> list[Part]:
    said = {word: [s.name for s in signs if s.verdict == word] for word in (GOOD, MIDDLE, POOR, UNSAID)}
    if len(said[UNSAID]) == len(signs):
        return [Paragraph(f"{c.period.this}可评的件数少，{len(signs)} 项都不作评价，只列件数。")]
    words = [f"{len(names)} 项{word}（{listed(names)}）" for word, names in said.items() if names and word != UNSAID]
    few = f"，{len(said[UNSAID])} 项件数不足 {FEW} 件不评" if said[UNSAID] else ""
    return [Paragraph(f"体检 {len(signs)} 项，在全市街道乡镇中，{listed(words)}{few}。")]


def _table(signs: Sequence[Sign]) -> Table:
    columns = (
        Column("name", "项目"), Column("here", "本街道"), Column("middle", "街道乡镇中位数", "percent"),
        Column("place", "位次"), Column("verdict", "结论"),
    )  # fmt: skip
    rows = [
        {
            "name": s.name,
            "here": _here(s.here),
            "middle": s.middle,
            "place": f"{s.place} / {s.field}" if s.place else None,
            "verdict": s.verdict,
        }
        for s in signs
    ]
    return Table("signs", "体检结果", columns, rows)


def _here(found: Rate) -> str | None:
    if not found.said:
        return None
    counted = f"{found.top} / {found.out_of}"
    return f"{percent(found.share)}（{counted}）" if found.enough else counted


def _weak(signs: Sequence[Sign]) -> list[str]:
    """What to say of the signs at the far end."""
    weak = [s for s in signs if s.verdict == POOR]
    if not weak:
        return []
    told = listed(f"{s.name}（{cases(s.here.out_of)}，第 {s.place} 位）" for s in weak)
    return [f"靠后的项目：{told}，请街道逐件对照，列出原因和改进办法。"]


def _todo(said: Sequence[str]) -> list[Part]:
    if not said:
        return [Paragraph("各项平稳，没有需要专门整治的事项，保持现有做法。")]
    return [Paragraph(f"{n}. {text}" if len(said) > 1 else text) for n, text in enumerate(said, 1)]

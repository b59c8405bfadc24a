"""Where units stand: the boards of a cycle with everything a page shows beside the score, and who may see which row.

Plain values, so that they can be kept until the lake changes. Scores are those of `scoring`, printed; beside them stand
the counts that open as lists, what was left out on which ground, and the difficulty of the mix.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir

from jieban.accounts.actor import Actor, Sight
from jieban.analytics.engines import Source
from jieban.appraisal import behind, cases, marks, mix, recompute, scoring
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table
from jieban.core.errors import BadInput

# Boards of these kinds of unit are told as 红黑榜: the best and the last of those that have answers enough.
RED_AND_BLACK: Final = frozenset({"state_enterprise", "platform_firm", "property_firm"})
ENDS: Final = 10


@dataclass(frozen=True, slots=True)
class Basis:
    """What a cycle is counted from: its cases (as `cases.of`), the units of the city, and the marks."""

    cases: ir.Table
    units: dict[str, Case]
    marks: list[Case]


def basis(source: Source, cycle: Cycle, *, given: Sequence[Case] = ()) -> Basis:
    """A cycle as the lake has it now; `given` are marks of the record."""
    found = [*marks.counted(source, cycle), *given]
    return Basis(cases.of(source, cycle), scoring.units_of(source, cycle), found)


def of(source: Source, cycle: Cycle, code: str, held: Basis) -> Table:
    """One board of a cycle: its `rows` as a result has them, and by unit what stands `beside` (see `beside`)."""
    found = board(cycle, code)
    told = _told(source, cycle, found, held)
    rows = scoring.ranked(source, told, cycle, found, held.units, held.marks)
    return {"rows": recompute.printed(rows), **_beside(source, found, told, held.units)}


def scores(source: Source, cycle: Cycle, code: str, held: Basis) -> list[Table]:
    """The rows of a board alone."""
    found = board(cycle, code)
    told = _told(source, cycle, found, held)
    printed: list[Table] = recompute.printed(scoring.ranked(source, told, cycle, found, held.units, held.marks))
    return printed


def beside(source: Source, cycle: Cycle, code: str, held: Basis) -> Table:
    """What stands beside the scores of a board: `units` (with `path`), and by unit `counts`, `grounds` and `mix`."""
    found = board(cycle, code)
    return _beside(source, found, _told(source, cycle, found, held), held.units)


def board(cycle: Cycle, code: str) -> Table:
    """The board of that code. BadInput where the scheme of the cycle has none."""
    for one in cycle.scheme.values["boards"]:
        if one["code"] == code:
            return dict(one)
    raise BadInput(f"考核期 {cycle.code} 的方案里没有“{code}”这个榜。请从考评页重新选。")


def unit(source: Source, code: str) -> Case:
    """The kind of a unit, for what lies in its area. BadInput for an unknown one."""
    units = source["units"]
    found = source.rows(units.filter(units["code"] == code).select("code", "kind"))
    if not found:
        raise BadInput(f"没有编号是“{code}”的单位。请从考评页重新点开。")
    return dict(found[0])


def _told(source: Source, cycle: Cycle, found: Table, held: Basis) -> ir.Table:
    cells = scoring.counted(source, held.cases)
    return source.keep(scoring.weighed(cells, scoring.planned(cycle, found), found))


def _beside(source: Source, found: Table, told: ir.Table, units: dict[str, Case]) -> Table:
    on = scoring.on(found, units)
    mine = told.filter(told["subject"].isin(on))
    counts, grounds = behind.counts(source, mine), behind.grounds(source, mine)
    hard = {row["subject"]: row for row in source.rows(mix.expected(_matters(told, on)))}
    paths = {row["code"]: row["path"] for row in source.rows(source["units"].select("code", "path"))}
    said = {
        code: {
            "counts": some, "grounds": grounds.get(code, {}), "mix": _shares(hard[code]) if code in hard else None,
        }
        for code, some in counts.items()
    }  # fmt: skip
    return {"beside": said, "units": {code: units[code] | {"path": paths.get(code, "")} for code in said}}


def _matters(told: ir.Table, on: Sequence[str]) -> ir.Table:
    """What counts, of the whole city; units that are not of the board have no name."""
    counts = told.filter(told["state"] == "")
    return counts.mutate(subject=counts["subject"].isin(on).ifelse(counts["subject"], ""))


def _shares(row: Mapping[str, Any]) -> dict[str, float]:
    actual, expected = (float(row[key]) / (100 * float(row["of"])) for key in ("got", "expected"))
    return {"actual": actual, "expected": expected, "over": actual - expected}


def may_see(actor: Actor, path: str, *, published: bool) -> bool:
    """Whether a post may see the row of the unit of this path: its own, those below it, all of what is published."""
    if published or actor.sight == Sight.ALL:
        return True
    return actor.sight in (Sight.TREE, Sight.UNIT) and bool(actor.unit_path) and path.startswith(actor.unit_path)


@dataclass(frozen=True, slots=True)
class Spread:
    """Composites of a board without names: of how many units, the lowest, the quartiles and the highest."""

    n: int
    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float


def spread(rows: Sequence[Table]) -> Spread | None:
    """How the ranked units of a board lie; None where none is ranked."""
    scores = sorted(float(row["composite"]["score"]) for row in rows if row["rank"] is not None)
    if not scores:
        return None
    cut = [_quantile(scores, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return Spread(len(scores), *cut)


def _quantile(scores: Sequence[float], share: float) -> float:
    """Between the two nearest, in proportion."""
    at = share * (len(scores) - 1)
    low = int(at)
    rest = at - low
    return scores[low] if not rest else scores[low] * (1 - rest) + scores[low + 1] * rest


def possible(rows: Sequence[Table]) -> dict[str, tuple[int, int]]:
    """Of each ranked unit the best and the worst rank that its interval allows, given those of the others."""
    ranked = [row for row in rows if row["rank"] is not None]
    lows, highs = (sorted(float(row["composite"][key]) for row in ranked) for key in ("low", "high"))
    return {
        row["unit"]: (
            1 + len(lows) - bisect_right(lows, float(row["composite"]["high"])),
            len(highs) - bisect_left(highs, float(row["composite"]["low"])),
        )
        for row in ranked
    }  # fmt: skip


def ends(rows: Sequence[Table], most: int = ENDS) -> tuple[list[Table], list[Table]]:
    """The first and the last of the ranked, best and worst first; nobody in both, half each where there are few."""
    ranked = [row for row in rows if row["rank"] is not None]
    n = min(most, len(ranked) // 2)
    return ranked[:n], ranked[len(ranked) - n :][::-1]

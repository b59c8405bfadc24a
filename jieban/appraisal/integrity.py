"""Counts for the signs of gaming, from the lake: one pass over the answers of a cycle and of some cycles before it.

Counted is every answer that was asked for on a day of the cycle, of any round, so that no answer falls between two
cycles. The statistics are in `integrity_rules`; what a human made of a sign is in `integrity_looks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import ibis
import ibis.expr.types as ir
import numpy as np

from jieban.analytics.engines import Source
from jieban.appraisal import cycles, recompute, scoring
from jieban.appraisal import integrity_rules as rules
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.integrity_rules import Bounds, Counts, Floats, Group, Trial
from jieban.appraisal.recompute import Case, Table
from jieban.city.schemes import Scheme

# How many cycles before are read: the unit's own past for the eye, and how far units of the group lie apart.
BEFORE: Final = 5
_MIX: Final = ("category1", "way")
Numbers: TypeAlias = "np.ndarray[Any, Any]"
_SUBJECTS: Final = ("unit", "section", "district")


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums by cycle, unit, section and mix, one entry a combination: codes as places in their lists of `names`."""

    sums: Mapping[str, Numbers]
    at: Mapping[str, Numbers]
    names: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """The alarms of a cycle, out of how many tests, answers and days, and the groups that they were found in."""

    cycle: Cycle
    alarms: list[Trial]
    tests: int
    answers: int
    groups: dict[str, Group]
    units: dict[str, Case]
    before: list[Cycle]


def find(source: Source, cycle: Cycle, known: Sequence[Scheme], bounds: Bounds | None = None) -> Found:
    """The signs of a cycle, on every board of its scheme whose units answer for what they do themselves.

    A trade (行业) is what many units did, so it is not looked at; and a district is looked at without those of its
    units that show the sign themselves, or it would only say the same once more.
    """
    held, units, spans = bounds or Bounds(), scoring.units_of(source, cycle), _spans(cycle, known)
    cells = _cells(source, spans, held)
    boards = [board for board in cycle.scheme.values["boards"] if board["by"] in _SUBJECTS]
    every = {board["code"]: _group(cells, board, units, len(spans)) for board in boards}
    small = [every[board["code"]] for board in boards if board["by"] != "district"]
    tests = rules.tests(list(every.values()), held)
    alarms = rules.find(small, held, tests)
    rest = _without(cells, alarms)
    large = {b["code"]: _group(rest, b, units, len(spans)) for b in boards if b["by"] == "district"}
    alarms += rules.find(list(large.values()), held, tests)
    answers = int(cells.sums["answers"][cells.sums["cycle"] == 0].sum())
    alarms.sort(key=lambda one: (one.chance, one.board, one.unit, one.sign))
    return Found(cycle, alarms, tests, answers, every | large, units, spans[1:])


def _without(cells: Cells, alarms: Sequence[Trial]) -> Cells:
    """The sums without what the units found show of their signs."""
    out = dict(cells.sums)
    for sign in {one.sign for one in alarms}:
        those = {one.unit for one in alarms if one.sign == sign}
        found = [np.array([name in those for name in cells.names[k]])[cells.at[k]] for k in ("unit", "section")]
        kept = ~(found[0] | found[1])
        out |= {f"{kind}_{sign}": cells.sums[f"{kind}_{sign}"] * kept for kind in ("of", "got")}
    return replace(cells, sums=out)


def _spans(cycle: Cycle, known: Sequence[Scheme]) -> list[Cycle]:
    """The cycle and those before it, newest first."""
    out = [cycle]
    while len(out) <= BEFORE and (earlier := cycles.before(out[-1], known)):
        out.append(earlier)
    return out


def marked(source: Source, spans: Sequence[Cycle], bounds: Bounds) -> ir.Table:
    """The answers of these cycles with the number of their cycle, and for each sign whether it could be (`of_…`) and
    was (`got_…`)."""
    asked = source["answers"]
    whole = asked.filter((asked["day"] >= spans[-1].first) & (asked["day"] < spans[0].end))
    number = ibis.cases(*((whole["day"] >= span.first, n) for n, span in enumerate(spans)), else_=len(spans))
    known = whole.mutate(cycle=number.cast("int32"), pleased=_pleased(whole))
    joined = _needing(_numbers(known, bounds), whole)
    well = joined["reached"] & ((joined["solved"] == "yes") | (joined["satisfied"] == "yes"))
    flags = {
        rules.SOON: (joined["reached"] & joined["asked_after"].notnull(), joined["asked_after"] < bounds.minutes),
        rules.NUMBER: (joined["pleased"] & joined["caller"].notnull(), joined["many"]),
        rules.UNSHOWN: (well & joined["needing"] & joined["proof"].notnull(), ~joined["proof"]),
        rules.LEFT_OUT: (ibis.literal(True), joined["ground"].notnull()),
        rules.UNREACHED: (ibis.literal(True), ~joined["reached"]),
        rules.REGRADED: (ibis.literal(True), joined["regraded"]),
    }
    told = {f"of_{code}": of.fill_null(False) for code, (of, _) in flags.items()}
    told |= {f"got_{code}": (of & got).fill_null(False) for code, (of, got) in flags.items()}
    return joined.mutate(**told)


def every_sign(found: Found, trial: Trial) -> dict[str, list[float]]:
    """What a unit shows of each sign on a board: `[got, of, expected]` by sign."""
    group = found.groups[trial.board]
    return {code: _row(counts, group, trial.unit) for code, counts in group.counts.items()}


def past(found: Found, trial: Trial) -> dict[str, list[float]]:
    """What it showed of the sign before: `[got, of, expected]` by the code of the cycle, the newest first."""
    group = found.groups[trial.board]
    by_cycle = zip(found.before, group.before, strict=True)
    return {cycle.code: _row(one[trial.sign], group, trial.unit) for cycle, one in by_cycle}


def _row(counts: Counts, group: Group, unit: str) -> list[float]:
    n = group.units.index(unit)
    return [int(counts.got[n].sum()), int(counts.of[n].sum()), round(float(rules.expected(counts)[n]), 2)]


def behind(source: Source, cycle: Cycle, trial: Trial, bounds: Bounds | None = None) -> list[dict[str, Any]]:
    """The answers behind a sign, oldest first: order, answer, day, category, way and minutes since the contact."""
    by = next(board["by"] for board in cycle.scheme.values["boards"] if board["code"] == trial.board)
    told = marked(source, [cycle], bounds or Bounds())
    if by == "district":
        units = source["units"].filter(source["units"]["district"] == trial.unit)["code"]
        mine = told.filter(told[f"got_{trial.sign}"], told["unit"].isin(units))
    else:
        mine = told.filter(told[f"got_{trial.sign}"], told[by] == trial.unit)
    columns = ("order", "id", "day", "unit", "category", "way", "solved", "satisfied", "asked_after", "caller")
    return source.rows(mine.select(*columns).order_by("day", "id"))


def _pleased(answers: ir.Table) -> ir.BooleanValue:
    """Whether the citizen says that it is solved and that they are satisfied."""
    said = (answers["solved"] == "yes") & (answers["satisfied"] == "yes")
    return (answers["reached"] & said).fill_null(False)


def _numbers(known: ir.Table, bounds: Bounds) -> ir.Table:
    """With `many`: the number that was asked was pleased about several different matters of the unit in the cycle."""
    keys = ["cycle", "unit", "caller"]
    pleased = known.filter(known["pleased"], known["caller"].notnull(), known["category"].notnull())
    # Few numbers answer so often at all; only theirs need their matters told apart.
    often = pleased.group_by(keys).having(lambda t: t.count() >= bounds.matters).aggregate(answers=lambda t: t.count())
    theirs = pleased.semi_join(often, keys).select(*keys, "category").distinct().group_by(keys)
    many = theirs.having(lambda t: t.count() >= bounds.matters).aggregate(matters=lambda t: t.count())
    joined = known.left_join(many, keys, rname="{name}_many")
    return joined.mutate(many=joined["matters"].notnull())


def _needing(answers: ir.Table, whole: ir.Table) -> ir.Table:
    """With `needing`: the category is one that pictures are asked for, since they were found lacking somewhere."""
    lacking = whole.filter(~whole["proof"], whole["category"].notnull()).select("category").distinct()
    joined = answers.left_join(lacking, "category", rname="{name}_needing")
    return joined.mutate(needing=joined["category_needing"].notnull())


def _cells(source: Source, spans: Sequence[Cycle], bounds: Bounds) -> Cells:
    """The sums of the flags: one pass over the answers of these cycles."""
    told = marked(source, spans, bounds)
    sums = {f"{kind}_{sign.code}": told[f"{kind}_{sign.code}"].sum() for sign in rules.SIGNS for kind in ("of", "got")}
    codes = ("unit", "section", *_MIX)
    found = source.run(told.group_by("cycle", *codes).aggregate(**sums, answers=told.count()))
    coded = {name: found[name].fill_null("").combine_chunks().dictionary_encode() for name in codes}
    return Cells(
        sums={name: found[name].to_numpy().astype(np.int64) for name in found.column_names if name not in codes},
        at={name: column.indices.to_numpy() for name, column in coded.items()},
        names={name: column.dictionary.to_pylist() for name, column in coded.items()},
    )


def _group(cells: Cells, board: Table, units: dict[str, Case], spans: int) -> Group:
    """The units of a board that anybody was asked about, with their counts by cycle."""
    there = {code: n for n, code in enumerate(code for code, one in units.items() if recompute.belongs(board, one))}
    by = "unit" if board["by"] == "district" else board["by"]
    subjects = [_subject(code, board["by"], units) for code in cells.names[by]]
    rows = np.array([there.get(code, -1) for code in subjects], dtype=np.int64)[cells.at[by]]
    kept = np.flatnonzero(rows >= 0)
    names, unit = np.unique(rows[kept], return_inverse=True)
    mix = [cells.at[name][kept].astype(np.int64) for name in _MIX]
    strata, stratum = np.unique(mix[0] * len(cells.names[_MIX[1]]) + mix[1], return_inverse=True)
    shape = (spans, len(names), len(strata))
    place = np.ravel_multi_index((cells.sums["cycle"][kept], unit, stratum), shape)

    def counted(column: str) -> Floats:
        sums = np.bincount(place, weights=cells.sums[column][kept], minlength=int(np.prod(shape)))
        return np.asarray(sums.reshape(shape))

    every = {sign.code: (counted(f"of_{sign.code}"), counted(f"got_{sign.code}")) for sign in rules.SIGNS}
    by_cycle = [{code: Counts(of[n], got[n]) for code, (of, got) in every.items()} for n in range(spans)]
    codes = list(there)
    return Group(board["code"], [codes[n] for n in names], by_cycle[0], by_cycle[1:])


def _subject(code: str, by: str, units: dict[str, Case]) -> str:
    """The code of the unit that what a unit or section did counts for on a board."""
    return code if by != "district" else units[code]["district"] if code in units else ""

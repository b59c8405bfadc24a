"""Dated clock profiles: where a law, a trade or a unit counts otherwise than the city, and which of them applies.

`outer` is a law's own limit and takes the place of the city's, longer or shorter; `trade` tightens the unit's clocks;
`inner` is a unit's own shorter clock with milestones on the way. A pack without `profiles.csv` has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from jieban.city.pack import ANY, UNIT_KINDS, Pack, Profile
from jieban.city.sheets import Cells, Report, rows
from jieban.core import deadlines
from jieban.core.errors import BadInput

if TYPE_CHECKING:
    from jieban.city.checking import Lines

FILE = "profiles.csv"
KINDS = ("outer", "trade", "inner")
_COLUMNS = "code kind unit category urgency sign respond handle steps name basis official source valid_from valid_to"
_LIMITS = ("sign", "respond", "handle")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The row of each kind that applies to a unit and a matter; None where there is none."""

    outer: Profile | None = None
    trade: Profile | None = None
    inner: Profile | None = None

    @property
    def codes(self) -> list[str]:
        """The codes of the rows that apply."""
        return [row.code for row in (self.outer, self.trade, self.inner) if row is not None]


def choose(pack: Pack, *, unit: str, category: str, urgency: str, day: date) -> Chosen:
    """Of each kind the most exact row: the nearest unit first, then the longest category, then a named urgency.

    Among equally exact rows the one that began last applies. An unknown unit is met by `*` alone.
    """
    near_by = _scopes(pack, unit)
    best: dict[str, tuple[tuple[int, int, int, date], Profile]] = {}
    for row in pack.profiles:
        if row.valid(day) and row.urgency in (ANY, urgency):
            near, long = near_by.get(row.unit, -1), _length(row.category, category)
            if near >= 0 and long >= 0:
                rank = (near, long, int(row.urgency != ANY), row.valid_from)
                if row.kind not in best or rank > best[row.kind][0]:
                    best[row.kind] = (rank, row)
    return Chosen(**{kind: row for kind, (_, row) in best.items()})


def _scopes(pack: Pack, code: str) -> dict[str, int]:
    """The scopes that name a unit and how exactly: 0 any, 1 its kind, 2 its district, more the nearer."""
    unit = pack.units.get(code)
    if unit is None:
        return {ANY: 0}
    above = {scope: place for place, scope in enumerate(unit.path.split("/")[:-1], start=3)}
    return {ANY: 0, unit.kind: 1, unit.district: 2, **above}


def _length(scope: str, category: str) -> int:
    if scope == ANY:
        return 0
    return len(scope) if category.startswith(scope) else -1


def read(files: Mapping[str, str], report: Report, lines: Lines) -> tuple[Profile, ...]:
    """The rows of `profiles.csv`, none where the file is not there."""
    if FILE not in files:
        return ()
    return tuple(_row(cells, lines) for cells in rows(files, FILE, _COLUMNS, report))


def _row(cells: Cells, lines: Lines) -> Profile:
    own = {name: cells.limit(name) if cells.text(name) else "" for name in _LIMITS}
    begin, end = cells.day("valid_from"), cells.day_or_none("valid_to")
    if end and end <= begin:
        cells.wrong("valid_to", f"It ends on {end}, not after its begin {begin}.", "Correct one of the dates.")
    row = Profile(
        code=lines.note(cells, cells.code("code")),
        kind=cells.choice("kind", KINDS),
        unit=cells.need("unit"),
        category=cells.need("category"),
        urgency=cells.need("urgency"),
        **own,
        steps=_steps(cells),
        name=cells.need("name"),
        basis=cells.need("basis"),
        official=cells.flag("official"),
        source=cells.need("source"),
        valid_from=begin,
        valid_to=end,
    )
    if not any((row.sign, row.respond, row.handle, row.steps)):
        cells.wrong("handle", f"{row.code} sets no limit.", "Fill in sign, respond, handle or steps.")
    if row.kind == "inner" and (row.sign or row.respond):
        cells.wrong("sign", f"{row.code} is an inner clock: it has handle and steps only.", "Empty sign and respond.")
    if row.steps and row.kind != "inner":
        cells.wrong("steps", f"{row.code} is no inner clock but has steps.", "Make it inner or empty the cell.")
    return row


def _steps(cells: Cells) -> tuple[str, ...]:
    for text in cells.many("steps"):
        try:
            deadlines.limit(text)
        except BadInput:
            cells.wrong("steps", f"steps “{text}” is not a limit.", "Write them as 1d|3d|5d.")
            return ()
    return cells.many("steps")


def check(pack: Pack, report: Report, lines: Lines) -> None:
    """Report rows that name what the pack does not have, and two rows for the same matter on the same day."""
    for row in pack.profiles:
        for what, do in _strange(pack, row):
            lines.report(report, FILE, row.code, what, do)
    groups: dict[tuple[str, str, str, str], list[Profile]] = defaultdict(list)
    for row in pack.profiles:
        groups[row.kind, row.unit, row.category, row.urgency].append(row)
    for same in groups.values():
        for earlier, later in pairwise(sorted(same, key=lambda row: row.valid_from)):
            if (earlier.valid_to or date.max) > later.valid_from:
                lines.report(
                    report, FILE, later.code,
                    f"{later.code} and {earlier.code} are both valid on {later.valid_from} for the same matter.",
                    "Let the earlier one end on that day (valid_to) or make them differ.",
                )  # fmt: skip


def _strange(pack: Pack, row: Profile) -> list[tuple[str, str]]:
    out = []
    if row.unit != ANY and row.unit not in pack.units and row.unit not in UNIT_KINDS:
        out.append((f"There is no unit “{row.unit}”.", "Use *, a code of units.csv or a kind of unit."))
    if row.category != ANY and row.category not in pack.categories:
        out.append((f"There is no category “{row.category}”.", "Use * or a code of categories.csv."))
    if row.urgency != ANY and row.urgency not in pack.clocks:
        out.append((f"The urgency “{row.urgency}” has no clock.", f"Use * or one of: {', '.join(pack.clocks)}."))
    return out

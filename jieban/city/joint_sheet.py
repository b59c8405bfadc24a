"""Reads `joint.toml` of a city pack into the rules of joint work."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from jieban.city.joint import CAUSES, NONE, RECEIVERS, TAKERS, Joint, Level, Wait
from jieban.city.sheets import Cells, Report, Table, table

FILE = "joint.toml"


def read(files: Mapping[str, str], report: Report, urgencies: Collection[str]) -> Joint:
    """What `joint.toml` says, `NONE` where the pack has no such file."""
    if FILE not in files:
        return NONE
    sheet = table(files, FILE, report)
    arrival = {urgency: _wait(sheet.cells("arrival", urgency)) for urgency in _names(sheet.values, "arrival")}
    for urgency in arrival.keys() - set(urgencies):
        sheet.cells("arrival", urgency).wrong(
            "limit", f"There is no urgency “{urgency}”.", f"Use one of clocks.toml: {', '.join(urgencies)}."
        )
    levels = tuple(_level(sheet.cells("levels", code), code) for code in _names(sheet.values, "levels"))
    raising = sheet.cells("raising")
    return Joint(
        arrival=arrival,
        rating_window=sheet.cells("rating").limit("window"),
        raise_after=_some_of(raising, "after", CAUSES),
        raise_to=raising.choice("to", (level.code for level in levels), empty=True),
        levels=_climbing(levels, sheet),
    )


def _names(values: Mapping[str, object], key: str) -> list[str]:
    found = values.get(key, {})
    return list(found) if isinstance(found, dict) else []


def _level(cells: Cells, code: str) -> Level:
    return Level(
        code=code,
        rank=int(cells.number("rank", 1, 20)),
        name=cells.need("name"),
        name_en=cells.need("name_en"),
        receiver=cells.choice("receiver", RECEIVERS),
        roles=_some_of(cells, "roles", TAKERS),
        wait=_wait(cells),
    )


def _wait(cells: Cells) -> Wait:
    return Wait(cells.limit("limit"), cells.need("source"), cells.flag("official"))


def _some_of(cells: Cells, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    given = cells.many(name)
    for one in given:
        if one not in allowed:
            cells.wrong(name, f"{name} “{one}” is unknown.", f"Use some of: {', '.join(allowed)}.")
    return given


def _climbing(levels: tuple[Level, ...], sheet: Table) -> tuple[Level, ...]:
    """The levels by rank; two of one rank are a mistake, for nobody could say which comes first."""
    seen: set[int] = set()
    for level in levels:
        if level.rank in seen:
            cells = sheet.cells("levels", level.code)
            cells.wrong("rank", f"Two levels have the rank {level.rank}.", "Number the levels 1, 2, 3 … upwards.")
        seen.add(level.rank)
    return tuple(sorted(levels, key=lambda level: level.rank))

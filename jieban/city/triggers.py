"""Reads `triggers.toml`, an optional file of a city pack: levels of letters, what raises one, repeats, abuse."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from jieban.city.oversight import FIRST, GROUPED, KINDS, MANUAL, Abuse, Level, Oversight, Repeats, Trigger
from jieban.city.sheets import Cells, Report, Table, table

FILE = "triggers.toml"
_FILLED = {"number", "count", "callers", "days", "due"}
_NEEDS = {
    "overdue": ("over",), "repeat_caller": ("times", "within"), "repeat_problem": ("times", "within"),
    "cluster": ("times", "callers", "within"), "words": ("words", "within"), "channel": ("channels", "within"),
}  # fmt: skip


def read(files: Mapping[str, str], report: Report) -> Oversight:
    """What the file says; the defaults where the pack has none."""
    if FILE not in files:
        return Oversight()
    sheet = table(files, FILE, report)
    levels = {int(no): _level(sheet.cells("levels", no), int(no)) for no in _numbers(sheet)}
    triggers = tuple(_trigger(sheet.cells("triggers", code), code) for code in sheet.values.get("triggers", {}))
    for trigger in triggers:
        _check(trigger, levels, sheet.cells("triggers", trigger.code))
    return Oversight(levels or {1: FIRST}, triggers, _repeats(sheet), _abuse(sheet))


def _numbers(sheet: Table) -> list[str]:
    known = list(sheet.values.get("levels", {}))
    wanted = [str(no) for no in range(1, len(known) + 1)]
    if known and sorted(known) != wanted:
        sheet.report.add(FILE, sheet.lines.get("levels", 0), "Levels are not numbered 1, 2, 3 …", "Number them so.")
        return []
    return known


def _level(cells: Cells, no: int) -> Level:
    names = (cells.need("name"), cells.need("name_en"))
    return Level(no, *names, cells.many("issuers"), cells.many("also"), cells.limit("limit"))


def _trigger(cells: Cells, code: str) -> Trigger:
    return Trigger(
        code=code if len(code) <= 32 else _wrong_code(cells, code),
        what=cells.choice("what", KINDS),
        name=cells.need("name"),
        name_en=cells.need("name_en"),
        text=cells.need("text"),
        level=_whole(cells, "level", 1, 9, 1),
        limit=cells.limit("limit") if cells.text("limit") else "",
        over=_window(cells, "over"),
        within=_window(cells, "within"),
        times=_whole(cells, "times", 2, 9999, 0),
        callers=_whole(cells, "callers", 1, 9999, 0),
        words=cells.many("words"),
        channels=cells.many("channels"),
        urgencies=cells.many("urgencies"),
        categories=cells.many("categories"),
        tell=cells.many("tell"),
        valid_from=cells.day_or_none("valid_from") or date(1970, 1, 1),
        valid_to=cells.day_or_none("valid_to"),
        official=cells.flag("official"),
        source=cells.need("source"),
    )


def _wrong_code(cells: Cells, code: str) -> str:
    cells.wrong("what", f"The code {code} is too long.", "Use at most 32 characters.")
    return code[:32]


def _check(trigger: Trigger, levels: Mapping[int, Level], cells: Cells) -> None:
    for name in _NEEDS.get(trigger.what, ()):
        if not getattr(trigger, name):
            cells.wrong(name, f"A trigger of the kind {trigger.what} needs {name}.", f"Add {name}.")
    if levels and trigger.level not in levels:
        cells.wrong("level", f"There is no level {trigger.level}.", f"Add [levels.{trigger.level}] or use another.")
    if trigger.valid_to and trigger.valid_to <= trigger.valid_from:
        cells.wrong("valid_to", "It ends before it begins.", "Correct one of the dates.")
    strange = _placeholders(trigger.text) - _FILLED
    if strange:
        known = ", ".join(sorted(f"{{{name}}}" for name in _FILLED))
        cells.wrong("text", f"Nothing is filled in for {{{min(strange)}}}.", f"Use only {known}.")
    if trigger.what in MANUAL or trigger.what not in GROUPED:
        return
    if trigger.callers > trigger.times:
        cells.wrong("callers", "More callers than orders can never be.", "Lower callers or raise times.")


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"}"}


def _window(cells: Cells, name: str) -> str:
    value = cells.limit(name) if cells.text(name) else ""
    if value.endswith(("wd", "wh")):
        cells.wrong(name, f"{name} “{value}” counts working time.", "Write 30min, 2h or 30d.")
        return "1d"
    return value


def _whole(cells: Cells, name: str, low: int, high: int, default: int) -> int:
    return int(cells.number(name, low, high)) if cells.text(name) else default


def _repeats(sheet: Table) -> Repeats:
    if "repeats" not in sheet.values:
        return Repeats()
    cells, usual = sheet.cells("repeats"), Repeats()
    _known(cells, {field.name for field in fields(Repeats)})
    return Repeats(
        _window(cells, "came_back") or usual.came_back,
        _whole(cells, "months", 1, 24, usual.months),
        _whole(cells, "problem", 2, 999, usual.problem),
        _whole(cells, "caller", 2, 999, usual.caller),
    )


def _abuse(sheet: Table) -> Abuse:
    if "abuse" not in sheet.values:
        return Abuse()
    cells, usual = sheet.cells("abuse"), Abuse()
    _known(cells, {field.name for field in fields(Abuse)})
    return Abuse(
        cells.limit("hearing") if cells.text("hearing") else usual.hearing,
        _whole(cells, "longest", 1, 365, usual.longest),
        _whole(cells, "evidence", 1, 999, usual.evidence),
        _whole(cells, "minutes", 1, 60, usual.minutes),
        cells.text("exclusion"),
    )


def _known(cells: Cells, names: set[str]) -> None:
    for name in sorted(set(cells.values) - names):
        cells.wrong(name, f"There is no setting “{name}”.", f"Settings are: {', '.join(sorted(names))}.")

"""Reads `rewards.toml`, an optional file of a city pack: who is rewarded and who is asked to explain after a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from jieban.city.rewards import BELOW, FELL, FIRST, KINDS, LAST, LISTS, RATES, Rewards, Rule
from jieban.city.schemes import UNOFFICIAL, Scheme
from jieban.city.sheets import Cells, Report, table

FILE: Final = "rewards.toml"
_KEYS = {
    "list", "what", "name", "name_en", "boards", "source", "count", "cycles", "rate", "below", "places", "valid_from",
    "valid_to",
}  # fmt: skip
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    FIRST: ("count",), LAST: ("count",), BELOW: ("rate", "below"), FELL: ("places",),
}  # fmt: skip


def read(files: Mapping[str, str], report: Report) -> Rewards:
    """What the file says; no rules where the pack has none."""
    if FILE not in files:
        return Rewards()
    sheet = table(files, FILE, report)
    about = sheet.cells("about")
    note = about.need("note")
    if note and UNOFFICIAL not in note:
        about.wrong("note", f"note must say {UNOFFICIAL}: no official numbers are public.", "Write 示例，非官方.")
    rules = tuple(_rule(sheet.cells("rules", code), code) for code in sheet.values.get("rules", {}))
    return Rewards(note, rules)


def check(rewards: Rewards, known: Iterable[Scheme], files: Mapping[str, str], report: Report) -> None:
    """Report boards that no scheme of the pack has; a pack without schemes has none to hold them against."""
    boards = {board.code for scheme in known for board in scheme.model.boards}
    for rule in rewards.rules if boards else ():
        cells = table(files, FILE, Report()).cells("rules", rule.code)
        for code in sorted(set(rule.boards) - boards):
            said = f"No scheme has a board “{code}”."
            report.add(FILE, cells.lines.get("boards", cells.line), said, f"Boards are: {', '.join(sorted(boards))}.")


def _rule(cells: Cells, code: str) -> Rule:
    for name in sorted(set(cells.values) - _KEYS):
        cells.wrong(name, f"There is no key “{name}”.", f"Keys are: {', '.join(sorted(_KEYS))}.")
    rule = Rule(
        code=code,
        list=cells.choice("list", LISTS),
        what=cells.choice("what", KINDS),
        name=cells.need("name"),
        name_en=cells.need("name_en"),
        boards=cells.many("boards"),
        source=cells.need("source"),
        count=_whole(cells, "count", 999),
        cycles=_whole(cells, "cycles", 24) or 1,
        rate=cells.choice("rate", RATES, empty=True),
        below=cells.number_or_none("below", 0, 120) or 0.0,
        places=_whole(cells, "places", 9999),
        valid_from=cells.day_or_none("valid_from") or date(1970, 1, 1),
        valid_to=cells.day_or_none("valid_to"),
    )
    _complete(rule, cells)
    return rule


def _complete(rule: Rule, cells: Cells) -> None:
    for name in ("boards", *_NEEDS.get(rule.what, ())):
        if not cells.text(name):
            cells.wrong(name, f"A rule of the kind {rule.what} needs {name}.", f"Add {name}.")
    if rule.valid_to and rule.valid_to <= rule.valid_from:
        cells.wrong("valid_to", "It ends before it begins.", "Correct one of the dates.")


def _whole(cells: Cells, name: str, most: int) -> int:
    value = cells.number_or_none(name, 1, most)
    if value is not None and value != int(value):
        cells.wrong(name, f"{name} “{cells.text(name)}” is not a whole number.", "Write a whole number.")
    return int(value or 0)

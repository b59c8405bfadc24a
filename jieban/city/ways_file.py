"""Reads ways.toml of a city pack, and checks it against the pack's channels, units and duties."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jieban.city.pack import Duty, Pack
from jieban.city.sheets import Report, Table, table
from jieban.city.ways import FIRM_FIRST, SUB_CENTRE, Ways

FILE = "ways.toml"


def read(files: Mapping[str, str], report: Report) -> Ways:
    """The values of ways.toml, or the defaults where a pack has none; mistakes go to `report`."""
    if FILE not in files:
        return Ways()
    sheet = table(files, FILE, report)
    talks = sheet.cells("consultation")
    return Ways(
        green_days=int(sheet.cells("green").number("window_days", 1, 3660)),
        sub_centres=_sub_centres(sheet) if "sub_centres" in sheet.values else {},
        views_within=talks.limit("views_within"),
        spot_within=talks.limit("spot_within"),
        decide_within=talks.limit("decide_within"),
    )


def check(pack: Pack, report: Report) -> None:
    """Report lines that are no sub-centre of the channels, and units that cannot answer for one."""
    for line, code in pack.ways.sub_centres.items():
        channel, unit = pack.channels.get(line), pack.units.get(code)
        if channel is None or channel.mode != SUB_CENTRE:
            report.add(FILE, 0, f"“{line}” is no channel of mode {SUB_CENTRE}.", "Use a code of channels.csv.")
        if unit is None or unit.kind != "sub_centre":
            report.add(FILE, 0, f"“{code}” is no unit of kind sub_centre.", "Use a code of units.csv.")


def check_duty(pack: Pack, duty: Duty, wrong: Callable[[str, str], None]) -> None:
    """Say what is wrong with a line of the catalogue whose way is one of these."""
    if duty.way == FIRM_FIRST and not (duty.lead == "firm" and duty.assistants):
        wrong("The way firm_first needs the firm and its fallback.", "Put firm under lead, the other under assistants.")
    lead = pack.units.get(duty.lead)
    if duty.way == SUB_CENTRE and (lead is None or lead.kind != "sub_centre"):
        wrong(f"The lead “{duty.lead}” is no sub-centre.", "Name a unit of kind sub_centre or make the way direct.")


def _sub_centres(sheet: Table) -> dict[str, str]:
    cells = sheet.cells("sub_centres")
    return {line: cells.code(line) for line in cells.values}

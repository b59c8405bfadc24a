"""Reads the files of a city pack into one checked `Pack`, or says everything that is wrong with them.

The only door is `read`. Each function below turns one file into values; `checking` looks at how they fit together.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from jieban.city import (
    areas,
    callbacks,
    checking,
    fields_file,
    joint_sheet,
    profiles,
    reply_sheets,
    rewards_file,
    schemes,
    seats_file,
    triggers,
    units,
    ways_file,
)
from jieban.city.pack import (
    APPEAL_KINDS,
    CALLBACK_STARTS,
    CHANNEL_KINDS,
    CHANNEL_MODES,
    DECIDES,
    GROUND_GROUPS,
    PLACE_KINDS,
    UNIT_KINDS,
    WAYS,
    Category,
    Channel,
    City,
    Clock,
    Duty,
    Ground,
    Owner,
    Pack,
    PackError,
    PlaceSpec,
    Role,
    Span,
    UnitSpec,
)
from jieban.city.settings import Settings
from jieban.city.sheets import Cells, Report, Table, rows, table
from jieban.core.deadlines import Calendar

FILES = (
    "pack.toml",
    "units.csv",
    "patterns.csv",
    "places.csv",
    "owners.csv",
    "categories.csv",
    "duties.csv",
    "clocks.toml",
    "calendar.csv",
    "channels.csv",
    "grounds.csv",
    "roles.toml",
)
# Files that a pack may do without: their values then have the defaults of the code.
OPTIONAL = (
    profiles.FILE,
    joint_sheet.FILE,
    ways_file.FILE,
    units.GRIDS,
    *reply_sheets.FILES,
    callbacks.FILE,
    callbacks.SCRIPTS,
    triggers.FILE,
    areas.FILE,
    seats_file.FILE,
    fields_file.FILE,
    fields_file.VALUES,
    rewards_file.FILE,
)
_SPANS = ("dispatch", "sign", "respond", "handle", "warn")


def read(files: Mapping[str, str]) -> Pack:
    """The pack in `files` (name → text). Raises PackError with every mistake found; needs all of `FILES`.

    A pack may do without the `OPTIONAL` ones.
    """
    report = Report()
    lines = checking.Lines()
    head = table(files, "pack.toml", report)
    specs, functions = units.read(files, report, lines)
    places = _places(files, report, lines, specs)
    specs = units.with_grids(files, units.with_communities(specs, places), report, lines)
    categories = _categories(files, report, lines)
    clocks = _clocks(table(files, "clocks.toml", report))
    pack = Pack(
        city=_city(head),
        valid_from=head.cells("pack").day("valid_from"),
        units=specs,
        places=places,
        owners=_owners(files, report, lines),
        categories=categories,
        duties=_duties(files, report, lines),
        clocks=clocks,
        calendar=_calendar(files, report),
        channels=_channels(files, report, lines),
        grounds=_grounds(files, report, lines),
        roles=_roles(table(files, "roles.toml", report)),
        settings=_settings(head.cells("settings")),
        functions=functions,
        names=units.by_name(specs),
        profiles=profiles.read(files, report, lines),
        replies=reply_sheets.read(files, categories, report),
        ways=ways_file.read(files, report),
        callbacks=callbacks.read(files, report, units=specs, categories=categories),
        joint=joint_sheet.read(files, report, clocks),
        oversight=triggers.read(files, report),
        areas=areas.read(files, report, specs),
        seating=seats_file.read(files, report),
        fields=fields_file.read(
            files,
            report,
            categories=categories,
            districts=[code for code, one in specs.items() if one.kind == "district"],
        ),
        rewards=rewards_file.read(files, report),
    )
    checking.check(pack, report, lines)
    pack = replace(pack, schemes=_schemes(files, pack, report))
    rewards_file.check(pack.rewards, pack.schemes, files, report)
    if report.problems:
        raise PackError(report.sorted())
    return pack


def known(pack: Pack) -> schemes.Known:
    """The codes that a scheme of this city may use."""
    grounds = [one.code for one in pack.grounds.values() if one.group == "exclusion"]
    return schemes.Known(pack.units, UNIT_KINDS, pack.categories, pack.owners, grounds, pack.clocks)


def _schemes(files: Mapping[str, str], pack: Pack, report: Report) -> tuple[schemes.Scheme, ...]:
    """The schemes of appraisal, by their first day; a pack may have none, and then scores nobody."""
    found = []
    for name, text in schemes.of_pack(files).items():
        try:
            found.append(schemes.read(text, known(pack)))
        except schemes.SchemeError as error:
            for where, what in error.problems:
                report.add(
                    name,
                    0,
                    f"{where}: {what}" if where else what,
                    "Correct it; docs/appraisal-schemes.md tells each key.",
                )
    firsts = [scheme.model.first for scheme in found]
    if len(set(firsts)) < len(firsts):
        report.add(schemes.FOLDER, 0, "Two schemes begin on the same day.", "Give each its own first day.")
    return tuple(sorted(found, key=lambda scheme: scheme.model.first))


def _city(head: Table) -> City:
    cells = head.cells("city")
    zone = cells.need("time_zone")
    if zone and zone not in zoneinfo.available_timezones():
        cells.wrong("time_zone", f"There is no time zone “{zone}”.", "Use an IANA name such as Asia/Shanghai.")
    return City(cells.code("code"), cells.need("name"), cells.need("name_en"), cells.need("hotline"), zone)


def _places(
    files: Mapping[str, str], report: Report, lines: checking.Lines, specs: Mapping[str, UnitSpec]
) -> tuple[PlaceSpec, ...]:
    columns = "code name kind within aliases owner lon lat sample source"
    found = rows(files, "places.csv", columns, report)
    for cells in found:
        lines.note(cells, cells.code("code"))
    return tuple(_place(cells, specs) for cells in found)


def _place(cells: Cells, specs: Mapping[str, UnitSpec]) -> PlaceSpec:
    within = specs.get(cells.need("within"))
    if within is None or within.kind not in ("street", "district"):
        cells.wrong("within", f"“{cells.text('within')}” is no street or district.", "Use a code of units.csv.")
    is_street = within is not None and within.kind == "street"
    district = (within.district if is_street else within.code) if within else ""
    return PlaceSpec(
        code=cells.code("code"),
        name=cells.need("name"),
        kind=cells.choice("kind", PLACE_KINDS),
        street=within.code if within and is_street else "",
        district=district,
        aliases=cells.many("aliases"),
        owner=cells.text("owner"),
        lon=cells.number_or_none("lon", -180, 180),
        lat=cells.number_or_none("lat", -90, 90),
        sample=cells.flag("sample"),
    )


def _owners(files: Mapping[str, str], report: Report, lines: checking.Lines) -> dict[str, Owner]:
    out = {}
    for cells in rows(files, "owners.csv", "code name name_en note", report):
        code = lines.note(cells, cells.code("code"))
        out[code] = Owner(code, cells.need("name"), cells.need("name_en"))
    return out


def _categories(files: Mapping[str, str], report: Report, lines: checking.Lines) -> dict[str, Category]:
    out = {}
    for cells in rows(files, "categories.csv", "code name level parent keywords kind_hint sample", report):
        code = lines.note(cells, cells.code("code"))
        hint = cells.choice("kind_hint", APPEAL_KINDS, empty=True)
        level = int(cells.number("level", 1, 3))
        words = cells.many("keywords")
        out[code] = Category(code, cells.need("name"), level, cells.text("parent"), words, hint, cells.flag("sample"))
    return out


def _duties(files: Mapping[str, str], report: Report, lines: checking.Lines) -> tuple[Duty, ...]:
    columns = "code category owner territory way lead assistants notice urgency basis valid_from valid_to"
    found = rows(files, "duties.csv", columns, report)
    return tuple(_duty(cells, lines.note(cells, cells.code("code"))) for cells in found)


def _duty(cells: Cells, code: str) -> Duty:
    return Duty(
        code=code,
        category=cells.need("category"),
        owner=cells.need("owner"),
        territory=cells.need("territory"),
        way=cells.choice("way", WAYS),
        lead=cells.need("lead"),
        assistants=cells.many("assistants"),
        notice=cells.many("notice"),
        urgency=cells.need("urgency"),
        basis=cells.need("basis"),
        valid_from=cells.day("valid_from"),
        valid_to=cells.day_or_none("valid_to"),
    )


def _clocks(sheet: Table) -> dict[str, Clock]:
    if not sheet.values:
        sheet.report.add(sheet.file, 0, "No clock is defined.", "Add at least one urgency with its limits.")
    return {urgency: _clock(sheet, urgency) for urgency in sheet.values}


def _clock(sheet: Table, urgency: str) -> Clock:
    cells = sheet.cells(urgency)
    spans = {name: _span(sheet.cells(urgency, name)) for name in _SPANS}
    return Clock(urgency=urgency, name=cells.need("name"), name_en=cells.need("name_en"), **spans)


def _span(cells: Cells) -> Span:
    return Span(cells.limit("limit"), cells.need("source"), cells.flag("official"))


def _calendar(files: Mapping[str, str], report: Report) -> Calendar:
    days: dict[str, set[date]] = {"holiday": set(), "workday": set()}
    for cells in rows(files, "calendar.csv", "date kind name source", report):
        day, kind = cells.day("date"), cells.choice("kind", days)
        if any(day in known for known in days.values()):
            cells.wrong("date", f"{day} stands twice.", "Keep one line a day.")
        if kind == "workday" and day.weekday() < 5:
            cells.wrong("date", f"{day} is no Saturday or Sunday.", "Only make-up workdays belong here.")
        days.get(kind, set()).add(day)
    return Calendar(holidays=frozenset(days["holiday"]), workdays=frozenset(days["workday"]))


def _channels(files: Mapping[str, str], report: Report, lines: checking.Lines) -> dict[str, Channel]:
    out = {}
    for cells in rows(files, "channels.csv", "code name name_en kind mode number aliases sample source", report):
        code = lines.note(cells, cells.code("code"))
        kind, mode = cells.choice("kind", CHANNEL_KINDS), cells.choice("mode", CHANNEL_MODES)
        names = (cells.need("name"), cells.need("name_en"))
        out[code] = Channel(code, *names, kind, mode, cells.text("number"), cells.many("aliases"), cells.flag("sample"))
    return out


def _grounds(files: Mapping[str, str], report: Report, lines: checking.Lines) -> dict[str, Ground]:
    out = {}
    for cells in rows(files, "grounds.csv", "code group name name_en tell evidence official source", report):
        code = lines.note(cells, cells.code("code"))
        out[code] = Ground(
            code=code,
            group=cells.choice("group", GROUND_GROUPS),
            name=cells.need("name"),
            name_en=cells.need("name_en"),
            tell=cells.text("tell"),
            evidence=cells.flag("evidence"),
            official=cells.flag("official"),
            source=cells.need("source"),
        )
    return out


def _roles(sheet: Table) -> dict[str, Role]:
    return {code: _role(sheet.cells(code), code) for code in sheet.values}


def _role(cells: Cells, code: str) -> Role:
    kinds = cells.many("unit_kinds")
    for kind in kinds:
        if kind not in UNIT_KINDS:
            cells.wrong("unit_kinds", f"There is no kind of unit “{kind}”.", f"Use some of: {', '.join(UNIT_KINDS)}.")
    decides = cells.many("decides")
    if decides and (code != "supervisor" or not set(decides) <= set(DECIDES)):
        cells.wrong("decides", f"The role {code} cannot decide {', '.join(decides)}.", "Only supervisor: exclusion.")
    return Role(code, cells.need("name"), cells.need("name_en"), kinds, decides)


def _settings(cells: Cells) -> Settings:
    known = set(Settings.__dataclass_fields__)
    for name in sorted(set(cells.values) - known):
        cells.wrong(name, f"There is no setting “{name}”.", f"Settings are: {', '.join(sorted(known))}.")
    return Settings(
        order_prefix=_prefix(cells),
        confidence_kind=cells.number("confidence_kind", 0, 1),
        confidence_category=cells.number("confidence_category", 0, 1),
        confidence_place=cells.number("confidence_place", 0, 1),
        confidence_unit=cells.number("confidence_unit", 0, 1),
        callback_starts=cells.choice("callback_starts", CALLBACK_STARTS),
        callback_attempts=_whole(cells, "callback_attempts", 1, 20),
        callback_gap=cells.limit("callback_gap"),
        callback_windows=_windows(cells),
        callback_link_days=_whole(cells, "callback_link_days", 1, 90),
        rework_limit=cells.limit("rework_limit"),
        objections_per_unit=_whole(cells, "objections_per_unit", 0, 9),
        objection_urgent=cells.limit("objection_urgent"),
        objection_general=cells.limit("objection_general"),
        review_urgent=cells.limit("review_urgent"),
        review_general=cells.limit("review_general"),
        refusals_to_consult=_whole(cells, "refusals_to_consult", 1, 9),
        refusals_to_fallback=_whole(cells, "refusals_to_fallback", 1, 9),
        fallback=cells.need("fallback"),
        cycle_start_day=_whole(cells, "cycle_start_day", 1, 28),
        enough_answers=_whole(cells, "enough_answers", 1, 10_000),
        archive_after=cells.limit("archive_after"),
        files_per_order=_whole(cells, "files_per_order", 0, 100),
        file_megabytes=_whole(cells, "file_megabytes", 1, 1000),
        ordinary_words=cells.many("ordinary_words"),
        **_time_settings(cells),
    )


def _time_settings(cells: Cells) -> dict[str, Any]:
    """The settings of clocks that a pack may leave out."""
    out: dict[str, Any] = {}
    if cells.text("inner_share"):
        out["inner_share"] = cells.number("inner_share", 0.1, 0.99)
    if cells.text("extensions"):
        out["extensions"] = _whole(cells, "extensions", 0, 9)
    for name in ("extension_longest", "suspension_longest"):
        if cells.text(name):
            out[name] = cells.limit(name)
    for name in ("quiet_from", "quiet_until"):
        if cells.text(name):
            out[name] = cells.text(name)
            if not _is_time(out[name]):
                cells.wrong(name, f"{name} “{out[name]}” is no time of day.", "Write it as 21:00.")
    return out


def _prefix(cells: Cells) -> str:
    value = cells.need("order_prefix")
    if value and not re.fullmatch(r"[A-Z]{1,4}", value):
        cells.wrong("order_prefix", f"“{value}” is no prefix of an order number.", "Use one to four letters A-Z.")
    return value


def _whole(cells: Cells, name: str, low: int, high: int) -> int:
    number = cells.number(name, low, high)
    if number != int(number):
        cells.wrong(name, f"{name} “{number:g}” is not a whole number.", "Write a whole number.")
    return int(number)


def _windows(cells: Cells) -> tuple[tuple[str, str], ...]:
    out = []
    for part in cells.many("callback_windows"):
        begin, _, end = part.partition("-")
        if not (_is_time(begin) and _is_time(end) and begin < end):
            cells.wrong("callback_windows", f"“{part}” is no time window.", 'Write ["09:00", "12:00"].')
        out.append((begin, end))
    return tuple(out)


def _is_time(text: str) -> bool:
    hours, _, minutes = text.partition(":")
    return len(text) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60

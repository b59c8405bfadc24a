"""Checks how the parts of a city pack fit together; each mistake is reported with its file, line and remedy."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from jieban.city import profiles, ways_file
from jieban.city.pack import ANY, FUNCTION_PREFIX, RELATIVE_UNITS, ROLE_CODES, Category, Duty, Pack, UnitSpec
from jieban.city.sheets import Cells, Report

_FAR = date.max
_EXPRESSIONS = "Use a unit code, street, district, community, firm or district:<function>."
Wrong = Callable[[str, str], None]


@dataclass(slots=True)
class Lines:
    """Where each code of each file stands; a code noted twice is a mistake."""

    known: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, cells: Cells, code: str) -> str:
        """Remember the row of `code` and give the code back."""
        first = self.known.setdefault((cells.file, code), cells.line)
        if code and first != cells.line:
            cells.wrong("code", f"The code {code} already stands in line {first}.", "Give one of them another code.")
        return code

    def report(self, report: Report, file: str, code: str, what: str, do: str) -> None:
        """Report a mistake at the row of `code`."""
        report.add(file, self.known.get((file, code), 0), what, do)


def check(pack: Pack, report: Report, lines: Lines) -> None:
    """Report every place where the parts of `pack` contradict each other."""
    _units(pack, report, lines)
    _places(pack, report, lines)
    _categories(pack, report, lines)
    for duty in pack.duties:
        _duty(pack, duty, report, lines)
    _overlaps(pack, report, lines)
    _gaps(pack, report, lines)
    profiles.check(pack, report, lines)
    _roles(pack, report)
    _oversight(pack, report)
    _widths(pack, report, lines)
    ways_file.check(pack, report)
    if not _is_expression(pack, pack.settings.fallback):
        report.add("pack.toml", 0, f"The fallback “{pack.settings.fallback}” is no unit.", "Use a code or “district”.")


def _units(pack: Pack, report: Report, lines: Lines) -> None:
    if not any(unit.kind == "city_centre" for unit in pack.units.values()):
        report.add("units.csv", 0, "There is no city centre.", "Add one unit of kind city_centre.")
    for code, unit in pack.units.items():
        if unit.kind == "street" and not unit.district:
            lines.report(report, "units.csv", code, f"The street {code} lies in no district.", "Name its district.")


def _places(pack: Pack, report: Report, lines: Lines) -> None:
    for place in pack.places:
        if place.owner and place.owner not in pack.owners:
            lines.report(
                report, "places.csv", place.code, f"The owner “{place.owner}” is unknown.", "Use a code of owners.csv."
            )
        if place.kind == "community" and not place.street:
            lines.report(
                report, "places.csv", place.code, "A community needs a street.", "Put the code of a street in within."
            )


def _categories(pack: Pack, report: Report, lines: Lines) -> None:
    for code, category in pack.categories.items():
        parent = pack.categories.get(category.parent)
        if category.level == 1 and category.parent:
            lines.report(report, "categories.csv", code, f"{code} is of level 1 but has a parent.", "Empty the cell.")
        if category.level > 1 and (parent is None or parent.level != category.level - 1):
            lines.report(
                report,
                "categories.csv",
                code,
                f"The parent “{category.parent}” of {code} is no category of level {category.level - 1}.",
                "Name the category right above it.",
            )


def _duty(pack: Pack, duty: Duty, report: Report, lines: Lines) -> None:
    def wrong(what: str, do: str) -> None:
        lines.report(report, "duties.csv", duty.code, what, do)

    category = pack.categories.get(duty.category)
    if category is None or category.level == 1:
        wrong(f"“{duty.category}” is no category of level 2 or 3.", "Use a code of categories.csv.")
    if duty.owner not in (ANY, *pack.owners):
        wrong(f"The owner “{duty.owner}” is unknown.", "Use * or a code of owners.csv.")
    if duty.territory != ANY and duty.territory not in pack.units:
        wrong(f"The territory “{duty.territory}” is unknown.", "Use * or the code of a district or street.")
    if duty.urgency not in pack.clocks:
        wrong(f"The urgency “{duty.urgency}” has no clock.", f"Use one of: {', '.join(pack.clocks)}.")
    for expression in (duty.lead, *duty.assistants, *duty.notice):
        if not _is_expression(pack, expression):
            wrong(
                f"There is no unit “{expression}”.",
                _EXPRESSIONS,
            )
    _duty_shape(duty, wrong)
    ways_file.check_duty(pack, duty, wrong)


def _duty_shape(duty: Duty, wrong: Wrong) -> None:
    if duty.way in ("dual", "multi") and not duty.assistants:
        wrong(f"The way {duty.way} needs a second unit.", "Name it under assistants or make the way direct.")
    if duty.way == "notice" and not duty.notice:
        wrong("The way notice tells nobody.", "Name a unit under notice or make the way direct.")
    if duty.lead in duty.assistants:
        wrong(f"{duty.lead} leads and assists.", "Take it out of assistants.")
    if duty.valid_to and duty.valid_to <= duty.valid_from:
        wrong(f"It ends on {duty.valid_to}, not after its begin {duty.valid_from}.", "Correct one of the dates.")


def _oversight(pack: Pack, report: Report) -> None:
    """Letters go to units, about urgencies, channels and categories that the pack has."""
    for level in pack.oversight.levels.values():
        _named(report, f"level {level.no}", level.also, lambda code: _is_expression(pack, code))
    for trigger in pack.oversight.triggers:
        where = f"trigger {trigger.code}"
        _named(report, where, trigger.tell, lambda code: _is_expression(pack, code))
        for known, codes in (
            (pack.clocks, trigger.urgencies),
            (pack.channels, trigger.channels),
            (pack.categories, trigger.categories),
        ):
            _named(report, where, codes, known.__contains__)
    grounds = [code for code, ground in pack.grounds.items() if ground.group == "exclusion"]
    if pack.oversight.abuse.exclusion:
        _named(report, "abuse table", [pack.oversight.abuse.exclusion], grounds.__contains__)


def _named(report: Report, where: str, codes: Iterable[str], known: Callable[[str], bool]) -> None:
    for code in codes:
        if not known(code):
            report.add("triggers.toml", 0, f"The {where} names “{code}”, which the pack does not have.", "Correct it.")


def _is_expression(pack: Pack, expression: str) -> bool:
    if expression.startswith(FUNCTION_PREFIX):
        wanted = expression.removeprefix(FUNCTION_PREFIX)
        return any(function == wanted for _, function in pack.functions)
    return expression in RELATIVE_UNITS or expression in pack.units


def _overlaps(pack: Pack, report: Report, lines: Lines) -> None:
    """Two lines for the same category, owner and territory may not be valid on the same day."""
    groups: dict[tuple[str, str, str], list[Duty]] = defaultdict(list)
    for duty in pack.duties:
        groups[duty.category, duty.owner, duty.territory].append(duty)
    for duties in groups.values():
        duties.sort(key=lambda duty: duty.valid_from)
        for earlier, later in itertools.pairwise(duties):
            if (earlier.valid_to or _FAR) > later.valid_from:
                lines.report(
                    report,
                    "duties.csv",
                    later.code,
                    f"{later.code} and {earlier.code} are both valid on {later.valid_from} for the same matter.",
                    "Let the earlier one end on that day (valid_to) or make them differ.",
                )


def _gaps(pack: Pack, report: Report, lines: Lines) -> None:
    """Every second-level category needs a duty for any owner anywhere on the first day of the pack."""
    covered = {
        duty.category
        for duty in pack.duties
        if duty.owner == ANY and duty.territory == ANY and duty.valid(pack.valid_from)
    }
    for category in _second_level(pack.categories.values()):
        if category.code not in covered:
            lines.report(
                report,
                "categories.csv",
                category.code,
                f"Nobody has the duty for {category.code} {category.name} on {pack.valid_from}.",
                "Add a line to duties.csv with owner * and territory *.",
            )


def _second_level(categories: Iterable[Category]) -> list[Category]:
    return [category for category in categories if category.level == 2]


def _widths(pack: Pack, report: Report, lines: Lines) -> None:
    """Codes and names are kept in columns; one that is too long is refused here rather than cut there."""
    wide = [
        *(("units.csv", u.code, value, most) for u in pack.units.values() for value, most in _unit_widths(u)),
        *(("places.csv", place.code, place.code, 32) for place in pack.places),
        *(("owners.csv", code, code, 16) for code in pack.owners),
        *(("categories.csv", code, code, 16) for code in pack.categories),
        *(("duties.csv", duty.code, duty.code, 32) for duty in pack.duties),
        *(("channels.csv", code, code, 32) for code in pack.channels),
        *(("clocks.toml", code, code, 8) for code in pack.clocks),
    ]
    for file, code, value, most in wide:
        if len(value) > most:
            lines.report(report, file, code, f"“{value}” is longer than {most} characters.", "Shorten it.")


def _unit_widths(unit: UnitSpec) -> tuple[tuple[str, int], ...]:
    return (unit.code, 32), (unit.name, 64), (unit.short, 32), (unit.path, 200)


def _roles(pack: Pack, report: Report) -> None:
    for code in ROLE_CODES:
        if code not in pack.roles:
            report.add("roles.toml", 0, f"The role {code} is missing.", f"Add a table [{code}].")
    for code in pack.roles:
        if code not in ROLE_CODES:
            report.add("roles.toml", 0, f"There is no role {code}.", f"Roles are: {', '.join(ROLE_CODES)}.")

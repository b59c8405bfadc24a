"""Units of a city pack: the rows of units.csv, the children that patterns.csv gives to each unit of a kind, and the
communities of places.csv, joined into one tree with paths and districts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jieban.city.pack import UNIT_KINDS, PlaceSpec, UnitSpec
from jieban.city.sheets import Cells, Report, rows

if TYPE_CHECKING:
    from jieban.city.checking import Lines

_UNITS = "code name short kind form parent district function aliases predecessors valid_from valid_to sample source"
GRIDS = "grids.csv"
_GRIDS = "code name short kind within aliases sample source"
_BELOW = ("grid", "property_firm")
_PATTERNS = "each suffix name short kind function aliases sample source"


def read(
    files: Mapping[str, str], report: Report, lines: Lines
) -> tuple[dict[str, UnitSpec], dict[tuple[str, str], str]]:
    """All units but the communities, by code, and the department of each (district, function)."""
    own: dict[str, UnitSpec] = {}
    for cells in rows(files, "units.csv", _UNITS, report):
        code = lines.note(cells, cells.code("code"))
        own[code] = _unit(cells, code)
    _check_tree(own, report, lines)
    specs = own | {
        spec.code: spec for cells in rows(files, "patterns.csv", _PATTERNS, report) for spec in _grown(cells, own)
    }
    placed = {code: _placed(spec, specs) for code, spec in specs.items()}
    return placed, {(unit.district, unit.function): code for code, unit in placed.items() if unit.function}


def with_communities(specs: Mapping[str, UnitSpec], places: Iterable[PlaceSpec]) -> dict[str, UnitSpec]:
    """The units and one more for each community of the places, under its street."""
    out = dict(specs)
    for place in places:
        if place.kind == "community" and place.street in specs:
            street = specs[place.street]
            out[place.code] = _community(place, street)
    return out


def with_grids(
    files: Mapping[str, str], specs: Mapping[str, UnitSpec], report: Report, lines: Lines
) -> dict[str, UnitSpec]:
    """The units and those below communities and streets that the optional grids.csv names: grids and property firms."""
    out = dict(specs)
    for cells in rows(files, GRIDS, _GRIDS, report) if GRIDS in files else ():
        code = lines.note(cells, cells.code("code"))
        above = out.get(cells.need("within"))
        if above is None or above.kind not in ("community", "street", *_BELOW):
            cells.wrong("within", f"“{cells.text('within')}” is no community or street.", "Use the code of one.")
        elif code in out:
            cells.wrong("code", f"There is a unit {code} already.", "Give it another code.")
        else:
            out[code] = _below(cells, code, above)
    return out


def by_name(specs: Mapping[str, UnitSpec]) -> dict[str, tuple[str, ...]]:
    """Codes by every name and alias, in the order of the files; communities only by their full name."""
    out: dict[str, tuple[str, ...]] = {}
    for code, unit in specs.items():
        for name in unit.names:
            out[name] = (*out.get(name, ()), code)
    return out


def _unit(cells: Cells, code: str) -> UnitSpec:
    name = cells.need("name")
    begin, end = cells.day_or_none("valid_from"), cells.day_or_none("valid_to")
    if begin and end and end <= begin:
        cells.wrong("valid_to", f"{code} ends on {end}, not after its begin {begin}.", "Correct one of the dates.")
    return UnitSpec(
        code=code,
        name=name,
        short=cells.text("short") or name,
        kind=cells.choice("kind", UNIT_KINDS),
        form=cells.text("form"),
        parent=cells.text("parent"),
        district=cells.text("district"),
        function=cells.text("function"),
        aliases=cells.many("aliases"),
        predecessors=cells.many("predecessors"),
        valid_from=begin,
        valid_to=end,
        sample=cells.flag("sample"),
        source=cells.text("source"),
    )


def _grown(cells: Cells, own: Mapping[str, UnitSpec]) -> list[UnitSpec]:
    """What one pattern row makes: a child for each unit of the kind `each`; {name} and {short} are the parent's."""
    each = cells.choice("each", UNIT_KINDS)
    suffix = cells.code("suffix")
    texts = (cells.need("name"), cells.need("short"), *cells.many("aliases"))
    kind, function = cells.choice("kind", UNIT_KINDS), cells.text("function")
    sample, source = cells.flag("sample"), cells.text("source")
    out = []
    for parent in own.values():
        if parent.kind == each:
            name, short, *aliases = (t.replace("{name}", parent.name).replace("{short}", parent.short) for t in texts)
            out.append(
                UnitSpec(
                    code=f"{parent.code}-{suffix}",
                    name=name,
                    short=short,
                    kind=kind,
                    parent=parent.code,
                    function=function,
                    aliases=tuple(aliases),
                    valid_from=parent.valid_from,
                    valid_to=parent.valid_to,
                    sample=sample,
                    source=source,
                )
            )
    return out


def _check_tree(own: dict[str, UnitSpec], report: Report, lines: Lines) -> None:
    """Report unknown parents, cycles and wrong districts, and cut them so that reading can go on."""
    for code, unit in list(own.items()):
        if unit.parent and unit.parent not in own:
            lines.report(
                report, "units.csv", code, f"The parent “{unit.parent}” of {code} is unknown.", "Add it or correct it."
            )
            own[code] = replace(unit, parent="")
        if unit.district and (unit.district not in own or own[unit.district].kind != "district"):
            lines.report(report, "units.csv", code, f"“{unit.district}” is no district.", "Use the code of a district.")
    for code in list(own):
        if _in_cycle(code, own):
            lines.report(report, "units.csv", code, f"{code} is its own ancestor.", "Give one of them another parent.")
            own[code] = replace(own[code], parent="")


def _in_cycle(code: str, own: Mapping[str, UnitSpec]) -> bool:
    seen, node = {code}, own[code].parent
    while node and node not in seen:
        seen.add(node)
        node = own[node].parent
    return node == code


def _placed(unit: UnitSpec, specs: Mapping[str, UnitSpec]) -> UnitSpec:
    """The unit with its path and, unless the row names it, the district above it."""
    chain = [unit]
    while chain[-1].parent:
        chain.append(specs[chain[-1].parent])
    named = (node.code if node.kind == "district" else node.district for node in chain[1:])
    district = "" if unit.kind == "district" else unit.district or next((code for code in named if code), "")
    return replace(unit, path="".join(f"{node.code}/" for node in reversed(chain)), district=district)


def _community(place: PlaceSpec, street: UnitSpec) -> UnitSpec:
    return UnitSpec(
        code=place.code,
        name=place.name,
        short=place.name,
        kind="community",
        parent=street.code,
        district=street.district,
        aliases=place.aliases,
        valid_from=street.valid_from,
        valid_to=street.valid_to,
        sample=place.sample,
        path=f"{street.path}{place.code}/",
    )


def _below(cells: Cells, code: str, above: UnitSpec) -> UnitSpec:
    name = cells.need("name")
    return UnitSpec(
        code=code,
        name=name,
        short=cells.text("short") or name,
        kind=cells.choice("kind", _BELOW),
        parent=above.code,
        district=above.district,
        aliases=cells.many("aliases"),
        valid_from=above.valid_from,
        valid_to=above.valid_to,
        sample=cells.flag("sample"),
        source=cells.text("source"),
        path=f"{above.path}{code}/",
    )

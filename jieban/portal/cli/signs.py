"""`jieban signs`: which units of a cycle show signs of gaming, straight from a lake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jieban.appraisal.integrity import Found


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("signs")(signs)


def signs(
    cycle: Annotated[str, typer.Option("--cycle", help="The cycle by the month it ends in, as 2026-10.")],
    lake: Annotated[
        Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look for signs of gaming: units far above their group. A sign accuses nobody; people look at it on a page.

    Each line says how many answers of the unit show the sign, how many the group leads one to expect, and how likely
    that is by chance. Nothing is written.

    Example: jieban signs --cycle 2021-08 --lake /tmp/lake
    """
    from jieban.analytics import engines
    from jieban.analytics import lake as lakes
    from jieban.appraisal import cycles, integrity, integrity_looks, schemes
    from jieban.city import queries as packs
    from jieban.core import clock

    pack = packs.current(at=clock.now()).pack
    known = schemes.known(pack)
    asked = cycles.named(cycle, known)
    with engines.duckdb(lakes.Lake(lake) if lake else lakes.home()) as source:
        found = integrity.find(source, asked, known, integrity_looks.bounds_of(pack))
    typer.echo(json.dumps(plain(found), ensure_ascii=False) if as_json else _told(found))


def plain(found: Found) -> dict[str, Any]:
    """What was found as plain JSON."""
    return {
        "cycle": found.cycle.code, "first": str(found.cycle.first), "end": str(found.cycle.end),
        "answers": found.answers, "tests": found.tests,
        "signs": [
            {"board": one.board, "unit": one.unit, "name": found.units[one.unit]["name"], "sign": one.sign,
             "of": one.of, "got": one.got, "expected": round(one.expected, 2), "chance": one.chance}
            for one in found.alarms
        ],
    }  # fmt: skip


def _told(found: Found) -> str:
    cycle = found.cycle
    lines = [f"{cycle.code} ({cycle.first} to {cycle.last}): {found.answers} answers, {found.tests} comparisons."]
    lines += [
        f"{found.units[one.unit]['name']} ({one.board}) {one.sign}: {one.got} of {one.of}, "
        f"expected {one.expected:.1f}, chance {one.chance:.1g}"
        for one in found.alarms
    ]
    return "\n".join(lines if found.alarms else [*lines, "No unit stands out."])

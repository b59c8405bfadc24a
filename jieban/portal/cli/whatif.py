"""`jieban what-if`: a cycle by a scheme that is only tried, beside the one in force. Nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jieban.appraisal.whatif import WhatIf


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("what-if")(what_if)


def what_if(
    scheme: Annotated[Path, typer.Option("--scheme", dir_okay=False, help="TOML file of the scheme to try.")],
    cycle: Annotated[str, typer.Option("--cycle", help="Month in which the cycle ends, for example 2026-10.")],
    past: Annotated[int, typer.Option("--past", min=0, max=36, help="Also so many of the lake's last cycles.")] = 0,
    board: Annotated[str, typer.Option("--board", help="Show one board's movers; without it every board's.")] = "",
    lake: Annotated[
        Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score one cycle by two schemes on the same cases: who rises, who falls, and which ranks are within noise.

    Example: jieban what-if --scheme draft.toml --cycle 2026-10 --past 6
    """
    from functools import partial

    from jieban.analytics import engines
    from jieban.analytics import lake as lakes
    from jieban.appraisal import cycles, recorded, schemes, whatif, whatif_told
    from jieban.city import queries as city
    from jieban.city import reading
    from jieban.city import schemes as texts
    from jieban.core import clock

    at = clock.now()
    pack, given = city.current(at=at).pack, partial(recorded.marks, at=at)
    tried, known = texts.read(_text(scheme), reading.known(pack)), schemes.known(pack)
    with engines.duckdb(lakes.Lake(lake) if lake else lakes.home()) as source:
        found = whatif.compare(source, cycles.named(cycle, known), tried, given=given)
        before = whatif.dry_run(source, tried, known, past, given=given)
    if as_json:
        typer.echo(json.dumps(whatif_told.document(found, before), ensure_ascii=False))
        return
    if board:
        found.board(board)
    _print(found, before, board)


def _text(path: Path) -> str:
    from jieban.core.errors import BadInput

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read ({error}). Give the TOML file of a scheme.") from error


def _print(found: WhatIf, past: list[WhatIf], board: str) -> None:
    from rich.console import Console

    from jieban.appraisal import whatif_told

    console = Console()
    base, tried = found.cycle.scheme.model, found.tried.model
    typer.echo(f"{tried.note}. {found.cycle.code}, {found.cases:,} cases: {base.code} → {tried.code}")
    if found.unshown:
        typer.echo(f"The days of the cycle stay those of {base.code}; {', '.join(found.unshown)} are not tried.")
    rows = [("", whatif_told.sums(one)) for one in found.boards]
    rows += [(one.cycle.code, whatif_told.sums(each)) for one in past for each in one.boards]
    console.print(_table(rows))
    for one in found.boards:
        if one.ranked and board in ("", one.code):
            noise = found.noise.get(one.code)
            unsure, pairs = noise.unsure if noise else 0, len(one.ranked) - 1
            typer.echo(f"{one.name}: {unsure} of {pairs} pairs of neighbours are within noise")
            console.print(_movers([*one.winners[:5], *one.losers[:5]]))


def _table(rows: list[tuple[str, dict[str, Any]]]) -> Any:
    from rich import box
    from rich.table import Table

    names = ("ranked", "up", "down", "largest", "mean", "gained", "lost", "into_top", "into_bottom")
    table = Table(box=box.SIMPLE)
    for name in ("cycle", "board", *names):
        table.add_column(name, justify="left" if name in ("cycle", "board") else "right")
    for cycle, one in rows:
        table.add_row(cycle, one["name"], *(str(one[name]) for name in names))
    return table


def _movers(moves: list[Any]) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for name in ("unit", "before", "after", "places", "points"):
        table.add_column(name, justify="left" if name == "unit" else "right")
    for one in moves:
        table.add_row(one.name, str(one.before), str(one.after), f"{one.places:+}", f"{one.points:+.2f}")
    return table

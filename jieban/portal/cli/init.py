"""`jieban init`: make the tables and load a city pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jieban.city.pack import Pack, Problem


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    city: Annotated[Path, typer.Option("--city", exists=True, file_okay=False, help="Folder of the city pack.")] = Path(
        "cities/beijing"
    ),
    check: Annotated[bool, typer.Option("--check", help="Only read and check the pack; write nothing.")] = False,
) -> None:
    """Make or bring up to date the database and load a city pack as a dated, immutable version.

    Loading the same files again changes nothing. A mistake in the pack is told with file, line and what to do.

    Example: jieban init --city cities/beijing
    """
    from django.core.management import call_command
    from django.utils import timezone
    from rich.console import Console

    from jieban.city import actions

    console = Console(stderr=True)
    with console.status(f"Reading the city pack {city} …"):
        pack = _read(city)
    if check:
        typer.echo(f"The pack is in order: {_counted(pack)}.")
        return
    with console.status("Making the tables …"):
        call_command("migrate", verbosity=0, interactive=False)
    with console.status("Loading the pack …"):
        version = actions.load(city, at=timezone.now())
    typer.echo(
        f"{version.name}: version {version.number}, valid from {version.valid_from}, {version.sha256[:12]}. "
        f"{_counted(pack)}. Next: jieban serve"
    )


def _read(city: Path) -> Pack:
    from jieban.city import actions, reading
    from jieban.city.pack import PackError

    try:
        return reading.read(actions.gather(city))
    except PackError as error:
        typer.echo(_told(city, error.problems), err=True)
        raise typer.Exit(1) from error


def _counted(pack: Pack) -> str:
    streets = sum(unit.kind == "street" for unit in pack.units.values())
    return (
        f"{len(pack.units)} units ({streets} streets), {len(pack.places)} places, {len(pack.categories)} categories, "
        f"{len(pack.duties)} duties"
    )


def _told(city: Path, problems: list[Problem]) -> str:
    lines = [f"jieban: the city pack {city} cannot be loaded; nothing was changed. Mistakes: {len(problems)}"]
    return "\n".join([*lines, *(f"  {problem}" for problem in problems)])

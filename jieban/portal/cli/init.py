"""`jieban init`: make the tables and load a city pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jieban.city.models import PackVersion
    from jieban.city.pack import Problem


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    city: Annotated[Path, typer.Option("--city", help="Folder of the city pack.")] = Path("cities/beijing"),
) -> None:
    """Make or bring up to date the database and load a city pack as a dated, immutable version.

    Loading the same files again changes nothing. A mistake in the pack is told with file, line and what to do.

    Example: jieban init --city cities/beijing
    """
    from django.core.management import call_command
    from django.utils import timezone
    from rich.console import Console

    from jieban.city import actions
    from jieban.city.pack import PackError

    console = Console(stderr=True)
    with console.status("Making the tables …"):
        call_command("migrate", verbosity=0, interactive=False)
    try:
        with console.status(f"Loading the city pack {city} …"):
            version = actions.load(city, at=timezone.now())
    except PackError as error:
        typer.echo(_told(city, error.problems), err=True)
        raise typer.Exit(1) from error
    typer.echo(_ready(version))


def _told(city: Path, problems: list[Problem]) -> str:
    lines = [f"jieban: the city pack {city} cannot be loaded; nothing was changed. Mistakes: {len(problems)}"]
    return "\n".join([*lines, *(f"  {problem}" for problem in problems)])


def _ready(version: PackVersion) -> str:
    from jieban.city import queries

    pack = queries.of(version.pk).pack
    streets = sum(unit.kind == "street" for unit in pack.units.values())
    return (
        f"{version.name}: version {version.number}, valid from {version.valid_from}, {version.sha256[:12]}. "
        f"{len(pack.units)} units ({streets} streets), {len(pack.places)} places, {len(pack.categories)} categories, "
        f"{len(pack.duties)} duties. Next: jieban serve"
    )

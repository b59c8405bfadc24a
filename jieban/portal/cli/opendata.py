"""`jieban opendata`: the public files, made from a lake by the rules of release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Open data: counts by month as CSV, small ones withheld.")
    group.command("build")(build)
    app.add_typer(group, name="opendata")


def build(
    lake: Annotated[
        Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", file_okay=False, help="Folder of the release; without it JIEBAN_HOME/open, the public one."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make the release: ten CSV files and datapackage.json. It takes the place of the one before as a whole.

    The rules are those of docs/open-data.md; the settings JIEBAN_OPEN_… give their numbers.

    Example: jieban opendata build --lake var/lake --out release
    """
    from jieban.analytics import lake as lakes
    from jieban.analytics.lake import Lake
    from jieban.core import clock
    from jieban.portal import releasing

    folder = out or releasing.home()
    done = releasing.build(Lake(lake) if lake else lakes.home(), folder, at=clock.now())
    said = {"folder": str(folder), "months": done.months, "datasets": done.datasets, "rows": done.rows,
            "withheld": done.withheld}  # fmt: skip
    plain = (
        f"{done.datasets} files with {done.rows} rows for {len(done.months)} months in {folder}; "
        f"{done.withheld} counts are withheld."
    )
    typer.echo(json.dumps(said) if as_json else plain)

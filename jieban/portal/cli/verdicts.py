"""`jieban verdicts`: what the objection court has found, as letters to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verdicts")(verdicts)


def verdicts(
    out: Annotated[Path, typer.Option(help="The CSV file to write.", show_default=False)],
    since: Annotated[str, typer.Option(help="Only verdicts from this day on (YYYY-MM-DD).")] = "",
) -> None:
    """Write the texts of orders whose unit the objection court has settled, with that unit, for jieban train.

    Columns: title, content, category, unit. Names and figures that may be somebody's number are left out, and
    confidential orders altogether.

    Example: jieban verdicts --out verdicts.csv && jieban train --labels verdicts.csv --text title,content --label unit
    --out var/models/unit.model
    """
    from django.utils.dateparse import parse_date

    from jieban.portal import lessons

    day = parse_date(since) if since else None
    if since and day is None:
        raise typer.BadParameter(f"{since} is no day; write it like 2026-03-01", param_hint="--since")
    typer.echo(f"{lessons.write(out, since=day)} letters, written with their right unit to {out}.")

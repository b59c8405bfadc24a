"""`jieban doctor`: is everything this installation needs in order, and what to do where it is not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """Look at database, tables, keys, home folder, front-end files, city pack, worker, outbox and seals.

    Each line is ok or a problem with what to do. Exit code 1 when there is a problem.

    Example: jieban doctor
    """
    from jieban.core import clock
    from jieban.portal import checkup

    lines = list(checkup.look(at=clock.now()))
    if as_json:
        typer.echo(json.dumps([{**asdict(line), "ok": line.ok} for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            typer.echo(f"{'ok     ' if line.ok else 'PROBLEM'}  {line.what}: {line.state}")
            if line.do:
                typer.echo(f"         → {line.do}")
    raise typer.Exit(0 if all(line.ok for line in lines) else 1)

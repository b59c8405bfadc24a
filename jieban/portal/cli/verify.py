"""`jieban verify`: rebuild every order from its timeline and compare; name whatever does not fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jieban.orders.verify import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Check the whole record: chains, moves, rows, daily seals, frozen results. Exit code 1 when anything is broken.

    What it can and cannot prove is written in docs/adr/0003.

    Example: jieban verify --json
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    from jieban.appraisal import proof as results
    from jieban.orders import verify as proof

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TextColumn("orders"))
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("verify", total=None)
        report = proof.verify(progress=lambda done, total: bar.update(task, completed=done, total=total))
    report.broken += [proof.Finding("", None, flaw) for flaw in results.flaws()]
    if as_json:
        typer.echo(json.dumps(report.plain(), ensure_ascii=False))
    else:
        typer.echo(_told(report, results.counted()))
    raise typer.Exit(1 if report.broken else 0)


def _told(report: Report, results: int) -> str:
    counted = f"{report.orders} orders, {report.entries} entries"
    if not report.broken:
        kept = f" {results} frozen results and their files are as they were." if results else ""
        return f"{counted}: every row is what its timeline tells, every seal holds.{kept}"
    lines = [f"{counted}; broken: {len(report.broken)}", *(f"  {finding}" for finding in report.broken)]
    return "\n".join([*lines, "Keep the database as it is, and compare with a backup from before the change."])

"""`jieban lake`: the figures' own files, brought up to date from the record, and what is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jieban.analytics.lake import Lake

_Where = Annotated[
    Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="The lake: Parquet files by month that all figures are read from.")
    group.command("sync")(sync)
    group.command("show")(show)
    app.add_typer(group, name="lake")


def sync(
    lake: _Where = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build it anew, month by month.")] = False,
    as_json: _Json = False,
) -> None:
    """Bring the lake up to date with the record: the first time everything, after that what has changed.

    It may be stopped at any moment; the next sync goes on where it was. Who reads meanwhile sees the lake before a
    step or after it.

    Example: jieban lake sync
    """
    import time

    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    from jieban.analytics import sync as syncing
    from jieban.city import queries as city
    from jieban.core import clock

    at, begun, console = clock.now(), time.monotonic(), Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TextColumn("orders"))
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("lake sync", total=None)
        report = syncing.sync(
            _lake(lake), at=at, loaded=city.current(at=at), fresh=fresh,
            tell=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    took = time.monotonic() - begun
    said = {"orders": report.orders, "months": sorted(report.months), "whole": report.whole, "seconds": round(took, 1)}
    how = "built anew" if report.whole else "brought up to date"
    plain = f"The lake is {how}: {report.orders} orders in {len(report.months)} months, {took:.1f} s."
    typer.echo(json.dumps(said) if as_json else plain)


def show(lake: _Where = None, as_json: _Json = False) -> None:
    """What the lake holds: until when it tells the record, its months, rows and bytes.

    Example: jieban lake show
    """
    said = _said(_lake(lake))
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    typer.echo(f"{said['folder']}, as of {said['until'] or 'no sync of a record'}")
    table = Table(box=box.SIMPLE)
    for column in ("table", "months", "rows", "MB"):
        table.add_column(column, justify="left" if column == "table" else "right")
    for name, one in said["tables"].items():
        table.add_row(name, str(len(one["months"])), f"{one['rows']:,}", f"{one['bytes'] / 1e6:,.1f}")
    Console().print(table)


def _said(lake: Lake) -> dict[str, Any]:
    from jieban.analytics import schema

    state = lake.state()
    tables = {}
    for name in schema.TABLES:
        months = state.files.get(name, {})
        paths = lake.paths(name, state)
        tables[name] = {
            "months": sorted(int(month) for month, files in months.items() if month and files),
            "rows": state.rows(name),
            "bytes": sum(path.stat().st_size for path in paths),
        }
    return {"folder": str(lake.folder), "until": state.marks.get("at"), "about": state.about, "tables": tables}


def _lake(folder: Path | None) -> Lake:
    from jieban.analytics.lake import Lake, home

    return Lake(folder) if folder else home()

"""`jieban import`: a file of matters into the record, through all stages, as often as one likes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Join the command line."""
    app.command("import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or JSONL file.", show_default=False)],
    mapping: Annotated[Path, typer.Option(help="Which column is what: TOML, see mappings/.", show_default=False)],
    channel: Annotated[str, typer.Option(help="Channel code or name for every row.")] = "",
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go. Default: FILE.rejects.csv")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON line.")] = False,
) -> None:
    """Import a file: every row is imported, a duplicate, or rejected with a reason. Stopped runs go on where they were.

    Example: jieban import letters.csv --mapping mappings/beijing_letters.toml --json
    """
    from jieban.core import clock
    from jieban.portal import importing

    job = importing.prepare(file, mapping, channel=channel, rejects=rejects)
    total = importing.count(job)
    with _bar(total, quiet=as_json) as progress:
        done = importing.run(job, clock=clock.now, progress=progress)
    counts = {
        "rows": done.rows, "imported": done.imported, "duplicates": done.duplicates, "rejected": done.rejected,
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(counts))
        return
    typer.echo("{rows} rows: {imported} imported, {duplicates} duplicates, {rejected} rejected.".format(**counts))
    if done.rejected:
        typer.echo(f"The rejected rows and the reasons are in {job.rejects}.")


class _bar:  # noqa: N801 reads as a phrase at its one call
    """A progress bar on the error stream; nothing where `quiet` or nobody watches."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self._progress = Progress(console=console, disable=quiet or not console.is_terminal)
        self._task = self._progress.add_task("import", total=total)

    def __enter__(self) -> _bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, rows: int) -> None:
        self._progress.update(self._task, completed=rows)

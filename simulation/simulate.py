"""`jieban simulate`: an invented city of millions of contacts, straight to a lake."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

_DAYS = ["%Y-%m-%d"]


def simulate(
    lake: Annotated[
        Path, typer.Option("--lake", file_okay=False, help="Folder of the lake; what it holds is replaced.")
    ],
    contacts: Annotated[
        int, typer.Option("--contacts", min=20_000, max=100_000_000, help="How many contacts to invent.")
    ] = 31_340_000,
    start: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First day.")] = datetime(2019, 1, 1),  # noqa: DTZ001
    end: Annotated[datetime, typer.Option("--to", formats=_DAYS, help="Last day.")] = datetime(2021, 11, 30),  # noqa: DTZ001
    seed: Annotated[str, typer.Option("--seed", help="The same seed gives the same city.")] = "jieban",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that draw.")] = 2,
) -> None:
    """Invent a city that has the figures of the 2021 report, and write it to a lake.

    Nothing in it happened. The printed numbers are reached in proportion to the number of contacts; what was planted to
    be found again stands in ground_truth.json. The lake is replaced when everything is written, not before.

    Example: jieban simulate --contacts 1000000 --lake /tmp/lake
    """
    if start > end:
        raise typer.BadParameter(f"it lies after --to {end.date()}", param_hint="--from")
    if start.date() < date(2019, 1, 1):
        raise typer.BadParameter("there are no figures before 2019-01-01", param_hint="--from")
    _run(lake, contacts, start.date(), end.date(), seed, workers)


def _run(lake: Path, contacts: int, start: date, end: date, seed: str, workers: int) -> None:
    import time

    from django.conf import settings
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from simulation import figures
    from simulation.lake import plan as planning
    from simulation.lake import writing

    begun, console = time.monotonic(), Console(stderr=True)
    pack, printed = figures.read(Path(settings.ROOT) / "cities" / "beijing")
    plan = planning.make(pack, printed, contacts=contacts, start=start, end=end, seed=seed)
    share = TextColumn("{task.percentage:>3.0f}%")
    with Progress(TextColumn("Inventing a city"), BarColumn(), share, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("", total=None)
        counted = writing.run(
            plan, pack, lake, seed=seed, workers=workers,
            tell=lambda done, whole: bar.update(task, completed=done, total=whole),
        )  # fmt: skip
    told = ", ".join(f"{number:,} {table}" for table, number in counted.items())
    console.print(f"{told} in {time.monotonic() - begun:.0f} s. All of it is invented.")

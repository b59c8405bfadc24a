"""`jieban simulate`: an invented city, millions of contacts straight to a lake or thousands through the verbs."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

_DAYS = ["%Y-%m-%d"]
# Contacts: a smaller lake has no figures to compare; more than that through the verbs takes hours.
LEAST, MOST = 20_000, 200_000


def simulate(
    lake: Annotated[
        Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; what it holds is replaced.")
    ] = None,
    through: Annotated[
        bool, typer.Option("--through", help="Into the database, every step by the verb of the house.")
    ] = False,
    contacts: Annotated[
        int, typer.Option("--contacts", min=200, max=100_000_000, help="How many contacts to invent.")
    ] = 31_340_000,
    start: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First day.")] = datetime(2019, 1, 1),  # noqa: DTZ001
    end: Annotated[datetime, typer.Option("--to", formats=_DAYS, help="Last day.")] = datetime(2021, 11, 30),  # noqa: DTZ001
    seed: Annotated[str, typer.Option("--seed", help="The same seed gives the same city.")] = "jieban",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that draw.")] = 2,
) -> None:
    """Invent a city: to a lake with the figures of the 2021 report, or into the database through the verbs.

    Nothing in it happened. With --lake the printed numbers are reached in proportion to the number of contacts; what
    was planted to be found again stands in ground_truth.json; the lake is replaced when all is written.
    With --through every contact of the period is filed, sent, worked on and asked about in an empty database, by
    accounts with the demo's password: for tens of thousands, with --contacts, --from and --to.

    Example: jieban simulate --contacts 1000000 --lake /tmp/lake
    Example: jieban simulate --contacts 10000 --from 2026-09-01 --to 2026-10-31 --through
    """
    if through == (lake is not None):
        raise typer.BadParameter("give one of --lake and --through", param_hint="--lake, --through")
    if start > end:
        raise typer.BadParameter(f"it lies after --to {end.date()}", param_hint="--from")
    if start.date() < date(2019, 1, 1):
        raise typer.BadParameter("there are no figures before 2019-01-01", param_hint="--from")
    if lake is None:
        _live(contacts, start.date(), end.date(), seed)
    elif contacts < LEAST:
        raise typer.BadParameter(f"a lake begins at {LEAST} contacts", param_hint="--contacts")
    else:
        _run(lake, contacts, start.date(), end.date(), seed, workers)


def _live(contacts: int, start: date, end: date, seed: str) -> None:
    from rich.console import Console

    from simulation import through

    if contacts > MOST:
        raise typer.BadParameter(f"through the verbs at most {MOST}; use --lake for more", param_hint="--contacts")
    through.run(contacts=contacts, start=start, end=end, seed=seed, console=Console(stderr=True))


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

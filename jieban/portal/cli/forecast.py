"""`jieban forecast`: make the forecasts of a lake and say how good they were on the past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jieban.core.deadlines import Calendar


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forecast")(forecast)


def forecast(
    lake: Annotated[
        Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
    ] = None,
    horizon: Annotated[int, typer.Option("--horizon", min=1, max=12, help="Months ahead, 1 to 12.")] = 3,
    out: Annotated[
        Path | None,
        typer.Option("--out", file_okay=False, help="Folder to keep them in; without it JIEBAN_HOME/forecasts."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Forecast contacts per category and district by month, and calls by hour for two weeks.

    Each is tried on the past beside seasonal naive (last year's month, last week's hour); the pages show both.

    Example: jieban forecast --horizon 3
    """
    import time

    from rich.console import Console
    from rich.progress import Progress

    from jieban.analytics import lake as lakes
    from jieban.analytics.forecasts import making, store
    from jieban.core import clock

    begun, console, folder = time.monotonic(), Console(stderr=True), out or store.home()
    with Progress(console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("forecast", total=None)
        made = making.make(
            lakes.Lake(lake) if lake else lakes.home(), folder, at=clock.now(), calendar=_calendar(), steps=horizon,
            tell=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    said = {"folder": str(folder), "lake": made.lake, "months": made.months, "ahead": made.ahead, "until": made.until,
            "seconds": round(time.monotonic() - begun, 1), "tried": made.about}  # fmt: skip
    typer.echo(json.dumps(said, ensure_ascii=False) if as_json else _told(said))


def _told(said: dict[str, Any]) -> str:
    hours = said["tried"]["hours"]
    lines = [f"Forecasts in {said['folder']}, {said['seconds']} s; {len(said['months'])} whole months known."]
    lines += [_series(name, found) for name, found in said["tried"]["months"].items()]
    needs = f"not made, they need {hours['least']} days of {hours['enough']:.0f} calls"
    done = "made" if hours.get("mae") is not None else needs
    lines.append(f"Hours: {hours['days']} days known, {hours['calls']} calls a day of late, {done}.")
    return "\n".join(lines)


def _series(name: str, found: dict[str, Any]) -> str:
    plain = f"Series of {name}: {found['ok']} forecast, {found['short']} too short, {found['few']} too few contacts"
    if "ratio" not in found:
        return f"{plain}."
    return f"{plain}; MASE {found['mase']} against {found['mase_naive']} of seasonal naive ({found['better']} better)."


def _calendar() -> Calendar:
    """The calendar of the city pack in force; weekends alone where none is loaded."""
    from django.db import DatabaseError

    from jieban.city import queries as city
    from jieban.core import clock
    from jieban.core.deadlines import Calendar
    from jieban.core.errors import BadInput

    try:
        return city.current(at=clock.now()).pack.calendar
    except (BadInput, DatabaseError):
        return Calendar()

"""`jieban due`: when a limit runs out, by the calendar of the loaded city pack."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jieban.core.deadlines import Calendar


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("due")(due)


def due(
    limit: Annotated[str, typer.Option("--limit", help="2h, 30min, 7d (natural), 5wd (working days), 4wh (hours).")],
    at: Annotated[str, typer.Option("--at", help="Start, ISO 8601; without a zone, the city's own.")],
    pause: Annotated[list[str] | None, typer.Option("--pause", help="A/B, two ISO moments; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say when a limit that starts at a moment runs out, pauses left out. A pause takes its start, not its end.

    Days are the city's own, whatever the zone of the moment; the answer is told in that zone.

    Example: jieban due --limit 5wd --at 2026-02-12T16:00 --pause 2026-02-13T09:00/2026-02-13T12:00
    """
    from jieban.core import clock, deadlines
    from jieban.core.errors import BadInput

    calendar, source = _calendar()
    try:
        span = deadlines.limit(limit)
        start, pauses = _moment(at), [_span(text) for text in pause or ()]
        local = start.astimezone(clock.zone())
        end = deadlines.due(local, span, calendar=calendar, pauses=pauses).astimezone(start.tzinfo)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    except OverflowError as error:
        raise typer.BadParameter(f"{limit} from {at} runs out after the year 9999: nothing can be said.") from error
    if as_json:
        typer.echo(json.dumps({"due": end.isoformat(), "limit": str(span), "calendar": source}))
        return
    typer.echo(end.isoformat())
    typer.echo(f"calendar: {source}", err=True)


def _calendar() -> tuple[Calendar, str]:
    """The working calendar in force now and where it comes from; weekends alone where no pack is loaded."""
    from django.db import DatabaseError

    from jieban.city import queries as city
    from jieban.core import clock
    from jieban.core.deadlines import Calendar
    from jieban.core.errors import BadInput

    try:
        loaded = city.current(at=clock.now())
    except (BadInput, DatabaseError):
        return Calendar(), "weekends only, for no city pack is loaded (jieban init --city FOLDER)"
    return loaded.pack.calendar, f"{loaded.pack.city.code}, version {loaded.number}"


def _moment(text: str) -> datetime:
    from jieban.core import clock
    from jieban.core.errors import BadInput

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"“{text}” is not a moment: write it as 2026-02-12T16:00 or 2026-02-12T16:00+08:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())


def _span(text: str) -> tuple[datetime, datetime]:
    from jieban.core.errors import BadInput

    begin, slash, end = text.partition("/")
    if not slash or _moment(begin) > _moment(end):
        raise BadInput(f"“{text}” is not a pause: write two moments parted by /, the earlier one first.")
    return _moment(begin), _moment(end)

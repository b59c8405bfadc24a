"""`jieban demo`: a small living Beijing to look around in. Joins the command line through an entry point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation import simulate

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

SOURCE = "demo"
SEED = "jieban"
# Narrower than this the table of accounts cannot be read.
_WIDTH = 116


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo)
    app.command("simulate")(simulate.simulate)


def demo(
    orders: Annotated[int, typer.Option("--orders", min=50, max=100_000, help="How many contacts to invent.")] = 3000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo away and build it anew.")] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it afterwards until Ctrl-C.")] = True,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Build a small living Beijing of invented people and orders, print who can log in, and serve it.

    Refused where the database holds orders that are not of a demo. A second time it only serves what is there.

    Example: jieban demo --orders 500 --no-serve
    """
    from django.core.management import call_command
    from rich.console import Console

    from jieban.core import clock
    from jieban.portal.cli import serve as serving

    console = Console(stderr=True)
    with console.status("Making the tables …"):
        call_command("migrate", verbosity=0, interactive=False)
    _ready(console, orders, fresh=fresh, now=clock.now())
    _print(at=clock.now(), address=f"http://{host}:{port}")
    if serve:
        serving.serve(host=host, port=port)


def _ready(console: Console, orders: int, *, fresh: bool, now: datetime) -> None:
    """See to it that the demo is there: leave it, build it, or throw it away first."""
    from django.core.management import call_command

    from jieban.core.errors import BadInput
    from jieban.orders.models import Order

    of_demo = Order.objects.filter(contact__source=SOURCE).exists()
    if Order.objects.exists() and not of_demo:
        raise BadInput(
            "This database holds orders that are not of a demo, so nothing was built. "
            "Choose an empty one: another folder by JIEBAN_HOME, or another database by DATABASE_URL."
        )
    if of_demo and _mark().exists() and not fresh:
        console.print("The demo is there already; --fresh builds it anew.")
        return
    if of_demo:
        console.print("Throwing the old demo away …" if fresh else "The last build was interrupted; starting again …")
        _mark().unlink(missing_ok=True)
        call_command("flush", verbosity=0, interactive=False)
    _build(console, orders, now)


def _build(console: Console, orders: int, now: datetime) -> None:
    import time

    from django.conf import settings

    from simulation import build, showing

    console.print(showing.WARNING)
    begun = time.monotonic()
    with showing.progress(console, "Building sixty days") as tell:
        built = build.build(orders=orders, now=now, root=settings.ROOT, seed=SEED, tell=tell)
    _mark().write_text(json.dumps({"orders": built.orders, "now": now.isoformat(), "seed": SEED}) + "\n")
    took = time.monotonic() - begun
    console.print(f"{built.orders} orders, {built.sent} of them sent to units, in {took:.0f} s.")


def _mark() -> Path:
    """The file that says that a demo was built to its end."""
    from django.conf import settings

    return Path(settings.JIEBAN_HOME) / "demo.json"


def _print(*, at: datetime, address: str) -> None:
    """Who can log in, what waits for them, and what a citizen can track."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from simulation import showing
    from simulation.people import PASSWORD

    console = Console()
    console.width = max(console.width, _WIDTH)
    table = Table(box=box.SIMPLE, title=f"Who can log in at {address}/login", title_justify="left")
    for column in ("user name", "unit", "open", "what to try"):
        table.add_column(column, no_wrap=column == "open")
    for row in showing.tries(at=at):
        table.add_row(row.account.username, row.unit, row.waiting or row.account.page, row.account.try_this)
    console.print(table)
    console.print(f"The password of all is [bold]{PASSWORD}[/bold]. These accounts are for demonstration only.")
    citizens = Table(box=box.SIMPLE, title=f"What a citizen can track at {address}/track", title_justify="left")
    for column in ("number", "last four digits", "state"):
        citizens.add_column(column)
    for track in showing.tracks():
        citizens.add_row(track.number, track.digits, track.state)
    console.print(citizens)

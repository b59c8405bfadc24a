"""`jieban serve | web | work`: the site, the worker, or both together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Web processes.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="Requests that one web process works on at once.")]

_GRACE = 10.0
_PDEATHSIG = 1  # linux/prctl.h


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    app.command("serve")(serve)
    app.command("web")(web)
    app.command("work")(work)


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1, threads: Threads = 4) -> None:
    """Bring the tables up to date, then run the site and the worker together until Ctrl-C.

    Example: jieban serve --port 8000
    """
    from jieban.city import queries as city
    from jieban.core import clock

    migrate()
    city.current(at=clock.now())
    typer.echo(f"Jieban is at http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}   (Ctrl-C stops it)")  # noqa: S104
    address = ["--host", host, "--port", str(port), "--workers", str(workers), "--threads", str(threads)]
    raise typer.Exit(together([["web", *address], ["work"]]))


def web(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1, threads: Threads = 4) -> None:
    """Run the site alone. In a city, run several, and `jieban work` beside them.

    Example: jieban web --host 0.0.0.0 --port 8000 --workers 4
    """
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    Granian(
        "config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what there is to do now, then end.")] = False,
) -> None:
    """Run the worker alone: begin callbacks, deliver messages, seal past days.

    Example: jieban work --once
    """
    from jieban.core import clock
    from jieban.portal import worker

    if once:
        done = worker.drain(at=clock.now())
        typer.echo("  ".join(f"{name} {count}" for name, count in done.items()))
        return
    stop = threading.Event()
    on_stop(stop.set)
    worker.run(stop)


def migrate() -> None:
    """Bring the tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def together(commands: Sequence[Sequence[str]]) -> int:
    """Run `jieban` commands side by side until one ends or a stop is asked for; then stop them all.

    Returns 0 after a stop that was asked for, 1 where a command ended by itself.
    """
    stop = threading.Event()
    on_stop(stop.set)
    running = [_start(command) for command in commands]
    while not stop.is_set() and all(process.poll() is None for process in running):
        stop.wait(0.2)
    asked = stop.is_set()
    _end(running)
    return 0 if asked else 1


def on_stop(do: Callable[[], None]) -> None:
    """Call `do` once on Ctrl-C or a polite kill, however many of them come.

    A thread of its own calls it: the handler may interrupt this thread while it holds the very lock that `do` takes.
    """
    called: list[bool] = []

    def handle(*_: object) -> None:
        if not called:
            called.append(True)
            threading.Thread(target=do, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A command as a child of its own session, so that Ctrl-C reaches it through us and only once."""
    whole = [sys.executable, "-m", "jieban.portal.cli", *command]
    return subprocess.Popen(whole, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603


def _end_with_parent() -> None:
    """Where Linux can, have the child stopped when we are killed outright: nothing then keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + _GRACE
    for process in running:
        try:
            process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

"""A progress bar on the error stream, silent where nobody watches."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress


class Bar:
    """Progress towards a known number of steps; use with `with`."""

    def __init__(self, what: str, total: int) -> None:
        console = Console(stderr=True)
        self._progress = Progress(console=console, disable=not console.is_terminal)
        self._task = self._progress.add_task(what, total=total)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, what: str) -> None:
        """A step named `what` begins: the ones before it are done."""
        self._progress.update(self._task, description=what, advance=1)

    def at(self, done: int) -> None:
        """So many are done."""
        self._progress.update(self._task, completed=done)

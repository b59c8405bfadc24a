"""What `jieban doctor` looks at: each check says how it stands and, where it stands badly, what to do."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from jieban.city import queries as city
from jieban.core.errors import BadInput
from jieban.orders import sealing
from jieban.orders.models import Message
from jieban.portal import vendor, worker

LATE_BEAT = timedelta(minutes=1)
LATE_MESSAGE = timedelta(minutes=15)
LOW_DISK = 1024**3  # bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: how it stands; `do` is what to do about it, empty when all is well."""

    what: str
    state: str
    do: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return not self.do


def look(*, at: datetime) -> Iterator[Line]:
    """Look at everything; without a usable database, at what does not need one."""
    yield from _home()
    yield from _keys()
    yield _vendor()
    reachable = _database()
    yield reachable
    if not reachable.ok:
        return
    tables = _migrations()
    yield tables
    if tables.ok:
        for check in _CHECKS:
            yield check(at)


def _home() -> Iterator[Line]:
    home = Path(settings.JIEBAN_HOME)
    try:
        with tempfile.TemporaryFile(dir=home):
            yield Line("home folder", f"{home} can be written")
    except OSError as error:
        yield Line("home folder", f"{home}: {error.strerror}", "Let this user write there, or set JIEBAN_HOME.")
        return
    free = shutil.disk_usage(home).free
    do = "" if free > LOW_DISK else "Free some space: below 1 GiB files and the database may fail."
    yield Line("disk", f"{free / 1024**3:.1f} GiB free", do)


def _keys() -> Iterator[Line]:
    for name, file in (("JIEBAN_KEY", "data.key"), ("JIEBAN_SECRET_KEY", "secret.key")):
        path = Path(settings.JIEBAN_HOME) / file
        if os.environ.get(name):
            yield Line(name, "set in the environment")
        elif not path.exists():
            yield Line(name, f"{path} is not there", f"Set {name} or bring the file back from a backup.")
        else:
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Line(name, f"{path}, mode {mode:o}", f"chmod 600 {path}" if mode & 0o077 else "")


def _vendor() -> Line:
    folder = Path(settings.JIEBAN_HOME) / "vendor"
    missing = [name for name in (*vendor.FILES, "icons.svg") if not (folder / name).is_file()]
    if missing:
        return Line("front-end files", f"missing: {', '.join(missing)}", "Run: make setup")
    return Line("front-end files", "all there")


def _database() -> Line:
    engine = f"{connection.vendor} {settings.DATABASES['default'].get('NAME') or ''}"
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        why = str(error).strip().splitlines()[0]
        return Line("database", f"{engine}: {why}", "Start the database server or correct DATABASE_URL.")
    return Line("database", engine)


def _migrations() -> Line:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Line("tables", f"{len(waiting)} migrations are not applied", "Run: jieban init --city FOLDER")
    return Line("tables", "up to date")


def _pack(at: datetime) -> Line:
    try:
        loaded = city.current(at=at)
    except BadInput as error:
        return Line("city pack", str(error), "Run: jieban init --city cities/beijing")
    zone, name = loaded.pack.city.time_zone, f"{loaded.pack.city.name}, version {loaded.number}"
    if zone != settings.TIME_ZONE:
        return Line(
            "city pack", f"{name} lives in {zone}, the site in {settings.TIME_ZONE}", f"Set JIEBAN_TIME_ZONE={zone}"
        )
    return Line("city pack", name)


def _worker(at: datetime) -> Line:
    path = worker.heartbeat()
    if not path.is_file():
        return Line("worker", "has never run here", "Run: jieban work (or jieban serve, which brings its own)")
    beat = orjson.loads(path.read_bytes())
    age = at - datetime.fromisoformat(beat["at"])
    failed = [name for name, done in beat.items() if done == -1]
    if age > LATE_BEAT:
        return Line("worker", f"last seen {_minutes(age)} ago", "Start it again: jieban work")
    if failed:
        return Line("worker", f"fails at: {', '.join(failed)}", "Read its log; the job is tried again every round.")
    return Line("worker", f"last seen {age.total_seconds():.0f} s ago")


def _outbox(at: datetime) -> Line:
    waiting = Message.objects.filter(sent_at=None, after__lte=at).order_by("after")
    oldest = waiting.first()
    if oldest is None:
        return Line("outbox", "empty")
    state = f"{waiting.count()} messages wait, the oldest for {_minutes(at - oldest.after)}"
    late = at - oldest.after > LATE_MESSAGE
    error = f" (last error: {oldest.error})" if oldest.error else ""
    return Line("outbox", state + error, "See that the worker runs and the SMS gateway answers." if late else "")


def _seals(at: datetime) -> Line:
    days = sealing.unsealed_days(at=at - timedelta(hours=1))
    if days:
        return Line("seals", f"{len(days)} days are not sealed, {days[0]} first", "Start the worker: jieban work")
    return Line("seals", "every past day is sealed")


_CHECKS: tuple[Callable[[datetime], Line], ...] = (_pack, _worker, _outbox, _seals)


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"

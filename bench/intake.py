"""How fast a matter gets in: by REST beside a bare view with one INSERT on the same server, and by `jieban import`.

    python -m bench.intake [--seconds 8] [--workers 2] [--rows 20000]

Needs PostgreSQL (DATABASE_URL names the server; a database of its own is made and dropped). Web server, load
generator and database share this machine's cores. Every request is classified, placed and dispatched before it is
answered. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
HOST, PORT, SECRET = "127.0.0.1", 8765, "a-key-for-the-bench"
CALLERS = (1, 8, 32)
ENOUGH = 8
SLICES = 5
# A request that takes longer (seconds) has met a process that was still reading the pack.
SLOW = 1.5
_SAID = (
    "我住在{place}，最近一周一直有{word}的情况，找过物业和居委会，都说不归他们管，"
    "影响老人和孩子休息，希望尽快派人来看看，给一个明确的答复。",
    "{place}这边{word}，已经向有关单位反映过两次，没有结果。早晚高峰最严重，"
    "请安排人到现场核实，处理完以后给我打个电话。",
    "您好，想反映一下{place}门口{word}的问题，大概从上个月开始的，邻居们意见都很大，麻烦尽快解决，谢谢。",
)


def main() -> None:
    """Measure and print."""
    asked = _options()
    with tempfile.TemporaryDirectory() as home, _database() as address:
        os.environ |= {"DATABASE_URL": address, "JIEBAN_HOME": home, "DJANGO_SETTINGS_MODULE": "bench.site"}
        said = _prepare()
        with _site(asked.workers, asked.threads):
            _warm(said)
            levels = [_level(said, callers, asked.seconds) for callers in CALLERS]
        filing = _one(said)
        imported = _import(said, asked.rows, Path(home))
    ratio = next(level["ratio"] for level in levels if level["callers"] == ENOUGH)
    out = {
        "bench": "intake", "cores": os.cpu_count(), "workers": asked.workers, "threads": asked.threads,
        "levels": levels, "ratio": ratio, **filing, "import": imported,
    }  # fmt: skip
    print(json.dumps(out))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="seconds for each number of callers and each view")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="requests a process works on at once")
    parser.add_argument("--rows", type=int, default=20000, help="rows of the imported file")
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[str]:
    """A database of its own on the server that DATABASE_URL names."""
    given = os.environ.get("DATABASE_URL") or SERVER
    if not given.startswith("postgres"):
        sys.exit("bench.intake needs PostgreSQL: set DATABASE_URL to postgres://…")
    name = f"jieban_bench_{os.getpid()}"
    with psycopg.connect(urlunsplit(urlsplit(given)._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Said:
    """Made-up matters over the places and words of the pack: the same ones in every run."""

    def __init__(self) -> None:
        from jieban.city import queries
        from jieban.core import clock

        pack = queries.current(at=clock.now()).pack
        self._places = [place.name for place in pack.places]
        self._words = [word for node in pack.categories.values() for word in node.keywords]
        self._random = random.Random(12345)
        self._run = 0

    def texts(self) -> Iterator[tuple[str, str]]:
        """(title, content) without end."""
        while True:
            place, word = self._random.choice(self._places), self._random.choice(self._words)
            yield f"{place}{word}", self._random.choice(_SAID).format(place=place, word=word)

    def bodies(self) -> Any:
        """A function that gives the n-th body of a fresh run."""
        self._run += 1
        run, texts = self._run, self.texts()

        def body(number: int) -> bytes:
            title, content = next(texts)
            phone = f"138{self._random.randrange(10**8):08d}"
            filing = {
                "source_id": f"{run}-{number}",
                "title": title,
                "content": content,
                "phone": phone,
                "name": "林晓",
            }
            return json.dumps(filing).encode()

        return body


def _prepare() -> Said:
    """Tables, the Beijing pack, a key, and the table of the bare view."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.routes import TABLE
    from jieban.accounts.models import ApiKey
    from jieban.city import actions
    from jieban.core import clock, crypto

    call_command("migrate", verbosity=0)
    actions.load(ROOT / "cities" / "beijing", at=clock.now())
    ApiKey.objects.create(
        name="bench", fingerprint=crypto.fingerprint(SECRET), channel="web", since="2020-01-01", per_minute=10**9
    )
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    return Said()


@contextmanager
def _site(workers: int, threads: int) -> Iterator[None]:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(PORT), "--no-access-log",
        "--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "error",
        "config.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _level(said: Said, callers: int, seconds: float) -> dict[str, Any]:
    """Both views at this number of callers, in turn and in slices: other work on the machine meets both alike."""
    from bench import load

    views = {"bare": "/bare", "filing": "/api/v1/orders"}
    seen = {name: load.Seen() for name in views}
    for _ in range(SLICES):
        for name, path in views.items():
            part = load.run(HOST, PORT, path, said.bodies(), callers=callers, seconds=seconds / SLICES, key=SECRET)
            seen[name].add(part)
    figures = {name: part.figures() for name, part in seen.items()}
    ratio = figures["filing"]["per_second"] / figures["bare"]["per_second"]
    return {"callers": callers, **figures, "ratio": round(ratio, 3)}


def _warm(said: Said) -> None:
    """Until the site answers and every web process has read the pack: no request takes a second any more."""
    from bench import load

    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            seen = load.run(HOST, PORT, "/api/v1/orders", said.bodies(), callers=16, seconds=3, key=SECRET)
        except OSError:
            time.sleep(0.2)
            continue
        if seen.failed:
            sys.exit(f"{seen.failed} filings were refused while warming up.")
        if max(seen.times) < SLOW:
            return
    sys.exit("The site did not start, or this machine is too busy to measure on.")


def _one(said: Said) -> dict[str, int]:
    """Statements (without BEGIN and COMMIT) and commits of a filing by REST: the most that any of twenty took."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    body, client = said.bodies(), Client(headers={"Authorization": f"Bearer {SECRET}", "Host": HOST})
    counts = []
    for number in range(21):
        with CaptureQueriesContext(connection) as seen:
            client.post("/api/v1/orders", body(number), "application/json")
        texts = [query["sql"].upper() for query in seen.captured_queries]
        control = [text for text in texts if text.startswith(("BEGIN", "COMMIT"))]
        counts.append((len(texts) - len(control), sum(text.startswith("COMMIT") for text in control)))
    statements, commits = max(counts[1:])
    return {"statements": statements, "commits": commits}


def _import(said: Said, rows: int, home: Path) -> dict[str, float]:
    """A CSV of that many rows through all stages."""
    from jieban.core import clock
    from jieban.portal import importing

    file = home / "made.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "type", "title", "content", "institution", "reply"])
        for number, (title, content) in zip(range(rows), said.texts(), strict=False):
            writer.writerow([number, "投诉", title, content, "", ""])
    job = importing.prepare(file, ROOT / "mappings" / "beijing_letters.toml")
    begin = time.perf_counter()
    done = importing.run(job, clock=clock.now)
    seconds = time.perf_counter() - begin
    assert (done.imported, done.rejected) == (rows, 0)
    return {"rows": rows, "seconds": round(seconds, 2), "per_second": round(rows / seconds, 1)}


if __name__ == "__main__":
    main()

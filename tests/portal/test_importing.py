"""Importing files: every row imported, known or rejected; and what a killed run leaves behind."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from jieban.core.errors import BadInput
from jieban.intake.models import ImportRun
from jieban.orders.models import Entry, Order
from jieban.orders.verify import verify
from jieban.portal import importing
from tests.factories import AT

ROOT = Path(__file__).parents[2]
MAPPING = """
source = "letters"
channel = "web"
[columns]
source_id = "no"
content = "text"
at = "day"
[facts]
reply = "reply"
"""


def a_file(folder: Path, rows: list[tuple[str, str, str]], *, name: str = "letters.csv") -> importing.Job:
    """A CSV of (no, text, day) and its mapping, ready to be imported."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("no", "text", "day", "reply"), *((*row, "Mended.") for row in rows)])
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    return importing.prepare(path, folder / "map.toml")


def letters(count: int) -> list[tuple[str, str, str]]:
    return [(str(n), f"There is a pothole at Weaver Court, number {n}.", "2026-02-01") for n in range(count)]


def run(job: importing.Job) -> tuple[int, int, int, int]:
    done = importing.run(job, clock=lambda: AT)
    return done.rows, done.imported, done.duplicates, done.rejected


def test_every_row_goes_through_all_stages_and_keeps_what_the_source_knows(toy, tmp_path: Path) -> None:
    assert run(a_file(tmp_path, letters(3))) == (3, 3, 0, 0)
    assert list(Order.objects.values_list("state", "category").distinct()) == [("dispatched", "0101")]
    assert Entry.objects.filter(move="register").first().records["facts"] == {"reply": "Mended."}
    assert verify().broken == []


def test_imported_again_every_row_is_a_duplicate(toy, tmp_path: Path) -> None:
    job = a_file(tmp_path, letters(3))
    run(job)
    assert run(job) == (3, 0, 3, 0)
    assert run(a_file(tmp_path, letters(4), name="more.csv")) == (4, 1, 3, 0)
    assert Order.objects.count() == 4


def test_file_of_one_row_is_a_duplicate_the_second_time(toy, tmp_path: Path) -> None:
    job = a_file(tmp_path, letters(1))
    assert [run(job), run(job)] == [(1, 1, 0, 0), (1, 0, 1, 0)]


def test_rejected_row_stands_in_the_file_with_number_reason_and_words(toy, tmp_path: Path) -> None:
    rows = [letters(1)[0], ("", "no number", ""), ("8", "", ""), ("9", "a day nobody knows", "someday")]
    job = a_file(tmp_path, rows)
    assert run(job) == (4, 1, 0, 3)
    with job.rejects.open(encoding="utf-8-sig", newline="") as text:
        found = list(csv.DictReader(text))
    assert [(line["row"], line["no"], line["text"]) for line in found] == [
        ("3", "", "no number"), ("4", "8", ""), ("5", "9", "a day nobody knows"),
    ]  # fmt: skip
    assert [line["reason"][:4] for line in found] == ["没有编号", "请写明您", "日期“s"]


def test_file_without_rejected_rows_leaves_no_reject_file(toy, tmp_path: Path) -> None:
    job = a_file(tmp_path, letters(1))
    run(job)
    assert not job.rejects.exists()


def test_stopped_run_goes_on_behind_its_last_batch(toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    job = a_file(tmp_path, [*letters(3), ("", "no number", ""), *letters(7)[4:]])
    with pytest.raises(KeyboardInterrupt):
        importing.run(job, clock=lambda: AT, progress=_stop_at(4))
    assert (ImportRun.objects.get().rows, Order.objects.count()) == (4, 3)
    with job.rejects.open("a", encoding="utf-8-sig") as text:
        text.write("7,written before a batch that was never committed,,,,\n")
    assert run(job) == (7, 6, 0, 1)
    assert sorted(Order.objects.values_list("contact__source_id", flat=True)) == ["0", "1", "2", "4", "5", "6"]
    assert [line.split(",")[0] for line in job.rejects.read_text("utf-8-sig").splitlines()] == ["row", "5"]


def _stop_at(rows: int):
    def progress(done: int) -> None:
        if done >= rows:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.csv", "no file"), ("letters.pdf", "only .csv, .xlsx and .jsonl"), ("other.csv", "no column")],
)
def test_what_cannot_be_imported_is_told_before_anything_is_written(toy, tmp_path: Path, name: str, words: str) -> None:
    a_file(tmp_path, letters(1))
    (tmp_path / "letters.pdf").write_bytes(b"%PDF")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match=words):
        importing.prepare(tmp_path / name, tmp_path / "map.toml")
    assert ImportRun.objects.count() == 0


# A run that is killed: real processes on a database of their own, SQLite or PostgreSQL as the tests run on.


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'own.sqlite3'}"
        return
    given = connection.settings_dict
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}"
    name = f"jieban_killed_{uuid4().hex[:12]}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{address}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def jieban(database: str, home: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DATABASE_URL": database, "JIEBAN_HOME": str(home)}
    command = [sys.executable, "-c", "from jieban.portal.cli.main import run; run()", *words]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def rows_done(database: str) -> int:
    """How far the run has come, as another connection sees it."""
    question = "SELECT coalesce(max(rows), 0) FROM jieban_importrun"
    if database.startswith("sqlite"):
        with sqlite3.connect(database.removeprefix("sqlite:///")) as seen:
            return int(seen.execute(question).fetchone()[0])
    with psycopg.connect(database) as server:
        found = server.execute(question).fetchone()
        return int(found[0]) if found else 0


@pytest.mark.slow
@pytest.mark.database
def test_import_killed_in_the_middle_and_resumed_has_every_row_once(own_database: str, tmp_path: Path) -> None:
    rows = [*letters(2200), ("", "no number", ""), *letters(3000)[2200:]]
    job = a_file(tmp_path, rows)
    words = ("import", str(job.file), "--mapping", str(tmp_path / "map.toml"), "--json")
    home = tmp_path / "own-home"
    finished(jieban(own_database, home, "init", "--city", str(ROOT / "tests" / "packs" / "toy")))
    process = jieban(own_database, home, *words)
    until = time.monotonic() + 240
    while rows_done(own_database) < 2 * importing.BATCH and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = rows_done(own_database)
    assert 2 * importing.BATCH <= done < len(rows)
    counts = json.loads(finished(jieban(own_database, home, *words)))
    assert counts == {"rows": 3001, "imported": 3000, "duplicates": 0, "rejected": 1}
    report = json.loads(finished(jieban(own_database, home, "verify", "--json")))
    assert (report["orders"], report["broken"]) == (3000, [])
    assert [line.split(",")[0] for line in job.rejects.read_text("utf-8-sig").splitlines()] == ["row", "2202"]
    again = json.loads(finished(jieban(own_database, home, *words)))
    assert again == {"rows": 3001, "imported": 0, "duplicates": 3000, "rejected": 1}

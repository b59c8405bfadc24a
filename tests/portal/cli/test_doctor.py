"""`jieban doctor`: every problem is named with what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from jieban.core import clock
from jieban.orders.models import Message
from jieban.portal import checkup, vendor, worker
from jieban.portal.cli import doctor
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    app = typer.Typer()
    doctor.register(app)
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def healthy(home, toy, settings, monkeypatch):
    """An installation in which nothing is amiss."""
    monkeypatch.delenv("JIEBAN_KEY", raising=False)
    monkeypatch.delenv("JIEBAN_SECRET_KEY", raising=False)
    settings.TIME_ZONE = toy.pack.city.time_zone
    for name in ("data.key", "secret.key"):
        (home / name).write_text("k")
        (home / name).chmod(0o600)
    (home / "vendor").mkdir()
    for name in (*vendor.FILES, "icons.svg"):
        (home / "vendor" / name).write_text("x")
    worker._beat({"opened": 0}, clock.now())
    return home


def problems() -> dict[str, str]:
    """What is amiss, and what to do about it."""
    return {line.what: line.do for line in checkup.look(at=clock.now()) if not line.ok}


def test_a_healthy_installation_ends_with_zero(healthy):
    result = run()
    assert (result.exit_code, "PROBLEM" in result.stdout, problems()) == (0, False, {})
    assert [line["ok"] for line in json.loads(run("--json").stdout)] == [True] * 11


def test_a_key_that_others_may_read_is_a_problem(healthy):
    (healthy / "data.key").chmod(0o644)
    assert problems() == {"JIEBAN_KEY": f"chmod 600 {healthy / 'data.key'}"}
    result = run()
    assert (result.exit_code, "PROBLEM  JIEBAN_KEY" in result.stdout) == (1, True)


def test_a_missing_front_end_file_is_a_problem(healthy):
    (healthy / "vendor" / "icons.svg").unlink()
    assert problems() == {"front-end files": "Run: make setup"}


def test_a_worker_not_seen_for_long_is_a_problem(healthy):
    worker._beat({"opened": 0}, clock.now() - timedelta(hours=3))
    assert problems() == {"worker": "Start it again: jieban work"}


def test_a_worker_whose_job_fails_is_a_problem(healthy):
    worker._beat({"delivered": -1}, clock.now())
    assert problems() == {"worker": "Read its log; the job is tried again every round."}


def test_a_message_that_waits_long_is_a_problem(healthy):
    at = clock.now() - timedelta(hours=2)
    Message.objects.create(topic="t", way="sms", made_at=at, after=at)
    assert problems() == {"outbox": "See that the worker runs and the SMS gateway answers."}


def test_a_day_not_sealed_is_a_problem(healthy):
    factories.an_order(at=clock.now() - timedelta(days=3))
    assert problems() == {"seals": "Start the worker: jieban work"}


def test_no_city_pack_is_a_problem(home):
    found = problems()
    assert found["city pack"] == "Run: jieban init --city cities/beijing"
    assert found["worker"] == "Run: jieban work (or jieban serve, which brings its own)"


def doctor_of(home, database: str) -> tuple[int, dict[str, str]]:
    """`jieban doctor --json` on another database: exit code, and what is amiss with what to do."""
    env = {**os.environ, "JIEBAN_HOME": str(home), "DATABASE_URL": database}
    command = [sys.executable, "-m", "jieban.portal.cli", "doctor", "--json"]
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return result.returncode, {line["what"]: line["do"] for line in json.loads(result.stdout) if not line["ok"]}


def test_a_server_that_does_not_answer_is_a_problem(home):
    code, found = doctor_of(home, "postgres://nobody@127.0.0.1:1/nowhere")
    assert (code, found["database"]) == (1, "Start the database server or correct DATABASE_URL.")


def test_tables_that_are_not_made_are_a_problem(home):
    code, found = doctor_of(home, f"sqlite:///{home}/empty.sqlite3")
    assert (code, found["tables"]) == (1, "Run: jieban init --city FOLDER")

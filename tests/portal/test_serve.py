"""`jieban serve` for real: site and worker come and go together, and a missing city is told in one line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOY = ROOT / "tests" / "packs" / "toy"


def jieban(*words: str) -> list[str]:
    return [sys.executable, "-m", "jieban.portal.cli", *words]


def surroundings(home: Path) -> dict[str, str]:
    """SQLite in a home of its own, whatever database the other tests use."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "JIEBAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}


def run(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(jieban(*words), env=surroundings(home), cwd=ROOT, capture_output=True, text=True, timeout=120)


def a_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def until(test, *, seconds: float = 90) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.3)
    return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """A served toy city: the process, its port, its home."""
    assert run("init", "--city", str(TOY), home=tmp_path).returncode == 0
    port = a_port()
    process = subprocess.Popen(jieban("serve", "--port", str(port)), env=surroundings(tmp_path), cwd=ROOT)
    yield process, port, tmp_path
    if process.poll() is None:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_site_and_worker_come_up_and_go_down_together(served, number, code):
    process, port, home = served
    beat = home / "worker.json"
    assert until(lambda: answers(port) and beat.exists())
    assert json.loads(beat.read_text())["opened"] == 0
    process.send_signal(number)
    assert process.wait(30) == code
    assert until(lambda: not answers(port), seconds=30)
    last = beat.read_text()
    assert not until(lambda: beat.read_text() != last, seconds=5)


@pytest.mark.slow
def test_serving_without_a_city_fails_with_one_line_that_says_what_to_do(tmp_path):
    found = run("serve", "--port", str(a_port()), home=tmp_path)
    assert found.returncode == 1
    assert found.stderr.strip().splitlines()[-1].endswith("Load one with: jieban init --city FOLDER")


@pytest.mark.slow
def test_worker_that_works_once_says_what_it_did(tmp_path):
    assert run("init", "--city", str(TOY), home=tmp_path).returncode == 0
    found = run("work", "--once", home=tmp_path)
    assert (found.returncode, found.stdout.strip()) == (
        0,
        "opened 0  given_up 0  taken_over 0  undecided 0  went_on 0  warned 0  raised 0  reviewed 0  "
        "supervised 0  late_letters 0  court_warned 0  measures_over 0  delivered 0  drawn 0  sealed 0  "
        "cycles_told 3  released 0",
    )

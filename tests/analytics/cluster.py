"""A real Spark cluster on loopback: a standalone master and workers, each a process, from the jars of pyspark.

with cluster.running(folder) as found:
    engines.spark(lake, master=found.master)
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAIT = 60.0
WORKERS = 2


@dataclass(frozen=True)
class Cluster:
    """A cluster under way: the address for programs, and the one where it tells about itself."""

    master: str
    page: str

    def said(self) -> dict[str, Any]:
        """What the master tells of workers and applications."""
        with urllib.request.urlopen(f"{self.page}/json/", timeout=5) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
        return told

    def alive(self) -> list[str]:
        """The workers that the master knows as alive."""
        return [worker["id"] for worker in self.said()["workers"] if worker["state"] == "ALIVE"]


def tasks_done(session: Any) -> dict[str, int]:
    """How many tasks each executor of a session has finished, by its number; the program itself is left out."""
    told = session.sparkContext._jsc.sc().statusStore().executorList(True)
    found = [told.apply(n) for n in range(told.size())]
    return {one.id(): one.completedTasks() for one in found if one.id() != "driver"}


@contextmanager
def running(folder: Path, *, workers: int = WORKERS, memory: str = "1g") -> Iterator[Cluster]:
    """A master and workers of one core each, which write below `folder`. TimeoutError if they do not come up."""
    port, page = free(), free()
    found = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}")
    with ExitStack() as stack:
        words = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)]
        stack.enter_context(_process(words, folder / "master"))
        _wait(lambda: found.said()["status"] == "ALIVE", "the master")
        for number in range(workers):
            home = folder / f"worker{number}"
            words = ["worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", memory]
            words += ["--webui-port", str(free()), "-d", str(home), found.master]
            stack.enter_context(_process(words, home))
        _wait(lambda: len(found.alive()) == workers, "the workers")
        yield found


def free() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@contextmanager
def _process(words: list[str], home: Path) -> Iterator[None]:
    import pyspark

    base = Path(pyspark.__file__).parent
    home.mkdir(parents=True, exist_ok=True)
    told = {"SPARK_HOME": str(base), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "512m"}
    command = [str(base / "bin" / "spark-class"), f"org.apache.spark.deploy.{words[0]}", *words[1:]]
    with (home / "log").open("wb") as log:
        # A group of its own: the script starts Java, Java starts the executors.
        process = subprocess.Popen(
            command, env={**os.environ, **told}, stdout=log, stderr=log, cwd=home, start_new_session=True
        )
        try:
            yield
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            break
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _wait(reached: Any, what: str) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            if reached():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{what} did not come up within {WAIT:.0f} s")

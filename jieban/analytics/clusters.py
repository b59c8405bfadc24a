"""A session on a Spark cluster, opened with clear words where it cannot be, and what comes back from it.

Nothing here is imported from pyspark before it is needed: it is an extra.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from jieban.core.errors import BadInput

_ANSWERS_SECONDS = 5.0
_WORKERS_SECONDS = 45.0


@contextmanager
def session(master: str, *, wait: float = _WORKERS_SECONDS) -> Iterator[Any]:
    """A SparkSession on the cluster of this address; one that runs already is branched off and left running.

    `wait` is for how many seconds it waits for a first worker.
    BadInput where pyspark or Java are missing, no master is named or answers, or no worker is free.
    """
    builder = _builder()
    running = builder.getActiveSession()
    if running:
        yield _branch(running)
        return
    if not master:
        raise BadInput("No Spark master is named. Set JIEBAN_SPARK_MASTER, for example spark://host:7077.")
    _reach(master)
    made = _made(builder, master)
    try:
        _await_worker(made, master, wait)
        yield made
    finally:
        made.stop()


def fetch(connection: Any, expression: ir.Table) -> pa.Table:
    """The rows of an expression as Arrow, whole numbers as they are. (Ibis goes by pandas and rounds large ones.)"""
    connection._run_pre_execute_hooks(expression)
    frame = connection.raw_sql(connection.compile(expression))
    return frame.toArrow().cast(expression.schema().to_pyarrow())


def struct(columns: pa.Schema) -> Any:
    """An Arrow schema in Spark's terms."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(columns)


def _builder() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadInput("pyspark is not installed. Install the extra: pip install 'jieban[spark]'.") from None
    return SparkSession


def _made(builder: Any, master: str) -> Any:
    from pyspark.errors import PySparkException

    local = os.environ.get("SPARK_LOCAL_IP", "127.0.0.1")
    options = {
        **_counting(), "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR",
        "spark.driver.host": local, "spark.driver.bindAddress": local,
    }  # fmt: skip
    try:
        return builder.builder.master(master).appName("jieban").config(map=options).getOrCreate()
    except PySparkException as error:
        raise BadInput(f"Spark does not start: {error}. It needs Java 17 or newer.") from None


def _counting() -> dict[str, str]:
    """What decides figures and speed, the same in a session that somebody else began."""
    parts = os.environ.get("JIEBAN_SPARK_PARTITIONS", "8")
    return {"spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": parts}


def _branch(running: Any) -> Any:
    """A session beside the one that runs, with names of tables of its own."""
    mine = running.newSession()
    for name, value in _counting().items():
        mine.conf.set(name, value)
    return mine


def _reach(master: str) -> None:
    """BadInput where none of the masters of a spark:// address answers; Spark itself would try for a minute."""
    if not master.startswith("spark://"):
        return
    for one in master.removeprefix("spark://").split(","):
        host, _, port = one.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=_ANSWERS_SECONDS):
                return
        except (OSError, ValueError):
            continue
    raise BadInput(f"The Spark master {master} does not answer. Is it running, and is the address right?")


def _await_worker(session: Any, master: str, wait: float) -> None:
    """Wait for a first worker; without one Spark would wait for ever."""
    if not master.startswith("spark://"):
        return
    tracker = session.sparkContext._jsc.sc().statusTracker()
    until = time.monotonic() + wait
    # The program itself counts as one.
    while len(tracker.getExecutorInfos()) < 2:
        if time.monotonic() > until:
            raise BadInput(f"The Spark master {master} has no free worker. Start one, or wait until one is free.")
        time.sleep(0.2)

"""The whole data report from a lake on DuckDB with two cores, and the same tables by plain SQL on PostgreSQL.

    python -m bench.report [--lakes DIR …] [--contacts 1000000 3000000] [--postgres 3000000]

Without `--lakes` it invents a city of each of these sizes (`jieban simulate`). Each report runs in a process of its
own, start included: seconds and peak memory of that process. PostgreSQL is given the records of the lake with that
many contacts by COPY, indexes and ANALYZE, and as many workers as cores; JIEBAN_TEST_POSTGRES names the server. Both
must give the same numbers. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from bench.report_sql import INDEXES, QUERIES, WARM
from jieban.analytics import schema
from jieban.analytics.lake import Lake

CORES = 2
ROUNDS = 3
SERVER = os.environ.get("JIEBAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
_TYPES = {"int64": "bigint", "int32": "integer", "int8": "smallint", "date32[day]": "date", "bool": "boolean"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakes", nargs="*", type=Path, default=[], help="lakes that are there already")
    parser.add_argument("--contacts", nargs="*", type=int, default=[1_000_000, 3_000_000], help="sizes to invent")
    parser.add_argument(
        "--postgres", type=int, default=3_000_000, help="compare at the lake nearest to this; 0: do not"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        lakes = asked.lakes or [_invent(n, Path(home)) for n in asked.contacts]
        found = [_measure(lake, Path(home)) for lake in lakes]
        out: dict[str, Any] = {"bench": "report", "cores": CORES, "growth": found}
        if asked.postgres:
            nearest = min(zip(found, lakes, strict=True), key=lambda pair: abs(pair[0]["contacts"] - asked.postgres))
            out["postgres"] = _postgres(nearest[1], nearest[0], Path(home))
    print(json.dumps(out, ensure_ascii=False))


def _invent(contacts: int, home: Path) -> Path:
    lake = home / str(contacts)
    _run(["simulate", "--contacts", str(contacts), "--lake", str(lake)])
    return lake


def _measure(lake: Path, home: Path) -> dict[str, Any]:
    """The median of a few runs: seconds of the whole process, its peak memory, and the bytes that the lake holds."""
    runs = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        peak = _run(["report", "data", "--lake", str(lake), "--format", "json", "--out", str(_out(lake, home))])
        runs.append((round(time.perf_counter() - begun, 2), peak))
    seconds, peak = sorted(runs)[ROUNDS // 2]
    size = sum(file.stat().st_size for file in lake.rglob("*.parquet"))
    contacts = Lake(lake).state().rows("contacts")
    return {"contacts": contacts, "seconds": seconds, "peak_mib": peak, "lake_mib": round(size / 2**20),
            "seconds_per_million": round(seconds / contacts * 1e6, 3)}  # fmt: skip


def _out(lake: Path, home: Path) -> Path:
    return home / f"{lake.name}.json"


def _run(arguments: list[str]) -> int:
    """Run the command on two cores; its peak memory in MiB."""
    child = subprocess.Popen(
        [sys.executable, "-m", "jieban.portal.cli", *arguments], stdout=sys.stderr,
        preexec_fn=lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES]),
    )  # fmt: skip
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"jieban {' '.join(arguments)} failed")
    return round(usage.ru_maxrss / 1024)


def _postgres(lake: Path, ours: dict[str, Any], home: Path) -> dict[str, Any]:
    with _database() as connection:
        begun = time.perf_counter()
        for name in schema.TABLES:
            _copy(connection, Lake(lake), name)
        copied = time.perf_counter()
        for statement in (*INDEXES, "VACUUM ANALYZE"):
            connection.execute(statement)
        ready = time.perf_counter()
        times, answers = _ask(connection)
    _same(json.loads(_out(lake, home).read_text("utf-8")), answers)
    whole = sum(times.values())
    slowest = dict(sorted(times.items(), key=lambda pair: -pair[1])[:5])
    return {
        "contacts": ours["contacts"], "copy_seconds": round(copied - begun, 1),
        "index_seconds": round(ready - copied, 1),
        "sql_seconds": round(whole, 2), "statements": sum(len(found) for found in answers.values()),
        "duckdb_seconds": ours["seconds"], "ratio": round(whole / ours["seconds"], 1),
        "slowest": {name: round(seconds, 2) for name, seconds in slowest.items()},
    }  # fmt: skip


@contextmanager
def _database() -> Iterator[Any]:
    """A database of its own on the server, dropped afterwards."""
    import psycopg

    name = f"jieban_bench_report_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(SERVER, dbname=name, autocommit=True) as connection:
                for setting in (f"max_parallel_workers_per_gather = {CORES}", "work_mem = '256MB'", "jit = off"):
                    connection.execute(f"SET {setting}")
                yield connection
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _copy(connection: Any, lake: Lake, name: str) -> None:
    """All rows of a table of the lake, by COPY."""
    columns = schema.TABLES[name].columns
    described = ", ".join(f'"{c.name}" {_TYPES.get(str(c.type), "text")}' for c in columns)
    connection.execute(f"CREATE UNLOGGED TABLE {name} ({described})")
    options = csv.WriteOptions(include_header=False)
    with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        for path in lake.paths(name):
            for batch in pq.ParquetFile(path).iter_batches(200_000):
                plain = [
                    pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in batch.schema
                ]
                held = pa.BufferOutputStream()
                csv.write_csv(pa.Table.from_batches([batch]).cast(pa.schema(plain)), held, options)
                copy.write(held.getvalue().to_pybytes())


def _ask(connection: Any) -> tuple[dict[str, float], dict[str, list[Any]]]:
    """Every statement once, after a first reading of the tables into the server's memory."""
    for statement in WARM:
        connection.execute(statement)
    times: dict[str, float] = {}
    answers: dict[str, list[Any]] = {}
    for query in QUERIES:
        begun = time.perf_counter()
        values = [row[0] for row in connection.execute(query.each).fetchall()] if query.each else [""]
        answers[query.table] = [connection.execute(query.sql.format(value)).fetchall() for value in values]
        times[query.table] = time.perf_counter() - begun
    return times, answers


def _same(said: dict[str, Any], answers: dict[str, list[Any]]) -> None:
    """Both sides must have counted the same."""
    tables = {key: table["rows"] for key, table in said["tables"].items()}
    accepted = [row["accepted"] for row in tables["top20"]]
    assert [row["n"] for row in tables["totals"]] == list(answers["totals"][0][0])
    assert accepted == [count for _, count in answers["top20"][0]]
    assert {row["year"]: (row["numbers"], row["new"] or row["numbers"]) for row in tables["caller_years"]} == {
        year: (numbers, new) for year, numbers, new in answers["caller_years"][0]
    }
    assert sum(row["handled"] for row in tables["unit_kinds"]) == sum(n for _, n in answers["unit_kinds"][0])
    assert [row["handled"] for row in tables["municipal_most"]] == [n for _, n in answers["municipal_most"][0]]


if __name__ == "__main__":
    main()

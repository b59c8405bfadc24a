"""The same cubes of the same lake on DuckDB and on Spark (a standalone master, two workers), side by side in one run.

    python -m bench.spark [--lake DIR] [--contacts 1000000] [--rounds 3]

Without `--lake` a city of so many contacts is invented first (`jieban simulate`). Both engines have two cores: DuckDB
two threads, Spark two workers of one core each on loopback; they take turns in every round. Prints one JSON line:
seconds to open and, for each cube, the median seconds of the rounds on each engine, their ratio (Spark over DuckDB),
and Spark's first round, which pays for compiling. Every answer of Spark is compared with that of DuckDB; a difference
is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir

from jieban.analytics import engines
from jieban.analytics import measures as m
from jieban.analytics.engines import Source
from jieban.analytics.lake import Lake
from tests.analytics import cluster
from tests.analytics.questions import counted

CUBES: Final[Mapping[str, Callable[[Source], ir.Table]]] = {
    "contacts by month, channel and category": counted("contacts", "month", "channel", "category1"),
    "contacts by category": counted("contacts", "category1", "category2"),
    "orders by month and district": counted("orders", "month", "district"),
    "assignments by month and unit": counted("assignments", "month", "unit", "group"),
    "assignments by unit and category": counted("assignments", "unit", "category1"),
    "three rates by month and unit": counted("answers", "month", "unit"),
    "calling numbers by year": lambda source: m.numbers(source["contacts"], "year"),
    "middle of closing by month": lambda source: m.spread(source["orders"], "close_minutes", ["month"]),
}
_MADE = 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, help="a lake that is there already")
    parser.add_argument("--contacts", type=int, default=_MADE, help="how many contacts to invent without one")
    parser.add_argument("--rounds", type=int, default=3, help="how often each cube is counted")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jieban-bench-") as folder:
        where = asked.lake or _invented(Path(folder) / "lake", asked.contacts)
        print(json.dumps(_measure(Lake(where), asked.rounds, Path(folder)), ensure_ascii=False))


def _invented(folder: Path, contacts: int) -> Path:
    command = [
        sys.executable,
        "-m",
        "jieban.portal.cli",
        "simulate",
        "--contacts",
        str(contacts),
        "--lake",
        str(folder),
    ]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return folder


def _measure(lake: Lake, rounds: int, folder: Path) -> dict[str, Any]:
    with cluster.running(folder / "cluster") as found, ExitStack() as stack:
        started = time.perf_counter()
        local = stack.enter_context(engines.duckdb(lake, threads=2))
        between = time.perf_counter()
        spread = stack.enter_context(engines.spark(lake, master=found.master))
        opened = {"duckdb": round(between - started, 3), "spark": round(time.perf_counter() - between, 3)}
        cubes = {name: _cube(name, ask, (local, spread), rounds) for name, ask in CUBES.items()}
    state = lake.state()
    sums = [round(sum(cube[key] for cube in cubes.values()), 3) for key in ("duckdb_s", "spark_s")]
    return {
        "bench": "spark", "cores": os.cpu_count(), "rounds": rounds,
        "rows": {table: state.rows(table) for table in ("contacts", "orders", "assignments", "answers")},
        "open_s": opened, "cubes": cubes, "all": {"duckdb_s": sums[0], "spark_s": sums[1]},
        "ratio": round(sums[1] / sums[0], 2), "equal": True,
    }  # fmt: skip


def _cube(
    name: str, ask: Callable[[Source], ir.Table], sources: tuple[Source, Source], rounds: int
) -> dict[str, float]:
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        answers = []
        for source, spent in zip(sources, seconds, strict=True):
            started = time.perf_counter()
            answers.append(source.rows(ask(source)))
            spent.append(time.perf_counter() - started)
        assert _alike(*answers), f"The engines differ: {name}"
    found = _side_by_side(*seconds)
    print(f"{name}: {found}", file=sys.stderr)
    return found


def _side_by_side(local: list[float], spread: list[float]) -> dict[str, float]:
    one, other = statistics.median(local), statistics.median(spread)
    return {
        "duckdb_s": round(one, 3), "spark_s": round(other, 3), "spark_first_s": round(spread[0], 3),
        "ratio": round(other / one, 2),
    }  # fmt: skip


def _alike(local: list[dict[str, Any]], spread: list[dict[str, Any]]) -> bool:
    """The same groups with the same whole numbers, floats to a part in a thousand million."""
    return _keyed(local) == _keyed(spread)


def _keyed(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr([f"{v:.9g}" if isinstance(v, float) else v for v in row.values()]) for row in rows)


if __name__ == "__main__":
    main()

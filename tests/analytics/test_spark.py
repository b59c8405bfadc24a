"""Spark counts as DuckDB does: every measure on a real standalone cluster with two workers on loopback.

Counts are equal to the last digit, ratios and means to 1e-9. (tests/run.py gives these tests a run of their own.)
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from jieban.analytics import data_report, engines
from jieban.analytics.lake import Lake
from tests.analytics import chance, cluster
from tests.analytics import ten as small
from tests.analytics.questions import QUESTIONS

pytestmark = pytest.mark.spark

Rows = list[dict[str, Any]]
LAKES = ("ten", "chance")
# Enough contacts that every group has some, few enough that Spark starts no work in vain.
CONTACTS = 3_000


@pytest.fixture(scope="module")
def lakes(tmp_path_factory):
    """The ten-row lake and one of chance."""
    folder = tmp_path_factory.mktemp("lakes")
    return {"ten": small.lay(folder / "ten"), "chance": chance.lay(folder / "chance", 7, CONTACTS)}


@pytest.fixture(scope="module")
def told(spark_session, lakes) -> dict[tuple[str, str, str], Rows]:
    """The answers to every question, by engine, lake and question."""
    out = {}
    for name, lake in lakes.items():
        for engine in engines.ENGINES:
            with engines.open(engine, lake) as source, ThreadPoolExecutor(3 if engine == "spark" else 1) as pool:
                answers = pool.map(lambda ask, source=source: source.rows(ask(source)), QUESTIONS.values())
                out |= {(engine, name, asked): rows for asked, rows in zip(QUESTIONS, answers, strict=True)}
    return out


def in_order(rows: Rows) -> Rows:
    """Rows by their values that are exact; those tell them apart."""
    return sorted(rows, key=lambda row: repr([value for value in row.values() if not isinstance(value, float)]))


def same(one: Any, other: Any) -> bool:
    """The same value; floats to a part in a thousand million."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("lake", LAKES)
def test_both_engines_answer_alike(told, lake, asked):
    ours, theirs = in_order(told["duckdb", lake, asked]), in_order(told["spark", lake, asked])
    assert len(theirs) == len(ours) > 0
    differ = [
        (name, mine[name], yours.get(name))
        for mine, yours in zip(ours, theirs, strict=True)
        for name in mine.keys() | yours.keys()
        if not same(mine[name], yours[name])
    ]
    assert differ == []


def test_the_data_report_is_the_same_from_both_engines(spark_session, lakes):
    made = {}
    for engine in engines.ENGINES:
        with engines.open(engine, lakes["chance"]) as source:
            counts = data_report.count(source, None, None)
            document = data_report.document(counts, about={}, made_at=datetime(2022, 1, 1, tzinfo=UTC))
            made[engine] = data_report.plain(source, counts, document)
    told = {engine: made[engine]["_meta"].pop("engine") for engine in made}
    assert told == {"duckdb": "duckdb", "spark": "spark"}
    assert alike(made["duckdb"], made["spark"])


def alike(one: Any, other: Any) -> bool:
    """The same tree, floats to a part in a thousand million."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return same(one, other)


def test_both_workers_worked(spark_session, told, spark_cluster):
    """Each worker ran an executor of our program, and each executor finished tasks."""
    [program] = spark_cluster.said()["activeapps"]
    assert (program["name"], program["cores"]) == ("jieban", cluster.WORKERS)
    assert [worker["coresused"] for worker in spark_cluster.said()["workers"]] == [1] * cluster.WORKERS
    done = cluster.tasks_done(spark_session)
    assert sorted(done) == ["0", "1"]
    assert min(done.values()) > len(QUESTIONS)


def test_a_result_that_is_kept_is_counted_once_and_let_go(spark_session, lakes):
    with engines.open("spark", lakes["ten"]) as source:
        kept = source.keep(source["contacts"].group_by("channel").aggregate(n=source["contacts"].count()))
        assert sorted(row["n"] for row in source.rows(kept.filter(kept.n > 1))) == [2, 6]
        source.release()
        assert source.kept == []


def test_large_keys_come_back_to_the_last_digit(spark_session, tmp_path):
    tables = small.tables()
    key = 2**63 - 25
    tables["contacts"] = [row | {"caller": row["caller"] and key} for row in tables["contacts"]]
    with engines.open("spark", small.put(Lake(tmp_path / "lake"), tables)) as source:
        found = source.rows(source["contacts"].select("id", "caller").order_by("id"))
    assert [row["caller"] for row in found] == [key, key, None, *[key] * 7]


def test_two_lakes_are_open_side_by_side(spark_session, lakes):
    with engines.open("spark", lakes["ten"]) as one, engines.open("spark", lakes["chance"]) as other:
        counted = [source.rows(source["contacts"].aggregate(n=source["contacts"].count())) for source in (one, other)]
    assert counted == [[{"n": 10}], [{"n": CONTACTS}]]


def test_a_column_that_came_later_is_empty_in_older_files(spark_session, ten):
    for path in ten.paths("assignments"):
        if path.name.startswith("2019"):
            pq.write_table(pq.read_table(path).drop("section"), path)
    with engines.open("spark", ten) as source:
        counted = source["assignments"].aggregate(n=lambda t: t.count(), sections=lambda t: t.section.count())
        assert source.rows(counted) == [{"n": 9, "sections": 0}]

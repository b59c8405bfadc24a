"""A lake open in an engine: whole where files are older, empty where there are none, clear about what is missing."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jieban.analytics import engines, schema
from jieban.analytics.lake import Lake
from jieban.core.errors import BadInput
from tests.analytics import ten as rows


def grow_old(lake, table, column, months=None):
    """Let files of a table be from before a column came."""
    for path in lake.paths(table):
        if months is None or path.name[:6] in months:
            pq.write_table(pq.read_table(path).drop(column), path)


def test_a_lake_gives_back_what_was_written(ten):
    said = rows.tables()
    with engines.duckdb(ten) as source:
        for name in schema.TABLES:
            key = "id" if schema.TABLES[name].facts else "code"
            found = source.rows(source[name].order_by(key))
            assert found == sorted(said[name], key=lambda row, key=key: row[key])


def test_a_table_without_files_is_empty_but_has_its_columns(tmp_path):
    lake = Lake(tmp_path)
    with lake.change() as change:
        change.state.about = {"seed": 4}
    with engines.duckdb(lake) as source:
        assert [len(source.rows(source[name])) for name in schema.TABLES] == [0] * len(schema.TABLES)
        assert [tuple(source[name].columns) for name in schema.TABLES] == [
            tuple(table.arrow.names) for table in schema.TABLES.values()
        ]
        assert source.about == {"seed": 4}


@pytest.mark.parametrize("months", [None, {"201901", "202001"}], ids=["in no file", "in some files"])
def test_a_column_that_came_later_is_empty_in_older_files(ten, months):
    grow_old(ten, "assignments", "section", months)
    with engines.duckdb(ten) as source:
        assert set(source["assignments"].columns) == set(schema.ASSIGNMENTS.arrow.names)
        counted = source["assignments"].aggregate(n=lambda t: t.count(), sections=lambda t: t.section.count())
        assert source.rows(counted) == [{"n": 9, "sections": 0}]


def test_missing_files_are_told_before_anything_is_counted(ten):
    gone = ten.paths("orders")[2]
    gone.unlink()
    ten.paths("answers")[0].unlink()
    told = (
        f"The lake in {ten.folder} lacks 2 of its files, first {gone.relative_to(ten.folder)}. Sync into a new folder."
    )
    with pytest.raises(BadInput) as caught, engines.duckdb(ten):
        pass
    assert str(caught.value) == told


def test_an_unknown_engine_is_told(ten):
    with pytest.raises(BadInput, match=r"There is no engine hive\. Known: duckdb, spark\."):
        engines.open("hive", ten)


def test_what_is_kept_is_counted_once(ten):
    with engines.duckdb(ten) as source:
        kept = source.keep(source["contacts"].group_by("channel").aggregate(n=source["contacts"].count()))
        for path in ten.paths("contacts"):
            path.unlink()
        assert sorted(row["n"] for row in source.rows(kept)) == [1, 1, 2, 6]
        assert len(source.kept) == 1
        source.release()
        assert source.kept == []


def test_rows_come_as_arrow_with_whole_numbers_as_they_are(ten):
    tables = rows.tables()
    tables["contacts"][0]["caller"] = 2**63 - 25
    with engines.duckdb(rows.put(ten, tables)) as source:
        found = source.run(source["contacts"].filter(lambda t: t.id == 1).select("caller"))
    assert (found.schema.field("caller").type, found.to_pylist()) == (pa.int64(), [{"caller": 2**63 - 25}])


def test_nothing_is_left_behind_and_spilling_has_a_place(ten, tmp_path, monkeypatch):
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spill))
    monkeypatch.chdir(tmp_path)
    with engines.duckdb(ten, memory="64MB", threads=1) as source:
        [(where,)] = source.connection.raw_sql("SELECT current_setting('temp_directory')").fetchall()
        assert Path(where).parent == spill
        source.rows(source["contacts"])
    assert ([*spill.iterdir()], sorted(path.name for path in tmp_path.iterdir())) == ([], ["home", "spill", "ten"])

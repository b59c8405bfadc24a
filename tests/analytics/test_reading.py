"""The ways of reading a lake that docs/lake.md shows, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lake.md"
BLOCK = re.compile(r"```python ?(\w*)\n(.*?)```", re.DOTALL)
# Orders of the ten-row lake by month.
MONTHS = [(201901, 1), (201902, 1), (201912, 1), (202001, 1), (202101, 1), (202111, 1)]


def read(way, folder):
    """What the page finds, read in that way."""
    blocks = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    names = {}
    exec(blocks[""].replace("LAKE", str(folder)) + blocks[way], names)  # noqa: S102
    return names["found"]


@pytest.mark.parametrize("way", ["duckdb", "pandas"])
def test_other_tools_read_what_counts(ten, way):
    (ten.folder / "orders" / "209912-left-behind.parquet").write_bytes(b"not a part of the lake")
    assert read(way, ten.folder) == MONTHS


def test_the_house_reads_by_its_measures(ten):
    assert read("jieban", ten.folder) == [{"month": month, "orders": n} for month, n in MONTHS]


@pytest.mark.spark
def test_spark_reads_what_counts(ten, spark_session):
    (ten.folder / "orders" / "209912-left-behind.parquet").write_bytes(b"not a part of the lake")
    assert read("spark", ten.folder) == MONTHS

"""One small invented city for all tests of this folder."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from jieban.analytics.lake import Lake
from simulation import figures
from simulation.lake import plan as planning
from simulation.lake import writing

ROOT = Path(__file__).resolve().parents[3]
CONTACTS = 200_000


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Folder, printed figures and scale of the small city."""
    folder = tmp_path_factory.mktemp("city")
    pack, printed = figures.read(ROOT / "cities" / "beijing")
    plan = planning.make(pack, printed, contacts=CONTACTS, start=date(2019, 1, 1), end=date(2021, 11, 30), seed="t")
    writing.run(plan, pack, folder, seed="t", workers=2)
    return folder, printed, plan


@pytest.fixture(scope="session")
def ask(made):
    """Ask the small city in SQL; rows as tuples."""
    lake, base = Lake(made[0]), duckdb.connect()
    for table in ("contacts", "orders", "assignments", "answers", "units", "categories", "channels"):
        base.read_parquet([str(path) for path in lake.paths(table)]).create_view(table)
    return lambda sql: base.execute(sql).fetchall()


@pytest.fixture(scope="session")
def truths(made):
    """What was planted."""
    return json.loads((made[0] / "ground_truth.json").read_text("utf-8"))["truths"]

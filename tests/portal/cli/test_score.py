"""`jieban score` and `jieban audit-bundle` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jieban.accounts.actor import Role
from jieban.analytics import engines
from jieban.appraisal import freezing
from jieban.appraisal.freezing import Lake
from jieban.core.errors import BadInput
from jieban.portal.cli import score
from tests import factories
from tests.appraisal import small, small_lake
from tests.appraisal.test_freezing import AT, LINES


def run(*arguments: str):
    app = typer.Typer()
    score.register(app)
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder with the small scheme, and another one beside it that gives part answers nothing."""
    folder = tmp_path / "pack" / "schemes"
    folder.mkdir(parents=True)
    (folder / "small.toml").write_text(small.SCHEME, "utf-8")
    later = small.SCHEME.replace('"small"', '"strict"').replace("part = 0.50", "part = 0.00")
    (folder / "strict.toml").write_text(later.replace("from = 2026-01-19", "from = 2027-01-19"), "utf-8")
    return folder.parent


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return small_lake.lay(tmp_path / "lake", small.cases(*LINES)).folder


def test_a_lake_without_a_database_is_scored_by_the_schemes_of_a_folder(lake, pack, db):
    asked = ("score", "--cycle", "2026-11", "--lake", str(lake), "--city", str(pack), "--board", "streets")
    rows = json.loads(run(*asked, "--json").stdout)
    expected = {row["unit"]: row for row in small.recompute(small.cases(*LINES))["streets"]}
    assert [(row["unit"], row["group"], row["rank"]) for row in rows] == [
        ("u1", "streets", 1), ("u2", "streets", 2), ("u3", "streets", None),
    ]  # fmt: skip
    for row in rows:
        held = expected[row["unit"]]
        assert row["composite"] == (held["composite"]["score"] and float(held["composite"]["score"]))
        assert [row[rate] for rate in ("response", "resolution", "satisfaction")] == [
            None if one["share"] is None else float(one["share"]) for one in held["adjusted"].values()
        ]
        assert (row["n"], row["excluded"]) == (held["n"], held["excluded"])
    strict = json.loads(run(*asked, "--json", "--scheme", "strict").stdout)
    assert {row["unit"]: row["resolution"] for row in strict}["u2"] < rows[1]["resolution"]
    shown = run(*asked).stdout
    assert "u1（示例）" in shown
    assert "too few" in shown
    assert "示例，非官方" in shown


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--board", "x"), "There is no board x. Known: streets, districts, communities, trades."),
        (("--scheme", "x"), "There is no scheme x. Known: small, strict."),
        (("--cycle", "2026"), "“2026”不是考核期"),
        (("--cycle", "2020-01"), "没有生效的考评方案"),
        (("--engine", "abacus"), "There is no engine abacus"),
    ],
)
def test_what_cannot_be_scored_says_why(lake, pack, db, more, why):
    with pytest.raises(BadInput, match=why.replace(".", r"\.")):
        run("score", "--cycle", "2026-11", "--lake", str(lake), "--city", str(pack), *more)


def test_a_frozen_cycle_is_shown_and_taken_along(lake, city, tmp_path):
    for command in (("score", "--frozen"), ("audit-bundle", "--out", str(tmp_path / "no.zip"))):
        with pytest.raises(BadInput, match="The cycle 2026-11 is not frozen"):
            run(*command, "--cycle", "2026-11")
    with engines.duckdb(small_lake.lay(tmp_path / "other", small.cases(*LINES))) as source:
        kept = freezing.freeze(Lake(source, AT), small.cycle(), by=factories.an_actor(Role.AUDITOR), at=AT)
    rows = json.loads(run("score", "--cycle", "2026-11", "--frozen", "--json").stdout)
    assert [row["unit"] for row in rows if row["group"] == "streets"] == ["u1", "u2", "u3"]
    with pytest.raises(BadInput, match="2026-11 has no version 7; it has v1"):
        run("score", "--cycle", "2026-11", "--frozen", "--version", "7")
    out = tmp_path / "deep" / "bundle.zip"
    assert kept.sha256 in run("audit-bundle", "--cycle", "2026-11", "--out", str(out)).stdout
    zipfile.ZipFile(out).extractall(tmp_path / "unpacked")
    done = subprocess.run([sys.executable, "-I", "recompute.py"], cwd=tmp_path / "unpacked", env={}, check=False)
    assert done.returncode == 0
    assert [path.name for path in out.parent.iterdir()] == ["bundle.zip"]

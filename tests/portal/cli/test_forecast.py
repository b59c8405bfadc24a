"""`jieban forecast`: made from a lake, told in one JSON object or in plain words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jieban.analytics.forecasts import store
from jieban.portal.cli import main
from tests.analytics import ten
from tests.analytics.forecasts import sown


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.build(), ["forecast", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout


@pytest.mark.django_db
def test_forecasts_are_made_and_told(tmp_path: Path) -> None:
    cells = [sown.Cell("1401", "110105", "110105002", 2)]
    lake = sown.lake(tmp_path / "lake", cells, first=date(2019, 1, 1), days=1065)
    code, told = run("--lake", str(lake.folder), "--horizon", "2", "--json")
    said = json.loads(told)
    assert (code, said["ahead"], said["until"]) == (0, [202112, 202201], "2021-11-30")
    # All, the category, the district, and both.
    assert {name: said["tried"]["months"]["districts"][name] for name in ("ok", "short", "few")} == {
        "ok": 4,
        "short": 0,
        "few": 0,
    }
    assert store.made(store.home()).ahead == [202112, 202201]


@pytest.mark.django_db
def test_short_lake_is_told_in_plain_words(tmp_path: Path) -> None:
    cells = [sown.Cell("1401", "110105", "110105002", 2)]
    lake = sown.lake(tmp_path / "lake", cells, first=date(2021, 1, 1), days=60)
    code, told = run("--lake", str(lake.folder), "--out", str(tmp_path / "out"))
    lines = told.splitlines()
    assert (code, lines[1]) == (0, "Series of districts: 0 forecast, 4 too short, 0 too few contacts.")
    assert lines[-1].endswith(" calls a day of late, not made, they need 91 days of 24 calls.")


@pytest.mark.django_db
def test_ten_row_lake_is_told_as_too_few(tmp_path: Path) -> None:
    lake = ten.lay(tmp_path / "lake")
    told = run("--lake", str(lake.folder), "--out", str(tmp_path / "out"))[1].splitlines()
    assert told[1].startswith("Series of districts: 0 forecast, 0 too short, ")

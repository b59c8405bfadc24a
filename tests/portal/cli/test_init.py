"""`jieban init` as a person runs it: what it prints, how it ends, what it leaves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from jieban.city.models import PackVersion
from jieban.portal.cli import init
from tests.city.toy import PACKS

COUNTED = "9 units (2 streets), 3 places, 4 categories, 3 duties"


def run(*words: str) -> Result:
    app = typer.Typer()
    init.register(app)
    return CliRunner().invoke(app, words)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The toy pack with two mistakes."""
    folder = Path(shutil.copytree(PACKS / "toy", tmp_path / "pack"))
    text = (folder / "duties.csv").read_text(encoding="utf-8")
    (folder / "duties.csv").write_text(text.replace("direct,water", "direct,nobody"), encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_loading_tells_version_and_counts() -> None:
    result = run("--city", str(PACKS / "toy"))
    version = PackVersion.objects.get()
    assert (result.exit_code, result.stdout) == (
        0,
        f"Littleton: version 1, valid from 2000-01-01, {version.sha256[:12]}. {COUNTED}. Next: jieban serve\n",
    )


@pytest.mark.django_db
def test_loading_twice_says_the_same() -> None:
    assert run("--city", str(PACKS / "toy")).stdout == run("--city", str(PACKS / "toy")).stdout
    assert PackVersion.objects.count() == 1


def test_checking_writes_nothing() -> None:
    result = run("--city", str(PACKS / "toy"), "--check")
    assert (result.exit_code, result.stdout) == (0, f"The pack is in order: {COUNTED}.\n")


def test_mistakes_are_told_one_a_line_before_anything_is_written(broken: Path) -> None:
    result = run("--city", str(broken))
    remedy = "Use a unit code, street, district, community, firm or district:<function>."
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-3:] == [
        f"jieban: the city pack {broken} cannot be loaded; nothing was changed. Mistakes: 2",
        f"  duties.csv, line 3: There is no unit “nobody”. {remedy}",
        f"  duties.csv, line 4: There is no unit “nobody”. {remedy}",
    ]


def test_folder_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    assert run("--city", str(tmp_path / "nowhere")).exit_code == 2


def test_help_has_an_example() -> None:
    assert "Example: jieban init --city cities/beijing" in run("--help").stdout

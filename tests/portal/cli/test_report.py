"""`jieban report data`: the report of a lake as a page, a Word file and JSON."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from jieban.core.errors import BadInput
from jieban.portal.cli import main
from tests.analytics import ten as rows


@pytest.fixture
def lake(tmp_path: Path) -> str:
    return str(rows.lay(tmp_path / "ten").folder)


def run(*arguments: str) -> bytes:
    result = CliRunner().invoke(main.build(), ["report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout_bytes


def test_json_goes_to_stdout(lake):
    said = json.loads(run("data", "--lake", lake, "--format", "json"))
    assert (said["totals"]["accepted"], said["_meta"]["engine"], len(said["tables"])) == (0.001, "duckdb", 37)


def test_days_bound_what_is_counted(lake):
    said = json.loads(run("data", "--lake", lake, "--format", "json", "--from", "2020-01-01", "--to", "2020-12-31"))
    assert (said["_meta"]["from"], said["_meta"]["to"]) == ("2020-01-01", "2020-12-31")
    assert said["annual_accepted"] == [{"year": 2020, "accepted": 0.0003}]


def test_a_page_is_written_to_a_file(lake, tmp_path):
    out = tmp_path / "new" / "report.html"
    assert run("data", "--lake", lake, "--out", str(out)) == b""
    assert "<h1>12345 热线数据报告</h1>" in out.read_text("utf-8")


def test_a_word_file_opens(lake):
    found = docx.Document(BytesIO(run("data", "--lake", lake, "--format", "docx")))
    assert found.core_properties.title == "12345 热线数据报告"
    assert len(found.tables) == 36  # the 37th, levels of a matter that has none, is empty


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "soon"), "“soon” is not a day"),
        (("--from", "2021-02-01", "--to", "2021-01-01"), "is after the last day"),
        (("--engine", "abacus"), "There is no engine abacus"),
    ],
)
def test_what_cannot_be_done_is_said(lake, arguments, said):
    with pytest.raises(BadInput, match=said):
        run("data", "--lake", lake, *arguments)


def test_a_folder_without_a_lake_is_named(tmp_path):
    with pytest.raises(BadInput, match="There is no lake in"):
        run("data", "--lake", str(tmp_path))

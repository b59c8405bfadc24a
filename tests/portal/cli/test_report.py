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


def compared(lake: str, tmp_path: Path, said: dict) -> tuple[int, dict]:
    (tmp_path / "said.json").write_text(json.dumps(said))
    asked = ["report", "compare", "--lake", lake, "--published", str(tmp_path / "said.json"), "--format", "json"]
    result = CliRunner().invoke(main.build(), asked, catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


def test_printed_figures_stand_beside_those_of_the_lake(lake, tmp_path):
    days = {"from": "2019-01-01", "to": "2019-12-31"}
    code, found = compared(lake, tmp_path, {"_source": days, "totals": {"accepted": 0.0004, "phone_pct": 75.0}})
    assert (code, found["summary"]["green"], found["_meta"]["to"]) == (0, True, "2019-12-31")
    assert [line["path"] for line in found["figures"]] == ["totals.accepted", "totals.phone_pct"]


def test_a_figure_that_disagrees_without_a_reason_fails_the_command(lake, tmp_path):
    said = {"totals": {"accepted": 0.0004}}
    code, found = compared(lake, tmp_path, said)
    assert (code, found["summary"]["differs"]) == (1, 1)
    code, found = compared(lake, tmp_path, said | {"_exceptions": [{"path": "totals.*", "reason": "所有年份"}]})
    assert (code, found["figures"][0]["reason"]) == (0, "所有年份")


def test_a_folder_without_a_lake_is_named(tmp_path):
    with pytest.raises(BadInput, match="There is no lake in"):
        run("data", "--lake", str(tmp_path))

"""`jieban report daily` and the others that come round, from a lake."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from jieban.analytics.periodic import KINDS
from jieban.core.errors import BadInput
from jieban.portal.cli import main, report_kinds
from tests.analytics.periodic.town import Town


@pytest.fixture
def lake(tmp_path: Path) -> str:
    return str(Town().asked("2021-11-30", 3, "heat").lay(tmp_path / "town").folder)


def run(*arguments: str) -> bytes:
    result = CliRunner().invoke(main.build(), ["report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout_bytes


def test_every_kind_has_a_command():
    assert set(report_kinds.SAYS) == set(KINDS)


def test_a_day_without_options_is_the_last_one_of_the_lake(lake):
    said = json.loads(run("daily", "--lake", lake, "--format", "json"))
    assert (said["title"], said["since"], said["until"]) == ("接诉即办日通报", "2021-11-30", "2021-11-30")


def test_a_trade_is_named_by_its_category_and_opens_in_word(lake):
    made = run("trade", "--lake", lake, "--category", "14", "--on", "2021-11-30", "--format", "docx")
    assert docx.Document(BytesIO(made)).core_properties.title == "供暖行业专报"


def test_a_rhythm_that_a_kind_has_not_is_refused_in_words(lake):
    with pytest.raises(BadInput, match="meeting is made by day or week, not by month"):
        run("meeting", "--lake", lake, "--by", "month")

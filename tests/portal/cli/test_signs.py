"""`jieban signs` on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jieban.appraisal.integrity_models import SignSearch
from jieban.appraisal.scheme_models import PUBLISHED, SchemeText
from jieban.core.errors import BadInput
from jieban.portal.cli import signs
from tests.appraisal import signs_city, small

AT = datetime(2026, 1, 1, tzinfo=UTC)


def run(*arguments: str):
    app = typer.Typer()
    signs.register(app)
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture
def lake(toy, tmp_path: Path) -> str:
    SchemeText.objects.create(
        code="small", name="小城方案", text=small.SCHEME, sha256=small.scheme().sha256, state=PUBLISHED,
        valid_from=small.scheme().model.first, made_at=AT, published_at=AT,
    )  # fmt: skip
    return str(signs_city.lay(tmp_path / "lake").folder)


def test_signs_are_printed_for_people_and_for_programs_and_nothing_is_written(lake):
    plain = run("--cycle", "2026-11", "--lake", lake).output
    assert "s03街道 (streets) soon: 30 of 40, expected 1.1, chance" in plain
    found = json.loads(run("--cycle", "2026-11", "--lake", lake, "--json").output)
    assert {key: found[key] for key in ("cycle", "first", "end", "answers")} == {
        "cycle": "2026-11", "first": "2026-10-19", "end": "2026-11-19", "answers": 480,
    }  # fmt: skip
    assert [(one["unit"], one["sign"], one["got"], one["of"]) for one in found["signs"]] == [
        ("s03", "soon", 30, 40), ("s03", "number", 30, 40),
    ]  # fmt: skip
    assert SignSearch.objects.count() == 0


def test_a_cycle_without_answers_says_so_and_a_wrong_one_is_refused(lake):
    assert "No unit stands out." in run("--cycle", "2026-05", "--lake", lake).output
    with pytest.raises(BadInput, match="不是考核期"):
        run("--cycle", "autumn", "--lake", lake)

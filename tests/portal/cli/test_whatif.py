"""`jieban what-if`: the same numbers as the page, as JSON and as tables; bad files are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jieban.appraisal.scheme_models import PUBLISHED, SchemeText
from jieban.city import schemes
from jieban.portal.cli import main
from tests.appraisal import small_lake
from tests.appraisal.test_whatif import BEFORE, CASES
from tests.factories import AT
from tests.portal.test_scheme_pages import fitting


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    numbered = [{**case, "assignment": str(n), "order": str(n)} for n, case in enumerate([*CASES, *BEFORE], start=1)]
    return small_lake.lay(tmp_path_factory.mktemp("lake") / "small", numbered).folder


@pytest.fixture
def in_force(toy):
    """The small scheme, published; the toy city knows its codes."""
    scheme = schemes.read(fitting(toy).replace("cycle_start_day = 1\n", "cycle_start_day = 19\n"))
    return SchemeText.objects.create(
        code="small", name="小城方案", text=scheme.text, sha256=scheme.sha256, valid_from=scheme.model.first,
        state=PUBLISHED, made_at=AT,
    )  # fmt: skip


def asked(tmp_path: Path, text: str, *more: str):
    file = tmp_path / "draft.toml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main.build(), ["what-if", "--scheme", str(file), *more])


def solving(text: str) -> str:
    new = "response = 0.10, resolution = 0.80, satisfaction = 0.00"
    return text.replace("response = 0.10, resolution = 0.40, satisfaction = 0.40", new).replace('"small"', '"tried"')


def test_the_worked_example_as_json(in_force, lake, tmp_path):
    answer = asked(tmp_path, solving(in_force.text), "--cycle", "2026-11", "--lake", str(lake), "--past", "2", "--json")
    said = json.loads(answer.stdout)
    streets = said["boards"][0]
    assert [(m["unit"], m["before"], m["after"]) for m in streets["moves"]] == [
        ("u1", 2, 1), ("u2", 1, 2), ("u3", None, None),
    ]  # fmt: skip
    assert (said["in_force"]["code"], said["tried"]["code"], [one["cycle"] for one in said["past"]]) == (
        "small", "tried", ["2026-10"],
    )  # fmt: skip


def test_the_worked_example_in_words(in_force, lake, tmp_path):
    answer = asked(tmp_path, solving(in_force.text), "--cycle", "2026-11", "--lake", str(lake), "--board", "streets")
    assert answer.exit_code == 0
    assert "示例，非官方. 2026-11, 9 cases: small → tried" in answer.stdout
    assert "街道: 0 of 1 pairs of neighbours are within noise" in answer.stdout


def test_a_scheme_with_mistakes_names_them(in_force, lake, tmp_path):
    wrong = in_force.text.replace("late_days = 3", "late_days = 99")
    answer = asked(tmp_path, wrong, "--cycle", "2026-11", "--lake", str(lake))
    assert "late_days: Input should be less than or equal to 15" in str(answer.exception)

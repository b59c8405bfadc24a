"""`jieban train` and `jieban classify`: from letters with labels to guesses in a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer
from openpyxl import Workbook
from typer.testing import CliRunner

from jieban.core.errors import BadInput
from jieban.portal import letters
from jieban.portal.cli import classify, train
from tests.triage.letters import LETTERS

COLUMNS = ("category", "kind", "title", "body")


def run(*arguments: str | Path, fails: bool = False):
    app = typer.Typer()
    train.register(app)
    classify.register(app)
    return CliRunner().invoke(app, [str(part) for part in arguments], catch_exceptions=fails)


@pytest.fixture
def table(tmp_path) -> Path:
    """The invented letters as CSV."""
    path = tmp_path / "letters.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS, *LETTERS])
    return path


@pytest.fixture
def model(table, tmp_path) -> Path:
    """A model of the kinds."""
    path = tmp_path / "kind.model"
    assert run("train", "--labels", table, "--text", "title,body", "--label", "kind", "--out", path).exit_code == 0
    return path


def guessed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_training_tells_how_well_it_does(table, tmp_path) -> None:
    out = tmp_path / "kind.model"
    result = run("train", "--labels", table, "--text", "title,body", "--label", "kind", "--out", out, "--json")
    facts = json.loads(result.stdout)
    assert (facts["letters"], facts["label_column"], facts["text_columns"]) == (
        len(LETTERS), "kind", ["title", "body"],
    )  # fmt: skip
    assert sorted(facts["scores"]) == ["letters", "macro_f1", "method", "top1", "top3"]


def test_classified_file_keeps_its_rows_and_gains_three_columns(model, table, tmp_path) -> None:
    out = tmp_path / "guessed.csv"
    result = run("classify", "--model", model, "--in", table, "--text", "title,body", "--out", out)
    rows = guessed(out)
    assert (result.exit_code, len(rows), list(rows[0])) == (0, len(LETTERS), [*COLUMNS, *letters.ADDED])
    assert [tuple(row[name] for name in COLUMNS) for row in rows] == list(LETTERS)
    assert [row["top3"].split("|")[0] for row in rows] == [row["predicted"] for row in rows]
    assert {len(row["top3"].split("|")) for row in rows} == {3}
    right = sum(row["predicted"] == row["kind"] for row in rows)
    assert right > 0.9 * len(rows)


def test_jsonl_and_excel_give_the_same_guesses(model, table, tmp_path) -> None:
    lines, sheet = tmp_path / "letters.jsonl", tmp_path / "letters.xlsx"
    lines.write_text("".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in LETTERS))
    book = Workbook()
    for row in (COLUMNS, *LETTERS):
        book.active.append(row)
    book.save(sheet)
    found = []
    for source in (table, lines, sheet):
        out = tmp_path / f"{source.suffix[1:]}.jsonl"
        assert run("classify", "--model", model, "--in", source, "--text", "title,body", "--out", out).exit_code == 0
        found.append([json.loads(line) for line in out.read_text().splitlines()])
    assert found[0] == found[1] == found[2]
    assert found[0][0]["top3"][0] == found[0][0]["predicted"]


def test_file_in_gb18030_is_read(model, table, tmp_path) -> None:
    old, out, again = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "again.csv"
    old.write_bytes(table.read_text(encoding="utf-8").encode("gb18030"))
    run("classify", "--model", model, "--in", old, "--text", "title,body", "--out", out)
    run("classify", "--model", model, "--in", table, "--text", "title,body", "--out", again)
    assert guessed(out) == guessed(again)


def test_guesses_of_an_earlier_run_are_replaced(model, table, tmp_path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    run("classify", "--model", model, "--in", table, "--text", "title,body", "--out", first)
    run("classify", "--model", model, "--in", first, "--text", "title,body", "--out", second)
    assert first.read_text() == second.read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--labels": "none.csv"}, "none.csv cannot be read: No such file or directory."),
        ({"--label": "unit"}, "letters.csv has no column unit. It has: category, kind, title, body."),
        ({"--text": "titel,text"}, "letters.csv has no column titel or text. It has: category, kind, title, body."),
        ({"--text": ","}, "Name at least one text column, for example --text title,content"),
    ],
)
def test_training_on_what_is_not_there_is_told(table, tmp_path, monkeypatch, change, said) -> None:
    monkeypatch.chdir(tmp_path)
    options = {"--labels": table.name, "--text": "title", "--label": "kind", "--out": "m.model"} | change
    with pytest.raises(BadInput) as told:
        run("train", *(part for pair in options.items() for part in pair))
    assert (str(told.value), Path("m.model").exists()) == (said, False)


def test_classifying_with_another_file_is_refused(table, tmp_path) -> None:
    with pytest.raises(BadInput, match="is not a model file"):
        run("classify", "--model", table, "--in", table, "--text", "title", "--out", tmp_path / "out.csv")


def test_result_in_another_format_is_bad_usage(model, table, tmp_path) -> None:
    result = run("classify", "--model", model, "--in", table, "--text", "title", "--out", tmp_path / "out.xlsx")
    assert (result.exit_code, "must be a .csv or .jsonl file" in result.stderr) == (2, True)


def test_result_that_cannot_be_written_is_told(model, table, tmp_path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        run("classify", "--model", model, "--in", table, "--text", "title", "--out", table / "out.csv")

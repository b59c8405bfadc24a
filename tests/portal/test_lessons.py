"""Verdicts as letters to learn from: the right unit, and nothing that says whose letter it was."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from jieban.core.errors import BadInput
from jieban.dispatch.court import actions
from jieban.portal import lessons, letters
from jieban.portal.cli.main import build
from tests import verbs
from tests.dispatch.court import cases
from tests.factories import AT

pytestmark = pytest.mark.django_db
SAID = "我是林晓，电话 138 0000 1234，身份证 11010119900307123X，邮箱 lin@example.com。8 号楼前井盖松了。"


@pytest.fixture
def settled(toy) -> None:
    """One order that stayed with Mill Parish, one that went to Hill Parish."""
    for to in ("", "hill"):
        order = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", title="井盖松了", content=SAID)
        case = cases.objected(toy, cases.part(order, "mill"))
        verdict = cases.verdict(toy, at=AT + timedelta(hours=2))
        if to:
            actions.uphold([case], verdict, to=to)
        else:
            actions.keep([case], verdict)


def test_letters_carry_the_right_unit_and_nobodys_name(settled, tmp_path):
    path = tmp_path / "out" / "verdicts.csv"
    assert lessons.write(path) == 2
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["unit"], row["category"]) for row in rows] == [("Mill Parish", "0101"), ("Hill Parish", "0101")]
    assert rows[0]["content"] == "我是某某，电话 〇，身份证 〇，邮箱 〇。8 号楼前井盖松了。"


def test_training_reads_what_is_written(settled, tmp_path):
    path = tmp_path / "verdicts.csv"
    lessons.write(path)
    read = letters.read(path, "title,content", also=["unit"])
    assert (len(read.texts), set(read.column("unit"))) == (2, {"Mill Parish", "Hill Parish"})


def test_command_writes_them_and_says_how_many(settled, tmp_path):
    done = CliRunner().invoke(build(), ["verdicts", "--out", str(tmp_path / "v.csv"), "--since", "2026-03-02"])
    assert (done.exit_code, done.output.startswith("2 letters")) == (0, True)
    none = CliRunner().invoke(build(), ["verdicts", "--out", str(tmp_path / "w.csv"), "--since", "2026-03-03"])
    assert none.output.startswith("0 letters")


def test_strange_day_is_refused(tmp_path):
    assert CliRunner().invoke(build(), ["verdicts", "--out", str(tmp_path / "v.csv"), "--since", "soon"]).exit_code == 2


def test_file_that_cannot_be_written_is_said(settled, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        lessons.write(tmp_path / "file" / "verdicts.csv")

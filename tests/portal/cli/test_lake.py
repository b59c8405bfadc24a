"""`jieban lake`: synced and shown from the command line, where it is told or in the home folder."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from jieban.analytics.lake import home as lake_at_home
from jieban.core import clock
from jieban.portal.cli import main
from tests import verbs


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.build(), ["lake", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout


def test_lake_is_synced_into_the_home_folder_and_shown(toy):
    verbs.asked(toy, at=clock.now())
    code, said = run("sync", "--json")
    first = json.loads(said)
    assert (code, first["orders"], len(first["months"]), first["whole"]) == (0, 1, 1, True)
    code, said = run("sync")
    assert (code, said[:45]) == (0, "The lake is brought up to date: 0 orders in 0")
    code, said = run("show", "--json")
    shown = json.loads(said)
    assert (code, shown["folder"]) == (0, str(lake_at_home().folder))
    assert {name: one["rows"] for name, one in shown["tables"].items() if name in ("orders", "answers")} == {
        "orders": 1,
        "answers": 0,
    }
    assert shown["tables"]["orders"]["months"] == first["months"]
    assert "contacts" in run("show")[1]


def test_lake_goes_where_it_is_told(toy, tmp_path):
    verbs.asked(toy, at=clock.now())
    assert run("sync", "--fresh", "--lake", str(tmp_path / "there"))[0] == 0
    assert (tmp_path / "there" / "lake.json").is_file()
    assert not lake_at_home().exists()

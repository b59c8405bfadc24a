"""`jieban due` on the command line: the contract that scripts rely on."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from jieban.portal.cli import due


def run(*arguments: str):
    app = typer.Typer()
    due.register(app)
    return CliRunner().invoke(app, arguments)


def told(*arguments: str) -> str:
    """The moment that the JSON tells."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["due"]


@pytest.mark.django_db
def test_without_a_pack_only_weekends_are_off_and_it_says_so():
    result = run("--limit", "1wd", "--at", "2026-02-13T10:00+08:00")
    assert result.stdout == "2026-02-16T10:00:00+08:00\n"
    assert "weekends only" in result.stderr


def test_the_packs_calendar_counts(toy):
    result = run("--limit", "2h", "--at", "2026-03-02T09:00", "--json")
    assert json.loads(result.stdout) == {
        "due": "2026-03-02T11:00:00+08:00", "limit": "2h", "calendar": f"{toy.pack.city.code}, version 1",
    }  # fmt: skip
    assert told("--limit", "1wd", "--at", "2026-12-24T10:00")[:10] == "2026-12-28"
    assert told("--limit", "1wd", "--at", "2026-12-18T10:00")[:10] == "2026-12-19"


@pytest.mark.django_db
def test_pauses_are_left_out():
    arguments = ["--limit", "2h", "--at", "2026-03-02T09:00", "--pause", "2026-03-02T09:30/2026-03-02T10:00"]
    assert told(*arguments) == "2026-03-02T11:30:00+08:00"
    assert told(*arguments, "--pause", "2026-03-02T03:00+00:00/2026-03-02T04:00Z") == "2026-03-02T12:30:00+08:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--limit", "2w", "--at", "2026-03-02T09:00"), "is not a limit"),
        (("--limit", "2h", "--at", "yesterday"), "is not a moment"),
        (("--limit", "2h", "--at", "2026-03-02T09:00", "--pause", "2026-03-02T09:30"), "is not a pause"),
        (
            ("--limit", "2h", "--at", "2026-03-02T09:00", "--pause", "2026-03-03T09:00/2026-03-02T09:00"),
            "is not a pause",
        ),
        (("--limit", "2h"), "--at"),
    ],
)
def test_bad_usage_ends_with_two_and_a_reason(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())

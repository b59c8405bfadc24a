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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ([], "2026-03-02T11:00:00+08:00"),
        (["2026-03-02T07:00/2026-03-02T09:00"], "2026-03-02T11:00:00+08:00"),  # over when it starts
        (["2026-03-02T08:00/2026-03-02T09:30"], "2026-03-02T11:30:00+08:00"),  # begins before the start
        (["2026-03-02T09:00/2026-03-02T10:00"], "2026-03-02T12:00:00+08:00"),  # begins at the start
        (["2026-03-02T11:00/2026-03-02T12:00"], "2026-03-02T11:00:00+08:00"),  # begins at the end: too late
        (["2026-03-02T09:30/2026-03-02T09:30"], "2026-03-02T11:00:00+08:00"),  # empty
        (["2026-03-02T10:30/2026-03-02T11:30", "2026-03-02T09:00/2026-03-02T09:10"], "2026-03-02T12:10:00+08:00"),
        (["2026-03-02T09:30/2026-03-02T10:30", "2026-03-02T10:00/2026-03-02T11:00"], "2026-03-02T12:30:00+08:00"),
        (["2026-03-02T10:00/2026-03-02T11:00", "2026-03-02T11:30/2026-03-02T12:00"], "2026-03-02T12:30:00+08:00"),
    ],
)
def test_several_pauses_in_any_order_and_place(pauses, end):
    given = [word for pause in pauses for word in ("--pause", pause)]
    assert told("--limit", "2h", "--at", "2026-03-02T09:00", *given) == end


def test_days_are_the_citys_whatever_the_zone_of_the_moment(toy):
    """Friday evening in London is Saturday, a make-up workday of the toy city's calendar, in Shanghai."""
    here = told("--limit", "1wd", "--at", "2026-12-18T02:00+08:00")
    abroad = told("--limit", "1wd", "--at", "2026-12-17T18:00+00:00")
    assert (here, abroad) == ("2026-12-19T02:00:00+08:00", "2026-12-18T18:00:00+00:00")


@pytest.mark.django_db
def test_a_moment_without_a_zone_is_the_citys_and_the_answer_names_it():
    assert told("--limit", "30min", "--at", "2026-03-02 23:45") == "2026-03-03T00:15:00+08:00"
    assert told("--limit", "4wh", "--at", "2026-03-02T16:00") == "2026-03-03T11:30:00+08:00"


def test_profiles_change_nothing(toy):
    assert told("--limit", "7d", "--at", "2026-03-02T09:00") == "2026-03-09T09:00:00+08:00"


@pytest.mark.django_db
def test_what_lies_beyond_all_calendars_is_told():
    result = run("--limit", "99999d", "--at", "9990-01-01T00:00")
    assert (result.exit_code, "after the year 9999" in " ".join(result.stderr.split())) == (2, True)

"""The command line keeps its contract: the commands that scripts rely on, an example in each, exit codes."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jieban.portal.cli import main
from tools import pages

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRACT = {"init", "serve", "web", "work", "import", "train", "classify", "due", "verify", "lake", "doctor", "demo"}


@pytest.fixture(scope="module")
def group() -> typer.core.TyperGroup:
    """The whole command line."""
    return typer.main.get_group(main.build())


def test_every_promised_command_is_there(group):
    assert set(group.commands) >= CONTRACT


def test_every_command_shows_an_example(group):
    assert [name for name, command in pages.every(group) if f"Example: jieban {name}" not in (command.help or "")] == []


def test_every_option_says_what_it_means(group):
    silent = [
        f"{name} {one.opts[0]}"
        for name, command in pages.every(group)
        for one in command.params
        if not getattr(one, "help", None)
    ]
    assert silent == []


@pytest.mark.parametrize("module", main.MODULES)
def test_bad_usage_ends_with_two(module):
    app = typer.Typer()
    importlib.import_module(f"jieban.portal.cli.{module}").register(app)
    group = typer.main.get_command(app)
    names = [name for name, _ in pages.every(group)] if hasattr(group, "commands") else [""]
    for name in names:
        arguments = name.split()
        assert CliRunner().invoke(app, [*arguments, "--no-such-option"]).exit_code == 2


def run(*arguments: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """`jieban …` as a person runs it, on an empty home."""
    whole = {**os.environ, "JIEBAN_HOME": str(home), "DATABASE_URL": "", "COLUMNS": "200", **env}
    command = [sys.executable, "-m", "jieban.portal.cli", *arguments]
    return subprocess.run(command, env=whole, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_setting_that_is_wrong_ends_with_one_clear_line(home):
    result = run("verify", home=home, DATABASE_URL="mysql://somewhere/else")
    assert result.returncode == 1
    assert re.fullmatch(r"jieban: DATABASE_URL must begin with .*\n", result.stderr)


def test_a_database_without_tables_ends_with_one_clear_line(home):
    result = run("verify", "--json", home=home)
    assert result.returncode == 1
    assert result.stdout == ""
    assert re.fullmatch(r"jieban: [^\n]*jieban init[^\n]*\n", result.stderr)


def test_a_limit_is_worked_out_without_any_database(home):
    result = run("due", "--limit", "2h", "--at", "2026-03-02T09:00", home=home)
    assert (result.returncode, result.stdout) == (0, "2026-03-02T11:00:00+08:00\n")

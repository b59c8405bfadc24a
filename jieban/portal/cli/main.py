"""The `jieban` command. Each subcommand is one file beside this one; other packages join through the entry point
group `jieban.commands`. Exit codes: 0 success, 1 failure with one clear line, 2 bad usage."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.metadata import entry_points

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

# module in this package → its `register(app)`. One row a file, in the order that `--help` lists them.
MODULES = ("init", "serve", "import_", "train", "classify", "verdicts", "due", "dry_run", "verify", "lake", "report",
           "score", "signs", "forecast", "opendata", "whatif", "doctor")  # fmt: skip


def build() -> typer.Typer:
    """The whole command line, with what other packages add."""
    for name in MODULES:
        importlib.import_module(f"jieban.portal.cli.{name}").register(app)
    for point in sorted(entry_points(group="jieban.commands"), key=lambda p: p.name):
        point.load()(app)
    return app


def run() -> None:
    """Entry of the `jieban` command: errors that a person can act on become one line and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from jieban.core.errors import JiebanError

    try:
        django.setup()
        build()()
    except (JiebanError, ImproperlyConfigured) as error:
        sys.stderr.write(f"jieban: {error}\n")
        sys.exit(1)
    except DatabaseError as error:
        why = str(error).strip().splitlines()[0]
        sys.stderr.write(
            f"jieban: the database says: {why}. First time: jieban init --city FOLDER; else: jieban doctor\n"
        )
        sys.exit(1)

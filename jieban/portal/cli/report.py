"""`jieban report`: reports from the lake, to read, to print and for programs."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from jieban.analytics.document import Document
    from jieban.analytics.lake import Lake


class Form(StrEnum):
    """What a report is written as."""

    HTML = "html"
    DOCX = "docx"
    JSON = "json"


Where = Annotated[
    Path | None, typer.Option("--lake", file_okay=False, help="Folder of the lake; without it JIEBAN_HOME/lake.")
]
Since = Annotated[str | None, typer.Option("--from", help="First day, as 2019-01-01; without it the lake's first.")]
Until = Annotated[str | None, typer.Option("--to", help="Last day, counted; without it the lake's last.")]
Engine = Annotated[str, typer.Option(help="Who counts: duckdb or spark.")]
Out = Annotated[Path | None, typer.Option(dir_okay=False, help="File to write; without it the report goes to stdout.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    from jieban.portal.cli import report_kinds

    group = typer.Typer(no_args_is_help=True, help="Reports from the lake: web page, Word file or JSON.")

    group.command("data")(data)
    group.command("compare")(compare)
    report_kinds.add(group)
    root.add_typer(group, name="report")


def data(
    lake: Where = None,
    since: Since = None,
    until: Until = None,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
    engine: Engine = "duckdb",
    out: Out = None,
) -> None:
    """The data report: every table and chart of the one that was printed in 2021, from the records of a lake.

    Example: jieban report data --lake var/lake --from 2019-01-01 --to 2021-11-30 --format docx --out report.docx
    """
    from jieban.analytics import data_report, engines
    from jieban.core import clock

    days = day(since), day(until)
    with engines.open(engine, lake_of(lake)) as source:
        counts = data_report.count(source, *days)
        made = data_report.document(counts, about=dict(source.about), made_at=clock.now())
        if form is Form.JSON:
            put(json.dumps(data_report.plain(source, counts, made), ensure_ascii=False, indent=1), out)
            return
    write(made, form, out)


def compare(
    lake: Where = None,
    published: Annotated[
        Path, typer.Option(dir_okay=False, help="Figures that the city has printed: published.json of its folder.")
    ] = Path("cities/beijing/published.json"),
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
    engine: Engine = "duckdb",
    out: Out = None,
) -> None:
    """Every printed figure beside the one that the lake gives. Exit code 1 where one disagrees without a reason.

    The days are those of the printed report. Volumes of a made-up city are brought to the scale of the whole one.

    Example: jieban report compare --lake var/lake --out compare.html
    """
    from jieban.analytics import data_report, engines
    from jieban.analytics.data_report import comparison, keys, printed
    from jieban.core import clock

    said = printed.load(published)
    days = (day(said.get("_source", {}).get(key)) for key in ("from", "to"))
    with engines.open(engine, lake_of(lake)) as source:
        counts = data_report.count(source, *days)
        scale = data_report.scale(source)
        lines = printed.compare(
            said, keys.keyed(counts, scale), counts, scale, drawn=bool(source.about.get("invented"))
        )
        meta = data_report.meta(source, counts, clock.now())
    if form is Form.JSON:
        put(json.dumps(comparison.plain(lines, meta), ensure_ascii=False, indent=1), out)
    else:
        write(comparison.page(lines, counts, scale, clock.now()), form, out)
    raise typer.Exit(0 if comparison.green(lines) else 1)


def write(made: Document, form: Form, out: Path | None) -> None:
    """Write a document as HTML or Word. A Word file needs `--out` where stdout is a screen."""
    from jieban.analytics import web, word
    from jieban.core.errors import BadInput

    if form is Form.HTML:
        put(web.render(made), out)
    elif out is None and sys.stdout.isatty():
        raise BadInput("A Word file cannot be shown here. Say where to write it: --out report.docx")
    else:
        put(word.render(made), out)


def put(made: str | bytes, out: Path | None) -> None:
    """Write to a file, or to stdout without one."""
    whole = made.encode() if isinstance(made, str) else made
    if out is None:
        sys.stdout.buffer.write(whole)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(whole)
    typer.echo(f"Written: {out}", err=True)


def day(text: str | None) -> date | None:
    """A day as 2021-11-30. BadInput for anything else."""
    from datetime import date

    from jieban.core.errors import BadInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"“{text}” is not a day: write it as 2021-11-30.") from None


def lake_of(folder: Path | None) -> Lake:
    """The lake in this folder; that of this installation without one."""
    from jieban.analytics.lake import Lake, home

    return Lake(folder) if folder else home()

"""`jieban report daily|weekly|monthly|trade|street|enterprise|meeting`: the reports that come round, from a lake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from jieban.portal.cli.report import Engine, Form, Out, Where, day, lake_of, put, write

if TYPE_CHECKING:
    from jieban.analytics.engines import Source
    from jieban.analytics.periodic.scopes import Scope

On = Annotated[str, typer.Option(help="The last period that ends by this day; without it by the lake's last day.")]
Unit = Annotated[str, typer.Option(help="Code of a district, street or unit; without it the whole city.")]
Category = Annotated[str, typer.Option(help="Code of a category, for a report on a trade.")]
Start = Annotated[int, typer.Option("--cycle-start", min=1, max=28, help="First day of the cycle, with --by cycle.")]
By = Annotated[str, typer.Option("--by", help="day, week, month or cycle, where the report has several.")]
Issuer = Annotated[str, typer.Option(help="Who signs it.")]

# name: what it is, and an example of its options.
SAYS: Final = {
    "daily": ("The report of a day (日通报).", "--on 2021-11-30"),
    "weekly": ("The summary of a week (周汇总).", "--on 2021-11-28 --unit 110105"),
    "monthly": ("The analysis of a month or cycle (月分析).", "--on 2021-11-30 --format docx --out month.docx"),
    "trade": ("A report on a trade, or on what one unit handles (行业专报).", "--on 2021-11-30 --category 14"),
    "street": ("The monthly check-up of a street (街道体检报告).", "--on 2021-11-30 --unit 110105002"),
    "enterprise": ("The report on what firms ask for (企业诉求专报).", "--on 2021-11-30"),
    "meeting": ("The pack for the daily or weekly meeting (调度会材料).", "--on 2021-11-30 --by week"),
}


def add(group: typer.Typer) -> None:
    """Add a command a kind."""
    for name, (says, example) in SAYS.items():
        command = _command(name)
        command.__doc__ = f"{says}\n\nExample: jieban report {name} {example}"
        group.command(name)(command)


def _command(name: str) -> Callable[..., None]:
    def make(
        lake: Where = None,
        on: On = "",
        unit: Unit = "",
        category: Category = "",
        by: By = "",
        start: Start = 19,
        issuer: Issuer = "",
        form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
        engine: Engine = "duckdb",
        out: Out = None,
    ) -> None:
        _make(name, lake, on, (unit, category), by, start, issuer, form, engine, out)

    return make


def _make(
    name: str,
    lake: Path | None,
    on: str,
    about: tuple[str, str],
    by: str,
    start: int,
    issuer: str,
    form: Form,
    engine: str,
    out: Path | None,
) -> None:
    from jieban.analytics import engines, periodic
    from jieban.analytics.periodic import counts, keeping, spans
    from jieban.core.errors import BadInput

    kind = periodic.KINDS[name]
    rhythm = by or kind.rhythms[0]
    if rhythm not in kind.rhythms:
        raise BadInput(f"The report {name} is made by {' or '.join(kind.rhythms)}, not by {rhythm}.")
    with engines.open(engine, lake_of(lake)) as source:
        last = day(on) or counts.edges(source)[1]
        if last is None:
            raise BadInput("The lake is empty. Say which day: --on 2021-11-30, or sync it: jieban lake sync")
        scope = _scope(source, kind.scopes, *about)
        period = spans.ending(rhythm, last, cycle_start_day=start)
        made = periodic.make(name, source, scope, period, issuer=issuer)
    if form is Form.JSON:
        put(keeping.dump(made) + "\n", out)
    else:
        write(made, form, out)


def _scope(source: Source, allowed: Sequence[str], unit: str, category: str) -> Scope:
    from jieban.analytics.periodic import scopes

    if unit:
        return scopes.of_unit(source, unit)
    if category:
        return scopes.of_category(source, category)
    return scopes.OF_FIRMS if scopes.FIRMS in allowed else scopes.WHOLE

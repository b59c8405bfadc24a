"""Writes the pages of docs/ that are made from the code: states.md, commands.md and lake.md. Run: python tools/pages.py

tests/architecture compares the pages with what these functions say, so a page cannot fall behind.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import typer

from jieban.analytics import measures, schema
from jieban.orders import lifecycle
from jieban.orders.lifecycle import Move

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made from the code by tools/pages.py; do not edit. -->"


def states() -> str:
    """docs/states.md: every state and every move of orders and assignments."""
    parts = [
        "# The life of an order and of its assignments",
        NOTE,
        "An order is what the citizen sees; an assignment is what one unit must do about it. Both change only along "
        "the moves below (`jieban/orders/lifecycle.py`), through one door (`orders.actions.move`). “—” as a target "
        "means that the state stays. What a move must record is kept in its entry of the timeline.",
        "## Orders",
        _states(lifecycle.ORDER_LABELS),
        _diagram(lifecycle.ORDER_MOVES),
        _moves(lifecycle.ORDER_MOVES, lifecycle.ORDER_LABELS),
        "## Assignments",
        _states(lifecycle.ASSIGNMENT_LABELS),
        _diagram(lifecycle.ASSIGNMENT_MOVES),
        _moves(lifecycle.ASSIGNMENT_MOVES, lifecycle.ASSIGNMENT_LABELS),
    ]
    return "\n\n".join(parts) + "\n"


def _states(labels: Mapping[str, str]) -> str:
    return _table(("State", "Shown as"), ((f"`{state}`", label) for state, label in labels.items() if state))


def _moves(moves: Mapping[str, Move], labels: Mapping[str, str]) -> str:
    def named(states: Iterable[str]) -> str:
        order = [*labels]
        return ", ".join(f"`{s}`" if s else "(new)" for s in sorted(states, key=order.index))

    return _table(
        ("Move", "From", "To", "Who", "Must record", "Why"),
        (
            (f"`{m.name}`", named(m.from_), f"`{m.to}`" if m.to else "—", ", ".join(sorted(m.by)),
             ", ".join(f"`{key}`" for key in m.records) or "—", m.why)
            for m in moves.values()
        ),
    )  # fmt: skip


def _diagram(moves: Mapping[str, Move]) -> str:
    lines = [
        f"    {state or '[*]'} --> {move.to}: {move.name}"
        for move in moves.values() if move.to
        for state in sorted(move.from_)
    ]  # fmt: skip
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def commands() -> str:
    """docs/commands.md: every command of `jieban` with its options, from the command line itself."""
    from jieban.portal.cli import main

    group = typer.main.get_group(main.build())
    parts = [
        "# The `jieban` command",
        NOTE,
        "Every command ends with 0 on success, 2 on bad usage, and 1 on failure with one clear line on the error "
        "stream. With `--json` the standard output is one JSON value and nothing else. `DATABASE_URL` chooses the "
        "database and `JIEBAN_HOME` the folder for everything else ([settings](settings.md)).",
        *(_command(name, command) for name, command in every(group)),
    ]
    return "\n\n".join(parts) + "\n"


def every(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, those of groups too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _command(name: str, command: Any) -> str:
    text = (command.help or "").replace("\b", "").strip()
    rows = [row for one in command.params if one.name != "help" for row in [_parameter(one)]]
    table = [_table(("Option", "Meaning", "Default"), rows)] if rows else []
    return "\n\n".join([f"## jieban {name}", text, *table])


def _parameter(one: Any) -> tuple[str, str, str]:
    told = [*one.opts, *one.secondary_opts] if one.param_type_name == "option" else [(one.name or "").upper()]
    names = ", ".join(f"`{name}`" for name in told)
    default = one.default
    shown = "required" if one.required else "—" if default in (None, "", False) or callable(default) else f"`{default}`"
    return names, (getattr(one, "help", "") or "").strip(), shown


def lake() -> str:
    """docs/lake.md: what the lake holds, how it changes, how it is read, and every measure."""
    facts, named = (
        [part for table in tables for part in _lake_table(table)] for tables in (schema.FACTS, schema.NAMES)
    )
    sums = _table(
        ("Measure", "Over", "Meaning"), ((f"`{s.name}`", f"`{s.fact}`", s.says) for s in measures.SUMS.values())
    )
    ratios = _table(
        ("Ratio", "Is", "Meaning"),
        ((f"`{r.name}`", f"`{r.top.name}` / `{r.bottom.name}`", r.says) for r in measures.RATIOS.values()),
    )
    parts = [
        "# The lake",
        NOTE,
        (ROOT / "tools" / "lake.txt").read_text("utf-8").replace("{version}", str(schema.VERSION)).strip(),
        "## Tables of facts",
        *facts,
        "## Tables that explain codes",
        *named,
        "## Measures",
        "Each is defined once, in `jieban/analytics/measures.py`, and adds up: over months, units, categories. A "
        "ratio is made from sums, never averaged, and empty where the lower one is 0.",
        sums,
        ratios,
        "Functions of the same module count what does not add up: `numbers` (calling numbers, new and returning), "
        "`calls` (their contacts), `always` (numbers of every year), `durations` (by class), `spread` (mean, median, "
        "90th percentile); and put beside sums: `shared` (share), `grown` (growth by the calendar), `per` with "
        "`peopled` (per 10,000 residents, per user).",
    ]
    return "\n\n".join(parts) + "\n"


def _lake_table(table: schema.Table) -> list[str]:
    rows = (
        (f"`{c.name}`", "text" if pa.types.is_dictionary(c.type) else str(c.type), "yes" if c.empty else "", c.says)
        for c in table.columns
    )
    return [f"### {table.name}", table.says, _table(("Column", "Type", "May be empty", "Meaning"), rows)]


PAGES = {"states.md": states, "commands.md": commands, "lake.md": lake}


def main() -> None:
    """Write every page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    for name, make in PAGES.items():
        (ROOT / "docs" / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()

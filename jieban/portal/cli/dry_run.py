"""`jieban dry-run`: which past orders a changed city folder would have sent elsewhere, or made late."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from jieban.dispatch.trying import Report

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dry-run")(dry_run)


def dry_run(
    city: Annotated[Path, typer.Option(help="The folder of the changed city pack.", show_default=False)],
    begin: Annotated[str, typer.Option("--from", help="First day of the orders, as 2026-03-01.", show_default=False)],
    end: Annotated[str, typer.Option("--to", help="The day after the last one.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every order.")] = False,
) -> None:
    """Ask the loaded pack and the one in the folder about past orders; nothing is written.

    Example: jieban dry-run --city cities/beijing --from 2026-02-01 --to 2026-03-01
    """
    from jieban.city import actions
    from jieban.city import queries as packs
    from jieban.core import clock
    from jieban.dispatch import trying
    from jieban.orders.models import Order

    at = clock.now()
    base, tried = packs.current(at=at), packs.trial(actions.gather(city))
    trying.check(base, tried)
    report = trying.run(Order.objects.all(), base, tried, begin=_midnight(begin), end=_midnight(end), at=at)
    typer.echo(json.dumps(plain(report), ensure_ascii=False) if as_json else _told(report))


def plain(report: Report) -> dict[str, Any]:
    """The report as plain JSON."""
    names = ("read", "moved", "retimed", "late", "eased", "uncounted", "right_before", "right_after")
    out: dict[str, Any] = {name: getattr(report, name) for name in names}
    out |= {"into": dict(report.into), "out_of": dict(report.out_of)}
    out["lines"] = [{"before": old, "after": new, "orders": n} for (old, new), n in report.lines.most_common()]
    out["moves"] = [
        {"number": m.case.number, "before": _leads(m.before), "after": _leads(m.after), "led": m.led,
         "line_before": m.before.duty if m.before else "", "line_after": m.after.duty if m.after else ""}
        for m in report.moves
    ]  # fmt: skip
    out["times"] = [
        {"number": t.case.number, "unit": t.unit, "clock": t.clock, "before": t.before.isoformat(),
         "after": t.after.isoformat(), "done": t.done.isoformat() if t.done else None, "turn": t.turn}
        for t in report.times
    ]  # fmt: skip
    return out


def _leads(match: Any) -> list[str]:
    return [target.unit for target in match.targets if target.role == "lead"] if match else []


def _told(report: Report) -> str:
    lines = [
        f"{report.read} orders asked: {report.moved} would have gone elsewhere, {report.retimed} had another limit, "
        f"{report.late} would have been late, {report.eased} no longer late.",
    ]
    if report.moved:
        lines.append(f"Sent to who led in the end: {report.right_before} before, {report.right_after} after.")
    for move in plain(report)["moves"][:_SHOWN]:
        lines.append(f"  {move['number']}  {'+'.join(move['before']) or '-'} -> {'+'.join(move['after']) or '-'}  "
                     f"{move['line_before'] or '-'} -> {move['line_after'] or '-'}")  # fmt: skip
    if report.moved > _SHOWN:
        lines.append(f"  … {report.moved - _SHOWN} more with --json")
    return "\n".join(lines)


def _midnight(text: str) -> datetime:
    from datetime import date

    from jieban.core.errors import BadInput
    from jieban.portal.desk import periods

    try:
        return periods.midnight(date.fromisoformat(text))
    except ValueError:
        raise BadInput(f"“{text}” is not a day: write it as 2026-03-01.") from None

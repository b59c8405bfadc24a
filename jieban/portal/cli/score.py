"""`jieban score`: the boards of a cycle, counted or as frozen; `jieban audit-bundle`: a frozen one to take along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jieban.portal.cli.report import Engine, Where, lake_of

if TYPE_CHECKING:
    from jieban.appraisal.recompute import Table
    from jieban.appraisal.result_models import CycleResult
    from jieban.city.schemes import Scheme

# As `jieban init` without a folder.
_USUAL = Path("cities/beijing")
Named = Annotated[str, typer.Option("--cycle", help="The month in which the cycle ends, as 2026-10.")]
Version = Annotated[int | None, typer.Option("--version", min=1, help="Which frozen version; without it the newest.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("score")(score)
    app.command("audit-bundle")(audit_bundle)


def score(
    cycle: Named,
    lake: Where = None,
    board: Annotated[str, typer.Option("--board", help="Only this board, by its code: streets, districts …")] = "",
    scheme: Annotated[str, typer.Option("--scheme", help="Count by the scheme of this code, whatever its dates.")] = "",
    city: Annotated[
        Path | None,
        typer.Option(
            "--city", exists=True, file_okay=False, help="Folder of the pack with the schemes, instead of the database."
        ),
    ] = None,
    frozen: Annotated[bool, typer.Option("--frozen", help="As it was frozen, instead of counting anew.")] = False,
    version: Version = None,
    engine: Engine = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Score every unit of a cycle and print the boards, best first. The JSON: docs/appraisal-bundle.md.

    Without a city in the database (an invented lake) the schemes are those of the folder --city, or of cities/beijing.

    Example: jieban score --cycle 2021-11 --lake var/lake --board streets
    """
    found = _frozen(cycle, version) if frozen else _counted(cycle, lake_of(lake), city, scheme, engine)
    boards = [one for one in found["boards"] if board in ("", one["code"])]
    if not boards:
        _refuse(f"There is no board {board}. Known: {', '.join(one['code'] for one in found['boards'])}.")
    if as_json:
        rows = [_plain(one["code"], row, found["names"]) for one in boards for row in one["rows"]]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        _show(found, boards)


def audit_bundle(
    cycle: Named,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="The ZIP file to write.")],
    version: Version = None,
) -> None:
    """Write the audit bundle of a frozen cycle: with it anybody counts the cycle again, without Jieban.

    It holds the cases by number and code, units, marks, scheme, result and the file that counts; nothing personal.

    Example: jieban audit-bundle --cycle 2026-10 --out bundle.zip
    """
    from jieban.appraisal import bundle

    result = _version(cycle, version)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.new")
    try:
        with fresh.open("wb") as file:
            bundle.write(result, file)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
    typer.echo(f"{out}: {result}, SHA-256 of the result {result.sha256}. Unpack it and run: python3 -I recompute.py")


def _frozen(cycle: str, version: int | None) -> Table:
    from jieban.appraisal import results

    return results.document(_version(cycle, version))


def _version(cycle: str, version: int | None) -> CycleResult:
    from jieban.appraisal import results

    found = results.versions(cycle)
    chosen = next((one for one in reversed(found) if version in (None, one.version)), None)
    if chosen is None:
        there = ", ".join(f"v{one.version}" for one in found)
        _refuse(f"{cycle} has no version {version}; it has {there}." if there else f"The cycle {cycle} is not frozen.")
        raise AssertionError
    return chosen


def _counted(named: str, lake: Any, city: Path | None, scheme: str, engine: str) -> Table:
    """The printed result of a cycle, counted from a lake."""
    from dataclasses import replace

    from jieban.analytics import engines
    from jieban.appraisal import cycles, scoring

    with engines.open(engine, lake) as source:
        known = _schemes(city)
        cycle = cycles.named(named, known)
        if scheme:
            cycle = replace(cycle, scheme=_chosen(scheme, known))
        return scoring.score(source, cycle).printed()


def _chosen(code: str, known: Sequence[Scheme]) -> Scheme:
    found = {one.model.code: one for one in known}
    if code not in found:
        _refuse(f"There is no scheme {code}. Known: {', '.join(found)}.")
    return found[code]


def _schemes(city: Path | None) -> list[Scheme]:
    """The schemes of the database's pack; without one (or where a folder is named) those in the folder of a pack."""
    from django.db import DatabaseError

    from jieban.appraisal import schemes
    from jieban.city import queries
    from jieban.core import clock
    from jieban.core.errors import BadInput

    if city is not None:
        return _of_folder(city)
    try:
        return schemes.known(queries.current(at=clock.now()).pack)
    except (BadInput, DatabaseError):
        if _USUAL.is_dir():
            return _of_folder(_USUAL)
        raise BadInput("No city pack is loaded. Name the folder of the one whose schemes hold: --city FOLDER") from None


def _of_folder(folder: Path) -> list[Scheme]:
    from jieban.city import actions, schemes
    from jieban.core.errors import BadInput

    found = [schemes.read(text) for text in schemes.of_pack(actions.gather(folder)).values()]
    if not found:
        raise BadInput(f"There is no scheme in {folder / schemes.FOLDER}.")
    return sorted(found, key=lambda one: one.model.first)


def _plain(board: str, row: Table, names: dict[str, str]) -> Table:
    """A row as programs read it: shares from 0 to 1, the composite from 0 to 100, nothing where none is given."""
    rates = {name: _number(rate["share"]) for name, rate in row["adjusted"].items()}
    whole = {name: _number(row["composite"][name]) for name in ("score", "low", "high")}
    return {
        "unit": row["unit"], "group": board, "n": row["n"], **rates, "composite": whole["score"], "rank": row["rank"],
        "name": names.get(row["unit"], ""), "enough": row["enough"], "low": whole["low"], "high": whole["high"],
        "unreached": row["unreached"], "excluded": row["excluded"], "filed": row["filed"],
        "raw": {name: _number(rate["share"]) for name, rate in row["raw"].items()},
    }  # fmt: skip


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _show(found: Table, boards: Iterable[Table]) -> None:
    """A table a board for a person to read."""
    from rich.console import Console
    from rich.table import Table as Shown

    console = Console()
    for board in boards:
        title = f"{board['code']}  {found['cycle']}  {found['scheme']['code']}  {found['note']}"
        shown = Shown(title=title, title_justify="left")
        for head in ("rank", "unit", "n", "resp. %", "solved %", "satisf. %", "score", "95 %"):
            shown.add_column(head, justify="left" if head == "unit" else "right", no_wrap=head != "unit")
        for row in board["rows"]:
            shown.add_row(*_cells(row, found["names"]))
        console.print(shown)


def _cells(row: Table, names: dict[str, str]) -> list[str]:
    rates = [_share(rate["share"]) for rate in row["adjusted"].values()]
    low, high = (row["composite"][name] for name in ("low", "high"))
    few = ["–", "too few"]
    held = [f"{float(row['composite']['score']):.2f}", f"{float(low):.1f}–{float(high):.1f}"] if row["enough"] else []
    return [str(row["rank"] or "–"), str(names.get(row["unit"], row["unit"])), str(row["n"]), *rates, *(held or few)]


def _share(text: str | None) -> str:
    return "–" if text is None else f"{100 * float(text):.1f}"


def _refuse(why: str) -> None:
    from jieban.core.errors import BadInput

    raise BadInput(why)

"""Reads how a city calls back from the optional files `callback.toml` and `scripts.csv`, else the defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from jieban.city.sheets import Cells, Report, Table, rows, table
from jieban.city.terms import STARTERS, Callbacks, LeadersDay, Script

FILE, SCRIPTS = "callback.toml", "scripts.csv"
_KEYS = {
    "rework": ("rounds", "starts"),
    "raise": ("double_no", "round", "level"),
    "queue": ("claim",),
    "sampling": ("share", "after"),
    "signs": ("contact_before", "same_number", "same_within", "bad_words"),
    "leaders_day": ("day", "orders", "districts"),
    # What answers are worth stands in the scheme of appraisal; versions that were loaded before have it here.
    "scores": ("solved", "satisfied"),
}

Value = TypeVar("Value")


def read(files: Mapping[str, str], report: Report, *, units: Iterable[str], categories: Iterable[str]) -> Callbacks:
    """The terms in `files`; mistakes go to the report with file, line and remedy."""
    sheet = table(files, FILE, report) if FILE in files else Table(FILE, {}, {}, report)
    _known(sheet)
    return Callbacks(
        **_rework(sheet),
        **_raise(sheet),
        **_looks(sheet),
        leaders=_leaders(sheet, set(units)),
        scripts=_scripts(files, report, set(categories)) if SCRIPTS in files else (),
    )


def _known(sheet: Table) -> None:
    """Report tables and keys that mean nothing: a typing mistake must not silently become a default."""
    for name, values in sheet.values.items():
        known = _KEYS.get(name, ())
        strange = sorted(set(values) - set(known)) if isinstance(values, dict) else [name]
        for key in strange:
            line = sheet.lines.get(f"{name}.{key}", sheet.lines.get(name, 0))
            sheet.report.add(FILE, line, f"There is no setting “{key}” in [{name}].", "The README lists the keys.")


def _some(sheet: Table, name: str) -> Cells:
    """The table of that name, empty where it is not there."""
    there = isinstance(sheet.values.get(name), dict) and sheet.values[name]
    return sheet.cells(name) if there else Cells(FILE, 0, {}, sheet.report)


def _or(cells: Cells, name: str, reader: Callable[[str], Value], default: Value) -> Value:
    return reader(name) if name in cells.values else default


def _rework(sheet: Table) -> dict[str, Any]:
    cells, own = _some(sheet, "rework"), Callbacks()
    starts = frozenset(cells.many("starts")) if "starts" in cells.values else own.starts
    for word in sorted(starts - set(STARTERS)):
        cells.wrong("starts", f"“{word}” is no answer that starts a new round.", f"Use some of: {', '.join(STARTERS)}.")
    return {"rounds": _or(cells, "rounds", lambda n: _whole(cells, n, 1, 9), own.rounds), "starts": starts}


def _raise(sheet: Table) -> dict[str, Any]:
    cells, own = _some(sheet, "raise"), Callbacks()
    return {
        "raise_double_no": _or(cells, "double_no", cells.flag, own.raise_double_no),
        "raise_round": _or(cells, "round", lambda n: _whole(cells, n, 0, 9), own.raise_round),
        "raise_level": _or(cells, "level", cells.need, own.raise_level),
    }


def _looks(sheet: Table) -> dict[str, Any]:
    """The lease of a call, the second sampling, and what counts as a sign of coaching."""
    own, queue = Callbacks(), _some(sheet, "queue")
    sampling, signs = _some(sheet, "sampling"), _some(sheet, "signs")
    return {
        "claim": _or(queue, "claim", queue.limit, own.claim),
        "sample_share": _or(sampling, "share", lambda n: sampling.number(n, 0, 1), own.sample_share),
        "sample_after": _or(sampling, "after", sampling.limit, own.sample_after),
        "contact_before": _or(signs, "contact_before", signs.limit, own.contact_before),
        "same_number": _or(signs, "same_number", lambda n: _whole(signs, n, 2, 999), own.same_number),
        "same_within": _or(signs, "same_within", signs.limit, own.same_within),
        "bad_words": _or(signs, "bad_words", signs.many, own.bad_words),
    }


def _leaders(sheet: Table, units: set[str]) -> LeadersDay:
    cells, own = _some(sheet, "leaders_day"), LeadersDay()
    districts = cells.many("districts")
    for code in districts:
        if code not in units:
            cells.wrong("districts", f"There is no unit “{code}”.", "Use codes of units.csv.")
    return LeadersDay(
        day=_or(cells, "day", lambda n: _whole(cells, n, 0, 28), own.day),
        orders=_or(cells, "orders", lambda n: _whole(cells, n, 1, 100), own.orders),
        districts=districts,
    )


def _scripts(files: Mapping[str, str], report: Report, categories: set[str]) -> tuple[Script, ...]:
    out: dict[str, Script] = {}
    for cells in rows(files, SCRIPTS, "category opening question check source", report):
        code = cells.text("category")
        if code and not any(known.startswith(code) for known in categories):
            cells.wrong("category", f"No category begins with “{code}”.", "Use the beginning of a code.")
        if code in out:
            cells.wrong("category", f"“{code}” stands twice.", "Keep one line for it.")
        cells.need("source")
        out[code] = Script(code, cells.need("opening"), cells.text("question"), cells.text("check"))
    return tuple(out.values())


def _whole(cells: Cells, name: str, low: int, high: int) -> int:
    number = cells.number(name, low, high)
    if number != int(number):
        cells.wrong(name, f"{name} “{number:g}” is not a whole number.", "Write a whole number.")
    return int(number)

"""Reads what a city asks of a reply and of the work behind it (`jieban.city.replies`).

All files are optional: `handling.toml` (numbers and levels), `proof.csv` and `templates.csv`. A pack without them asks
for no photos and no checks, ships no texts, and goes by the defaults below, which are Jieban's own and not official.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jieban.city.pack import UNIT_KINDS, Category
from jieban.city.replies import Proof, Replies, ReplyText
from jieban.city.sheets import Cells, Report, Table, rows, table
from jieban.core.errors import BadInput
from jieban.core.placeholders import check

RULES, PROOF, TEXTS = "handling.toml", "proof.csv", "templates.csv"
FILES = (RULES, PROOF, TEXTS)
_LEVELS_MAX = 5
_PROOF_COLUMNS = "category before after basis official"


def read(files: Mapping[str, str], categories: Mapping[str, Category], report: Report) -> Replies:
    """What the optional files say; defaults where one is missing."""
    sheet = table(files, RULES, report) if RULES in files else None
    levels = _levels(sheet) if sheet is not None else {}
    plain = Replies()
    if sheet is not None:
        cells = sheet.cells("limits")
        plain = Replies(
            check=cells.limit("check"),
            review=cells.limit("review"),
            outside_days=_whole(cells, "outside_days", 1, 90),
            outside_reports=_whole(cells, "outside_reports", 1, 50),
            question_days=_whole(cells, "question_days", 1, 60),
        )
    return Replies(
        plain.check, plain.review, plain.outside_days, plain.outside_reports, plain.question_days, levels,
        _proofs(files, categories, report), _texts(files, categories, report),
    )  # fmt: skip


def proofs(text: str) -> tuple[Proof, ...]:
    """The lines of a proof.csv that was checked when its pack was loaded."""
    found = rows({PROOF: text}, PROOF, _PROOF_COLUMNS, Report())
    return tuple(_proof(cells, cells.text("category")) for cells in found)


def _levels(sheet: Table) -> dict[str, tuple[str, ...]]:
    """The levels of checking by kind of unit, the first one first."""
    if "checks" not in sheet.values:
        return {}
    cells = sheet.cells("checks")
    out = {}
    for kind in cells.values:
        if kind not in UNIT_KINDS:
            cells.wrong(kind, f"There is no kind of unit “{kind}”.", f"Use some of: {', '.join(UNIT_KINDS)}.")
        out[kind] = cells.many(kind)
        if len(out[kind]) > _LEVELS_MAX:
            cells.wrong(kind, f"{len(out[kind])} levels are too many.", f"Name at most {_LEVELS_MAX}.")
    return out


def _proofs(files: Mapping[str, str], categories: Mapping[str, Category], report: Report) -> tuple[Proof, ...]:
    if PROOF not in files:
        return ()
    return tuple(_proof(cells, _category(cells, categories)) for cells in rows(files, PROOF, _PROOF_COLUMNS, report))


def _proof(cells: Cells, category: str) -> Proof:
    return Proof(category, cells.flag("before"), cells.flag("after"), cells.need("basis"), cells.flag("official"))


def _texts(files: Mapping[str, str], categories: Mapping[str, Category], report: Report) -> tuple[ReplyText, ...]:
    if TEXTS not in files:
        return ()
    found = rows(files, TEXTS, "code title category result body sample source", report)
    _once(found, "code")
    return tuple(_text(cells, categories) for cells in found)


def _text(cells: Cells, categories: Mapping[str, Category]) -> ReplyText:
    body = cells.need("body")
    try:
        check(body)
    except BadInput as error:
        cells.wrong("body", str(error), "Correct the placeholder.")
    category = _category(cells, categories) if cells.text("category") else ""
    return ReplyText(cells.code("code"), cells.need("title"), category, cells.text("result"), body)


def _once(found: Iterable[Cells], name: str) -> None:
    seen: set[str] = set()
    for cells in found:
        if cells.text(name) in seen:
            cells.wrong(name, f"The {name} {cells.text(name)} stands twice.", "Give one of them another one.")
        seen.add(cells.text(name))


def _category(cells: Cells, categories: Mapping[str, Category]) -> str:
    code = cells.need("category")
    if code and code not in categories:
        cells.wrong("category", f"“{code}” is no category.", "Use a code of categories.csv.")
    return code


def _whole(cells: Cells, name: str, low: int, high: int) -> int:
    number = cells.number(name, low, high)
    if number != int(number):
        cells.wrong(name, f"{name} “{number:g}” is not a whole number.", "Write a whole number.")
    return int(number)

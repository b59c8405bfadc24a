"""What changed from one version of a result to another: rows of the boards, and the cases that lie behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import ibis

from jieban.appraisal import cases, results, store
from jieban.appraisal.recompute import Table
from jieban.appraisal.result_models import CycleResult
from jieban.core.errors import BadInput

_COMPARED: Final = tuple(name for name in cases.COLUMNS if name != "assignment")


@dataclass(frozen=True, slots=True)
class RowChange:
    """The row of a unit on a board before and after; None where there was or is none."""

    board: str
    unit: str
    name: str
    before: Table | None
    after: Table | None


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that is new, gone or changed: `columns` has what it said before and says now ("" for none)."""

    assignment: int
    order: int
    unit: str
    kind: str
    columns: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """How many cases differ, and the first of them by number."""

    total: int
    first: list[CaseChange]


def of_rows(before: CycleResult, after: CycleResult) -> list[RowChange]:
    """Every row that is not the same, by board and then by the rank it has now."""
    old, new = results.document(before), results.document(after)
    names = old["names"] | new["names"]
    boards = dict.fromkeys(one["code"] for one in (*new["boards"], *old["boards"]))
    return [change for board in boards for change in _board(board, old, new, names)]


def _board(board: str, old: Table, new: Table, names: dict[str, str]) -> Iterator[RowChange]:
    was, now = ({row["unit"]: row for row in _rows(side, board)} for side in (old, new))
    for unit in dict.fromkeys((*now, *was)):
        if was.get(unit) != now.get(unit):
            yield RowChange(board, unit, names.get(unit, unit), was.get(unit), now.get(unit))


def _rows(document: Table, board: str) -> list[Table]:
    return next((one["rows"] for one in document["boards"] if one["code"] == board), [])


def of_cases(before: CycleResult, after: CycleResult, *, most: int = 100) -> CaseChanges:
    """The cases that are not the same in the files of two versions. BadInput where files are gone."""
    paths = [store.folder(one.cycle, one.version) / store.CASES for one in (before, after)]
    for path, one in zip(paths, (before, after), strict=True):
        if not path.is_file():
            raise BadInput(f"{one} 的事实文件不在了，请先用 jieban verify 检查。")
    connection = ibis.duckdb.connect()
    try:
        was, now = (connection.read_parquet(str(path)) for path in paths)
        both = was.outer_join(now, "assignment", lname="old_{name}", rname="new_{name}")
        differs = ibis.or_(*(~both[f"old_{name}"].identical_to(both[f"new_{name}"]) for name in cases.COLUMNS))
        found = both.filter(differs)
        number = ibis.coalesce(found["new_assignment"], found["old_assignment"])
        rows = connection.to_pyarrow(found.order_by(number).limit(most)).to_pylist()
        total = int(connection.to_pyarrow(found.count()).as_py())
    finally:
        connection.disconnect()
    return CaseChanges(total, [_case(row) for row in rows])


def _case(row: dict[str, Any]) -> CaseChange:
    was, now = row["old_assignment"] is not None, row["new_assignment"] is not None
    side = "new" if now else "old"
    kind = "changed" if was and now else "added" if now else "gone"
    pairs = {name: (_text(row[f"old_{name}"]), _text(row[f"new_{name}"])) for name in _COMPARED}
    columns = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} if kind == "changed" else {}
    return CaseChange(row[f"{side}_assignment"], row[f"{side}_order"], row[f"{side}_unit"], kind, columns)


def _text(value: Any) -> str:
    return "" if value is None else str(value)

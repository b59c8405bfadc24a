"""What a corrected version changed and why: nobody has to lay two lists side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.appraisal.publication.standing import Published, Row

_ROWS: Final = 20
_COLUMNS: Final = (
    Column("board", "哪一组"), Column("unit", "单位"), Column("was", "原来"), Column("now", "更正后"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A unit whose rank or score is another in the new version; either row may be missing."""

    board: str
    unit: str
    was: Row | None
    now: Row | None


def changes(now: Published, old: Published) -> list[Change]:
    """Every unit whose rank or score changed between two versions, by board and new rank."""
    return [change for board in now.boards for change in _of_board(board.code, now, old)]


def said(now: Published, old: Published) -> list[Part]:
    """Why there is this version, how many units changed, and the first of them."""
    return parts(now, old, changes(now, old))


def parts(now: Published, old: Published, found: Sequence[Change]) -> list[Part]:
    """The same of these changes."""
    why = f"这是第 {now.version} 版，代替第 {old.version} 版；两版都保留。更正原因：{now.why.rstrip('。')}。"
    if not found:
        return [Paragraph(f"{why}各单位的得分和名次都没有变。")]
    ranks = sum(_rank(one.was) != _rank(one.now) for one in found)
    text = f"{why}{len(found)} 个单位的得分有变化，其中 {ranks} 个名次变了。"
    title = "变化的单位" if len(found) <= _ROWS else f"变化的单位（前 {_ROWS} 个）"
    rows = [
        {"board": one.board, "unit": one.unit, "was": _words(one.was), "now": _words(one.now)} for one in found[:_ROWS]
    ]
    return [Paragraph(text), Table("changes", title, _COLUMNS, rows)]


def _of_board(code: str, now: Published, old: Published) -> Iterator[Change]:
    new_board, old_board = now.board(code), old.board(code)
    rows = {row.unit: row for row in (new_board.rows if new_board else ())}
    was = {row.unit: row for row in (old_board.rows if old_board else ())}
    name = new_board.name if new_board else code
    for unit in dict.fromkeys((*rows, *was)):
        a, b = was.get(unit), rows.get(unit)
        if _known(a) != _known(b):
            found = b or a
            yield Change(name, found.name if found else unit, a, b)


def _known(row: Row | None) -> tuple[int | None, float | None]:
    return (None, None) if row is None else (row.rank, row.score)


def _rank(row: Row | None) -> int | None:
    return row.rank if row else None


def _words(row: Row | None) -> str:
    if row is None:
        return "没有"
    if row.rank is None:
        return "样本不足，不排名"
    return f"第 {row.rank} 名，{row.score:.2f} 分"

"""What was left out of a result (剔除, 终结办理), how often, and what the rates would be with it."""

from __future__ import annotations

from typing import Final

from jieban.analytics.document import Column, Paragraph, Part, Table
from jieban.analytics.periodic.words import FEW, cases, sentence
from jieban.appraisal.publication import wording
from jieban.appraisal.publication.standing import WORDS, Board, Published, Row

_ROWS: Final = 10
_COLUMNS: Final = (
    Column("unit", "单位"), Column("cases", "全部回访", "count"), Column("excluded", "剔除", "count"),
    Column("share", "剔除率", "percent"), Column("filed", "终结办理", "count"),
    Column("unreached", "没联系上", "count"),
    Column("raw", "剔除前解决率", "percent"), Column("adjusted", "剔除后解决率", "percent"),
)  # fmt: skip


def said(now: Published) -> list[Part]:
    """What was left out in all, and where most of it was; nothing left out is said too."""
    boards = [board for board in now.boards if board.by == "unit" and board.rows]
    return [part for board in boards for part in _board(board)]


def rate(row: Row) -> float:
    """剔除率: what was left out, of all that would else have been scored."""
    whole = row.cases - row.filed
    return row.excluded / whole if whole else 0.0


def _board(board: Board) -> list[Part]:
    rows = board.rows
    out, filed, whole = (sum(getattr(row, key) for row in rows) for key in ("excluded", "filed", "cases"))
    if not out + filed:
        return [Paragraph(f"{board.name}没有剔除的件，也没有终结办理的件。")]
    share = wording.share(out, whole - filed)
    text = f"{board.name}回访 {cases(whole)}，剔除 {share}，终结办理 {wording.share(filed, whole)}，都不计入得分。"
    both = "".join(_both(rows, name) for name in ("resolution", "satisfaction")) if out else ""
    most = sorted((row for row in rows if row.excluded and row.cases >= FEW), key=lambda row: (-rate(row), row.unit))
    table = [
        Table(f"{board.code}_left_out", f"{board.name}剔除率较高的单位", _COLUMNS, [_row(r) for r in most[:_ROWS]])
    ]
    return [Paragraph(text + both), *(table if most else [])]


def _both(rows: tuple[Row, ...], name: str) -> str:
    raw, adjusted = wording.mean(rows, name, raw=True), wording.mean(rows, name)
    said = f"{WORDS[name]}剔除前 {wording.percent(raw.share)}，剔除后 {wording.percent(adjusted.share)}"
    return sentence(said)


def _row(row: Row) -> dict[str, str | int | float | None]:
    raw, adjusted = (found["resolution"].share for found in (row.raw, row.rates))
    return {
        "unit": row.name, "cases": row.cases, "excluded": row.excluded, "share": rate(row), "filed": row.filed,
        "unreached": row.unreached, "raw": raw, "adjusted": adjusted,
    }  # fmt: skip

"""Tables of the scorecard and the public version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from jieban.analytics.document import Column, Table
from jieban.appraisal.publication import wording
from jieban.appraisal.publication.standing import Board, Row

_COLUMNS: Final = (
    Column("rank", "名次", "count"), Column("ranks", "误差范围内的名次"), Column("unit", "单位"),
    Column("score", "得分", "score"), Column("interval", "95% 区间"), Column("step", "比上期"),
    Column("response", "响应率", "percent"), Column("resolution", "解决率", "percent"),
    Column("satisfaction", "满意率", "percent"), Column("n", "答复件数", "count"),
)  # fmt: skip
_PUBLIC: Final = (
    Column("ranks", "名次（误差范围内）"), Column("unit", "单位"), Column("score", "得分", "score"),
    Column("resolution", "说解决了", "percent"), Column("satisfaction", "满意", "percent"),
)  # fmt: skip


def ranks(key: str, title: str, rows: Sequence[Row], then: Board | None) -> Table:
    """Units by rank, each with its possible ranks, its interval, and how it moved since the cycle before."""
    return Table(key, title, _COLUMNS, [_row(row, then.row(row.unit) if then else None) for row in rows])


def public(key: str, title: str, rows: Sequence[Row]) -> Table:
    """The same in few columns and plain words, for citizens."""
    return Table(key, title, _PUBLIC, [_row(row, None) | {"ranks": _place(row)} for row in rows])


def _row(row: Row, before: Row | None) -> dict[str, Any]:
    return {
        "rank": row.rank, "ranks": wording.ranks(row), "unit": row.name, "score": row.score,
        "interval": wording.interval(row), "step": wording.step(row, before), "n": row.answers,
        **{rate: found.share for rate, found in row.rates.items()},
    }  # fmt: skip


def _place(row: Row) -> str:
    return f"{row.rank}" if row.certain else f"{row.rank}（{wording.ranks(row)}）"

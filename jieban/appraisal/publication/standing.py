"""A frozen result as its readers see it: boards of units with ranks, scores, intervals, and what was left out.

Read from `result.json` (`scoring.Result.printed`) and the scheme that it names. Nothing is counted anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jieban.appraisal import standings
from jieban.appraisal.recompute import RATES, Table
from jieban.city.schemes import Scheme

WORDS: Final[Mapping[str, str]] = {"response": "响应率", "resolution": "解决率", "satisfaction": "满意率"}


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate on `n` cases: its share and 95 % interval, all None where it rests on nothing."""

    n: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A unit on a board. `rank` is None where it has too few answers; `best` and `worst` are its possible ranks.

    `parts` are rates besides the three that count for it, `points` its bonus and penalty.
    """

    unit: str
    name: str
    rank: int | None
    n: int
    unreached: int
    excluded: int
    filed: int
    score: float | None
    low: float | None
    high: float | None
    rates: Mapping[str, Rate]
    raw: Mapping[str, Rate]
    parts: Mapping[str, Rate]
    points: Mapping[str, float]
    best: int = 0
    worst: int = 0

    @property
    def answers(self) -> int:
        """How many citizens said whether it was solved: what the minimum sample is held against."""
        return self.rates["resolution"].n

    @property
    def cases(self) -> int:
        """All cases of the unit, also those that are not scored."""
        return self.n + self.unreached + self.excluded + self.filed

    @property
    def certain(self) -> bool:
        """Whether no other rank is within the intervals."""
        return self.best == self.worst

    def overlaps(self, other: Row) -> bool:
        """Whether the intervals of both scores have anything in common: then which is better is within the error."""
        known = None not in (self.low, self.high, other.low, other.high)
        return known and self.low <= other.high and other.low <= self.high  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Board:
    """Units that are compared: `ranked` best first, `few` those with fewer than `enough` answers."""

    code: str
    name: str
    by: str
    kinds: tuple[str, ...]
    enough: int
    marks: bool
    ranked: tuple[Row, ...]
    few: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All units, the ranked ones first."""
        return self.ranked + self.few

    def row(self, unit: str) -> Row | None:
        """The unit's row."""
        return next((row for row in self.rows if row.unit == unit), None)


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a cycle's result. `why` says why it replaces the version before; `sha256` is of its result.json."""

    cycle: str
    first: date
    end: date
    version: int
    note: str
    scheme: Scheme
    sha256: str
    boards: tuple[Board, ...]
    why: str = ""

    @property
    def last(self) -> date:
        """The last day of the cycle."""
        return self.end - timedelta(days=1)

    @property
    def label(self) -> str:
        """2026年11月考核期: the month in which it ends."""
        return f"{self.last.year}年{self.last.month}月考核期"

    def board(self, code: str) -> Board | None:
        """The board with this code."""
        return next((board for board in self.boards if board.code == code), None)

    def row(self, board: str, unit: str) -> Row | None:
        """A unit's row on a board of this code; None where it is on none."""
        found = self.board(board)
        return found.row(unit) if found else None


def read(said: Table, scheme: Scheme, *, version: int, sha256: str, why: str = "") -> Published:
    """A result as `result.json` has it, with the scheme that it was counted by."""
    boards = {board.code: board for board in scheme.model.boards}
    out = []
    for one in said["boards"]:
        model, possible = boards[one["code"]], standings.possible(one["rows"])
        rows = [_row(row, said["names"], possible.get(row["unit"], (0, 0))) for row in one["rows"]]
        ranked, few = (tuple(row for row in rows if (row.rank is None) == few) for few in (False, True))
        out.append(Board(model.code, model.name, model.by, tuple(model.kinds), model.enough, model.marks, ranked, few))
    first, end = (date.fromisoformat(said[key]) for key in ("first", "end"))
    return Published(said["cycle"], first, end, version, said["note"], scheme, sha256, tuple(out), why)


def _row(said: Table, names: Mapping[str, str], possible: tuple[int, int]) -> Row:
    score = {key: _number(value) for key, value in said["composite"].items()}
    rates, raw = ({rate: _rate(said[scope][rate]) for rate in RATES} for scope in ("adjusted", "raw"))
    return Row(
        said["unit"], names.get(said["unit"], said["unit"]), said["rank"], said["n"], said["unreached"],
        said["excluded"], said["filed"], score["score"], score["low"], score["high"], rates, raw,
        {name: _rate(part) for name, part in said["parts"].items()},
        {name: float(points) for name, points in said["points"].items()}, *possible,
    )  # fmt: skip


def _rate(said: Table) -> Rate:
    return Rate(said["n"], *(_number(said[key]) for key in ("share", "low", "high")))


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)

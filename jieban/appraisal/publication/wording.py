"""How scores, ranks and rates are said: what moved, what lies within the error. Pure; each rule has its test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from typing import Final

from jieban.analytics.periodic.words import FEW, listed
from jieban.appraisal.publication.standing import Board, Rate, Row

# 1.96 standard errors: what chance exceeds one time in twenty.
_CHANCE: Final = 1.96
_STILL: Final = 0.05
_PAIRS: Final = 3
_DIGITS: Final = "零一两三四五六七八九十"


def number(n: int) -> str:
    """A small number as before 名 or 个: 2 as 两, 3 as 三, 10 as 十; from 11 on in figures."""
    return _DIGITS[n] if n <= 10 else f" {n} "


def scored(rows: Iterable[Row]) -> str:
    """Units with their scores: 甲街道（98.12 分）、乙镇（97.05 分）."""
    return listed(f"{row.name}（{row.score:.2f} 分）" for row in rows)


def interval(row: Row) -> str:
    """The 95 % interval of a score: 97.10–98.90."""
    return "" if row.low is None or row.high is None else f"{row.low:.2f}–{row.high:.2f}"


def ranks(row: Row) -> str:
    """The ranks within the error: 1–8; the rank itself where it is certain."""
    return f"{row.best}–{row.worst}" if row.best != row.worst else f"{row.best}"


def step(row: Row, before: Row | None) -> str:
    """How a rank moved since the cycle before: 进 3 名, 退 2 名, 不变; — where it had none."""
    if before is None or before.rank is None or row.rank is None:
        return "—"
    places = before.rank - row.rank
    return f"{'进' if places > 0 else '退'} {abs(places)} 名" if places else "不变"


def noise(rows: Sequence[Row], what: str) -> str:
    """Which neighbours lie within the error, as a sentence; "" for fewer than two units."""
    near = [(a, b) for a, b in pairwise(rows) if a.overlaps(b)]
    if len(rows) < 2:
        return ""
    if len(near) == len(rows) - 1:
        return f"{what}相邻两名的得分区间都有重叠，名次先后在误差范围内。"
    if not near:
        return f"{what}相邻两名的得分区间都不重叠。"
    told = listed(f"{a.name}和{b.name}" for a, b in near[:_PAIRS])
    more = f"等 {len(near)} 对" if len(near) > _PAIRS else ""
    inside = f"{what}里，" if what else ""
    return f"{inside}{told}{more}的得分区间重叠，名次先后在误差范围内。"


def mean(rows: Iterable[Row], rate: str, *, raw: bool = False) -> Rate:
    """A rate of several units together, each by its number of answers. Its interval is not told."""
    found = [(row.raw if raw else row.rates)[rate] for row in rows]
    known = [(one.n, one.share) for one in found if one.share is not None]
    n = sum(each for each, _ in known)
    return Rate(n, sum(each * share for each, share in known) / n if n else None, None, None)


def average(board: Board) -> float | None:
    """The mean score of the ranked units of a board, each counted once."""
    scores = [row.score for row in board.ranked if row.score is not None]
    return sum(scores) / len(scores) if scores else None


def percent(share: float | None) -> str:
    """0.9523 as 95.2%."""
    return "—" if share is None else f"{share * 100:.1f}%"


def moved(now: Rate, before: Rate | None, than: str = "上期") -> str:
    """How a rate moved, in points as a reader reckons them from what stands there; "" where either has too few answers.

    比上期（95.0%）上升 1.2 个百分点 · 比上期（95.0%）高 0.2 个百分点，属正常波动 · 与上期（95.0%）持平
    """
    if before is None or now.share is None or before.share is None or min(now.n, before.n) < FEW:
        return ""
    points = round(now.share * 100, 1) - round(before.share * 100, 1)
    base = f"{than}（{percent(before.share)}）"
    if abs(points) < _STILL:
        return f"与{base}持平"
    if by_chance(now, before):
        return f"比{base}{'高' if points > 0 else '低'} {abs(points):.1f} 个百分点，属正常波动"
    return f"比{base}{'上升' if points > 0 else '下降'} {abs(points):.1f} 个百分点"


def by_chance(now: Rate, before: Rate) -> bool:
    """Whether a difference of two rates is one that chance alone would often bring (two proportions, 95 %)."""
    if now.share is None or before.share is None:
        return True
    both = (now.share * now.n + before.share * before.n) / (now.n + before.n)
    error = sqrt(both * (1 - both) * (1 / now.n + 1 / before.n))
    return abs(now.share - before.share) <= _CHANCE * error


def share(part: int, whole: int) -> str:
    """A part of a whole: 12 件（1.2%）; without a whole only the number."""
    return f"{part:,} 件（{part / whole * 100:.1f}%）" if whole else f"{part:,} 件"

"""The wording of numbers: what rose, fell or stayed, and on what it rests. Pure functions; every rule has its test.

A per cent is only said of a base of at least `FEW`; below that the numbers themselves stand there. A difference that
chance alone would often bring is called 基本持平.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

FEW: Final = 30
# Where a volume moved by less than this share, or a rate by less than this many points, it stayed.
_STILL, _STILL_RATE = 0.01, 0.05
# Volumes below this move by more than a tenth from day to day by chance alone: the cases are said, not a per cent.
SMALL: Final = 100
# 1.96 standard errors: what chance exceeds one time in twenty.
_CHANCE = 1.96
_WAN = 10_000


def cases(n: int) -> str:
    """A number of cases: 12 件, 1,234 件, 12.3 万件."""
    size = abs(n)
    return f"{n / _WAN:.1f} 万件" if size >= 10 * _WAN else f"{n:,} 件"


def percent(share: float) -> str:
    """0.0523 as 5.2%."""
    return f"{share * 100:.1f}%"


def listed(words: Iterable[str]) -> str:
    """Words one after another."""
    return "、".join(words)


def counted(found: Sequence[tuple[str, int]]) -> str:
    """Names with their cases: 甲 4 件、乙 2 件; 甲、乙各 1 件 where all have the same."""
    if len(found) > 1 and len({n for _, n in found}) == 1:
        return f"{listed(name for name, _ in found)}各 {cases(found[0][1])}"
    return listed(f"{name} {cases(n)}" for name, n in found)


def moved(now: int, before: int | None, than: str) -> str:
    """How a volume stands to an earlier one; "" where the earlier one is not known.

    比前一日（1,180 件）上升 4.6% · 与前一日（1,180 件）基本持平 · 比前一日（8 件）多 3 件 · 前一日没有
    """
    if before is None:
        return ""
    if before == 0:
        return f"{than}没有" if now else f"{than}也没有"
    base = f"{than}（{cases(before)}）"
    if now >= 2 * before and before >= SMALL:
        return f"是{base}的 {now / before:.1f} 倍"
    if now == before:
        return f"与{base}相同"
    if before < SMALL:
        return f"比{base}{'多' if now > before else '少'} {cases(abs(now - before))}"
    if abs(now - before) < _STILL * before:
        return f"与{base}基本持平"
    return f"比{base}{'上升' if now > before else '下降'} {percent(abs(now - before) / before)}"


def more(difference: int) -> str:
    """A difference: 多 12 件, 少 3 件."""
    return f"{'多' if difference > 0 else '少'} {cases(abs(difference))}"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many out of so many."""

    top: int
    out_of: int

    @property
    def share(self) -> float:
        """From 0 to 1. ZeroDivisionError without a base: ask `said` first."""
        return self.top / self.out_of

    @property
    def said(self) -> bool:
        """Whether there is a base at all."""
        return self.out_of > 0

    @property
    def enough(self) -> bool:
        """Whether a per cent may be said of it."""
        return self.out_of >= FEW


def rate(found: Rate, what: str = "件") -> str:
    """A share with its base: 85.3%（320 / 375 件）, or 12 件中 9 件 where there are few."""
    if not found.said:
        return "没有可算的件"
    if not found.enough:
        return f"{found.out_of} {what}中 {found.top} {what}"
    return f"{percent(found.share)}（{found.top:,} / {found.out_of:,} {what}）"


def by_chance(now: Rate, before: Rate) -> bool:
    """Whether the difference of two shares is one that chance alone would often bring (two proportions, 95 %)."""
    both = (now.top + before.top) / (now.out_of + before.out_of)
    error = sqrt(both * (1 - both) * (1 / now.out_of + 1 / before.out_of))
    return abs(now.share - before.share) <= _CHANCE * error


def rate_moved(now: Rate, before: Rate | None, than: str) -> str:
    """How a rate stands to an earlier one; "" where either has too small a base.

    比上周（83.1%）上升 2.2 个百分点 · 比上周（83.1%）低 0.4 个百分点，属正常波动
    """
    if before is None or not (now.enough and before.enough):
        return ""
    step = round(now.share * 100, 1) - round(before.share * 100, 1)  # as a reader reckons it from what stands there
    if abs(step) < _STILL_RATE:
        return f"与{than}（{percent(before.share)}）持平"
    if by_chance(now, before):
        word = "高" if step > 0 else "低"
        return f"比{than}（{percent(before.share)}）{word} {abs(step):.1f} 个百分点，属正常波动"
    return f"比{than}（{percent(before.share)}）{'上升' if step > 0 else '下降'} {abs(step):.1f} 个百分点"


def sentence(*parts: str) -> str:
    """The parts that say something, as one sentence."""
    said = [part for part in parts if part]
    return "，".join(said) + "。" if said else ""

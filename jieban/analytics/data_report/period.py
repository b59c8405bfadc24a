"""The days that a report counts, and how its sentences name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis.expr.types as ir

_NUMERALS: Final = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Period:
    """From a first to a last day, both counted."""

    since: date
    until: date

    @property
    def years(self) -> list[int]:
        """The years of it, oldest first."""
        return list(range(self.since.year, self.until.year + 1))

    @property
    def months(self) -> list[int]:
        """The months of it as yyyymm, oldest first."""
        first, last = self.since.year * 12 + self.since.month - 1, self.until.year * 12 + self.until.month - 1
        return [n // 12 * 100 + n % 12 + 1 for n in range(first, last + 1)]

    @property
    def recent(self) -> str:
        """How titles and sentences call it: 近三年, or 本期 for one year and less."""
        return f"近{self._numeral}年" if len(self.years) > 1 else "本期"

    @property
    def span(self) -> str:
        """How the first sentence calls it: 三年来."""
        return f"{self._numeral}年来" if len(self.years) > 1 else "本期"

    @property
    def _numeral(self) -> str:
        count = len(self.years)
        return "两" if count == 2 else _NUMERALS[count] if count < len(_NUMERALS) else str(count)

    def ends_early(self) -> str:
        """The note under tables by year where the last year is not whole; empty where it is."""
        last = self.until
        if (last.month, last.day) == (12, 31):
            return ""
        return f"注：{last.year}年数据截至{last.year}年{last.month}月{last.day}日"


def month_name(month: int) -> str:
    """202111 as 2021年11月."""
    return f"{month // 100}年{month % 100}月"


def within(facts: ir.Table, period: Period) -> ir.Table:
    """The facts of its days."""
    return facts.filter(facts.day.between(period.since, period.until))

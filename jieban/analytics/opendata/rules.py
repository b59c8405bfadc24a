"""The rules of release: which months, which counts, which rates. Pure. docs/open-data.md tells them to everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from jieban.analytics.opendata import hiding


@dataclass(frozen=True, slots=True)
class Rules:
    """Counts under `cell` and rates of fewer than `sample` are withheld; a month waits `lag` days after its end."""

    cell: int = 10
    sample: int = 30
    lag: int = 30


def released(months: Iterable[int], today: date, rules: Rules) -> list[int]:
    """Those of the months (yyyymm) that ended at least `lag` days ago."""
    return [month for month in sorted(months) if _end(month) + timedelta(days=rules.lag) <= today]


def share(top: int, bottom: int, rules: Rules) -> float | None:
    """A rate to three places; None where it rests on too few, or would tell a small count or the small rest of one."""
    too_few = bottom < rules.sample
    told = hiding.small(top, rules.cell) or hiding.small(bottom - top, rules.cell)
    return None if too_few or told else round(top / bottom, 3)


def _end(month: int) -> date:
    """The first day after a month."""
    return date(month // 100 + month % 100 // 12, month % 100 % 12 + 1, 1)

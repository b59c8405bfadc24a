"""Calling numbers of the period, by year and by month, in one reading where its months fit into one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from jieban.analytics import measures as m
from jieban.analytics.data_report.period import Period, within
from jieban.analytics.engines import Source

Found = tuple[dict[str, list[dict[str, Any]]], int]


def callers(source: Source, period: Period) -> Found:
    """Rows by `year` (`numbers`, `new`) and by `month` (`numbers`), and how many numbers called in every year."""
    return _at_once(source, period) if len(period.months) <= m.HEARD_MONTHS else _apart(source, period)


def _at_once(source: Source, period: Period) -> Found:
    months = period.months
    found = source.run(m.heard(within(source["contacts"], period), months))
    patterns, held = (found[name].to_numpy().astype("int64") for name in ("heard", "numbers"))
    bits = {month: 1 << n for n, month in enumerate(months)}

    def called(some: int) -> Any:
        return (patterns & some) != 0

    wholes = {year: sum(bit for month, bit in bits.items() if month // 100 == year) for year in period.years}
    years, before = [], 0
    for year, whole in wholes.items():
        own = called(whole)
        years.append({"year": year, "numbers": int(held[own].sum()), "new": int(held[own & ~called(before)].sum())})
        before |= whole
    by_month = [{"month": month, "numbers": int(held[called(bit)].sum())} for month, bit in bits.items()]
    always = np.logical_and.reduce([called(whole) for whole in wholes.values()])
    return {"year": years, "month": by_month}, int(held[always].sum())


def _apart(source: Source, period: Period) -> Found:
    """A longer period is read once for each question."""
    seen = within(source["contacts"], period)
    found = {by: source.rows(m.numbers(seen, by)) for by in ("year", "month")}
    return found, source.rows(m.always(seen, len(period.years)))[0]["numbers"]

"""Which matters take a larger or smaller share than at the beginning: the first year of the period beside the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from jieban.analytics.data_report.counts import Row

# A smaller change of share is no change.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Trends:
    """Codes whose share fell or rose, the largest change first."""

    falling: list[str]
    rising: list[str]


def trends(rows: Iterable[Row], by: str, of: str, years: list[int], among: set[str] | None = None) -> Trends:
    """Rows by year and `by`, with the sum `of`. Nothing falls or rises within one year."""
    changes = shifts(rows, by, of, years)
    known = {code: by_points for code, by_points in changes.items() if among is None or code in among}
    order = sorted(known, key=lambda code: (known[code], code))
    return Trends(
        [code for code in order if known[code] < -_LEAST],
        [code for code in reversed(order) if known[code] > _LEAST],
    )


def shifts(rows: Iterable[Row], by: str, of: str, years: list[int]) -> dict[str, float]:
    """By how much the share of each code in its year changed from the first to the last year."""
    if len(years) < 2:
        return {}
    held: dict[int, dict[str, int]] = defaultdict(dict)
    whole: dict[int, int] = defaultdict(int)
    for row in rows:
        whole[row["year"]] += row[of]
        if row[by] is not None:
            held[row["year"]][row[by]] = row[of]
    first, last = years[0], years[-1]
    if not whole[first] or not whole[last]:
        return {}
    codes = held[first].keys() | held[last].keys()
    return {code: held[last].get(code, 0) / whole[last] - held[first].get(code, 0) / whole[first] for code in codes}

"""The numbers of the three rates as the record alone has them, to hold those of the lake against.

found = record.rates(period)["mill"]["resolution_full"]
"""

from __future__ import annotations

from django.db.models import Count, F, Q

from jieban.appraisal import queries, rules
from jieban.appraisal.queries import Period


def rates(period: Period, seen: Q | None = None) -> dict[str, dict[str, int]]:
    """By unit: `n`, `unreached`, and of each rate every number of `queries.WHICH`."""
    numbers = {
        f"{rate}_{which}": Count("pk", filter=queries.test(rate, which))
        for rate in rules.RATES
        for which in queries.WHICH
    }
    found = queries.scored(period).filter(seen or Q()).values(unit=F("assignment__unit__code")).order_by()
    rows = found.annotate(n=Count("pk"), unreached=Count("pk", filter=Q(reached=False)), **numbers)
    return {row.pop("unit"): row for row in rows}

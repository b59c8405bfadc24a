"""One rate of many answers, scored by a scheme: for reports that compare callers instead of units. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jieban.appraisal import recompute

RESPONSE, RESOLUTION, SATISFACTION = RATES = recompute.RATES


@dataclass(frozen=True, slots=True)
class Rate:
    """The score reached (`got`, in hundredths of a case) out of how many cases, `full` of them wholly, `part` in part.

    `explained` of them are 没解决，但解释清楚了. `got` is None where no scheme says what answers are worth; `share` is
    None then, and where there is no case.
    """

    got: int | None
    out_of: int
    full: int
    part: int = 0
    explained: int = 0

    @property
    def share(self) -> float | None:
        """The rate from 0 to 1."""
        return None if self.got is None or not self.out_of else self.got / (100 * self.out_of)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of `recompute.rated`; 0 to 1 where there is no rate."""
        if self.share is None:
            return (0.0, 1.0)
        found = recompute.rated(self.out_of, self.out_of, self.got or 0)
        return (float(found["low"]), float(found["high"]))


def worth(counts: Mapping[str, int], scores: Mapping[str, Decimal] | None) -> int | None:
    """What so many of each answer are worth together, in hundredths; None where no scheme says."""
    if scores is None:
        return None
    return sum(n * int(scores.get(answer, Decimal(0)) * 100) for answer, n in counts.items())

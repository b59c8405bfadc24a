"""Until when a request to be left out is in time: the end of the exclusion window of the cycle the answer counts in.

Pure: days in, days out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jieban.appraisal import cycles
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput


def window_end(answered: date, done: date | None, known: Sequence[Scheme]) -> date | None:
    """The first day on which it is too late; None where no scheme was in force, so that there is no window.

    `answered` is the day of the citizen's answer, `done` that of the reply it is about.
    """
    try:
        return cycles.counting(answered, done, known).window_end
    except BadInput:
        return None

"""Ways of dispatch beyond the plain one, as a city sets them: firm first, sub-centres, consultation. Plain values.

A city pack without a ways.toml has the values below, which are our own defaults (`ways_file` reads the file).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIRM_FIRST, SUB_CENTRE = "firm_first", "subcentre"


@dataclass(frozen=True, slots=True)
class Ways:
    """What a city sets about its ways of dispatch; limits are limit strings.

    `green_days` is how far back the report of the green channel looks (its clocks are profiles). `sub_centres` is the
    unit behind each line kept as a sub-centre. `views_within` and `spot_within`: the usual time to give a view, to come
    to the spot. `decide_within`: the time to decide after that, before the order goes to the fallback (兜底).
    """

    green_days: int = 90
    sub_centres: Mapping[str, str] = field(default_factory=dict)
    views_within: str = "4wh"
    spot_within: str = "1wd"
    decide_within: str = "4h"

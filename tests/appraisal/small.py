"""A small city to score: a scheme, ten units and cases that a person can write on one line or Hypothesis invents.

cases = small.cases("u1 yes yes", "u1 no no ground=ex_facts", "u2 - - reached=0")
boards = small.recompute(cases)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import strategies as st

from jieban.appraisal import cases as facts
from jieban.appraisal import recompute as own
from jieban.appraisal.cycles import Cycle
from jieban.city import schemes
from jieban.city.schemes import Scheme

FIRST, END = date(2026, 10, 19), date(2026, 11, 19)
SCHEME = """
code = "small"
name = "小城方案"
note = "示例，非官方"
source = "test"
from = 2026-01-19
cycle_start_day = 19
late_days = 3
exclusion_days = 5
parts = { first_duty = 0.10 }
filters = []
grounds = ["ex_facts"]
ties = ["resolution", "satisfaction", "per_10k"]
trades = [{ unit = "dep", categories = ["02"] }]
consulted = []
rates = { response = 0.10, resolution = 0.40, satisfaction = 0.40 }
solved = { yes = 1.00, part = 0.50, no = 0.00, explained = 0.00 }
satisfied = { yes = 1.00, mostly = 0.80, no = 0.00 }
roles = { lead = 1.00, assist = 0.50, dual = 0.80 }
difficulty = { "15d" = 1.20, other = 1.00 }
points = { late = { name = "超期", each = -0.50, most = 2.00 } }
weights = [{ name = "疫情加权", categories = ["01"], weight = 1.50 }]
rules = [{ name = "失管弃管", owners = ["unmanaged"], weight = 0.50, solved = { explained = 0.50 } }]
[[boards]]
code = "streets"
name = "街道"
by = "unit"
kinds = ["street"]
enough = 2
marks = true
[[boards]]
code = "districts"
name = "区"
by = "district"
kinds = ["district"]
enough = 2
marks = false
[[boards]]
code = "communities"
name = "社区"
by = "section"
kinds = ["community"]
enough = 2
marks = false
[[boards]]
code = "trades"
name = "行业"
by = "trade"
kinds = ["city_department"]
enough = 2
marks = false
"""
KINDS = {"u1": "street", "u2": "street", "u3": "street", "d1": "district", "d2": "district", "dep": "city_department",
         "c1": "community", "c2": "community", "firm": "state_enterprise", "off": "street"}  # fmt: skip
UNDER = {"u1": "d1", "u2": "d1", "u3": "d2", "d1": "d1", "d2": "d2", "off": "d2"}
UNITS: dict[str, own.Case] = {
    code: {"code": code, "name": f"{code}（示例）", "kind": kind, "district": UNDER.get(code, ""),
           "residents": "20000" if kind == "street" else "", "base": "500" if code == "firm" else "",
           "appeals": str(40 + 10 * n)}
    for n, (code, kind) in enumerate(KINDS.items())
}  # fmt: skip
_USUAL = {"category1": "02", "category2": "0201", "category": "020101", "owner": "", "role": "lead", "dual": "0",
          "urgency": "7d", "way": "phone", "round": "1", "section": "", "reached": "1", "contacted": "1",
          "in_time": "1", "ground": "", "day": "2026-11-01", "done_day": "2026-10-30"}  # fmt: skip
_SAID = {"-": ""}


def scheme(**changed: Any) -> Scheme:
    """The small scheme, `old=new` texts replaced (given as pairs in `swaps`)."""
    text = SCHEME
    for old, new in changed.get("swaps", ()):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return schemes.read(text)


def cycle(of: Scheme | None = None) -> Cycle:
    """The cycle 2026-11 under a scheme."""
    late = END + timedelta(days=3)
    return Cycle(FIRST, END, FIRST + timedelta(days=3), late, late + timedelta(days=5), of or scheme())


def cases(*lines: str) -> list[own.Case]:
    """Cases from lines `unit solved satisfied name=value …`; what is not said is usual."""
    numbers = count(1)
    return [_case(line.split(), next(numbers)) for line in lines]


def _case(words: Sequence[str], number: int) -> own.Case:
    unit, solved, satisfied, *named = words
    said = {"solved": _SAID.get(solved, solved), "satisfied": _SAID.get(satisfied, satisfied)}
    case = {
        **_USUAL,
        "assignment": str(number),
        "order": str(number),
        "unit": unit,
        "district": UNDER.get(unit, ""),
        **said,
    }
    case |= dict(pair.split("=") for pair in named)
    return {name: case[name] for name in facts.COLUMNS}


def recompute(found: list[own.Case], of: Scheme | None = None, marks: Sequence[own.Case] = ()) -> dict[str, list[Any]]:
    """The rows of each board, best first."""
    done = own.recompute((of or scheme()).values, str(FIRST), UNITS, found, list(marks))
    return {board["code"]: board["rows"] for board in done}


def row(found: dict[str, list[Any]], board: str, unit: str) -> Any:
    """The row of one unit."""
    [mine] = [one for one in found[board] if one["unit"] == unit]
    return mine


def exact(text: str | None) -> Decimal:
    """A printed number."""
    assert text is not None
    return Decimal(text)


@st.composite
def many(draw: st.DrawFn, least: int = 0, most: int = 30) -> list[own.Case]:
    """Any cases of the small city."""
    pick = {
        "unit": st.sampled_from(["u1", "u2", "u3", "firm", "dep", "off"]),
        "solved": st.sampled_from(["yes", "part", "no", "explained", "-"]),
        "satisfied": st.sampled_from(["yes", "mostly", "no", "-"]),
        "section": st.sampled_from(["", "c1", "c2"]), "owner": st.sampled_from(["", "ordinary", "unmanaged"]),
        "role": st.sampled_from(["lead", "lead", "assist"]), "dual": st.sampled_from(["0", "0", "1"]),
        "urgency": st.sampled_from(["7d", "15d", "2h"]), "reached": st.sampled_from(["1", "1", "1", "0"]),
        "contacted": st.sampled_from(["1", "0", ""]), "in_time": st.sampled_from(["1", "1", "0"]),
        "ground": st.sampled_from(["", "", "", "ex_facts", "terminated"]),
        "category1": st.sampled_from(["01", "02"]),
    }  # fmt: skip
    lines = []
    for _ in range(draw(st.integers(least, most))):
        got = {name: draw(one) for name, one in pick.items()}
        named = " ".join(f"{k}={v}" for k, v in got.items() if k not in ("unit", "solved", "satisfied"))
        lines.append(f"{got['unit']} {got['solved']} {got['satisfied']} {named}")
    return cases(*lines)

"""Every example of docs/appraisal.md is counted: a reader may follow the page and trust it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jieban.appraisal import recompute
from tests.appraisal import small

PAGE = Path(__file__).resolve().parents[2] / "docs" / "appraisal.md"


def rows(first: str) -> list[list[str]]:
    """The rows of the table whose head begins with `first`."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    [start] = [n for n, line in enumerate(lines) if line.startswith((f"| {first} |", f"| {first} `"))]
    out = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        out.append([cell.strip() for cell in line.strip("|").split("|")])
    return out


def hundredths(text: str) -> int | None:
    return None if text == "–" else int(Decimal(text) * 100)


def marks(text: str) -> list[recompute.Case]:
    out = []
    for one in filter(None, text.split(", ")):
        name, got, *rest = one.split()
        out.append({"unit": "u1", "name": name, "got": got, "of": rest[-1] if rest else ""})
    return out


@pytest.mark.parametrize("row", rows("case"), ids=lambda row: row[0].strip("`"))
def test_weights_and_points_of_single_cases(row):
    line, weight, *points, _why = row
    held = recompute.plan(small.scheme().values, "streets", str(small.FIRST))
    [case] = small.cases(line.strip("` "))
    found, worth = recompute.weigh(held, case)
    assert Decimal(found) / 10**8 == Decimal(weight)
    assert list(recompute.judge(case, worth).values()) == [hundredths(text) for text in points]


@pytest.mark.parametrize("row", rows("cases of"), ids=lambda row: f"{row[0]} {row[1]}")
def test_whole_scores(row):
    lines, said, resolution, raw, satisfaction, composite, _how = row
    found = small.cases(*(f"u1 {one.strip('` ')}" for one in lines.split(", ")))
    mine = small.row(small.recompute(found, marks=marks(said)), "streets", "u1")
    told = (mine["adjusted"]["resolution"]["share"], mine["raw"]["resolution"]["share"],
            mine["adjusted"]["satisfaction"]["share"], mine["composite"]["score"])  # fmt: skip
    assert [Decimal(one) for one in told] == [Decimal(one) for one in (resolution, raw, satisfaction, composite)]


@pytest.mark.parametrize("row", rows("on"), ids=lambda row: row[0])
def test_stages(row):
    assert small.cycle().stage(date.fromisoformat(row[0])) == row[1]

"""Marks beside the three rates, by hand on the ten-row lake (tests/analytics/ten.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.analytics import engines
from jieban.appraisal import cycles, marks
from jieban.city import schemes
from tests.analytics import ten

TEXT = Path(__file__).resolve().parents[2] / "cities" / "beijing" / "schemes" / "demo-2023.toml"
SCHEME = schemes.read(TEXT.read_text(encoding="utf-8").replace("from = 2023-04-19", "from = 2018-01-19"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory):
    with engines.duckdb(ten.lay(tmp_path_factory.mktemp("lake") / "ten")) as found:
        yield found


@pytest.mark.parametrize(
    ("cycle", "name", "counted"),
    [
        # Order 5 had two units, both led: 110118 was called solved, 110118001 only explained.
        ("2020-02", "first_duty", {"110118": ("1", "1"), "110118001": ("0", "1")}),
        # Order 1 was closed on 2019-01-12, 90 days before 04-12, and came again.
        ("2019-04", "proactive", {"110105002": ("0", "1")}),
        # Order 3 was closed on 2019-02-21, 90 days before 05-22, and did not. Who sent it back has no part in it.
        ("2019-06", "proactive", {"pf-jd": ("1", "1")}),
        # 105 was sent on 2020-01-01 and reported after its due.
        ("2020-01", "late", {"110105-hc": ("1", "")}),
        # Praise that nobody had to act on is nobody's.
        ("2020-12", "praise", {}),
    ],
)
def test_marks_by_hand(source, cycle, name, counted):
    found = marks.counted(source, cycles.named(cycle, [SCHEME]))
    assert {row["unit"]: (row["got"], row["of"]) for row in found if row["name"] == name} == counted


def test_what_the_scheme_does_not_name_is_not_counted(source):
    plain = SCHEME.text[: SCHEME.text.index("[points.praise]")] + SCHEME.text[SCHEME.text.index("# By the class") :]
    without = schemes.read(plain.replace("filters = []", "filters = []\npoints = {}", 1))
    found = marks.counted(source, cycles.named("2020-01", [without]))
    assert {row["name"] for row in found} <= {"first_duty", "proactive", "joint"}

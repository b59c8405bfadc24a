"""The planted coaching unit is found in its months by the default settings; twenty clean cycles are quiet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jieban.analytics import engines
from jieban.analytics.lake import Lake
from jieban.appraisal import cycles, integrity
from jieban.city import schemes
from simulation import figures
from simulation.lake import plan as planning
from simulation.lake import writing

ROOT = Path(__file__).resolve().parents[3]
SCHEMES = ROOT / "cities" / "beijing" / "schemes"
COACHED = "110106020"
# Coached are orders that came from July to October 2021; cycles are named by the month in which they end.
PLANTED = ("2021-08", "2021-09", "2021-10")
CLEAN = [f"{2019 + n // 12}-{n % 12 + 1:02}" for n in range(10, 30)]  # 2019-11 to 2021-06


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory):
    """The alarms of the planted and of twenty clean cycles, by the schemes of the pack."""
    pack, printed = figures.read(ROOT / "cities" / "beijing")
    known = [schemes.read(path.read_text("utf-8")) for path in sorted(SCHEMES.glob("*.toml"))]
    folder = tmp_path_factory.mktemp("signs")
    plan = planning.make(pack, printed, contacts=600_000, start=date(2019, 5, 1), end=date(2021, 10, 31), seed="s")
    writing.run(plan, pack, folder, seed="s", workers=2)
    with engines.duckdb(Lake(folder)) as source:
        return {code: integrity.find(source, cycles.named(code, known), known).alarms for code in (*PLANTED, *CLEAN)}


@pytest.mark.parametrize("code", PLANTED)
def test_the_coaching_unit_is_found_in_its_months(found, code):
    assert found[code][0].unit == COACHED
    assert {(one.board, one.unit.partition("-")[0]) for one in found[code]} <= {
        ("streets", COACHED), ("communities", COACHED), ("property", COACHED),
    }  # fmt: skip


def test_twenty_clean_cycles_give_at_most_one_alarm(found):
    assert len(CLEAN) == 20
    assert sum(len(found[code]) for code in CLEAN) <= 1

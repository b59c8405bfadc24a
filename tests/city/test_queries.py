"""Which pack is in force, at what cost, and never a stale one."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jieban.city import actions, queries
from jieban.city.models import PackVersion, Unit
from jieban.core.errors import BadInput
from tests.city import toy

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The toy pack from 2026-04-01 on, with other rules."""
    folder = Path(shutil.copytree(toy.PACKS / "toy", tmp_path / "later"))
    text = (folder / "pack.toml").read_text(encoding="utf-8")
    (folder / "pack.toml").write_text(text.replace("2000-01-01", "2026-04-01"), encoding="utf-8")
    return folder


def test_pack_of_a_day_is_the_version_valid_then(later: Path) -> None:
    first = actions.load(toy.PACKS / "toy", at=AT)
    second = actions.load(later, at=AT)
    assert queries.current(at=AT).version_id == first.pk
    assert queries.current(at=datetime(2026, 3, 31, 23, 59, tzinfo=ZONE)).version_id == first.pk
    assert queries.current(at=datetime(2026, 4, 1, 0, 0, tzinfo=ZONE)).version_id == second.pk


def test_newest_version_counts_where_two_begin_on_one_day(tmp_path: Path) -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    folder = Path(shutil.copytree(toy.PACKS / "toy", tmp_path / "again"))
    text = (folder / "duties.csv").read_text(encoding="utf-8")
    (folder / "duties.csv").write_text(text.replace("rules 3", "rules 4"), encoding="utf-8")
    second = actions.load(folder, at=AT)
    assert queries.current(at=AT).version_id == second.pk


def test_asking_again_costs_one_query(django_assert_num_queries) -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    first = queries.current(at=AT)
    with django_assert_num_queries(1):
        assert queries.current(at=AT) is first


def test_version_loaded_elsewhere_is_seen_at_once(later: Path) -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    old = queries.current(at=AT + timedelta(days=60))
    new = actions.load(later, at=AT)
    assert (old.number, queries.current(at=AT + timedelta(days=60)).version_id) == (1, new.pk)


def test_old_version_can_still_be_asked_for(later: Path) -> None:
    first = actions.load(toy.PACKS / "toy", at=AT)
    actions.load(later, at=AT)
    assert queries.of(first.pk).pack.valid_from.isoformat() == "2000-01-01"


def test_without_a_pack_the_way_out_is_told() -> None:
    with pytest.raises(BadInput, match=r"No city pack is in force on 2026-03-02\. Load one with: jieban init"):
        queries.current(at=AT)


def test_unknown_version_is_told() -> None:
    with pytest.raises(BadInput, match="no city pack version with id 1000000000"):
        queries.of(10**9)


def test_unit_ids_are_the_rows_of_the_units() -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    loaded = queries.current(at=AT)
    assert loaded.unit_ids == dict(Unit.objects.values_list("code", "pk"))
    assert loaded.unit_codes[loaded.unit_ids["mill"]] == "mill"


def test_gazetteer_is_built_once_a_version() -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    assert queries.current(at=AT).gazetteer is queries.current(at=AT).gazetteer


def test_tree_is_the_unit_and_all_below_it() -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    north, mill = Unit.objects.get(code="north"), Unit.objects.get(code="mill")
    assert [unit.code for unit in queries.unit_tree(mill)] == ["mill", "c1", "c1-g1", "c1-p1"]
    assert {unit.code for unit in queries.unit_tree(north)} == {
        "north",
        "mill",
        "hill",
        "c1",
        "c1-g1",
        "c1-p1",
        "north-roads",
    }


def test_ancestors_come_root_first() -> None:
    actions.load(toy.PACKS / "toy", at=AT)
    assert [unit.code for unit in queries.ancestors(Unit.objects.get(code="c1"))] == ["north", "mill"]
    assert list(queries.ancestors(Unit.objects.get(code="north"))) == []


def test_cache_holds_only_a_few_versions(tmp_path: Path) -> None:
    for number in range(queries._KEPT + 2):
        folder = Path(shutil.copytree(toy.PACKS / "toy", tmp_path / str(number)))
        text = (folder / "pack.toml").read_text(encoding="utf-8")
        (folder / "pack.toml").write_text(text.replace("2000-01-01", f"2001-01-{number + 1:02d}"), encoding="utf-8")
        queries.of(actions.load(folder, at=AT).pk)
    assert (len(queries._cache), PackVersion.objects.count()) == (queries._KEPT, queries._KEPT + 2)

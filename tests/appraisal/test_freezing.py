"""Freezing, publishing, correcting: two people, all or nothing, and the same bytes whenever it is counted again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jieban.accounts.actor import Actor, Role
from jieban.analytics import engines
from jieban.appraisal import differences, freezing, proof, result_steps, results, store
from jieban.appraisal.freezing import Lake
from jieban.appraisal.result_models import CycleResult, CycleStep
from jieban.core import canon
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.orders.models import Message
from tests import factories
from tests.appraisal import small, small_lake

LINES = ("u1 yes yes", "u1 no no", "u1 yes mostly category1=01", "u2 yes yes", "u2 part yes",
         "u2 yes yes ground=ex_facts", "u3 yes - role=assist", "dep yes yes urgency=15d", "u1 yes yes section=c1",
         "u2 no no section=c1")  # fmt: skip
# The window of 2026-11 ends on 2026-11-26 at midnight.
AT = datetime(2026, 11, 27, 9, tzinfo=factories.AT.tzinfo)


@contextmanager
def opened(folder: Path, *lines: str, until: datetime = AT) -> Iterator[Lake]:
    with engines.duckdb(small_lake.lay(folder, small.cases(*(lines or LINES)))) as source:
        yield Lake(source, until)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with opened(tmp_path / "lake") as found:
        yield found


@pytest.fixture
def auditor(city) -> Actor:
    return factories.an_actor(Role.AUDITOR)


@pytest.fixture
def supervisor(city) -> Actor:
    return factories.an_actor(Role.SUPERVISOR)


def test_a_cycle_is_frozen_with_everything_it_was_counted_from(lake, auditor, home):
    kept = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    assert (kept.cycle, kept.version, kept.note, kept.replaces) == ("2026-11", 1, "", None)
    assert [one["unit"] for one in results.rows(kept, "streets")] == ["u1", "u2", "u3"]
    folder = home / "cycles" / "2026-11" / "v1"
    assert sorted(path.name for path in folder.iterdir()) == sorted((*store.FILES, store.MANIFEST))
    assert (folder / "scheme.toml").read_text("utf-8") == small.SCHEME
    assert (folder / "result.json").read_text("utf-8") == kept.result
    assert pq.read_table(folder / "cases.parquet")["assignment"].to_pylist() == list(range(1, len(LINES) + 1))
    said = store.manifest(folder)
    assert canon.digest(said) == kept.facts_sha256
    assert {name: one["sha256"] for name, one in said["files"].items()} == {
        name: store.digest(folder / name) for name in store.FILES
    }
    [step] = result_steps.of("2026-11")
    assert (step.what, step.person_id, step.said) == ("freeze", auditor.person_id, result_steps.hashes(kept))
    assert proof.flaws() == []


def test_counting_a_frozen_cycle_again_gives_the_same_bytes(lake, auditor, tmp_path):
    kept = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    cycle, folder = freezing.cycle_of(kept), store.folder("2026-11", 1)
    later = [*LINES, "u3 no no day=2026-11-20 done_day=2026-11-18", "u1 no no day=2026-11-24 done_day=2026-11-17"]
    with opened(tmp_path / "later", *later) as other:
        assert freezing.body(freezing.again(other.source, folder, cycle)).decode() == kept.result
    backwards = tmp_path / "backwards"
    shutil.copytree(folder, backwards)
    table = pq.read_table(backwards / store.CASES)
    pq.write_table(table.take(list(reversed(range(table.num_rows)))), backwards / store.CASES)
    assert freezing.body(freezing.again(lake.source, backwards, cycle)).decode() == kept.result


@pytest.mark.parametrize("role", [Role.CLERK, Role.DISTRICT, Role.LEADER, Role.DISPATCHER])
def test_only_the_citys_auditor_and_supervisor_freeze(lake, city, role):
    with pytest.raises(NotAllowed, match="班长或纪检监察"):
        freezing.freeze(lake, small.cycle(), by=factories.an_actor(role), at=AT)


def test_a_cycle_is_not_frozen_before_its_window_has_ended(lake, auditor, home):
    with pytest.raises(BadInput, match="2026-11-26 才结束，2026-11-27 起可以冻结"):
        freezing.freeze(lake, small.cycle(), by=auditor, at=AT - timedelta(days=1))
    assert not (home / "cycles").exists()


def test_a_cycle_is_not_frozen_from_a_lake_that_lags_behind(tmp_path, auditor):
    with (
        opened(tmp_path / "lake", until=AT - timedelta(days=1)) as behind,
        pytest.raises(BadInput, match="数据湖只到 2026-11-26 09:00"),
    ):
        freezing.freeze(behind, small.cycle(), by=auditor, at=AT)


def test_a_cycle_without_a_case_is_not_frozen(tmp_path, auditor):
    with (
        opened(tmp_path / "lake", "u1 yes yes day=2026-08-01 done_day=2026-07-30") as empty,
        pytest.raises(BadInput, match="没有一件回访结果"),
    ):
        freezing.freeze(empty, small.cycle(), by=auditor, at=AT)


def test_a_cycle_is_frozen_once(lake, auditor):
    freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    with pytest.raises(Conflict, match="已经冻结过了"):
        freezing.freeze(lake, small.cycle(), by=auditor, at=AT)


def test_whoever_freezes_does_not_publish(lake, auditor, supervisor):
    kept = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    with pytest.raises(NotAllowed, match="两个人"):
        freezing.publish(kept, by=auditor, at=AT)
    assert results.published("2026-11") is None
    street = factories.a_unit("u1", kind="street")
    freezing.publish(kept, by=supervisor, at=AT)
    assert results.published("2026-11") == kept
    said = {"cycle": "2026-11", "version": 1, "result": kept.pk}
    assert Message.objects.get(topic="cycle_published", unit=street).body == said
    with pytest.raises(Conflict, match="已经公布"):
        freezing.publish(kept, by=supervisor, at=AT)
    assert proof.flaws() == []


def test_a_correction_is_a_new_version_and_the_old_stays(lake, auditor, supervisor, tmp_path):
    first = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    freezing.publish(first, by=supervisor, at=AT)
    before = store.digest(store.folder("2026-11", 1) / store.MANIFEST)
    lines = [LINES[0], "u1 yes yes", *LINES[2:-1], "u3 yes yes"]
    with opened(tmp_path / "mended", *lines) as mended:
        with pytest.raises(BadInput, match="至少 10 个字"):
            freezing.correct(mended, small.cycle(), note="改了", by=auditor, at=AT)
        second = freezing.correct(mended, small.cycle(), note="第 2 件录错了，u1 申请更正", by=auditor, at=AT)
    assert (second.version, second.replaces, second.note) == (2, first, "第 2 件录错了，u1 申请更正")
    assert (results.latest("2026-11"), results.published("2026-11")) == (second, first)
    assert store.digest(store.folder("2026-11", 1) / store.MANIFEST) == before
    assert CycleResult.objects.get(version=1).result == first.result
    changed = {one.unit: one for one in differences.of_rows(first, second) if one.board == "streets"}
    assert {"u1", "u3"} <= changed.keys()
    assert [side["adjusted"]["resolution"]["share"] for side in (changed["u1"].before, changed["u1"].after)] == [
        "0.777778", "1.000000",
    ]  # fmt: skip
    found = differences.of_cases(first, second)
    assert [(one.assignment, one.kind, one.unit) for one in found.first] == [
        (2, "changed", "u1"),
        (10, "changed", "u3"),
    ]
    assert found.first[0].columns == {"solved": ("no", "yes"), "satisfied": ("no", "yes")}
    assert proof.flaws() == []


def test_a_correction_that_changes_nothing_is_refused(lake, auditor):
    with pytest.raises(BadInput, match="还没有冻结"):
        freezing.correct(lake, small.cycle(), note="没有冻结就想更正", by=auditor, at=AT)
    freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    with pytest.raises(BadInput, match="没有什么可更正的"):
        freezing.correct(lake, small.cycle(), note="再数一遍看看会不会变", by=auditor, at=AT)
    assert CycleResult.objects.count() == 1
    assert [path.name for path in store.folder("2026-11", 1).parent.iterdir()] == ["v1"]


def test_a_correction_keeps_the_scheme_it_was_frozen_with(lake, auditor, tmp_path):
    freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    other = small.cycle(small.scheme(swaps=[("resolution = 0.40", "resolution = 0.30"), ("part = 0.50", "part = 0.40"), ("parts = { first_duty = 0.10 }", "parts = { first_duty = 0.20 }")]))  # fmt: skip  # noqa: E501
    with opened(tmp_path / "mended", *LINES[:-1]) as mended:
        second = freezing.correct(mended, other, note="第 10 件不该算进来", by=auditor, at=AT)
    assert second.scheme_sha256 == small.scheme().sha256


@pytest.mark.parametrize("broken", ["seal", "place"])
def test_a_crash_leaves_nothing_half(lake, auditor, monkeypatch, home, broken):
    """The disk fails while the files are written, or when they are moved to their place."""

    def fails(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store, broken, fails)
        with pytest.raises(OSError, match="No space"):
            freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    assert (CycleResult.objects.count(), CycleStep.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert list((home / "cycles" / "2026-11").iterdir()) == []
    assert freezing.freeze(lake, small.cycle(), by=auditor, at=AT).version == 1


def test_a_folder_that_a_killed_process_left_counts_for_nothing(lake, auditor, home):
    """Killed between moving the files and committing the row: the folder is there, the row is not."""
    left = store.folder("2026-11", 1)
    left.mkdir(parents=True)
    (left / "cases.parquet").write_text("half")
    assert proof.flaws() == []
    kept = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    assert store.digest(left / store.MANIFEST) == kept.facts_sha256
    assert proof.flaws() == []


def test_late_callbacks_and_days_of_the_cycle_are_as_frozen(lake, auditor):
    kept = freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    found = freezing.cycle_of(kept)
    assert (found.code, found.first, found.end, found.window_end) == (
        "2026-11",
        small.FIRST,
        small.END,
        date(2026, 11, 27),
    )


def test_a_draft_that_a_crash_left_a_day_ago_is_swept(lake, auditor, home):
    old, young = (home / "cycles" / "2026-11" / f".draft-{name}" for name in ("old", "young"))
    for path in (old, young):
        path.mkdir(parents=True)
    os.utime(old, (0, 0))
    freezing.freeze(lake, small.cycle(), by=auditor, at=AT)
    assert sorted(path.name for path in old.parent.iterdir()) == [".draft-young", "v1"]

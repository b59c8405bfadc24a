"""Loading makes immutable, dated versions; the unit rows follow the newest one and are never deleted."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from jieban.city import actions
from jieban.city.models import PackFile, PackVersion, Unit
from jieban.city.pack import PackError
from jieban.core.errors import BadInput, Conflict
from tests.city import toy

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the toy pack that a test may change."""
    return Path(shutil.copytree(toy.PACKS / "toy", tmp_path / "pack"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def begin(folder: Path, day: str) -> None:
    text = (folder / "pack.toml").read_text(encoding="utf-8").splitlines()
    text[1] = f"valid_from = {day}"
    (folder / "pack.toml").write_text("\n".join(text), encoding="utf-8")


def test_first_load_makes_version_one_with_its_files(folder: Path) -> None:
    version = actions.load(folder, at=AT)
    assert (version.city, version.name, version.number) == ("littleton", "Littleton", 1)
    assert (version.valid_from, version.valid_to, version.loaded_at) == (date(2000, 1, 1), None, AT)
    stored = dict(PackFile.objects.filter(version=version).values_list("name", "body"))
    assert stored == toy.files()


def test_loading_the_same_files_again_gives_the_same_version(folder: Path) -> None:
    first = actions.load(folder, at=AT)
    again = actions.load(folder, at=AT + timedelta(days=1))
    assert (again.pk, again.loaded_at, PackVersion.objects.count()) == (first.pk, AT, 1)


def test_changed_pack_ends_the_version_before_it(folder: Path) -> None:
    first = actions.load(folder, at=AT)
    begin(folder, "2026-04-01")
    second = actions.load(folder, at=AT)
    first.refresh_from_db()
    assert (first.valid_to, second.number, second.valid_from, second.valid_to) == (
        date(2026, 4, 1),
        2,
        date(2026, 4, 1),
        None,
    )


def test_old_version_keeps_its_text_after_a_change(folder: Path) -> None:
    first = actions.load(folder, at=AT)
    edit(folder, "duties.csv", "Ward rules 3", "Ward rules 4")
    actions.load(folder, at=AT)
    assert dict(first.files.values_list("name", "body")) == toy.files()


def test_units_point_to_parent_and_district(folder: Path) -> None:
    actions.load(folder, at=AT)
    roads = Unit.objects.get(code="north-roads")
    assert (roads.parent.code, roads.district.code, roads.path) == ("north", "north", "north/north-roads/")
    assert (Unit.objects.get(code="north").parent, Unit.objects.get(code="north").district) == (None, None)


def test_unit_keeps_its_row_when_its_name_changes(folder: Path) -> None:
    actions.load(folder, at=AT)
    before = Unit.objects.get(code="water")
    edit(folder, "units.csv", "Littleton Water", "Littleton Springs")
    actions.load(folder, at=AT)
    after = Unit.objects.get(code="water")
    assert (after.pk, after.name) == (before.pk, "Littleton Springs")


def test_unit_that_is_gone_is_dated_not_deleted(folder: Path) -> None:
    actions.load(folder, at=AT)
    begin(folder, "2026-04-01")
    edit(folder, "units.csv", "hill,Hill Parish,,street,Parish,north,,,,,,,true,invented\n", "")
    actions.load(folder, at=AT)
    assert Unit.objects.get(code="hill").valid_to == date(2026, 4, 1)


def test_unit_that_comes_back_is_valid_again(folder: Path) -> None:
    actions.load(folder, at=AT)
    row = "hill,Hill Parish,,street,Parish,north,,,,,,,true,invented\n"
    edit(folder, "units.csv", row, "")
    actions.load(folder, at=AT)
    edit(folder, "units.csv", "water,", row + "water,")
    begin(folder, "2026-05-01")
    actions.load(folder, at=AT)
    assert Unit.objects.get(code="hill").valid_to is None


def test_unit_moved_to_another_parent_takes_its_children_along(folder: Path) -> None:
    actions.load(folder, at=AT)
    edit(folder, "units.csv", "mill,Mill Parish,,street,Parish,north,", "mill,Mill Parish,,street,Parish,hill,")
    actions.load(folder, at=AT)
    community = Unit.objects.get(code="c1")
    assert (community.path, Unit.objects.get(code="mill").parent.code) == ("north/hill/mill/c1/", "hill")


def test_mistake_writes_nothing(folder: Path) -> None:
    edit(folder, "duties.csv", "direct,water,,,24h", "direct,nobody,,,24h")
    with pytest.raises(PackError):
        actions.load(folder, at=AT)
    assert (PackVersion.objects.count(), PackFile.objects.count(), Unit.objects.count()) == (0, 0, 0)


def test_another_city_is_refused(folder: Path) -> None:
    actions.load(folder, at=AT)
    with pytest.raises(BadInput, match="This database serves Littleton"):
        actions.load(toy.PACKS / "fuzhou", at=AT)
    assert PackVersion.objects.count() == 1


def test_pack_that_begins_before_the_loaded_one_is_refused(folder: Path) -> None:
    begin(folder, "2026-01-01")
    actions.load(folder, at=AT)
    begin(folder, "2025-12-31")
    with pytest.raises(BadInput, match="before the loaded version 1"):
        actions.load(folder, at=AT)


def test_return_to_older_files_needs_a_new_day(folder: Path) -> None:
    actions.load(folder, at=AT)
    edit(folder, "duties.csv", "Ward rules 3", "Ward rules 4")
    actions.load(folder, at=AT)
    edit(folder, "duties.csv", "Ward rules 4", "Ward rules 3")
    with pytest.raises(BadInput, match="loaded before, as an older version"):
        actions.load(folder, at=AT)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no folder"):
        actions.load(tmp_path / "nowhere", at=AT)


def test_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "owners.csv").write_bytes("code,name,name_en,note\nx,私人住宅,P,\n".encode("gbk"))
    with pytest.raises(BadInput, match=r"owners\.csv is not UTF-8"):
        actions.load(folder, at=AT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_leave_one_version(folder: Path) -> None:
    barrier = threading.Barrier(2)

    def one(_: int) -> str:
        barrier.wait()
        try:
            return actions.load(folder, at=AT).sha256
        except Conflict:
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ended = set(pool.map(one, range(2)))
    version = PackVersion.objects.get()
    assert ended <= {version.sha256, "conflict"}
    assert version.files.count() == len(toy.files())


def test_number_of_queries_does_not_grow_with_the_units(folder: Path, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(16) as small:
        actions.load(folder, at=AT)
    parishes = "".join(f"p{n},Parish {n},,street,Parish,north,,,,,,,true,invented\n" for n in range(40))
    edit(folder, "units.csv", "water,", parishes + "water,")
    begin(folder, "2026-04-01")
    with django_assert_max_num_queries(len(small) + 1):
        actions.load(folder, at=AT)

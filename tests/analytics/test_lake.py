"""A lake changes all at once or not at all, one change at a time, and says what is wrong with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jieban.analytics import lake as lakes
from jieban.analytics import schema
from jieban.analytics.lake import Lake, State
from jieban.core.errors import BadInput
from tests.analytics import ten as rows


def channels(*codes):
    return rows.arrow("channels", [{"code": code, "name": code, "kind": "phone"} for code in codes])


def units(residents):
    """One unit with these residents."""
    table = rows.arrow("units", rows.tables()["units"][:1])
    at = table.column_names.index("residents")
    return table.set_column(at, "residents", pa.array([residents]))


def fail(change):
    """Write something, then fail."""
    change.write("channels", None, channels("new"))
    change.replace("orders", 201901, [])
    raise ZeroDivisionError


def codes(lake):
    """The channels that the lake holds."""
    return [code for path in lake.paths("channels") for code in pq.read_table(path)["code"].to_pylist()]


def on_disk(lake, table="channels"):
    return sorted(str(path.relative_to(lake.folder)) for path in (lake.folder / table).glob("*.parquet"))


def apart(code, lake):
    """A process of its own that runs this code on the lake; it prints "here" when it is where it should be."""
    start = f"""
        import os, sys, time
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        from pathlib import Path
        from jieban.analytics.lake import Lake
        from tests.analytics import ten
        lake = Lake(Path({str(lake.folder)!r}))
        def put(change, code):
            change.write("channels", None, ten.arrow("channels", [dict(code=code, name=code, kind="phone")]))
    """
    whole = textwrap.dedent(start) + textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", whole], stdout=subprocess.PIPE, text=True)


def test_a_change_counts_when_its_block_ends(tmp_path):
    lake = Lake(tmp_path / "lake")
    assert not lake.exists()
    with lake.change() as change:
        change.write("channels", None, channels("phone"))
        change.state.marks["until"] = 7
        assert not lake.exists()
    assert (codes(lake), lake.state().marks, lake.state().rows("channels")) == (["phone"], {"until": 7}, 1)


def test_a_change_that_fails_leaves_the_lake_as_it_was(ten):
    before = (ten.folder / "lake.json").read_bytes()
    with pytest.raises(ZeroDivisionError), ten.change() as change:
        fail(change)
    assert (ten.folder / "lake.json").read_bytes() == before
    assert (codes(ten), ten.state().rows("orders")) == (["phone", "enterprise", "web", "wechat"], 6)


def test_a_change_that_is_killed_leaves_the_lake_as_it_was_and_free(ten):
    before = (ten.folder / "lake.json").read_bytes()
    code = """
        with lake.change() as change:
            put(change, "half")
            print("here", flush=True)
            time.sleep(60)
    """
    with apart(code, ten) as process:
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert (ten.folder / "lake.json").read_bytes() == before
    assert len(on_disk(ten)) == 2
    with ten.change() as change:
        change.write("channels", None, channels("next"))
    assert codes(ten) == ["next"]


def test_a_second_change_waits_and_starts_from_what_the_first_left(ten):
    code = """
        print("here", flush=True)
        with lake.change() as change:
            put(change, f"after {change.state.rows('channels')}")
    """
    with ten.change() as change:
        second = apart(code, ten)
        assert second.stdout.readline() == "here\n"
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(0.5)
        change.write("channels", None, channels("first", "of", "all"))
    with second:
        assert second.wait(30) == 0
    assert codes(ten) == ["after 3"]


def test_who_reads_keeps_the_lake_of_the_moment(ten):
    state = ten.state()
    with ten.change() as change:
        change.write("channels", None, channels("new"))
    held = [code for path in ten.paths("channels", state) for code in pq.read_table(path)["code"].to_pylist()]
    assert (held, codes(ten)) == (["phone", "enterprise", "web", "wechat"], ["new"])


def test_files_out_of_use_are_kept_for_an_hour(ten):
    [old] = on_disk(ten)
    os.utime(ten.folder / old, (0, 0))
    with ten.change() as change:
        change.write("channels", None, channels("new"))
    # However old the file is, it went out of use only now.
    assert old in on_disk(ten)
    [new] = {*on_disk(ten)} - {old}
    os.utime(ten.folder / old, (time.time() - 3500,) * 2)
    assert lakes.sweep(ten) == 0
    os.utime(ten.folder / old, (time.time() - 3700,) * 2)
    assert lakes.sweep(ten) == 1
    assert on_disk(ten) == [new]


def test_what_counts_is_never_swept(ten):
    for table in schema.TABLES:
        for file in on_disk(ten, table):
            os.utime(ten.folder / file, (0, 0))
    assert lakes.sweep(ten, older_than=0) == 0
    assert ten.state().rows("orders") == sum(pq.read_metadata(path).num_rows for path in ten.paths("orders")) == 6


def test_what_a_killed_change_left_is_swept_by_a_later_one(ten):
    left = ten.folder / "orders" / "201901-killed.parquet"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    with ten.change() as change:
        change.state.marks["seen"] = True
    assert not left.exists()


def test_no_lake_says_how_to_make_one(tmp_path):
    with pytest.raises(BadInput, match=f"There is no lake in {tmp_path}. Make one: jieban lake sync --lake {tmp_path}"):
        Lake(tmp_path).state()


def test_a_lake_of_another_version_is_refused(ten):
    said = json.loads((ten.folder / "lake.json").read_text())
    (ten.folder / "lake.json").write_text(json.dumps(said | {"version": 99}))
    with pytest.raises(BadInput, match=r"has version 99, this Jieban reads version 2\. Sync into a new folder"):
        ten.state()
    for anew in (False, True):
        with pytest.raises(BadInput, match="version 99"), ten.change(anew=anew):
            pass
    assert json.loads((ten.folder / "lake.json").read_text())["version"] == 99


@pytest.mark.parametrize(("about", "how"), [({"from": "record"}, "lake sync"), ({"made_by": "simulation"}, "simulate")])
def test_one_of_an_earlier_version_is_read_by_nobody_and_begun_anew(ten, about, how):
    said = json.loads((ten.folder / "lake.json").read_text())
    (ten.folder / "lake.json").write_text(json.dumps(said | {"version": 1, "about": about}))
    assert ten.outdated()
    with pytest.raises(BadInput, match=rf"version 1, .* version 2\. Build it anew: jieban {how} --lake"):
        ten.state()
    with pytest.raises(BadInput, match="version 1"), ten.change():
        pass
    with ten.change(anew=True) as change:
        assert change.state.files == {}
    assert (ten.outdated(), ten.state().months()) == (False, [])


@pytest.mark.parametrize(
    "text", ['{"version": 1, "files"', "", "[]", "7", '{"version": 1}', '{"version": 1, "files": 3}']
)
def test_a_broken_manifest_is_told(ten, text):
    (ten.folder / "lake.json").write_text(text)
    with pytest.raises(BadInput, match=r"lake\.json cannot be read.*Sync into a new folder"):
        ten.state()


def test_a_wrong_schema_is_refused_and_nothing_counts(ten):
    with pytest.raises(KeyError, match="name"), ten.change() as change:
        change.write("channels", None, pa.table({"code": ["phone"], "kind": ["phone"]}))
    with pytest.raises(ValueError, match="Failed to parse string: 'many'"), ten.change() as change:
        change.write("units", None, units("many"))
    assert (ten.state().rows("channels"), ten.state().rows("units")) == (4, 11)


def test_a_column_that_must_not_be_empty_is_refused_where_it_is(ten):
    with pytest.raises(ValueError, match="null"), ten.change() as change:
        change.write("channels", None, pa.table({"code": [None], "name": ["x"], "kind": ["phone"]}))
    assert ten.state().rows("channels") == 4


def test_a_column_that_may_be_empty_may_be_missing(tmp_path):
    lake = Lake(tmp_path)
    with lake.change() as change:
        change.write(
            "categories", None, rows.arrow("categories", [{"code": "1", "name": "x", "level": 1}]).drop("parent")
        )
    [path] = lake.paths("categories")
    assert pq.read_table(path).to_pylist() == [{"code": "1", "name": "x", "level": 1, "parent": None}]


def test_an_empty_month_has_no_file(ten):
    with ten.change() as change:
        change.write("orders", 202111, rows.arrow("orders", []))
    state = ten.state()
    assert (state.files["orders"]["202111"], state.rows("orders")) == ([], 5)
    assert 202111 in state.months()  # it still has a contact


def test_a_state_without_files_has_no_months():
    assert (State().months(), State().rows("orders")) == ([], 0)

"""Anybody counts a frozen month again from its bundle, with nothing but Python; a changed digit shows."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from jieban.accounts.actor import Role
from jieban.analytics import engines
from jieban.appraisal import bundle, freezing, recompute, store
from jieban.appraisal.freezing import Lake
from jieban.appraisal.result_models import CycleResult
from jieban.core.errors import BadInput
from tests import factories
from tests.appraisal import small, small_lake
from tests.appraisal.test_freezing import AT, LINES

MARKS = [{"unit": "u1", "name": "first_duty", "got": "3", "of": "4"}]


@pytest.fixture
def kept(city, tmp_path: Path) -> CycleResult:
    with engines.duckdb(small_lake.lay(tmp_path / "lake", small.cases(*LINES))) as source:
        by = factories.an_actor(Role.AUDITOR)
        return freezing.freeze(Lake(source, AT), small.cycle(), given=MARKS, by=by, at=AT)


@pytest.fixture
def unpacked(kept, tmp_path: Path) -> Path:
    out = io.BytesIO()
    bundle.write(kept, out)
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(out).extractall(folder)
    return folder


def recount(folder: Path) -> tuple[int, str]:
    """The bundle's own file, run apart: no Jieban on its path, nothing of this environment."""
    done = subprocess.run(
        [sys.executable, "-I", "recompute.py"], cwd=folder, env={}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_bundle_recomputes_to_the_last_digit_without_jieban(unpacked):
    code, said = recount(unpacked)
    assert (code, said) == (0, f"{len(LINES)} cases, 4 boards: every digit agrees\n")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("result.json", '"rank":1', '"rank":2'),
        ("cases.csv", ',"no","no",', ',"yes","no",'),
        ("scheme.toml", "mostly = 0.80", "mostly = 0.79"),
        ("marks.csv", "first_duty,3,4", "first_duty,4,4"),
        ("units.csv", "street,d1,", "community,d1,"),
    ],
)  # fmt: skip
def test_a_changed_digit_shows(unpacked, name, old, new):
    text = (unpacked / name).read_text("utf-8")
    assert old in text
    (unpacked / name).write_text(text.replace(old, new, 1), "utf-8")
    code, said = recount(unpacked)
    assert code == 1
    assert "first to differ" in said


def test_the_manifest_has_the_hash_of_every_file_and_the_rule_is_the_very_file(unpacked, kept):
    said = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    names = {path.name for path in unpacked.iterdir()} - {"manifest.json"}
    assert names == {"cases.csv", "units.csv", "marks.csv", "scheme.toml", "result.json", "recompute.py", "README.txt"}
    assert said["files"] == {name: sha256((unpacked / name).read_bytes()).hexdigest() for name in names}
    assert (said["result"], said["facts"], said["version"]) == (kept.sha256, kept.facts_sha256, 1)
    assert said["files"]["result.json"] == kept.sha256
    assert (unpacked / "recompute.py").read_bytes() == Path(recompute.__file__).read_bytes()
    head = (unpacked / "cases.csv").read_text("utf-8").splitlines()[0].split(",")
    assert {"phone", "caller", "name", "street", "title"} & set(head) == set()
    readme = (unpacked / "README.txt").read_text("utf-8")
    assert kept.sha256 in readme
    assert "python3 -I recompute.py" in readme


def test_the_same_result_gives_the_same_bundle(kept):
    first, second = io.BytesIO(), io.BytesIO()
    bundle.write(kept, first)
    bundle.write(kept, second)
    assert first.getvalue() == second.getvalue()


@pytest.mark.parametrize("name", [store.CASES, store.RESULT, store.MANIFEST])
def test_no_bundle_is_made_of_files_that_are_not_those_frozen(kept, name):
    path = store.folder("2026-11", 1) / name
    path.unlink()
    with pytest.raises(BadInput, match="jieban verify"):
        bundle.write(kept, io.BytesIO())
    path.write_bytes(b"{}")
    with pytest.raises(BadInput, match="jieban verify"):
        bundle.write(kept, io.BytesIO())

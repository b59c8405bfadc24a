"""What must not be in the repository: addresses in lock files, folders of one machine, tests put aside."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("jieban", "config", "simulation", "tests", "tools", "bench", "docs", "mappings")
TEXTS = sorted(
    [file for folder in KEPT for kind in ("*.py", "*.md", "*.toml", "*.html") for file in (ROOT / folder).rglob(kind)]
    + list(ROOT.glob("*.md"))
)


def found(pattern: str, files: list[Path]) -> list[str]:
    """Where the pattern occurs: file and line."""
    one = re.compile(pattern)
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        if file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if one.search(line)
    ]


def test_lock_files_hold_no_addresses():
    locks = [*(ROOT / "requirements").glob("*.lock"), ROOT / "package-lock.json"]
    assert len(locks) >= 3
    assert found(r"--index-url|--find-links|registry", locks) == []
    assert found(r"https?://", [file for file in locks if file.suffix == ".lock"]) == []
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_no_folder_of_one_machine_is_named():
    assert found(r"(?<![\w.])/(root|home/\w+|Users/\w+)/", TEXTS) == []


def test_no_test_is_put_aside():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert found(r"pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip", tests) == []


def test_nothing_is_left_for_later():
    assert found(r"#.*\b(TODO|FIXME|XXX)\b", [file for file in TEXTS if file.suffix == ".py"]) == []

"""Whatever is changed in a frozen result, its files or its steps is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from jieban.accounts.actor import Role
from jieban.analytics import engines
from jieban.appraisal import freezing, proof, store
from jieban.appraisal.freezing import Lake
from tests import factories
from tests.appraisal import small, small_lake
from tests.appraisal.test_freezing import AT


@pytest.fixture
def kept(city, tmp_path: Path):
    cases = small.cases("u1 yes yes", "u2 no no", "u2 yes yes")
    with engines.duckdb(small_lake.lay(tmp_path / "lake", cases)) as source:
        found = freezing.freeze(Lake(source, AT), small.cycle(), by=factories.an_actor(Role.AUDITOR), at=AT)
    freezing.publish(found, by=factories.an_actor(Role.SUPERVISOR), at=AT)
    assert proof.flaws() == []
    return found


def changed(table: str, column: str, value: str, which: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE jieban_{table} SET {column} = %s WHERE {which}", [value])  # noqa: S608
    return proof.flaws()


def test_a_digit_changed_in_the_row_is_named(kept):
    text = kept.result.replace('"rank":1', '"rank":2', 1)
    assert changed("cycleresult", "result", text, "version = 1") == [
        "Result 2026-11 v1: its text is not that of its hash: the result was changed.",
        "Result 2026-11 v1: result.json is not the result in its row.",
    ]


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("sha256", "0" * 64, "its text is not that of its hash"),
        ("facts_sha256", "0" * 64, "its hashes are not those that were written down when it was frozen"),
        ("scheme_text", "code = 'other'", "the text of its scheme is not that of its hash"),
        ("frozen_at", "2026-11-28 09:00:00+00:00", "who froze it, when or why is not what was written down"),
        ("published_at", "2026-11-28 09:00:00+00:00", "when or by whom it was published is not what was written down"),
        ("first", "2026-10-20", "the cycle, days or scheme of its row are not those of its text"),
    ],
)
def test_a_column_changed_is_named(kept, column, value, what):
    assert any(
        what in one and one.startswith("Result 2026-11 v1")
        for one in changed("cycleresult", column, value, "version = 1")
    )


@pytest.mark.parametrize("name", [*store.FILES, store.MANIFEST])
def test_a_file_changed_or_gone_is_named(kept, name):
    path = store.folder("2026-11", 1) / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert f"Result 2026-11 v1: {name} of its files was changed." in proof.flaws()
    path.unlink()
    [flaw] = [one for one in proof.flaws() if name in one][:1]
    assert "is gone" in flaw or "cannot be read" in flaw
    path.write_bytes(whole)
    assert proof.flaws() == []


def test_a_step_changed_or_taken_out_is_named(kept):
    assert changed("cyclestep", "name", "别人", "no = 1")[0].startswith("Step 1 of results: its hash")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jieban_cyclestep WHERE no = 1")
    flaws = proof.flaws()
    assert flaws[0].startswith("Step 2 of results does not follow")
    assert "Result 2026-11 v1: its hashes are not those that were written down when it was frozen." in flaws


def test_a_version_taken_out_is_named(kept):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jieban_cycleresult")
    assert proof.flaws() == ["Result 2026-11 v1: its row is gone."]

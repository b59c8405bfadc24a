"""`make test`: every test this machine can run, on SQLite and, where a server answers, on PostgreSQL; then the browser.

A test that uses no database is run once, with those on SQLite (tests/conftest.py marks the others `database`).

JIEBAN_REQUIRE names what must be there, parted by commas (postgres, browser, data, spark): a missing one is a failure.
What cannot be run is said aloud with the way to get it; nothing is skipped in silence.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg

POSTGRES = os.environ.get("JIEBAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/jieban")
REQUIRED = {word.strip() for word in os.environ.get("JIEBAN_REQUIRE", "").split(",") if word.strip()}
WORKERS = os.environ.get("JIEBAN_TEST_WORKERS", str(min(os.cpu_count() or 1, 4)))
CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), "")
DATA = os.environ.get("JIEBAN_DATA", "")


@dataclass(frozen=True)
class Suite:
    """One run of pytest: what it is called, which tests, on which database."""

    name: str
    marks: str
    database: str = ""
    parallel: bool = True


def main() -> int:
    """Run the suites; return 0 only if all that ran passed and nothing required was missing."""
    missing = _missing()
    for need, advice in missing.items():
        print(f"! {need}: not on this machine, its tests are not run. {advice}", flush=True)
    if REQUIRED & set(missing):
        print(f"FAILED: required but missing: {', '.join(sorted(REQUIRED & set(missing)))}")
        return 1
    results = [(suite, *_run(suite)) for suite in _suites(missing)]
    print()
    for suite, code, seconds in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {suite.name} ({seconds:.0f} s)")
    failed = [suite.name for suite, code, _ in results if code]
    if failed:
        print("Next: run one suite again with its command above, adding -x --lf to stop at the first failure.")
        return 1
    print("All tests passed. Next: make demo, then open the address it prints.")
    return 0


def _suites(missing: dict[str, str]) -> list[Suite]:
    apart = "not browser and not spark and not postgres" + ("" if "data" not in missing else " and not data")
    suites = [Suite("SQLite", apart)]
    if "postgres" not in missing:
        both = "database and not browser and not spark" + ("" if "data" not in missing else " and not data")
        suites.append(Suite("PostgreSQL", both, POSTGRES))
    if "browser" not in missing:
        suites.append(Suite("browser, SQLite", "browser"))
    if "browser" not in missing and "postgres" not in missing:
        suites.append(Suite("browser, PostgreSQL", "browser", POSTGRES))
    if "spark" not in missing:
        suites.append(Suite("Spark", "spark", parallel=False))
    return suites


def _missing() -> dict[str, str]:
    out = {}
    if not _postgres_answers():
        out["postgres"] = f"Start PostgreSQL 15 or newer, or set JIEBAN_TEST_POSTGRES (now {POSTGRES})."
    if not CHROMIUM:
        out["browser"] = "Install the packages chromium and fonts-noto-cjk."
    if not DATA:
        out["data"] = "Set JIEBAN_DATA to the folder of public data sets (docs/data.md)."
    if not shutil.which("java") or importlib.util.find_spec("pyspark") is None:
        out["spark"] = "Install Java 17 (openjdk-17-jre-headless) and pyspark (requirements/spark.in)."
    return out


def _postgres_answers() -> bool:
    try:
        with psycopg.connect(POSTGRES.rsplit("/", 1)[0] + "/postgres", connect_timeout=3):
            return True
    except psycopg.Error:
        return False


def _run(suite: Suite) -> tuple[int, float]:
    command = [sys.executable, "-m", "pytest", "-m", suite.marks]
    command += ["-n", WORKERS, "--dist", "worksteal"] if suite.parallel else []
    env = {**os.environ, "DATABASE_URL": suite.database, "JIEBAN_CHROMIUM": CHROMIUM}
    print(f"\n== {suite.name}: DATABASE_URL={suite.database or '(SQLite)'} {' '.join(command[1:])}", flush=True)
    started = time.monotonic()
    return subprocess.run(command, env=env, check=False).returncode, time.monotonic() - started


if __name__ == "__main__":
    raise SystemExit(main())

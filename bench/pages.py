"""How the staff's pages bear a large record: time and statements of every page at 200,000 orders beside 2,000.

    python -m bench.pages [--orders 200000] [--database sqlite|postgres]

Prints one JSON line: for each page its statements, its median milliseconds in both sizes and their ratio; over all the
worst of each. Orders are copies of a few (tests/scale.py), asked by the test client in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SMALL = 2_000
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=200_000, help="how large the large record is")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    server = os.environ.get("JIEBAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/jieban")
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"JIEBAN_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ["DATABASE_URL"] = server if asked.database == "postgres" else f"sqlite:///{Path(home) / 'bench.db'}"
        print(json.dumps(_measure(asked.orders, asked.database), ensure_ascii=False))


def _measure(orders: int, database: str) -> dict[str, object]:
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from django.db import connection

    kept = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return {"bench": "pages", "database": database, **_sizes(orders)}
    finally:
        sys.stderr.write(f"dropping {kept}\n")
        connection.creation.destroy_test_db(kept, verbosity=0)


def _sizes(orders: int) -> dict[str, object]:
    from jieban.orders.models import Order
    from tests import factories, scale
    from tests.portal import test_at_scale as pages
    from tests.portal.pages import browser

    toy = factories.a_loaded_city("toy")
    order = pages.some_of_everything(toy)
    looking = {role: browser(role, unit) for role, unit in pages.SEATS.items()}
    asked = list(pages.pages(order))
    small = scale.multiply(SMALL // Order.objects.count())
    _synced(toy)
    before = {page: _timed(looking[page[0]], page[1]) for page in asked}
    large = scale.multiply(orders // small)
    _synced(toy)
    after = {page: _timed(looking[page[0]], page[1]) for page in asked}
    told = {f"{role} {path}": _told(before[role, path], after[role, path]) for role, path in asked}
    return {
        "orders": [small, large], "pages": told,
        "slowest_ms": max(one["ms"][1] for one in told.values()), "ratio": max(one["ratio"] for one in told.values()),
    }  # fmt: skip


def _synced(loaded: Any) -> None:
    """The copies have no timelines to be followed by: the lake is built anew."""
    from jieban.analytics import lake, sync
    from jieban.core import clock

    sync.sync(lake.home(), at=clock.now(), loaded=loaded, fresh=True)


def _told(before: tuple[float, int], after: tuple[float, int]) -> dict[str, Any]:
    ms = [round(before[0] * 1e3, 1), round(after[0] * 1e3, 1)]
    return {"statements": [before[1], after[1]], "ms": ms, "ratio": round(after[0] / before[0], 2)}


def _timed(client: Any, path: str) -> tuple[float, int]:
    from tests.portal.pages import statements

    count, times = statements(client, path), []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - begin)
    return statistics.median(times), count


if __name__ == "__main__":
    main()

"""How fast the lake is synced from either database: rows of the lake a second, the first time and incrementally.

    python -m bench.lake_sync [--orders 100000] [--databases sqlite,postgres]

Prints one JSON line. The record is a score of orders in many states, copied with their timelines (tests/scale.py) and
spread over a year. `first` is a sync from nothing, `on` one after the newest twentieth of the timeline, `idle` one with
nothing new. Each database is measured in a process of its own, one after the other; `peak_mib` is that process's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

MONTHS, NEW = 12, 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--databases", default="sqlite,postgres", help="which ones, parted by a comma")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(_measure(asked.orders)))
        return
    found = {name: _apart(name, asked.orders) for name in asked.databases.split(",")}
    print(json.dumps({"bench": "lake_sync", **found}))


def _apart(database: str, orders: int) -> dict[str, Any]:
    """One database in a process and a home of its own."""
    server = os.environ.get("JIEBAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/jieban")
    with tempfile.TemporaryDirectory() as home:
        url = server if database == "postgres" else f"sqlite:///{Path(home) / 'bench.db'}"
        env = {**os.environ, "JIEBAN_HOME": home, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "bench.lake_sync", "--here", "--orders", str(orders)]
        said = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _measure(orders: int) -> dict[str, Any]:
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        # In a file, as an installation has it.
        connection.settings_dict["TEST"]["NAME"] = str(Path(settings.JIEBAN_HOME) / "bench.db")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return _syncs(orders)
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


def _syncs(orders: int) -> dict[str, Any]:
    from jieban.analytics import lake, sync
    from jieban.core import clock
    from jieban.orders.models import Entry

    toy, at, where = _record(orders), clock.now(), lake.home()
    begun = time.perf_counter()
    first = _timed(lambda: sync.sync(where, at=at, loaded=toy), where)
    last = Entry.objects.order_by("pk")[int(Entry.objects.count() * (1 - NEW))]
    with where.change() as change:
        change.state.marks |= {"entry": last.pk, "hash": last.hash}
    on = _timed(lambda: sync.sync(where, at=at, loaded=toy), where)
    idle = _timed(lambda: sync.sync(where, at=at, loaded=toy), where)
    return {
        "entries": Entry.objects.count(), "months": len(where.state().months()), "first": first, "on": on,
        "idle_seconds": idle["seconds"], "seconds": round(time.perf_counter() - begun, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _timed(work: Callable[[], Any], where: Any) -> dict[str, Any]:
    """Orders that were written, and rows of the lake that are theirs (by the average), a second."""
    from jieban.analytics import schema

    begin = time.perf_counter()
    orders = work().orders
    took = time.perf_counter() - begin
    state = where.state()
    each = sum(state.rows(table.name) for table in schema.FACTS) / (state.rows("contacts") or 1)
    told = {"orders": orders, "rows": round(orders * each), "seconds": round(took, 2)}
    return {**told, "rows_per_second": round(orders * each / took), "orders_per_second": round(orders / took)}


def _record(orders: int) -> Any:
    """The copies, spread over a year: those with the higher keys are the newer ones."""
    from django.db.models import F, Max, Min

    from jieban.orders.models import Assignment, Order
    from tests import factories, scale
    from tests.portal import test_at_scale as pages

    toy = factories.a_loaded_city("toy")
    pages.some_of_everything(toy)
    scale.multiply(orders // Order.objects.count(), timelines=True)
    ends = Order.objects.aggregate(low=Min("pk"), high=Max("pk"))
    step = (ends["high"] - ends["low"]) // MONTHS + 1
    for month in range(MONTHS):
        low = ends["low"] + month * step
        back = timedelta(days=30 * (MONTHS - 1 - month))
        for table, key, columns in (
            (Order, "pk", ("received_at", "dispatched_at", "closed_at", "due_at")),
            (Assignment, "order", ("sent_at", "sign_due", "respond_due", "handle_due", "signed_at", "responded_at")),
        ):
            moved = {column: F(column) - back for column in columns}
            table.objects.filter(**{f"{key}__gte": low, f"{key}__lt": low + step}).update(**moved)
    return toy


if __name__ == "__main__":
    main()

"""How good forecasts by month are beside seasonal naive: on an invented city, and on real requests of another one.

    python -m bench.forecast [--lake DIR] [--data DIR] [--contacts 300000]

Every series is tried on its own past (rolling origin, three months ahead). Without --lake a city is invented first.
DIR (or JIEBAN_DATA) holds baltimore311_2014_2019 (docs/data.md): requests by agency and month. One JSON line; `ratio`
is the mean MASE of the model over that of seasonal naive, below 1 where the model is better.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
BALTIMORE = "baltimore311_2014_2019/requests_train.parquet"


def main() -> int:
    """Measure and print; 2 where the real set is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, help="a lake that is there already")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("JIEBAN_DATA", "")), help="folder of the sets")
    parser.add_argument("--contacts", type=int, default=300_000, help="contacts to invent without --lake")
    asked = parser.parse_args()
    if not (asked.data / BALTIMORE).is_file():
        print(f"Not found in “{asked.data}”: {BALTIMORE}. Name the folder: --data or JIEBAN_DATA.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        lake = asked.lake or _invent(asked.contacts, Path(folder))
        said = {"bench": "forecast", "invented": _of_lake(lake), "baltimore": _of_requests(asked.data / BALTIMORE)}
    print(json.dumps(said))
    return 0


def _invent(contacts: int, folder: Path) -> Path:
    from simulation import figures
    from simulation.lake import plan, writing

    pack, printed = figures.read(ROOT / "cities" / "beijing")
    span = {"start": date(2019, 1, 1), "end": date(2021, 11, 30)}
    writing.run(
        plan.make(pack, printed, contacts=contacts, seed="bench", **span), pack, folder, seed="bench", workers=2
    )
    return folder


def _of_lake(folder: Path) -> dict[str, Any]:
    """Categories by district; streets are left out, there are thousands."""
    from jieban.analytics import engines
    from jieban.analytics.forecasts import reading
    from jieban.analytics.lake import Lake

    lake = Lake(folder)
    with engines.duckdb(lake) as source:
        span = reading.span(source, lake.state())
        counts = reading.monthly(source, span.months() if span else [])
    return _tried({key: values for key, values in counts.by.items() if not key[2]})


def _of_requests(path: Path) -> dict[str, Any]:
    """Requests by agency and month, and all together; the first and the last month are cut short and left out."""
    import pyarrow.parquet as pq

    from jieban.analytics.forecasts import months

    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in pq.read_table(path, columns=["Agency", "CreatedDate"]).to_pylist():
        created = str(row["CreatedDate"])
        month = int(created[:4]) * 100 + int(created[5:7])
        for agency in ("", row["Agency"]):
            found[agency][month] += 1
    whole = months.between(min(found[""]), max(found[""]))[1:-1]
    return _tried({agency: months.dense(counts, whole) for agency, counts in found.items()})


def _tried(series: dict[Any, Any]) -> dict[str, Any]:
    from jieban.analytics.forecasts import making, months

    begun = time.monotonic()
    found = {(str(key), "", ""): months.forecast(values, months.STEPS) for key, values in series.items()}
    return making.about(found)["districts"] | {"seconds": round(time.monotonic() - begun, 1)}


if __name__ == "__main__":
    sys.exit(main())

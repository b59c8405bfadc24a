"""Letters with the right unit, out of the verdicts of the objection court: nothing in them says whose letter it was."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from jieban.core import clock, crypto
from jieban.core.errors import BadInput
from jieban.dispatch.court import queries, wishes
from jieban.dispatch.court.models import Objection
from jieban.intake import masking

COLUMNS = ("title", "content", "category", "unit")


def write(path: Path, *, since: date | None = None) -> int:
    """Write the letters as CSV, whole or not at all; returns how many. BadInput where the file cannot be written."""
    begin = datetime.combine(since, time(0), tzinfo=clock.zone()) if since else None
    part = path.with_name(path.name + ".part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            for row in _rows(begin):
                table.writerow(row)
                count += 1
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
    return count


def _rows(since: datetime | None) -> Iterator[dict[str, str]]:
    for case in queries.corrected(since=since).iterator(chunk_size=500):
        right = wishes.right_unit(case)
        if right is not None:
            order = case.order
            yield {
                "title": plain(order.title, case), "content": plain(order.content, case), "category": order.category,
                "unit": right.name,
            }  # fmt: skip


def plain(text: str, case: Objection) -> str:
    """The text without the caller's name and whatever else has the form of personal data (`intake.masking`)."""
    return masking.plain(text, name=crypto.unseal(case.order.contact.name))

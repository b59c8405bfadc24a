"""Tables as CSV files that office programs open rightly: UTF-8 with its mark, and no cell that runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows under their head as a download called `name`.csv."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(cell) for cell in head])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text

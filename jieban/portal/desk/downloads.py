"""Tables as CSV files that office programs open rightly: UTF-8 with its mark, and no cell that runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# What office programs take for a formula, also in full width and behind spaces.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def table(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows under their head as a download called `name`.csv."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(word) for word in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def cell(value: Any) -> str:
    """A value as text; one that would run as a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    runs = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if runs and not isinstance(value, int | float) else text

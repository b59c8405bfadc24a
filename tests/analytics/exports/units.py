"""Exports of the toy city's units, and when they look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from jieban.accounts.actor import Actor
from jieban.analytics.exports import actions, rules
from jieban.analytics.exports.actions import Wish
from jieban.analytics.exports.models import SavedExport
from tests.factories import AT

LATER = AT + timedelta(days=3)
PERIOD = (AT - timedelta(days=1), LATER)


def saved(by: Actor, *columns: str, at: datetime = AT, **wish: Any) -> SavedExport:
    """An export of the unit of `by` over the first days of March 2026."""
    days = {"rule": rules.DATES, "first": date(2026, 3, 1), "last": date(2026, 3, 4)}
    values = {"name": "坑洼", "columns": columns or ("number", "state"), **days, **wish}
    return actions.save(Wish(**values), by=by, at=at)

"""Which period a run is about, and which columns and posts need a reason. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput

MONTH, CYCLE, DATES, SINCE = "month", "cycle", "dates", "since"
RULES: Final = (MONTH, CYCLE, DATES, SINCE)
CSV, XLSX, PARQUET = "csv", "xlsx", "parquet"
FORMATS: Final = (CSV, XLSX, PARQUET)
# Columns that tell who somebody is, or may: only for the posts below, with a purpose, and written down.
PERSONAL: Final = ("name", "phone", "address", "firm", "credit_code", "text")
MAKERS: Final = frozenset({Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.SUPERVISOR, Role.LEADER})
OPENERS: Final = frozenset({Role.CHIEF, Role.DISTRICT, Role.SUPERVISOR})
# Look on, and take nothing.
WATCHERS: Final = frozenset({Role.AUDITOR})


def period(
    rule: str,
    *,
    at: datetime,
    cycle_day: int = 1,
    first: date | None = None,
    last: date | None = None,
    done: datetime | None = None,
) -> tuple[datetime, datetime]:
    """From when up to, not including, when a run at `at` looks, in the zone of `at`.

    `month` and `cycle` are the last whole ones, a cycle beginning on `cycle_day`. `dates` are the days `first` to
    `last`, both included. `since` begins where the run before ended (`done`), the first time at `first`.
    BadInput where days are missing or upside down.
    """
    if rule in (MONTH, CYCLE):
        end = _begun(at.date(), 1 if rule == MONTH else cycle_day)
        return _midnight(_earlier(end), at), _midnight(end, at)
    if rule == SINCE:
        begin = done or (_midnight(first, at) if first else None)
        if begin is None:
            raise BadInput("“从上次取过以后”要写第一次从哪天取起。")
        return min(begin.astimezone(at.tzinfo), at), at
    if rule != DATES or first is None or last is None:
        raise BadInput("请写从哪天到哪天。")
    if last < first:
        raise BadInput(f"到的那天（{last}）比从的那天（{first}）还早。请对调。")
    return _midnight(first, at), _midnight(last + timedelta(days=1), at)


def personal(columns: Sequence[str]) -> list[str]:
    """Those of the columns that hold personal data."""
    return [code for code in columns if code in PERSONAL]


def _begun(day: date, on: int) -> date:
    """The last day not after `day` on which a month or cycle begins."""
    begin = day.replace(day=on)
    return begin if begin <= day else _earlier(begin)


def _earlier(day: date) -> date:
    """The same day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=day.day)


def _midnight(day: date, at: datetime) -> datetime:
    return datetime.combine(day, time(0), tzinfo=at.tzinfo)

"""The period a list or report is about, from its address: `from` up to, not including, `to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date

from jieban.core import clock


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of the city: from `first` up to, not including, `end`."""

    first: date
    end: date

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - timedelta(days=1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its begin and end as moments."""
        return midnight(self.first), midnight(self.end)

    @property
    def query(self) -> str:
        """Itself as part of an address."""
        return f"from={self.first.isoformat()}&to={self.end.isoformat()}"


def asked(query: QueryDict, today: date, *, days: int = 30) -> Days:
    """The period that was asked for, else the last days up to and with today; never upside down."""
    end = parse_date(query.get("to", "") or "-") or today + timedelta(days=1)
    begin = parse_date(query.get("from", "") or "-") or end - timedelta(days=days)
    return Days(begin, end) if begin < end else Days(end - timedelta(days=days), end)


def midnight(day: date) -> datetime:
    """The moment at which a day of the city begins."""
    return datetime.combine(day, time(0), tzinfo=clock.zone())

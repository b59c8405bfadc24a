"""What forecasts are made from: counts out of the lake, by the measures of the house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from jieban.analytics import measures
from jieban.analytics.engines import Source
from jieban.analytics.forecasts import months
from jieban.analytics.forecasts.rules import Values
from jieban.analytics.lake import State
from jieban.core import clock

# category (first level), district, street; "" stands for all of them.
Key = tuple[str, str, str]
DAYS = 800
TOP = 5


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the lake tells from beginning to end."""

    first: date
    last: date

    def months(self) -> list[int]:
        """The whole months, as yyyymm."""
        begin = self.first if self.first.day == 1 else (self.first.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = (self.last + timedelta(days=1)).replace(day=1) - timedelta(days=1)
        return months.between(begin.year * 100 + begin.month, end.year * 100 + end.month)


@dataclass(slots=True)
class Counts:
    """Contacts a month: by key, one value a month of `months`."""

    months: list[int]
    by: dict[Key, Values] = field(default_factory=dict)


def span(source: Source, state: State) -> Span | None:
    """From the first day with a contact to the last whole day; None for an empty lake.

    A lake that follows a record is whole until the day before its last sync, another one until its last contact.
    """
    contacts = source["contacts"]
    said = source.rows(contacts.aggregate(first=contacts.day.min(), last=contacts.day.max()))[0]
    if said["first"] is None:
        return None
    last = said["last"]
    if state.marks.get("at"):
        last = datetime.fromisoformat(str(state.marks["at"])).astimezone(clock.zone()).date() - timedelta(days=1)
    return Span(said["first"], last) if last >= said["first"] else None


def monthly(source: Source, whole: list[int]) -> Counts:
    """Contacts by month for every category, district and street, for pairs of them, and for all."""
    by = ("month", "category1", "district", "street")
    inside = source["contacts"].filter(lambda t: t.month.isin(whole))
    found: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in source.rows(measures.cube(inside, by, (measures.ACCEPTED,))) if whole else ():
        for key in _keys(row):
            found[key][row["month"]] += row["accepted"]
    return Counts(whole, {key: months.dense(each, whole) for key, each in sorted(found.items())})


def _keys(row: dict[str, Any]) -> Iterable[Key]:
    """The series that a group counts for; what has no category or place counts for the wholes alone."""
    category, district, street = (row[name] or "" for name in ("category1", "district", "street"))
    places = {("", "")} | ({(district, ""), (district, street)} if district else set())
    return {(one, *place) for one in {"", category} for place in places}


def hourly(source: Source, until: date) -> tuple[date, Values] | None:
    """Calls by day (rows) and hour (24 columns) up to a day, and the first of these days; None without any."""
    contacts = measures.placed(source, "contacts")
    inside = contacts.filter((contacts.day > until - timedelta(days=DAYS)) & (contacts.day <= until))
    rows = source.rows(measures.cube(inside, ("day", "hour"), (measures.PHONE,)))
    if not rows:
        return None
    first = min(row["day"] for row in rows)
    counts = np.zeros(((until - first).days + 1, 24))
    for row in rows:
        counts[(row["day"] - first).days, row["hour"]] = row["phone"]
    return first, counts


def points(source: Source, wanted: list[int]) -> list[dict[str, Any]]:
    """The places with the most orders of a category in these months: the top five of each district and street."""
    by = ("month", "category1", "district", "street", "place")
    orders = source["orders"]
    inside = orders.filter(orders.month.isin(wanted) & orders.place.notnull() & orders.category1.notnull())
    if not wanted:
        return []
    names = {row["code"]: row["name"] for row in source.rows(source["places"].select("code", "name"))}
    found: dict[tuple[Any, ...], list[tuple[int, str]]] = defaultdict(list)
    for row in source.rows(measures.cube(inside, by, (measures.ORDERS,))):
        for street in {"", row["street"] or ""}:
            key = (row["month"], row["category1"], row["district"] or "", street)
            found[key].append((row["orders"], row["place"]))
    return [
        {"month": key[0], "category": key[1], "district": key[2], "street": key[3],
         "place": place, "name": names.get(place, place), "orders": count}
        for key, each in sorted(found.items())
        for count, place in sorted(each, key=lambda one: (-one[0], one[1]))[:TOP]
    ]  # fmt: skip

"""Plans from forecasts: seats for each hour, and what a place should prepare before it rises (未诉先办)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jieban.analytics.forecasts import erlang, months, rises
from jieban.analytics.forecasts.erlang import Aim
from jieban.analytics.forecasts.rises import Rise
from jieban.city.pack import ANY, Pack
from jieban.city.seating import Seating

UNITS_NAMED: Final = 3
# Leads that follow from the exact point of a matter.
BY_POINT: Final = ("street", "firm", "community")


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour ahead: calls with their intervals, last week's, the seats for what is expected and for many (the high
    end of the 80 % interval), and how many people that is on the roster."""

    day: date
    hour: int
    calls: float
    low: float
    high: float
    naive: float
    seats: int
    seats_high: int
    rostered: int
    rostered_high: int


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the calendar: what rises where in a month, its points a year ago, who prepares, by when."""

    month: int
    category: str
    district: str
    street: str
    rise: Rise
    points: tuple[tuple[str, int], ...]
    units: tuple[str, ...]
    by: date


def aim(seating: Seating) -> Aim:
    """The aim that a city's pack sets."""
    return Aim(seating.minutes, seating.answer, seating.level, seating.away)


def hours(rows: Iterable[Mapping[str, Any]], wanted: Aim) -> list[Hour]:
    """The seats of each forecast hour, in the order of time."""
    return [_hour(row, wanted) for row in sorted(rows, key=lambda row: (row["day"], row["hour"]))]


def _hour(row: Mapping[str, Any], wanted: Aim) -> Hour:
    usual, many = erlang.seats(row["mean"], wanted), erlang.seats(row["high80"], wanted)
    return Hour(
        row["day"], row["hour"], row["mean"], row["low80"], row["high80"], row["naive"],
        usual, many, erlang.rostered(usual, wanted), erlang.rostered(many, wanted),
    )  # fmt: skip


def calendar(
    series: Iterable[Mapping[str, Any]], points: Iterable[Mapping[str, Any]], ahead: Sequence[int], pack: Pack
) -> list[Due]:
    """All rises of these series by month, the largest first; `points` are those of the same months a year before."""
    known: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
    for one in points:
        key = (one["month"], one["category"], one["district"], one["street"])
        known.setdefault(key, []).append((one["name"], one["orders"]))
    found = [due for row in series if row["category"] for due in _dues(row, known, ahead, pack)]
    return sorted(found, key=lambda due: (due.month, due.rise.usual - due.rise.mean, due.category, due.street))


def _dues(
    row: Mapping[str, Any], known: Mapping[tuple[Any, ...], list[tuple[str, int]]], ahead: Sequence[int], pack: Pack
) -> Iterable[Due]:
    side = row["better"] or months.MODEL
    place = (row["category"], row["district"], row["street"])
    found = rises.rises(row["history"], row[side], row[f"{side}_low80"], row[f"{side}_low95"], row[f"{side}_high80"])
    for one in found:
        month = ahead[one.step]
        best = tuple(known.get((month - 100, *place), ()))
        yield Due(month, *place, one, best, duty(pack, *place, month=month), rises.ready_by(month, pack.calendar))


def duty(pack: Pack, category: str, district: str, street: str, *, month: int) -> tuple[str, ...]:
    """Who leads most often by the catalogue for matters of the category there: up to three unit codes.

    Instead of a code, the expression of the duty (`street`, `firm`, `community`) where only the exact point decides.
    Duties for one owner of a place alone are left out.
    """
    day = date(month // 100, month % 100, 1)
    place, named = street or district, Counter[str]()
    for one in pack.duties:
        if not one.category.startswith(category) or not one.valid(day) or one.owner != ANY:
            continue
        unit = pack.resolve(one.lead, street=street, district=district) or _open(one.lead)
        if unit and place in pack.units and pack.within(place, one.territory):
            named[unit] += 1
    return tuple(code for code, _ in sorted(named.items(), key=lambda item: (-item[1], item[0]))[:UNITS_NAMED])


def _open(lead: str) -> str:
    """The expression of a lead that only the exact point decides."""
    return lead if lead in BY_POINT else ""

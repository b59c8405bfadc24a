"""The calendar of 未诉先办: what is about to rise, where it sat last year, who prepares, by when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics.forecasts import months, planning, seeing
from jieban.analytics.forecasts.planning import Due
from jieban.city.pack import Pack
from jieban.portal.access import staff
from jieban.portal.cockpit.forecasts import asked
from jieban.portal.cockpit.forecasts.asked import READERS, Asked
from jieban.portal.words import Word

# Lines of a month on the page of the whole city, the largest first; each district's own page has all of its own.
SHOWN = 60
BY_POINT: dict[str, Word] = {"street": lazy("各街道乡镇"), "firm": lazy("有关企业"), "community": lazy("各社区")}


@staff(*READERS)
def calendar(request: HttpRequest) -> HttpResponse:
    """The months ahead, one after another, for the place that is asked for."""
    said = asked.of(request)
    found = _found(said) if said.places else []
    ahead = [_month(said, code, [due for due in found if due.month == code]) for code in said.made.ahead]
    values = {
        "here": "forecasts",
        "said": said, "ahead": ahead, "made_at": asked.made_at(said.made), "all": seeing.whole(said.actor),
        "least": months.least(months.STEPS), "known": len(said.made.months), "forecast": _forecast(said),
    }  # fmt: skip
    return render(request, "forecasts/calendar.html", values)


def _month(said: Asked, code: int, dues: list[Due]) -> dict[str, Any]:
    lines = [_line(said, due) for due in dues[:SHOWN]]
    return {"month": asked.month(code), "dues": lines, "left": max(len(dues) - SHOWN, 0)}


def _found(said: Asked) -> list[Due]:
    """The rises in the place: of all districts for the city, of a district with its streets, or of one street."""
    where: dict[str, Any] = {} if not said.place else {"street" if said.street else "district": said.place}
    if not said.place:
        where = {"street": ""}
    series = [row for row in said.rows("series", status=months.OK, **where) if row["district"]]
    points = said.rows("points", **where) if series else []
    return planning.calendar(series, points, said.made.ahead, said.pack)


def _forecast(said: Asked) -> bool:
    """Whether anything at all could be forecast for the place."""
    return bool(said.places and said.rows("series", status=months.OK, district=said.district, street=said.street))


def _line(said: Asked, due: Due) -> dict[str, Any]:
    pack = said.pack
    category = pack.categories.get(due.category)
    place = due.street or due.district
    return {
        "due": due, "category": category.name if category else due.category, "more": due.rise.more * 100,
        "place": pack.units[place].short or pack.units[place].name if place in pack.units else place,
        "units": [_unit(pack, code) for code in due.units],
    }  # fmt: skip


def _unit(pack: Pack, code: str) -> str:
    """The short name of a unit, or in words what only the exact point decides."""
    found = pack.units.get(code)
    return found.short or found.name if found else str(BY_POINT.get(code, code))

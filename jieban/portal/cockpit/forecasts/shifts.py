"""Seats for the next two weeks, hour by hour: for the screen, for paper, and as a file."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jieban.accounts.actor import Role
from jieban.analytics.forecasts import planning, seeing
from jieban.analytics.forecasts.planning import Hour
from jieban.portal.access import staff
from jieban.portal.cockpit.forecasts import asked
from jieban.portal.cockpit.forecasts.asked import Asked
from jieban.portal.desk import downloads

SEATED = (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR)


@staff(*SEATED)
def seats(request: HttpRequest) -> HttpResponse:
    """The grid of two weeks and one day of it in detail."""
    said, found = _found(request)
    days = [{"day": day, "hours": list(hours)} for day, hours in groupby(found, key=lambda one: one.day)]
    for one in days:
        one["off"] = not said.pack.calendar.works(one["day"])
        one["calls"] = sum(hour.calls for hour in one["hours"])
        one["most"] = max(hour.rostered for hour in one["hours"])
    chosen = next((one for one in days if str(one["day"]) == request.GET.get("day")), days[0] if days else None)
    values: dict[str, Any] = {
        "here": "forecasts", "said": said, "days": days, "chosen": chosen, "aim": said.pack.seating,
        "level": round(said.pack.seating.level * 100),
        "away": round(said.pack.seating.away * 100), "clock": range(24),
        "hours": said.made.about.get("hours", {}), "made_at": asked.made_at(said.made), "until": said.made.last_day,
    }  # fmt: skip
    return render(request, "forecasts/seats.html", values)


@staff(*SEATED)
def download(request: HttpRequest) -> HttpResponse:
    """All hours as CSV."""
    _said, found = _found(request)
    head = [_("日期"), _("小时"), _("预计来电"), _("80% 下限"), _("80% 上限"), _("上周同时"), _("坐席（预计）"),
            _("坐席（上限）"), _("排班（预计）"), _("排班（上限）")]  # fmt: skip
    rows = ((one.day, one.hour, *(round(x, 1) for x in (one.calls, one.low, one.high, one.naive)),
             one.seats, one.seats_high, one.rostered, one.rostered_high) for one in found)  # fmt: skip
    return downloads.table(_("坐席测算 %(day)s") % {"day": found[0].day if found else date.min}, head, rows)


def _found(request: HttpRequest) -> tuple[Asked, list[Hour]]:
    said = asked.of(request)
    if not seeing.whole(said.actor):
        raise PermissionDenied(_("坐席测算看的是全市热线，只给市热线中心的岗位看。"))
    return said, planning.hours(said.rows("hours"), planning.aim(said.pack.seating))

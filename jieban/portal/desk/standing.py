"""The three rates of each unit for a period, with intervals; each number opens the orders behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.appraisal import queries, rules
from jieban.city import queries as city
from jieban.core import clock
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import periods
from jieban.portal.desk.record import READERS
from jieban.portal.words import Word

KINDS: dict[str, Word] = {
    "street": lazy("街道乡镇"),
    "district": lazy("各区"),
    "city_department": lazy("市级部门"),
    "district_department": lazy("区级部门"),
    "state_enterprise": lazy("国有企业"),
    "platform_firm": lazy("平台企业"),
    "sub_centre": lazy("分中心"),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale of the interval drawings: from `low` to 100 per cent."""

    low: float

    def x(self, share: float) -> float:
        """Per cent of the width at which a share lies."""
        return round(max(0.0, (share * 100 - self.low) / (100 - self.low)) * 100, 2)


@staff(*(READERS - {Role.AGENT}))
def appraisal(request: HttpRequest) -> HttpResponse:
    """Units of one kind, best first, those with too few answers below the line; one of them in detail."""
    actor, at = actor_of(request), clock.now()
    days = periods.asked(request.GET, at.date())
    begin, end = days.first, days.end
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    period = queries.Period(*days.moments)
    pack = city.current(at=at).pack
    enough, scheme = pack.settings.enough_answers, rules.scored_by(pack.callbacks)
    found = queries.rates(period, actor=actor, enough=enough, kind=kind, scheme=scheme)
    axis = _axis(found)
    chosen = next((s for s in found if str(s.unit_id) == request.GET.get("unit")), found[0] if found else None)
    values = {
        "rows": [_row(one, axis) for one in found], "chosen": _detail(chosen) if chosen else None, "kinds": KINDS,
        "kind": kind, "begin": begin, "end": end, "last": end - timedelta(days=1), "enough": enough,
        "scheme": scheme, "axis": axis, "ticks": [axis.low, (axis.low + 100) / 2, 100.0],
    }  # fmt: skip
    return render(request, "desk/appraisal.html", values)


def _axis(found: list[rules.Standing]) -> Axis:
    """From the lowest interval of a ranked unit down to the next ten."""
    lows = [one.resolution.interval[0] * 100 for one in found if one.enough]
    return Axis(float(max(0, int(min(lows, default=80.0) // 10 * 10))))


def _row(one: rules.Standing, axis: Axis) -> dict[str, Any]:
    low, high = one.resolution.interval
    share = one.resolution.share
    return {
        "unit": one, "low": axis.x(low), "high": axis.x(high), "at": axis.x(share or 0.0),
        "width": round(axis.x(high) - axis.x(low), 2), "unreached": one.unreached / one.n if one.n else None,
    }  # fmt: skip


def _detail(one: rules.Standing) -> dict[str, Any]:
    names = {rules.RESPONSE: _("响应"), rules.RESOLUTION: _("解决"), rules.SATISFACTION: _("满意")}
    parts = []
    for name, word in names.items():
        rate, weight = one.rate(name), rules.DEMO.weights[name]
        share = rate.share
        parts.append({"name": name, "word": word, "rate": rate, "share": share, "weight": f"{weight:.2f}",
                      "missed": rate.out_of - rate.full - rate.part - rate.explained,
                      "low": rate.interval[0], "high": rate.interval[1],
                      "points": None if share is None else share * weight * 100})  # fmt: skip
    return {"unit": one, "parts": parts}

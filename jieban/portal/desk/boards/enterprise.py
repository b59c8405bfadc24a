"""Board of the enterprise line: what firms bring, how fast and how well it is answered, beside everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Role
from jieban.appraisal import firms, rules
from jieban.appraisal import schemes as appraisal
from jieban.appraisal.firms import Month, Results, Share
from jieban.appraisal.queries import FULL, OUT_OF, PART, Period
from jieban.city import schemes
from jieban.city.queries import Loaded
from jieban.orders.models import Order
from jieban.portal import figures, words
from jieban.portal.desk import periods
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.words import Word

ROLES = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.DISTRICT, Role.LEADER, Role.AUDITOR})
RATES: dict[str, Word] = {
    rules.RESPONSE: lazy("响应率"), rules.RESOLUTION: lazy("解决率"), rules.SATISFACTION: lazy("满意率"),
}  # fmt: skip
_DAYS, _SHOWN = 180, 30


def behind(actor: Actor, given: QueryDict, today: date) -> QuerySet[Order]:
    """The orders behind a rate of this board, from the address that it leads to."""
    period = Period(*periods.asked(given, today, days=_DAYS).moments)
    rate, which = given.get("line_rate", ""), given.get("which", OUT_OF)
    return firms.orders_behind(period, rate=rate, which=which, firms=given.get("who") == firms.FIRM, actor=actor)


def report(asked: Asked) -> dict[str, Any]:
    """The whole report in words, from the lake; `figures` is None as long as there is none."""
    days = periods.asked(asked.query, asked.at.date(), days=_DAYS)
    scheme = schemes.at(appraisal.known(asked.loaded.pack), days.last)
    found = figures.read(
        asked.by, "enterprise", lambda source: firms.report(source, days.first, days.end, scheme),
        days.first, days.end, scheme and scheme.sha256,
    )  # fmt: skip
    enough = asked.loaded.pack.settings.enough_answers
    common = {"days": days, "url": _list(days), "enough": enough, "scheme": scheme and scheme.model}
    return {**common, "figures": found, **(_told(found.value, days, asked) if found else _NONE)}


_NONE: Mapping[str, Any] = {"months": [], "total": 0, "everybody": 0, "matters": [], "districts": [], "sides": []}


def _told(found: firms.Report, days: periods.Days, asked: Asked) -> dict[str, Any]:
    return {
        "months": [_month(one) for one in found.months], "total": sum(one.firms for one in found.months),
        "everybody": sum(one.everybody for one in found.months),
        "matters": [_matter(one, asked.loaded, days) for one in found.matters][:_SHOWN],
        "districts": [_district(one, asked.loaded, days) for one in found.districts][:_SHOWN],
        "sides": [_side(found.firms, days, asked, own=True), _side(found.everybody, days, asked, own=False)],
    }  # fmt: skip


def _values(asked: Asked) -> Mapping[str, Any]:
    found = report(asked)
    most = max((one["firms"] for one in found["months"]), default=0)
    return {**found, "most": most or 1, "rates": RATES}


def _list(days: periods.Days, **more: str) -> str:
    query = {"who": firms.FIRM, "since": days.first.isoformat(), "until": days.end.isoformat(), **more}
    return f"{reverse('orders')}?{urlencode(query)}"


def _month(one: Month) -> dict[str, Any]:
    after = (one.first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return {
        "first": one.first, "firms": one.firms, "everybody": one.everybody,
        "share": one.firms / one.everybody if one.everybody else None, "url": _list(periods.Days(one.first, after)),
    }  # fmt: skip


def _matter(one: Share, loaded: Loaded, days: periods.Days) -> dict[str, Any]:
    node = loaded.pack.categories.get(one.key)
    url = _list(days, category=one.key) if one.key else ""
    return {"name": node.name if node else _("还没有分类"), "share": one, "url": url}


def _district(one: Share, loaded: Loaded, days: periods.Days) -> dict[str, Any]:
    unit = loaded.pack.units.get(one.key)
    name = unit.name if unit else one.key or _("还没有定区")
    return {"name": name, "share": one, "url": _list(days, district=one.key) if one.key else ""}


def _side(found: Results, days: periods.Days, asked: Asked, *, own: bool) -> dict[str, Any]:
    """One row of the rates: firms, or everybody; no rate where too few have answered."""
    enough = found.resolution.out_of >= asked.loaded.pack.settings.enough_answers
    rates = []
    for name in RATES:
        rate: rules.Rate = getattr(found, name)
        low, high = rate.interval
        urls = {which: _rate_url(name, which, days, own) for which in (OUT_OF, FULL, PART)}
        rates.append({"name": name, "rate": rate, "low": low, "high": high, "urls": urls,
                      "share": rate.share if enough else None})  # fmt: skip
    return {
        "word": _("企业") if own else _("全部来电人"), "own": own, "rates": rates, "n": found.n,
        "unreached": found.unreached / found.n if found.n else None,
        "contact": words.span(found.contact) if found.contact is not None else "–", "contacts": found.contacts,
    }  # fmt: skip


def _rate_url(rate: str, which: str, days: periods.Days, own: bool) -> str:
    query = {"line_rate": rate, "which": which, **({"who": firms.FIRM} if own else {})}
    return f"{reverse('orders')}?{urlencode(query)}&{days.query}"


BOARDS = (Board("enterprise", "rules", lazy("企业诉求"), ROLES, "desk/enterprise.html", _values),)

"""The timeline in words, for the moves of dispatch: called together, views, brought in, back to the dispatcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from jieban.city.pack import Pack
from jieban.core import clock
from jieban.dispatch.consulting import GROUNDS, ON_SITE
from jieban.orders.models import Entry
from jieban.portal import words

Records = Mapping[str, Any]


def units(records: Records, *, key: str = "units") -> str:
    """The units of an entry in words: who leads, who assists, and what each takes on."""
    said = [unit for unit in records.get(key) or () if isinstance(unit, Mapping)]
    return "、".join(_unit(unit) for unit in said)


def _unit(unit: Mapping[str, Any]) -> str:
    role = words.PARTS.get(str(unit.get("role", "")), "")
    part = f"（{unit['part']}）" if unit.get("part") else ""
    return f"{unit.get('name', '')}{role}{part}"


def _consult(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    asked = units(records, key="participants")
    title = _("请%s到现场划责") if records.get("way") == ON_SITE else _("请%s会商")
    ground = GROUNDS.get(str(records.get("ground")), "")
    until = _("%s 前给意见") % _moment(records.get("until")) if records.get("until") else ""
    spot = str(records.get("spot") or "")
    return title % asked, "；".join(part for part in (ground, str(records.get("question", "")), spot, until) if part)


def _view(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    more = [str(records.get("view", ""))]
    if records.get("arrived_at"):
        more.append(_("%s 到场") % _moment(records["arrived_at"]))
    if records.get("found"):
        more.append(_("现场：%s") % records["found"])
    if records.get("part"):
        more.append(_("可以办：%s") % records["part"])
    late = _("（迟了）") if records.get("late") else ""
    return _("%(unit)s的会商意见%(late)s") % {"unit": records.get("name", ""), "late": late}, "\n".join(more)


def _join(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("又派给 %s") % units(records), str(records.get("reason", ""))


def dispatch(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    """派给 …: units with role and part, the reason, and the views of a consultation that came before."""
    views = (records.get("consultation") or {}).get("views") or ()
    said = [f"{view.get('name')}：{view.get('view') or _('没有给意见')}" for view in views if isinstance(view, Mapping)]
    return _("派给 %s") % units(records), "\n".join([str(records.get("reason", "")), *said])


def _moment(value: Any) -> str:
    at = parse_datetime(str(value))
    if at is None:
        return ""
    zone = clock.zone()
    return words.moment(at.astimezone(zone), clock.now().astimezone(zone))


WORDS: dict[str, Callable[[Entry, Records, Pack], tuple[str, str]]] = {
    "dispatch": dispatch,
    "consult": _consult,
    "view": _view,
    "join": _join,
}

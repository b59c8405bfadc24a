"""The timeline's words for joint work: who was called and came, who went up to whom, who owns the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from jieban.city.pack import Pack
from jieban.core import clock
from jieban.orders.models import Entry
from jieban.portal import words

Records = Mapping[str, Any]


def _whistle(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    called = [one for one in records.get("to", []) if isinstance(one, Mapping)]
    mark = _("（跨区）")
    names = "、".join(f"{one.get('name', '')}{mark if one.get('across') else ''}" for one in called)
    told = {"at": _at(records.get("by")), "place": records.get("place", ""), "reason": records.get("reason", "")}
    return _("吹哨，叫来 %s") % names, _("%(at)s 前到 %(place)s。%(reason)s") % told


def _report_in(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    late = _("，晚到") if records.get("late") else ""
    told = {"at": _at(records.get("arrived")), "who": records.get("who", "")}
    return _("报到%s") % late, _("%(at)s 到，%(who)s") % told + f"\n{records.get('result', '')}"


def _rate(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    names = {"by": records.get("by", ""), "of": records.get("of", "")}
    return _("互评：%(by)s给%(of)s打了分") % names, _("双方都打了分，或互评时间过了，才公开")


def _escalate(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    leader = str(records.get("leader", ""))
    to = f"{records.get('level', '')} {leader}".strip()
    return _("提级到%s") % to, str(records.get("reason", ""))


def _take_up(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("接办提级的工单"), str(records.get("plan", ""))


def _own(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    told = {"until": records.get("until", ""), "promise": records.get("promise", "")}
    return _("%s包案") % records.get("leader", ""), _("承诺 %(until)s 前：%(promise)s") % told


def _muster(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    members = records.get("members") or []
    return _("交给专班：%s") % records.get("force", ""), "、".join(str(name) for name in members)


def _release(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("让叫来的单位回去"), str(records.get("reason", ""))


def _at(value: Any) -> str:
    at = value if isinstance(value, datetime) else parse_datetime(str(value or ""))
    if at is None:
        return ""
    zone = clock.zone()
    return words.moment(at.astimezone(zone), clock.now().astimezone(zone))


WORDS: dict[str, Callable[[Entry, Records, Pack], tuple[str, str]]] = {
    "whistle": _whistle, "report_in": _report_in, "rate": _rate, "escalate": _escalate, "take_up": _take_up,
    "own": _own, "muster": _muster, "release": _release,
}  # fmt: skip

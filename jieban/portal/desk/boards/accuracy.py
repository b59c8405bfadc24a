"""Board of right first time: how many orders stayed with the units they were first sent to, and where they did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person
from jieban.dispatch import accuracy
from jieban.dispatch.accuracy import Tally
from jieban.orders.models import Order
from jieban.portal.desk import periods, rows
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.words import Word

ROLES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR})
TITLES: dict[str, Word] = {
    accuracy.DUTY: lazy("按目录条目"), accuracy.PERSON: lazy("按派单的人"), accuracy.BY: lazy("按谁定的"),
    accuracy.MODEL: lazy("按分类模型"), accuracy.CATEGORY: lazy("按分类"),
}  # fmt: skip
CAUSES: dict[str, Word] = {
    accuracy.OBJECTED: lazy("异议成立"), accuracy.RECALLED: lazy("收回重派"), accuracy.FELL_BACK: lazy("企业没办成"),
    accuracy.REPLACED: lazy("换了主办"),
}  # fmt: skip
_SHOWN = 40


def behind(actor: Actor, given: QueryDict, today: Any) -> QuerySet[Order]:
    """The orders behind a number of this board, from the address that it leads to."""
    begin, end = periods.asked(given, today).moments
    dimension, _colon, value = given.get("traced", "").partition(":")
    return accuracy.orders_behind(
        actor, begin=begin, end=end, dimension=dimension, value=value, which=given.get("which", accuracy.ALL)
    )


def _values(asked: Asked) -> Mapping[str, Any]:
    days = periods.asked(asked.query, asked.at.date())
    begin, end = days.moments
    found = accuracy.count(asked.by, begin=begin, end=end)
    people = _people(found.parts[accuracy.PERSON])
    own = str(asked.by.person_id) if asked.by.role == Role.DISPATCHER else ""
    tables = []
    for name, title in TITLES.items():
        parts = [one for one in found.parts[name] if name != accuracy.PERSON or not own or one.key == own]
        lines = [_line(one, name, _called(name, one.key, people, asked), days, asked) for one in parts[:_SHOWN]]
        tables.append({"title": title, "lines": lines, "cut": len(parts) > _SHOWN, "name": name})
    return {
        "whole": _line(found.whole, "", "", days, asked), "tables": tables, "days": days, "causes": CAUSES,
        "enough": asked.loaded.pack.settings.enough_answers,
    }  # fmt: skip


def _line(one: Tally, name: str, called: str, days: periods.Days, asked: Asked) -> dict[str, Any]:
    enough = one.out_of >= asked.loaded.pack.settings.enough_answers
    causes = [
        {"word": CAUSES[cause], "n": n, "url": _url(name, one.key, cause, days)} for cause, n in one.wrong.items() if n
    ]
    return {
        "called": called, "tally": one, "share": one.share if enough or not name else None, "causes": causes,
        "all": _url(name, one.key, accuracy.ALL, days), "wrong": _url(name, one.key, accuracy.WRONG, days),
    }  # fmt: skip


def _url(name: str, key: str, which: str, days: periods.Days) -> str:
    query = urlencode({"traced": f"{name}:{key}", "which": which})
    return f"{reverse('orders')}?{query}&{days.query}"


def _people(parts: list[Tally]) -> dict[str, str]:
    ids = [int(one.key) for one in parts if one.key.isdigit()]
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def _called(name: str, key: str, people: Mapping[str, str], asked: Asked) -> str:
    if name == accuracy.PERSON:
        return people.get(key, str(_("规则自动派")))
    if name == accuracy.BY:
        return {"rule": str(_("目录自动派")), "person": str(_("人选的"))}.get(key, key or "–")
    if name == accuracy.MODEL:
        return {"": str(_("没有模型的建议")), accuracy.PERSON: str(_("人改过分类"))}.get(key, key)
    if name == accuracy.CATEGORY:
        return rows.category(key, asked.loaded.pack)
    return _duty(key, asked)


def _duty(key: str, asked: Asked) -> str:
    if not key:
        return str(_("没按目录条目"))
    line = next((duty for duty in asked.loaded.pack.duties if duty.code == key), None)
    return f"{key}　{rows.category(line.category, asked.loaded.pack)}" if line else key


BOARDS = (Board("accuracy", "rules", lazy("派单准不准"), ROLES, "desk/accuracy.html", _values),)

"""The five acts of every working day: sign, contact the citizen, note, hand down, report 单位已办结."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.handling import rules
from jieban.orders import actions as orders
from jieban.orders.lifecycle import A
from jieban.portal.desk import forms, replies
from jieban.portal.desk.acts import checks
from jieban.portal.desk.acts.act import Act, Data, Subject, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS, below

_UNITS = frozenset(UNITS)
_BUSY = frozenset({A.RESPONDED, A.HANDLING})


def _sign(subject: Subject, data: dict[str, Any]) -> str:
    handling.sign([subject.held], by=subject.by, at=subject.at)
    return _("签收了。下一步联系市民。")


def _respond(subject: Subject, data: dict[str, Any]) -> str:
    handling.respond([subject.held], by=subject.by, at=subject.at, **data)
    reached = data["outcome"] == rules.REACHED
    return _("记下了，响应时间已停。") if reached else _("记下了这次没联系上，响应时间还在走。")


def _note(subject: Subject, data: dict[str, Any]) -> str:
    attached = stored(data["attached"], "before" if data["before"] else "work")
    handling.note([subject.held], text=data["text"], files=attached, by=subject.by, at=subject.at)
    return _("办理记录写进去了，写进去的不能再改。")


def _hand(subject: Subject, data: dict[str, Any]) -> str:
    to = Unit.objects.get(code=data["to"])
    handling.hand_down([subject.held], to=to, instruction=data["instruction"], by=subject.by, at=subject.at)
    return _("交给%s了，本单位仍然负责。") % to.name


def _complete(subject: Subject, data: dict[str, Any]) -> str:
    with orders.together():
        replies.plan(subject, data)
        handling.complete(
            [subject.held], result=data["result"], measures=data["measures"], reply=data["reply"],
            files=replies.taken(data), by=subject.by, at=subject.at,
        )  # fmt: skip
    replies.claim(data)
    return _("报了单位已办结。是否解决，由回访时市民来说。")


def _plain(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return forms.Plain(data, files)


def _hand_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return forms.HandDownForm(data, units=below(subject.by), prefix=prefix)


ACTS = (
    Act(
        "sign", "part", lazy("签收"), lazy("签收后联系市民，听清楚要什么。"), "check", _UNITS,
        frozenset({A.SENT}), _plain, _sign,
    ),
    Act(
        "respond", "part", lazy("记联系结果"), lazy("联系上才算响应。没联系上也请记，时间照走。"), "phone-check",
        _UNITS, frozenset({A.SIGNED}), simple(forms.RespondForm), _respond,
    ),
    Act(
        "complete", "part", lazy("报单位已办结"),
        lazy("写清做了什么、怎么答复市民。是否解决不由单位说，回访时问市民。"),
        "clipboard-check", _UNITS, _BUSY, replies.form, _complete, lambda subject: not checks.asked(subject),
    ),
    Act(
        "note", "part", lazy("写办理记录"), lazy("写进去的不能再改，要更正就再写一条。"), "notes", _UNITS,
        frozenset({A.SIGNED}) | _BUSY, simple(forms.NoteForm), _note,
    ),
    Act(
        "hand_down", "part", lazy("交给科室、社区"), lazy("本单位仍然负责，时限不变。"), "users", _UNITS,
        frozenset({A.SIGNED}) | _BUSY, _hand_form, _hand,
    ),
)  # fmt: skip

"""Work handed down and to parties outside: its trail, giving it back up, one-time links, questions to the citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core import clock, crypto
from jieban.handling import asking, outside, rules, tree
from jieban.handling.models import Entrusting, Question
from jieban.orders.lifecycle import LIVE_ORDER, A
from jieban.portal import words
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, beside, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_UNITS = frozenset(UNITS)
_OPEN = frozenset({A.SIGNED, A.RESPONDED, A.HANDLING})
_PHONE = frozenset({Role.AGENT, Role.CALLBACK})


class UpForm(forms.Plain):
    """How the work comes back up."""

    outcome = django_forms.ChoiceField(
        label=lazy("怎么交回"), choices=list(rules.UP.items()), widget=django_forms.RadioSelect
    )
    text = django_forms.CharField(
        label=lazy("做了什么，或为什么办不了"), max_length=1000, widget=django_forms.Textarea({"rows": 3})
    )
    attached = forms.FilesField(label=lazy("办理后的照片或材料"), required=False)


class EntrustForm(forms.Plain):
    """Whom to ask outside, and with which words."""

    to = django_forms.CharField(label=lazy("请谁帮办"), max_length=64)
    purpose = django_forms.CharField(label=lazy("帮什么忙"), max_length=100)
    phone = django_forms.CharField(
        label=lazy("对方手机"), max_length=20, required=False, help_text=lazy("写了就发短信；不写就自己把链接给他。")
    )
    instruction = django_forms.CharField(
        label=lazy("要做什么"), max_length=2000, widget=django_forms.Textarea({"rows": 3}),
        help_text=lazy("对方只看得到这些字。不要写市民的姓名、电话。"),
    )  # fmt: skip
    until = django_forms.DateField(
        label=lazy("链接用到哪天"), widget=django_forms.DateInput({"type": "date"}),
        error_messages={"invalid": lazy("请写成 2026-11-28 这样的日期。")},
    )  # fmt: skip
    show_address = django_forms.BooleanField(label=lazy("让对方看到地点"), required=False)


class RevokeForm(forms.Plain):
    """Which link to take back, and why."""

    link = django_forms.ChoiceField(label=lazy("哪一个链接"))
    reason = django_forms.CharField(label=lazy("为什么收回"), max_length=200)

    def __init__(self, *args: Any, links: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].choices = links  # type: ignore[attr-defined]


class QuestionForm(forms.Plain):
    """What the citizen is asked for, and for how many days one waits."""

    text = django_forms.CharField(
        label=lazy("请市民补充什么"), max_length=500, widget=django_forms.Textarea({"rows": 3})
    )
    days = django_forms.IntegerField(label=lazy("等几天"), min_value=1, initial=2)


class SupplementForm(forms.Plain):
    """What the citizen answers on the phone."""

    words = django_forms.CharField(label=lazy("市民补充的"), max_length=2000, widget=django_forms.Textarea({"rows": 3}))


def _up(subject: Subject, data: dict[str, Any]) -> str:
    tree.hand_up(
        [subject.held], outcome=data["outcome"], text=data["text"], files=stored(data["attached"], "after"),
        by=subject.by, at=subject.at,
    )  # fmt: skip
    return _("交回上一级了，对方的工作台上有提醒。")


def _entrust(subject: Subject, data: dict[str, Any]) -> str:
    until = datetime.combine(data["until"], time(23, 59), tzinfo=clock.zone())
    row, address = outside.entrust(
        subject.held, **{**data, "until": until}, by=subject.by, at=subject.at, loaded=subject.loaded
    )
    sent = _("短信已经排上。") if row.phone else _("没有写手机，请自己把链接给他。")
    return _("链接只在这里显示一次：%(link)s　%(sent)s") % {"link": address, "sent": sent}


def _revoke(subject: Subject, data: dict[str, Any]) -> str:
    row = Entrusting.objects.select_related("assignment__order", "assignment__unit", "assignment__section").get(
        pk=data["link"], assignment=subject.held
    )
    outside.revoke(row, reason=data["reason"], by=subject.by, at=subject.at)
    return _("链接收回了，对方再打开会看到“已收回”。")


def _revoke_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    links = [(str(row.pk), f"{row.name}（{row.purpose}）") for row in _open_links(subject)]
    return RevokeForm(data, prefix=prefix, links=links)


def _open_links(subject: Subject) -> list[Entrusting]:
    rows = beside(subject.held, "entrustings")
    return [row for row in rows if row.used_at is None and row.revoked_at is None and row.until > subject.at]


def _question(subject: Subject, data: dict[str, Any]) -> str:
    asking.ask(
        [subject.held], text=data["text"], days=data["days"], by=subject.by, at=subject.at, loaded=subject.loaded
    )
    contact = subject.order.contact
    if not contact.sms or not bytes(contact.phone):
        return _("记下了。市民没有留能收短信的电话，请打电话问。时限照走。")
    return _("问题发给市民了，等他补充。时限照走。")


def _supplement(subject: Subject, data: dict[str, Any]) -> str:
    asking.answer([subject.order], words=data["words"], way="phone", by=subject.by, at=subject.at)
    return _("市民补充的记下了，提问的单位能看到。")


def _asked(part: Any) -> list[Question]:
    return [row for row in beside(part, "questions") if row.answered_at is None and row.dropped_at is None]


def _any_asked(subject: Subject) -> bool:
    return any(_asked(part) for part in subject.parts)


@dataclass(frozen=True, slots=True)
class Link:
    """A party outside as the page shows it."""

    row: Entrusting
    phone: str
    state: str


def _links(part: Any, now: datetime) -> list[Link]:
    out = []
    for row in beside(part, "entrustings"):
        ends = ((row.revoked_at, _("已收回")), (row.used_at, _("已报办完")), (row.until <= now, _("已到期")))
        state = next((word for over, word in ends if over), _("等回报"))
        out.append(Link(row, words.masked(crypto.unseal(row.phone)), state))
    return out


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The trail of each assignment, its parties outside and its questions; one query."""
    entries = subject.order.entries.filter(move__in=("hand_down", "note")).order_by("seq")
    trails = tree.trail(entries)
    lines = [
        {"part": part, "trail": trails.get(part.no, []), "links": _links(part, subject.at),
         "questions": beside(part, "questions")}
        for part in subject.parts
    ]  # fmt: skip
    shown = [line for line in lines if line["trail"] or line["links"] or line["questions"]]
    return {"lines": shown, "now": subject.at} if shown else None


PANELS = (Panel("desk/below.html", _panel),)
ACTS = (
    Act(
        "hand_up", "part", lazy("交回上一级"), lazy("办完了或办不了都交回去，由上一级接着办。"),
        "arrow-back-up", _UNITS,
        _OPEN, simple(UpForm), _up, lambda subject: subject.held.section_id is not None,
    ),
    Act(
        "question", "part", lazy("请市民补充"),
        lazy("缺照片、缺地点时用。市民在进度页上答，也可以打电话来说。时限照走。"),
        "message-question", _UNITS, _OPEN, simple(QuestionForm), _question, lambda subject: not _asked(subject.held),
    ),
    Act(
        "supplement", "order", lazy("记市民补充的"), lazy("市民打电话来答单位问的事。"),
        "message-question", _PHONE,
        frozenset(LIVE_ORDER), simple(SupplementForm), _supplement, _any_asked,
    ),
    Act(
        "entrust", "part", lazy("请外单位帮办"), lazy("给电梯公司、热力站这样没有账号的一方一个链接，他在手机上回报。"),
        "link",
        _UNITS, _OPEN, simple(EntrustForm), _entrust,
    ),
    Act(
        "revoke", "part", lazy("收回链接"), lazy("收回后对方打不开，已经报的留着。"),
        "ban", _UNITS, _OPEN, _revoke_form,
        _revoke, lambda subject: bool(_open_links(subject)),
    ),
)  # fmt: skip

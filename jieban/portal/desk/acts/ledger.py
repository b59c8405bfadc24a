"""The ledger (挂账): asked for by the unit, granted or declined, looked at every month, taken down in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput
from jieban.handling import hanging
from jieban.orders.lifecycle import A
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, beside, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_BUSY = frozenset({A.RESPONDED, A.HANDLING})
_DECIDING = frozenset({Role.SUPERVISOR, Role.DISTRICT})
_REVIEWING = frozenset(UNITS) | {Role.SUPERVISOR, Role.LEADER}
_LINES = {"rows": 3}


class HangForm(forms.Plain):
    """Why it cannot be done now, and what is going to be done."""

    ground = django_forms.ChoiceField(label=lazy("为什么现在办不了"))
    plan = django_forms.CharField(
        label=lazy("计划"), max_length=2000, widget=django_forms.Textarea(_LINES), help_text=lazy("市民看得到。")
    )
    milestones = django_forms.CharField(
        label=lazy("节点"), max_length=2000, widget=django_forms.Textarea(_LINES),
        help_text=lazy("一行一个，写成“2026-05-01 管线迁改”。"),
    )  # fmt: skip
    leader = django_forms.CharField(label=lazy("哪位领导负责"), max_length=64)
    title = django_forms.CharField(label=lazy("职务"), max_length=64, help_text=lazy("市民看到职务，看不到姓名。"))
    told = django_forms.CharField(
        label=lazy("怎么向市民说的"), max_length=1000, widget=django_forms.Textarea({"rows": 2})
    )
    attached = forms.FilesField(label=lazy("凭据"))

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]

    def clean_milestones(self) -> Any:
        """The lines as (day, what)."""
        try:
            return hanging.read_milestones(self.cleaned_data["milestones"])
        except BadInput as error:
            raise django_forms.ValidationError(str(error)) from error


class ReasonForm(forms.Plain):
    """A reason, in words."""

    reason = django_forms.CharField(label=lazy("理由"), max_length=1000, widget=django_forms.Textarea({"rows": 2}))


class ReviewForm(forms.Plain):
    """How far it is, and what comes next."""

    progress = django_forms.CharField(
        label=lazy("这一个月的进展"), max_length=1000, widget=django_forms.Textarea({"rows": 2}),
        help_text=lazy("市民看得到。"),
    )  # fmt: skip
    next_step = django_forms.CharField(label=lazy("下一步"), max_length=1000, widget=django_forms.Textarea({"rows": 2}))


def _hang_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    grounds = [("", "——"), *((ground.code, ground.name) for ground in hanging.grounds(subject.loaded))]
    return HangForm(data, files, prefix=prefix, grounds=grounds)


def _request(subject: Subject, data: dict[str, Any]) -> str:
    files = stored(data.pop("attached"), "work")
    plan = hanging.Plan(**data)
    hanging.request(subject.held, plan, files=files, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("申请交上去了。没有答复以前，时限照走。")


def _hang(subject: Subject, data: dict[str, Any]) -> str:
    row = hanging.hang(subject.held, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("同意挂账，时限停了。下次复查不晚于 %s。") % f"{row.review_by:%Y-%m-%d}"


def _decline(subject: Subject, data: dict[str, Any]) -> str:
    hanging.decline(subject.held, reason=data["reason"], by=subject.by, at=subject.at)
    return _("没有同意，单位接着办。")


def _review(subject: Subject, data: dict[str, Any]) -> str:
    hanging.review(subject.held, **data, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("复查记下了，市民看得到。")


def _take_down(subject: Subject, data: dict[str, Any]) -> str:
    hanging.take_down(subject.held, reason=data["reason"], by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("摘下来了，时限接着走。")


def _asks(subject: Subject) -> bool:
    return bool(subject.held.requested.get("what") == hanging.WHAT)


def _may_ask(subject: Subject) -> bool:
    return not subject.held.requested and bool(hanging.grounds(subject.loaded))


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """What is on the ledger or asked to be; no query."""
    grounds = subject.loaded.pack.grounds
    rows = [
        {"part": part, "row": row, "ground": getattr(grounds.get(row.ground), "name", row.ground),
         "late": row.down_at is None and row.review_by < subject.at}
        for part in subject.parts
        for row in beside(part, "hangings")
    ]  # fmt: skip
    asked = [
        {"part": part, "asked": part.requested, "ground": getattr(grounds.get(part.requested["ground"]), "name", "")}
        for part in subject.parts
        if part.requested.get("what") == hanging.WHAT
    ]
    return {"rows": rows, "asked": asked} if rows or asked else None


PANELS = (Panel("desk/hung.html", _panel),)
ACTS = (
    Act(
        "hang", "part", lazy("同意挂账"), lazy("看计划、节点、领导、凭据齐不齐，市民知不知道。同意后时限停。"),
        "clock-pause",
        _DECIDING, _BUSY, simple(forms.Plain), _hang, _asks,
    ),
    Act(
        "decline_hanging", "part", lazy("不同意挂账"), lazy("写明为什么，单位接着办，时限照走。"),
        "x", _DECIDING, _BUSY,
        simple(ReasonForm), _decline, _asks,
    ),
    Act(
        "review", "part", lazy("挂账复查"), lazy("每月至少一次。市民看得到写的进展。"), "history", _REVIEWING,
        frozenset({A.HUNG}), simple(ReviewForm), _review,
    ),
    Act(
        "take_down", "part", lazy("摘账，接着办"), lazy("现在能办了。时限从停的地方接着走。"), "player-play", _DECIDING,
        frozenset({A.HUNG}), simple(ReasonForm), _take_down,
    ),
    Act(
        "request_hanging", "part", lazy("申请挂账"),
        lazy("只限要等资金、政策、工程或第三方的事。先向市民说明，再报区里或中心定。"), "clock-pause", frozenset(UNITS),
        _BUSY, _hang_form, _request, _may_ask,
    ),
)  # fmt: skip

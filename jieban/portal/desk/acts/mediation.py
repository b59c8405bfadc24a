"""Mediation as a way of handling: begun, held, concluded, confirmed by a court; names stay masked on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict
from jieban.handling import mediation
from jieban.handling.models import Mediation
from jieban.intake.rules import mask_name
from jieban.orders import holding
from jieban.orders.lifecycle import A
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Panel, Subject, beside, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_BUSY = frozenset({A.RESPONDED, A.HANDLING})
_AREA = {"rows": 3}


class BeginForm(forms.Plain):
    """Who mediates between whom."""

    kind = django_forms.ChoiceField(label=lazy("哪一种调解"), choices=list(mediation.KINDS.items()))
    mediator = django_forms.CharField(label=lazy("调解员"), max_length=64)
    body = django_forms.CharField(label=lazy("调解组织"), max_length=64)
    parties = django_forms.CharField(
        label=lazy("当事人"), max_length=1000, widget=django_forms.Textarea(_AREA),
        help_text=lazy("一行一方，写成“王芳 业主”。姓名加密保存，页面上只显示姓。"),
    )  # fmt: skip

    def clean_parties(self) -> Any:
        """The lines as parties."""
        try:
            return mediation.read_parties(self.cleaned_data["parties"])
        except BadInput as error:
            raise django_forms.ValidationError(str(error)) from error


class SessionForm(forms.Plain):
    """One sitting."""

    day = django_forms.DateField(label=lazy("哪天谈的"), widget=django_forms.DateInput({"type": "date"}))
    place = django_forms.CharField(label=lazy("在哪里"), max_length=100)
    text = django_forms.CharField(
        label=lazy("谈到哪一步"), max_length=1000, widget=django_forms.Textarea(_AREA),
        help_text=lazy("会进全程记录，不要写姓名。"),
    )  # fmt: skip


class EndForm(forms.Plain):
    """How it ended."""

    outcome = django_forms.ChoiceField(
        label=lazy("结果"), choices=list(mediation.OUTCOMES.items()), widget=django_forms.RadioSelect
    )
    text = django_forms.CharField(
        label=lazy("协议内容，或没谈成的原因"), max_length=4000, widget=django_forms.Textarea({"rows": 5})
    )
    signed = django_forms.BooleanField(label=lazy("各方都签字了"), required=False)
    attached = forms.FilesField(label=lazy("签了字的协议"), required=False)


class ConfirmForm(forms.Plain):
    """What a court has confirmed."""

    court = django_forms.CharField(label=lazy("哪个法院"), max_length=64)
    number = django_forms.CharField(label=lazy("裁定书文号"), max_length=64)
    day = django_forms.DateField(label=lazy("哪天确认的"), widget=django_forms.DateInput({"type": "date"}))


def _rows(subject: Subject) -> list[Mediation]:
    return beside(subject.held, "mediations")


def _open(subject: Subject) -> bool:
    return any(not row.outcome for row in _rows(subject))


def _confirmable(subject: Subject) -> bool:
    return any(row.outcome == mediation.AGREED and row.signed and not row.confirmed_on for row in _rows(subject))


def _row(subject: Subject, **which: Any) -> Mediation:
    found = Mediation.objects.filter(assignment=subject.held, **which)
    row = found.select_related("assignment__order", "assignment__unit", "assignment__section").last()
    if row is None:
        raise Conflict(_("这场调解已经有人记过了。请刷新页面。"))
    return row


def _begin(subject: Subject, data: dict[str, Any]) -> str:
    mediation.begin(subject.held, **data, by=subject.by, at=subject.at)
    return _("调解开始了。每谈一次记一条。")


def _sit(subject: Subject, data: dict[str, Any]) -> str:
    mediation.sit(_row(subject, outcome=""), **data, by=subject.by, at=subject.at)
    return _("这次会谈记下了。")


def _end(subject: Subject, data: dict[str, Any]) -> str:
    files = stored(data.pop("attached"), "work")
    mediation.conclude(_row(subject, outcome=""), **data, files=files, by=subject.by, at=subject.at)
    agreed = data["outcome"] == mediation.AGREED
    return _("协议记下了，可以打印。要司法确认的，双方 30 天内一起向法院申请。") if agreed else _("记下了，没有谈成。")


def _confirm(subject: Subject, data: dict[str, Any]) -> str:
    row = _row(subject, outcome=mediation.AGREED, signed=True, confirmed_on=None)
    mediation.confirm(row, **data, by=subject.by, at=subject.at)
    return _("司法确认记下了。")


def inside(subject: Subject, part: Any) -> bool:
    """Whether the actor may see who the parties are: the unit that mediates, and the supervisors of the centre."""
    return subject.by.role == Role.SUPERVISOR or (subject.by.role in UNITS and holding.holds(subject.by, part))


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The mediations of the order; no query. Who is not of the unit sees kind and outcome only."""
    lines = []
    for part in subject.parts:
        for row in beside(part, "mediations"):
            seen = inside(subject, part)
            named = [(mask_name(one.name), one.part) for one in mediation.parties_of(row)] if seen else []
            lines.append(
                {"part": part, "row": row, "kind": mediation.KINDS[row.kind], "parties": named, "inside": seen,
                 "outcome": mediation.OUTCOMES.get(row.outcome, _("正在调解"))}
            )  # fmt: skip
    return {"lines": lines} if lines else None


PANELS = (Panel("desk/mediation.html", _panel),)
ACTS = (
    Act(
        "mediate", "part", lazy("转入调解"), lazy("邻里、消费、欠薪这类双方的事，请调解员坐下来谈。时限照走。"),
        "heart-handshake", frozenset(UNITS), _BUSY, simple(BeginForm), _begin, lambda subject: not _open(subject),
    ),
    Act(
        "mediate_session", "part", lazy("记一次会谈"),
        lazy("哪天、在哪里、谈到哪一步。"), "notes", frozenset(UNITS), _BUSY,
        simple(SessionForm), _sit, _open,
    ),
    Act(
        "mediate_end", "part", lazy("记调解结果"),
        lazy("协议加密保存，打印时要写用途。"), "file-check", frozenset(UNITS),
        _BUSY, simple(EndForm), _end, _open,
    ),
    Act(
        "mediate_confirm", "part", lazy("记司法确认"), lazy("法院裁定确认以后，协议可以强制执行。"), "gavel",
        frozenset(UNITS), _BUSY | {A.COMPLETED}, simple(ConfirmForm), _confirm, _confirmable,
    ),
)  # fmt: skip

"""Diligent effort (容错): recorded by the unit with evidence, judged outside it, shown beside the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.core.errors import Conflict
from jieban.handling import effort
from jieban.handling.models import Effort
from jieban.orders.lifecycle import HELD_ASSIGNMENT, A
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Panel, Subject, beside, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_ANY = HELD_ASSIGNMENT | {A.COMPLETED}


class EffortForm(forms.Plain):
    """What was tried."""

    facts = django_forms.CharField(
        label=lazy("试过哪些办法"), max_length=2000, widget=django_forms.Textarea({"rows": 4})
    )
    attached = forms.FilesField(label=lazy("凭据"))


class JudgeForm(forms.Plain):
    """Whether it was a proper try."""

    decision = django_forms.ChoiceField(
        label=lazy("认定"), choices=list(effort.DECISIONS.items()), widget=django_forms.RadioSelect
    )
    reason = django_forms.CharField(label=lazy("理由"), max_length=500, widget=django_forms.Textarea({"rows": 2}))


def _record(subject: Subject, data: dict[str, Any]) -> str:
    effort.record(
        subject.held, facts=data["facts"], files=stored(data["attached"], "work"), by=subject.by, at=subject.at
    )
    return _("记下了，等上级或中心认定。市民的评价不会因此改变。")


def _judge(subject: Subject, data: dict[str, Any]) -> str:
    waiting = Effort.objects.filter(assignment=subject.held, decision="").order_by("pk")
    row = waiting.select_related("assignment__order", "assignment__unit", "assignment__section").first()
    if row is None:
        raise Conflict(_("没有等认定的尽职情况，可能别人先认定了。"))
    effort.judge(row, decision=data["decision"], reason=data["reason"], by=subject.by, at=subject.at)
    return _("认定记下了，单位能看到。")


def _to_judge(subject: Subject) -> bool:
    outside = subject.by.unit_id != subject.held.unit_id
    return outside and any(not row.decision for row in beside(subject.held, "efforts"))


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The efforts of the order with what was decided; no query."""
    lines = [
        {"part": part, "row": row, "decision": effort.DECISIONS.get(row.decision, "")}
        for part in subject.parts
        for row in beside(part, "efforts")
    ]
    return {"lines": lines} if lines else None


PANELS = (Panel("desk/effort.html", _panel),)
ACTS = (
    Act(
        "judge_effort", "part", lazy("认定尽职情况"), lazy("只看办的过程，不改市民的评价。"), "shield-check",
        frozenset(effort.JUDGES), _ANY, simple(JudgeForm), _judge, _to_judge,
    ),
    Act(
        "effort", "part", lazy("记录尽职情况"), lazy("该试的都试过、市民仍不满意时用，要有凭据。由上级或中心认定。"),
        "shield",
        frozenset(UNITS), _ANY, simple(EffortForm), _record,
    ),
)  # fmt: skip

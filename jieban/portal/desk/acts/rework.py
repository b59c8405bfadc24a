"""A round after the first: why it began, in the citizen's words, and what the unit will do differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.handling import rework
from jieban.orders.lifecycle import A
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Panel, Subject, simple
from jieban.portal.desk.unit import UNITS


class DifferentlyForm(forms.Plain):
    """What will differ from the round before."""

    differently = fields.CharField(
        label=lazy("这次怎么不一样"), min_length=rework.ENOUGH, max_length=1000, widget=fields.Textarea({"rows": 3})
    )


def _again(subject: Subject) -> bool:
    return subject.held.round > 1 and subject.held.role != "notice"


def _plan(subject: Subject, data: dict[str, Any]) -> str:
    rework.plan([subject.held], differently=data["differently"], by=subject.by, at=subject.at)
    return _("记下了这次怎么不一样，办完可以报单位已办结。")


def _rounds(subject: Subject) -> Mapping[str, Any] | None:
    """The parts in a round after the first, each with the cause of its last redo; two queries, none in round one."""
    order = subject.order
    if order.round == 1:
        return None
    causes = {e.assignment_no: e.records for e in order.entries.filter(move="redo").order_by("seq")}
    parts = order.assignments.filter(round__gt=1).select_related("unit").order_by("no")
    return {"rounds": [(part, causes.get(part.no, {})) for part in parts], "raised": order.escalated}


ACTS = (
    Act(
        "differently", "part", lazy("写这次怎么不一样"),
        lazy("市民说上次没办好。写清这次换谁去、换什么办法，没写不能报单位已办结。"), "refresh", frozenset(UNITS),
        frozenset({A.SIGNED, A.RESPONDED, A.HANDLING}), simple(DifferentlyForm), _plan, _again,
    ),
)  # fmt: skip
PANELS = (Panel("desk/panels/rework.html", _rounds),)

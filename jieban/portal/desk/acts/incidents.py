"""Acts of an event: gather orders, record one contact for all, report one reply to all; and the list of its orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput
from jieban.handling import incidents
from jieban.orders import queries
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_UNITS = frozenset(UNITS)
_GATHERERS = _UNITS | {Role.AGENT, Role.SUPERVISOR, Role.DISPATCHER, Role.CALLBACK}
SHOWN = 50


class _GatherForm(forms.Plain):
    """Into whose event, and why it is the same."""

    number = fields.CharField(label=lazy("和哪一件是同一事件（写编号）"), max_length=24)
    why = fields.CharField(label=lazy("为什么是同一件事"), min_length=2, max_length=200)


def _gather(subject: Subject, data: dict[str, Any]) -> str:
    number = data["number"].strip().upper()
    head = queries.visible_to(subject.by).filter(number=number).first()
    if head is None or head.pk == subject.order.pk:
        raise BadInput(_("没有找到编号 %s。请核对编号，或看它在不在您的岗位能看的范围里。") % number)
    incidents.gather([subject.order], head=head, why=data["why"], by=subject.by, at=subject.at)
    return _("并入同一事件了，各位市民还是各自回访。")


def _respond(subject: Subject, data: dict[str, Any]) -> str:
    n = incidents.respond_all(subject.order, by=subject.by, at=subject.at, **data)
    return _("这一事件的 %d 件都记了联系结果。") % n


def _complete_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return forms.CompleteForm(data, files, prefix=prefix)


def _complete(subject: Subject, data: dict[str, Any]) -> str:
    n = incidents.complete_all(
        subject.order, result=data["result"], measures=data["measures"], reply=data["reply"],
        files=stored(data["attached"], "after"), by=subject.by, at=subject.at,
    )  # fmt: skip
    return _("这一事件的 %d 件都报了单位已办结，同一答复发给各位市民。") % n


def _in_event(subject: Subject) -> bool:
    return subject.order.cluster_of_id is not None


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The orders of the event that this post may see."""
    if subject.order.cluster_of_id is None:
        return None
    seen = queries.visible_to(subject.by).filter(cluster_of=subject.order.cluster_of_id)
    found = list(seen.order_by("received_at", "pk")[: SHOWN + 1])
    return {"members": found[:SHOWN], "more": len(found) > SHOWN, "order": subject.order}


PANELS = (Panel("desk/event_panel.html", _panel),)
ACTS = (
    Act(
        "respond_all", "order", lazy("一起记联系结果"), lazy("给这一事件里本单位的每一件都记上，没签收的一并签收。"),
        "phone-check", _UNITS, LIVE_ORDER, simple(forms.RespondForm), _respond, _in_event,
    ),
    Act(
        "complete_all", "order", lazy("一起报单位已办结"), lazy("同一答复发给这一事件里的每位市民，回访仍各问各的。"),
        "clipboard-check", _UNITS, LIVE_ORDER, _complete_form, _complete, _in_event,
    ),
    Act(
        "relate", "order", lazy("并入同一事件"), lazy("多人反映同一件事时，放在一起看、一起办。"), "stack-2",
        _GATHERERS, LIVE_ORDER | {S.RECEIVED}, simple(_GatherForm), _gather,
    ),
)  # fmt: skip

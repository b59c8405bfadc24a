"""What comes again, on every order's page: the same caller, the same matter; and the act that joins two numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics import repeats
from jieban.core.errors import BadInput
from jieban.intake import abuse, caller_queries
from jieban.intake.callers import CallerNumber
from jieban.orders import queries
from jieban.orders.lifecycle import LIVE_ORDER, S
from jieban.portal.desk import forms
from jieban.portal.desk.acts.act import Act, Panel, Subject, simple

_ANY = LIVE_ORDER | {S.RECEIVED, S.ANSWERED, S.GUIDED, S.TRANSFERRED, S.CLOSED, S.TERMINATED}


class _LinkForm(forms.Plain):
    """Which other order is by the same person, and how one knows."""

    number = fields.CharField(label=lazy("另一件的编号"), max_length=24)
    reason = fields.CharField(
        label=lazy("怎么认定是同一人"), min_length=4, max_length=300, widget=fields.Textarea({"rows": 2}),
        help_text=lazy("例如：两次都自报同一姓名和住址，声音相同，本人承认"),
    )  # fmt: skip


def _link(subject: Subject, data: dict[str, Any]) -> str:
    number = data["number"].strip().upper()
    other = queries.visible_to(subject.by).filter(number=number).select_related("contact").first()
    if other is None or other.pk == subject.order.pk:
        raise BadInput(_("没有找到编号 %s。请核对编号，或看它在不在您的岗位能看的范围里。") % number)
    abuse.link([subject.order, other], reason=data["reason"], by=subject.by, at=subject.at)
    return _("记下了：这两个号码是同一人。认错了可以由班长解除。")


def _panel(subject: Subject) -> Mapping[str, Any]:
    """How often this caller and this matter came in the last year, and what came of it."""
    index = subject.order.contact.phone_index
    numbers = caller_queries.linked([index]).get(index, frozenset())
    return {
        "order": subject.order,
        "numbers": len(numbers),
        "caller": repeats.by_caller(subject.order, numbers, subject.by, at=subject.at),
        "matter": repeats.by_matter(subject.order, subject.by, at=subject.at),
        "may_propose": bool(index) and subject.by.role in abuse.PROPOSERS,
    }


class _UnlinkForm(forms.Plain):
    """Why it is not the same person after all."""

    reason = fields.CharField(label=lazy("为什么不是同一人"), min_length=4, max_length=300)


def _unlink(subject: Subject, data: dict[str, Any]) -> str:
    index = subject.order.contact.phone_index
    row = CallerNumber.objects.filter(phone_index=index, ended_at=None).first()
    if row is None:
        raise BadInput(_("这个号码没有和别的号码记成同一人。"))
    abuse.unlink(row, reason=data["reason"], by=subject.by, at=subject.at)
    return _("解除了，原来的记录和理由都留着。")


PANELS = (Panel("desk/repeats_panel.html", _panel),)
ACTS = (
    Act(
        "link_caller", "order", lazy("认定同一人"), lazy("换号来电时，把两个号码记成同一人。要写明依据。"),
        "users",
        abuse.PROPOSERS, _ANY, simple(_LinkForm), _link, lambda subject: bool(subject.order.contact.phone_index),
    ),
    Act(
        "unlink_caller", "order", lazy("解除同一人"), lazy("这个号码认错了人时用，原来的记录留着。"), "arrows-split",
        abuse.DECIDERS, _ANY, simple(_UnlinkForm), _unlink, lambda subject: bool(subject.order.contact.phone_index),
    ),
)  # fmt: skip

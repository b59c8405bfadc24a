"""A reply on its way through the checks of its unit: sent up by the writer, read by somebody else level by level."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.handling import checks
from jieban.orders import actions as orders
from jieban.orders.lifecycle import A
from jieban.portal.desk import forms, replies
from jieban.portal.desk.acts.act import Act, Subject, simple
from jieban.portal.desk.unit import UNITS

_BUSY = frozenset({A.RESPONDED, A.HANDLING})


class CheckForm(forms.Plain):
    """What the reader says of a reply."""

    verdict = django_forms.ChoiceField(
        label=lazy("看过以后"),
        choices=[("pass", lazy("可以，往下走")), ("back", lazy("退回去改"))],
        widget=django_forms.RadioSelect,
    )
    words = django_forms.CharField(
        label=lazy("要改什么"), max_length=500, required=False, widget=django_forms.Textarea({"rows": 2})
    )


def asked(subject: Subject) -> bool:
    """Whether the replies of the unit are checked before they leave."""
    unit = subject.held.unit
    choice = getattr(unit, "check_choice", None)
    return bool(choice and choice.on and subject.loaded.pack.replies.levels.get(unit.kind))


def _waits(subject: Subject) -> bool:
    return checks.draft_of(subject.held).get("state") == checks.WAITING


def _submit(subject: Subject, data: dict[str, Any]) -> str:
    with orders.together():
        replies.plan(subject, data)
        checks.submit(
            [subject.held], result=data["result"], measures=data["measures"], reply=data["reply"],
            files=replies.taken(data), by=subject.by, at=subject.at, loaded=subject.loaded,
        )  # fmt: skip
    replies.claim(data)
    return _("答复送上去了，看过才发给市民。办理时限照走。")


def _check(subject: Subject, data: dict[str, Any]) -> str:
    passed = data["verdict"] == "pass"
    left = checks.check(
        subject.held, passed=passed, words=data["words"], by=subject.by, at=subject.at, loaded=subject.loaded
    )
    if left:
        return _("看完了，已经报单位已办结，答复发给市民了。")
    return _("看过了，送到下一级。") if passed else _("退回承办人了。")


ACTS = (
    Act(
        "submit", "part", lazy("答复送审"), lazy("本单位开了三级把关：看过才发给市民，自己写的不能自己看。"), "send",
        frozenset(UNITS), _BUSY, replies.form, _submit, lambda subject: asked(subject) and not _waits(subject),
    ),
    Act(
        "check", "part", lazy("审核答复"), lazy("看照片和答复对不对得上。退回请写哪里要改。"), "eye",
        frozenset(checks.READERS), _BUSY, simple(CheckForm), _check, _waits,
    ),
)  # fmt: skip

"""Objecting to a dispatch from an order's page, seeing what was decided, and taking a hand-over back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.dispatch.court import actions, queries, rules
from jieban.handling import actions as handling
from jieban.orders.lifecycle import A, S
from jieban.portal import words
from jieban.portal.desk import finding, forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.fields import UnitInput
from jieban.portal.desk.unit import UNITS

_UNITS = frozenset(UNITS)
_REVIEWERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT})
_FRESH = frozenset({A.SENT, A.SIGNED})


class ObjectForm(forms.Plain):
    """Why it is not the unit's, what proves it, and whose it is."""

    ground = django_forms.ChoiceField(label=lazy("理由"), widget=django_forms.RadioSelect)
    facts = django_forms.CharField(
        label=lazy("事实"), max_length=1000, widget=django_forms.Textarea({"rows": 4}),
        help_text=lazy("现场在哪、归谁管、依据是什么，至少 10 个字"),
    )  # fmt: skip
    proposed = django_forms.CharField(
        label=lazy("该由哪个单位办"), max_length=64, widget=UnitInput(), help_text=lazy("打几个字，从列出的里面选")
    )
    attached = forms.FilesField(label=lazy("材料（界线图、权属证明、现场照片）"), required=False)

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


class WhyForm(forms.Plain):
    """A reason alone."""

    reason = django_forms.CharField(label=lazy("原因"), max_length=500, widget=django_forms.Textarea({"rows": 2}))


def _object_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    grounds = [(one.code, one.name) for one in rules.grounds(subject.loaded.pack)]
    form = ObjectForm(data, files, prefix=prefix, grounds=grounds)
    form.above = _until(subject)
    return form


def _object(subject: Subject, data: dict[str, Any]) -> str:
    [case] = actions.draft(
        [subject.held], ground=data["ground"], facts=data["facts"],
        proposed=finding.unit_code(data["proposed"], subject.loaded), files=stored(data["attached"], "proof"),
        by=subject.by, at=subject.at, loaded=subject.loaded,
    )  # fmt: skip
    if case.stage == rules.DRAFT:
        return _("异议起草好了，等本单位负责人批。批之前时限照走。")
    return _("异议提出去了，本单位的时限先停，等审核结果。市民的时限不停。")


def _note(subject: Subject, data: dict[str, Any]) -> str:
    attached = stored(data["attached"], "work")
    handling.note([subject.held], text=data["text"], files=attached, by=subject.by, at=subject.at)
    return _("办理记录写进去了，写进去的不能再改。")


def _take_back(subject: Subject, data: dict[str, Any]) -> str:
    actions.take_back([subject.held], reason=data["reason"], by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("退回%s了，由它接着办。") % subject.held.unit.name


def _works(subject: Subject) -> bool:
    return subject.held.role != "notice"


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """The cases of the order; for a unit that may still object, its time and the verdicts in like cases."""
    cases = list(queries.of(subject.order))
    may = subject.by.role in _UNITS and subject.order.state in (S.DISPATCHED, S.REWORK) and not cases
    alike = _alike(subject) if may else []
    if not cases and not alike:
        return None
    pack = subject.loaded.pack
    return {
        "cases": [(case, words.OBJECTIONS[case.stage], pack.grounds.get(case.ground)) for case in cases],
        "outcomes": words.OBJECTION_OUTCOMES, "alike": alike, "grounds": pack.grounds, "order": subject.order,
    }  # fmt: skip


def _alike(subject: Subject) -> list[Any]:
    unit, order = subject.loaded.pack.units.get(subject.by.unit_code), subject.order
    like = rules.Likeness("", order.category, unit.kind if unit else "", "", f"{order.title} {order.content}")
    return queries.precedents(like, subject.loaded.pack, subject.by)


def _until(subject: Subject) -> str:
    """Until when the unit may object, in words."""
    part = subject.held
    due = rules.until(subject.loaded.pack, part.urgency, sent_at=part.sent_at, signed_at=part.signed_at)
    local = words.moment(timezone.localtime(due), timezone.localtime(subject.at))
    if subject.at > due:
        return _("提异议的时间到 %s 为止，已经过了。") % local
    left = words.span(due - subject.at)
    return _("%(until)s 前可以提，还剩 %(left)s，负责人批也算在内。") % {"until": local, "left": left}


ACTS = (
    Act(
        "object", "part", lazy("提出派单异议"),
        lazy("写清理由、事实，附上材料，写出该由谁办。负责人批了才提出去；审核期间本单位时限先停，市民的时限不停。每轮只有一次。"),
        "arrows-split", _UNITS, _FRESH, _object_form, _object, _works,
    ),
    Act(
        "meanwhile", "part", lazy("写办理记录"), lazy("新单位签收以前本单位仍然负责。急的先处置，记在这里。"), "notes",
        _UNITS, frozenset({A.OBJECTION, A.HANDOVER}), simple(forms.NoteForm), _note,
    ),
    Act(
        "take_back", "part", lazy("交接没成，退回原单位"), lazy("新单位不再接，原单位接着办，时限从停的地方接着走。"),
        "arrow-back-up", _REVIEWERS, frozenset({A.HANDOVER}), simple(WhyForm), _take_back,
    ),
)  # fmt: skip

PANELS = (Panel("desk/court_panel.html", _panel),)

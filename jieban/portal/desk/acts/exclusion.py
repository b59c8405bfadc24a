"""Asking from an order's page that one's own part be left out of scoring (剔除), and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal import exclusion_queries, exclusion_times, exclusions, schemes
from jieban.appraisal import exclusion_rules as rules
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment
from jieban.portal.desk import exclusion_words, forms, periods
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject
from jieban.portal.desk.acts.files import stored

# Where a unit usually knows that a ground holds: it has reported, it waits on the ledger, or its clock rests.
_SETTLED = frozenset({A.COMPLETED, A.HUNG, A.SUSPENDED})
_OVER = (S.TERMINATED, S.ARCHIVED)


class AskForm(forms.Plain):
    """On which ground, in which words, with what proof."""

    ground = django_forms.ChoiceField(label=lazy("理由"), widget=django_forms.RadioSelect)
    statement = django_forms.CharField(
        label=lazy("为什么不该计入"), max_length=rules.LONGEST, widget=django_forms.Textarea({"rows": 4}),
        help_text=lazy("事实、依据、怎么向市民解释的，至少 10 个字。审核的人和公示后查的人都会看"),
    )  # fmt: skip
    attached = forms.FilesField(label=lazy("材料（判决书、文件、解释记录、现场照片、挂账计划）"), required=False)

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


def _form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    form = AskForm(data, files, prefix=prefix, grounds=[(g.code, g.name) for g in rules.grounds(subject.loaded.pack)])
    form.above = _("只为本单位这一件承办申请，别的单位照常计入。")
    return form


def _ask(subject: Subject, data: dict[str, Any]) -> str:
    part = subject.held
    exclusions.ask(
        [part], ground=data["ground"], statement=data["statement"], files=stored(data["attached"], "proof"),
        until=until(part, subject), by=subject.by, at=subject.at, loaded=subject.loaded,
    )  # fmt: skip
    return _("申请交上去了，等审核。定之前照常计入考评。")


def until(part: Assignment, subject: Subject) -> Any:
    """The last moment for a request about this assignment; None while its citizen has not been asked."""
    last = part.answers.order_by("-round").first()
    if last is None:
        return None
    done = timezone.localdate(part.completed_at) if part.completed_at else None
    end = exclusion_times.window_end(timezone.localdate(last.at), done, schemes.known(subject.loaded.pack))
    return periods.midnight(end) - timedelta(seconds=1) if end else None


def _may(subject: Subject) -> bool:
    part, by = subject.held, subject.by
    mine = rules.may_ask(by.role, by.unit_id, by.unit_path, (part.unit_id, part.unit.path))
    return mine and not part.ground and subject.order.state not in _OVER


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """All requests about the order, and whose part is left out."""
    cases = list(exclusion_queries.of_order(subject.order.pk))
    if not cases and not any(part.ground for part in subject.parts):
        return None
    grounds, asked = subject.loaded.pack.grounds, {case.assignment_id for case in cases}
    named = [(case, exclusion_words.STAGES[case.stage], grounds.get(case.ground)) for case in cases]
    return {
        "cases": named, "seen": set(exclusion_queries.visible_to(subject.by).filter(order=subject.order)
                                    .values_list("pk", flat=True)),
        "bare": [(p, grounds.get(p.ground)) for p in subject.parts if p.ground and p.pk not in asked],
    }  # fmt: skip


ACTS = (
    Act(
        "exclusion", "part", lazy("申请剔除"),
        lazy("不该计入本单位考评的，写清理由、附上材料。由审核人定，不同意可以请第二个人复核一次；每件都公示。"),
        "scale", rules.ASKERS, _SETTLED, _form, _ask, _may,
    ),
)  # fmt: skip

PANELS = (Panel("desk/exclusion_panel.html", _panel),)

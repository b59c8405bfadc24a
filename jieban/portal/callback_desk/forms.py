"""What a callback agent writes down: the four answers in the citizen's words, or why there was no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jieban.callback.rules import Said

# What citizens name when it is not solved; kept before their own words.
CAUSES = (lazy("又发生了"), lazy("没来人"), lazy("只做了一半"), lazy("答复和事实不符"))


class AnswersForm(forms.Form):
    """The four questions. Only whether it is solved must be answered; nothing is prefilled."""

    contacted = forms.ChoiceField(required=False, choices=[("yes", lazy("联系过")), ("no", lazy("没有"))])
    solved = forms.ChoiceField(
        choices=[
            ("yes", lazy("解决了")),
            ("part", lazy("部分解决")),
            ("no", lazy("没解决")),
            ("explained", lazy("没解决，但解释清楚了")),
        ],
        error_messages={"required": lazy("第 2 题还没有选：现在解决了吗？这一题必须问到。")},
    )
    satisfied = forms.ChoiceField(
        required=False,
        choices=[("yes", lazy("满意")), ("mostly", lazy("基本满意")), ("no", lazy("不满意")), ("none", lazy("不评价"))],
    )
    attitude = forms.ChoiceField(
        required=False,
        choices=[("good", lazy("好")), ("fair", pgettext_lazy("attitude", "一般")), ("bad", lazy("不好"))],
    )
    causes = forms.MultipleChoiceField(required=False, choices=[(str(i), word) for i, word in enumerate(CAUSES)])
    words = forms.CharField(required=False, max_length=4000)
    question = forms.CharField(required=False, max_length=200)
    extra = forms.CharField(required=False, max_length=500)

    def __init__(self, data: Any = None, *, units: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(data)
        self.units = units if len(units) > 1 else ()
        for no, _name in self.units:
            for name in ("solved", "satisfied"):
                own = [("", lazy("同上")), *self.fields[name].choices]  # type: ignore[attr-defined]
                self.fields[f"{name}_{no}"] = forms.ChoiceField(required=False, choices=own)

    def apart(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each unit with its two fields, where several units worked."""
        return [(name, self[f"solved_{no}"], self[f"satisfied_{no}"]) for no, name in self.units]

    def said(self) -> Said:
        """The answers as the record takes them; the named causes stand before the citizen's words."""
        clean = self.cleaned_data
        named = [str(CAUSES[int(i)]) for i in clean["causes"]] if clean["solved"] != "yes" else []
        contacted = {"yes": True, "no": False}.get(clean["contacted"])
        more = f"{clean['question']}{clean['extra'].strip()}" if clean["extra"].strip() else ""
        text = "。".join(part for part in ("、".join(named), clean["words"].strip(), more) if part)
        whole = Said(contacted, clean["solved"], clean["satisfied"], clean["attitude"], text)
        return replace(whole, each=self._each(whole))

    def _each(self, whole: Said) -> dict[int, Said]:
        """What was said of each unit, where at least one was judged apart from the whole."""
        clean = self.cleaned_data
        given = {no: (clean[f"solved_{no}"], clean[f"satisfied_{no}"]) for no, _name in self.units}
        if not any(solved or satisfied for solved, satisfied in given.values()):
            return {}
        return {
            no: replace(whole, solved=solved or whole.solved, satisfied=satisfied or whole.satisfied)
            for no, (solved, satisfied) in given.items()
        }


class AttemptForm(forms.Form):
    """A try without an answer, and when to try again where the citizen named a time."""

    outcome = forms.ChoiceField(
        choices=[
            ("no_answer", lazy("没人接")),
            ("busy", lazy("占线")),
            ("off", lazy("关机或停机")),
            ("wrong", lazy("号码不对")),
            ("refused", lazy("不愿回答")),
            ("later", lazy("约了别的时间")),
        ],
        error_messages={"required": lazy("请选这次为什么没有问成。")},
    )
    again_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={"invalid": lazy("请写清日期和钟点，例如 11月22日 09:30。")},
    )

    def __init__(self, data: object = None, *, at: datetime) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.at = at

    def clean(self) -> dict[str, object]:
        """An agreed time goes with 改约 and lies ahead."""
        said = super().clean() or {}
        again = said.get("again_at")
        if said.get("outcome") != "later":
            said["again_at"] = None
        elif again is None and "again_at" not in self.errors:
            self.add_error("again_at", _("改约要写约好的时间。"))
        elif again is not None and again <= self.at:
            now = timezone.localtime(self.at)
            self.add_error("again_at", _("这个时间已经过了。请选今天 %s 以后。") % f"{now:%H:%M}")
        return said


class PurposeForm(forms.Form):
    """Why the full number is opened."""

    purpose = forms.CharField(
        min_length=4,
        max_length=200,
        error_messages={
            "required": lazy("请写明为什么要看，至少四个字，例如“拨打回访”。"),
            "min_length": lazy("请写明为什么要看，至少四个字，例如“拨打回访”。"),
        },
    )

"""What a person may type about a scheme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from jieban.appraisal.scheme_rules import ENOUGH
from jieban.portal.desk.forms import Plain


def _words(label: Any) -> forms.CharField:
    return forms.CharField(label=label, min_length=ENOUGH, max_length=500, widget=forms.Textarea({"rows": 2}))


class MakeForm(Plain):
    """A new draft: from which scheme, under which code and name, from which day on."""

    base = forms.ChoiceField(label=lazy("从哪份起草"), required=False)
    code = forms.RegexField(
        r"^[a-z0-9-]{1,40}$", label=lazy("代码"), help_text=lazy("例如 demo-2027"),
        error_messages={"invalid": lazy("代码用小写字母、数字和 -，最多 40 个。")},
    )  # fmt: skip
    name = forms.CharField(label=lazy("名称"), max_length=120)
    first = forms.DateField(
        label=lazy("第一天"), widget=forms.DateInput({"type": "date"}), help_text=lazy("考核期的第一天，以后可以改")
    )
    words = _words(lazy("为什么起草"))

    def __init__(self, *args: Any, bases: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = [("", lazy("空白")), *bases]  # type: ignore[attr-defined]


class ConsultForm(Plain):
    """Whom somebody asked, when, what was said, and what came of it."""

    who = forms.CharField(label=lazy("征求了谁的意见"), max_length=120)
    on = forms.DateField(label=lazy("哪天"), widget=forms.DateInput({"type": "date"}))
    said = forms.CharField(
        label=lazy("说了什么"), min_length=ENOUGH, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    outcome = forms.CharField(
        label=lazy("怎么处理的"), min_length=ENOUGH, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class WordsForm(Plain):
    """Why."""

    words = _words(lazy("为什么"))

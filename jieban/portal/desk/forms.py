"""What the staff may type, and the words that come back when something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from jieban.handling import rework
from jieban.handling import rules as handling

_MANDATORY = {"required": lazy("请填写这一项。"), "invalid_choice": lazy("请从列出的里面选一个。")}


class Plain(forms.Form):
    """A form whose fields look like the house's fields. `above` stands over them: what is true of this subject only."""

    above: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _dress(field, name)

    def full_clean(self) -> None:
        """Check everything, and mark the fields that are wrong; the first of them gets the focus."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "data-first-error": ""}


def _dress(field: forms.Field, name: str) -> None:
    field.error_messages |= {k: v for k, v in _MANDATORY.items() if k in field.error_messages}
    attrs = field.widget.attrs
    attrs["aria-describedby"] = f"{name}-hint"
    if isinstance(field.widget, forms.Select) and not isinstance(field.widget, forms.RadioSelect):
        attrs.setdefault("class", "form-select")
    elif isinstance(field.widget, forms.ClearableFileInput):
        attrs.setdefault("class", "form-control jb-file")
    elif not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
        attrs.setdefault("class", "form-control")


class Files(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; their kinds are checked by content when they are stored."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """A list of what was sent, empty where nothing was."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class RespondForm(Plain):
    """The first contact with the citizen."""

    way = forms.ChoiceField(
        label=lazy("怎么联系的"), choices=list(handling.WAYS.items()), widget=forms.RadioSelect, initial="phone"
    )
    outcome = forms.ChoiceField(
        label=lazy("结果"), choices=list(handling.OUTCOMES.items()), widget=forms.RadioSelect, initial="reached"
    )
    note = forms.CharField(label=lazy("说了什么"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))


class NoteForm(Plain):
    """What was done, as it goes."""

    text = forms.CharField(label=lazy("做了什么"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    attached = FilesField(label=lazy("照片或材料"), required=False)
    before = forms.BooleanField(label=lazy("这些是办理前拍的"), required=False)


class HandDownForm(Plain):
    """To which section or community, with which words."""

    to = forms.ChoiceField(label=lazy("交给"))
    instruction = forms.CharField(label=lazy("要做什么"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "——"), *units]  # type: ignore[attr-defined]


class CompleteForm(Plain):
    """单位已办结: what came of it, what was done, and the answer to the citizen."""

    result = forms.ChoiceField(label=lazy("办理结果"), choices=list(handling.RESULTS.items()))
    measures = forms.CharField(label=lazy("做了什么"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    reply = forms.CharField(
        label=lazy("给市民的答复"), min_length=handling.REPLY_MIN, max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    attached = FilesField(label=lazy("办理后的照片或材料"), required=False)
    differently = forms.CharField(
        label=lazy("这次怎么不一样"), min_length=rework.ENOUGH, max_length=1000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["differently"]


class TemplateForm(Plain):
    """A unit's own ready reply."""

    title = forms.CharField(label=lazy("模板名字"), max_length=40)
    category = forms.ChoiceField(label=lazy("用在哪一类"), required=False)
    result = forms.ChoiceField(
        label=lazy("用在哪种结果"), choices=[("", lazy("都能用")), *handling.RESULTS.items()], required=False
    )
    body = forms.CharField(label=lazy("正文"), max_length=2000, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args: Any, categories: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", lazy("都能用")), *((one.code, one.name) for one in categories)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


class RevealForm(Plain):
    """Why somebody must see a citizen's number."""

    purpose = forms.CharField(label=lazy("为什么要看"), min_length=4, max_length=200)


class SendForm(Plain):
    """Which units, and why."""

    lead = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=lazy("理由"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    urgency = forms.CharField(max_length=8, required=False)


class PostForm(Plain):
    """A new post for a person, or for a new person."""

    username = forms.RegexField(
        r"^[a-z0-9_.-]{3,64}$",
        label=lazy("登录名"),
        error_messages={"invalid": lazy("登录名用小写字母、数字和 . _ -，至少 3 个。")},
    )
    name = forms.CharField(label=lazy("姓名"), max_length=64)
    unit = forms.CharField(label=lazy("单位"), max_length=64)
    role = forms.ChoiceField(label=lazy("岗位"))
    password = forms.CharField(
        label=lazy("初始密码"),
        required=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

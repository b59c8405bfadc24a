"""What citizens fill in: a matter, a look-up, a remark, and the four answers. What a filing must hold is decided in
intake; here its words are put under their fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jieban.city.pack import Pack
from jieban.core import numbers
from jieban.core.errors import BadInput
from jieban.intake import rules
from jieban.intake.rules import Filing, Kept
from jieban.portal import words

CHANNEL, SOURCE = "web", "public"
# What intake says of a filing (`intake.rules.check`), named here so that the catalogues hold it.
OF_INTAKE = (
    lazy("请写明您要反映的事，几个字也可以，现在这里是空的。"),
    lazy("内容超过 8000 字，放不进一张工单。请缩短，或把材料作为附件交上来。"),
    lazy("地址超过 200 字。请只写地点，其余写在内容里。"),
    lazy("姓名超过 64 字。"),
    lazy("统一社会信用代码是 18 位，最后一位是校验码，请对照营业执照再核对一遍。"),
    lazy("匿名就不能以企业名义提。请去掉匿名，或把企业名称清空。"),
    lazy("企业名称超过 64 字。请写营业执照上的名称，不要带地址。"),
    lazy("这个号码打不通：手机号是 11 位、以 1 开头，座机请带区号，例如 01012345678。"),
)


class FilingForm(forms.Form):
    """One matter. `filing` is set once the form is valid."""

    content = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    address = forms.CharField(required=False)
    place = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    kind = forms.ChoiceField(required=False, choices=[("", lazy("不用选")), *words.KINDS.items()])
    category = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    guess = forms.ChoiceField(required=False, choices=[("", ""), ("yes", lazy("对")), ("no", lazy("不是"))])
    name = forms.CharField(required=False)
    phone = forms.CharField(required=False)
    firm = forms.CharField(required=False)
    credit_code = forms.CharField(required=False)
    anonymous = forms.BooleanField(required=False)
    show_name = forms.BooleanField(required=False)
    sms = forms.BooleanField(required=False)
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pack: Pack, at: datetime, files: Sequence[Kept] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack, self.at, self.handed = pack, at, tuple(files)
        self.filing: Filing | None = None

    def clean(self) -> dict[str, Any]:
        """Check as intake will: the same rules, the same words, each under its field."""
        said = super().clean() or {}
        filing = rules.cleaned(self._filing(said))
        found = [*rules.check(filing, pack=self.pack, at=self.at), *self._reachable(filing), *self._firm(filing)]
        for problem in found:
            self.add_error(problem.field if problem.field in self.fields else None, _(problem.what))
        self.filing = filing
        return said

    def _filing(self, said: dict[str, Any]) -> Filing:
        chosen = said.get("category", "") if said.get("guess") == "yes" else ""
        return Filing(
            channel=CHANNEL,
            source=SOURCE,
            source_id=said.get("once", ""),
            content=said.get("content", ""),
            address=said.get("address", ""),
            place=said.get("place", ""),
            kind=said.get("kind", ""),
            category=chosen if chosen in self.pack.categories else "",
            name=said.get("name", ""),
            phone=said.get("phone", ""),
            firm=said.get("firm", ""),
            credit_code=said.get("credit_code", ""),
            anonymous=bool(said.get("anonymous")),
            hide_name=not said.get("show_name"),
            sms=bool(said.get("sms")),
            files=self.handed,
        )

    def _firm(self, filing: Filing) -> list[rules.Problem]:
        """A firm that asks in writing gives its name, its code and a person to talk to."""
        if filing.credit_code and not filing.firm:
            return [rules.Problem("firm", _("写了信用代码，请把企业名称也写上。个人提的，请清空信用代码。"))]
        if not filing.firm or filing.anonymous:
            return []
        missing = []
        if not filing.credit_code:
            missing.append(
                rules.Problem("credit_code", _("请写营业执照上的 18 位统一社会信用代码。个人提的，请清空企业名称。"))
            )
        if not filing.name:
            missing.append(rules.Problem("name", _("请写联系人怎么称呼，办的人好找到他。")))
        return missing

    def _reachable(self, filing: Filing) -> list[rules.Problem]:
        if filing.anonymous or filing.phone:
            return []
        return [rules.Problem("phone", _("请留一个电话，办的人好联系您。不想留，可以在下面选匿名。"))]


class TrackForm(forms.Form):
    """An order's number and the digits that prove it."""

    number = forms.CharField(error_messages={"required": lazy("请写编号。它在回执上，像 JB-20261121-018342-7。")})
    digits = forms.CharField(error_messages={"required": lazy("请写电话后四位，匿名提交的写 6 位查询码。")})

    def __init__(self, *args: Any, begins: str = "JB", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begins = begins

    def clean_number(self) -> str:
        """The number in its canonical form; a slip of the finger is told apart from a wrong form."""
        try:
            return numbers.read(self.cleaned_data["number"], self.begins)
        except BadInput:
            raise forms.ValidationError(_("这个编号有一位不对，或者没有写全。请对照回执再核对一遍。")) from None


class RemarkForm(forms.Form):
    """Something the citizen adds to an open order."""

    note = forms.CharField(
        strip=True,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={
            "required": lazy("请写一句要补充的话。"),
            "max_length": lazy("最多 2000 字，请写短一些。"),
        },
    )


class SupplementForm(forms.Form):
    """What the citizen answers to a unit's question."""

    words = forms.CharField(
        strip=True,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={
            "required": lazy("请写一句要补充的话。"),
            "max_length": lazy("最多 2000 字，请写短一些。"),
        },
    )


class AnswerForm(forms.Form):
    """The four questions. Nothing is prefilled, and the second and third are asked apart."""

    contacted = forms.ChoiceField(choices=[("yes", lazy("联系过")), ("no", lazy("没有"))])
    solved = forms.ChoiceField(
        choices=[
            ("yes", lazy("解决了")),
            ("part", lazy("部分解决")),
            ("no", lazy("没解决")),
            ("explained", lazy("没解决，但解释清楚了")),
        ]
    )
    satisfied = forms.ChoiceField(
        choices=[("yes", lazy("满意")), ("mostly", lazy("基本满意")), ("no", lazy("不满意"))],
    )
    attitude = forms.ChoiceField(
        required=False,
        choices=[("good", lazy("好")), ("fair", pgettext_lazy("attitude", "一般")), ("bad", lazy("不好"))],
    )
    said = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"max_length": lazy("最多 2000 字，请写短一些。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("contacted", "solved", "satisfied"):
            field = self.fields[name]
            field.error_messages["required"] = field.error_messages["invalid_choice"] = _("这一题还没有选。")

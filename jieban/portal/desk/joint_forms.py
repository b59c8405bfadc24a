"""What is typed for joint work: a whistle and its answers, a step up, a promise, a task force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from jieban.handling import joint_rules
from jieban.portal.desk.forms import Plain


class Nothing(Plain):
    """An act that asks for nothing."""


def _area(rows: int = 2, **attrs: Any) -> forms.Textarea:
    return forms.Textarea({"rows": rows, **attrs})


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class WhistleForm(Plain):
    """Whom to call, why, where and when to meet."""

    near = forms.MultipleChoiceField(label=lazy("叫本区哪些部门"), required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label=lazy("别的单位"), required=False, max_length=200,
        help_text=lazy("写单位名，几个单位用顿号隔开，外区的也可以"),
    )  # fmt: skip
    reason = forms.CharField(label=lazy("为什么叫他们来"), min_length=4, max_length=300, widget=_area())
    place = forms.CharField(label=lazy("在哪里碰头"), max_length=100)
    meet = forms.DateTimeField(
        label=lazy("什么时候到"), required=False, widget=_moment(), help_text=lazy("空着就按紧急程度的到场时限")
    )

    def __init__(self, *args: Any, near: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["near"].choices = near  # type: ignore[attr-defined]
        if not near:
            self.fields["near"].widget = forms.MultipleHiddenInput()


class ReportInForm(Plain):
    """Who has come, and what was found or agreed."""

    who = forms.CharField(label=lazy("谁到了现场"), max_length=60)
    result = forms.CharField(label=lazy("看到或定下了什么"), max_length=500, widget=_area())
    arrived = forms.DateTimeField(
        label=lazy("什么时候到的"), required=False, widget=_moment(), help_text=lazy("空着就是现在")
    )


class ReleaseForm(Plain):
    """Who may go, and why."""

    called = forms.ChoiceField(label=lazy("哪一家"))
    reason = forms.CharField(label=lazy("为什么不用来了"), min_length=4, max_length=300)

    def __init__(self, *args: Any, called: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called"].choices = called  # type: ignore[attr-defined]


class RateForm(Plain):
    """A score and words; `called` where one of several is rated."""

    called = forms.ChoiceField(label=lazy("哪一家"))
    score = forms.ChoiceField(
        label=lazy("打几分"), choices=[(n, f"{n} {word}") for n, word in joint_rules.SCORES.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=lazy("说明"), required=False, max_length=200, help_text=lazy("打 1 分、2 分必须写明为什么")
    )

    def __init__(self, *args: Any, called: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if called is None:
            del self.fields["called"]
        else:
            self.fields["called"].choices = called  # type: ignore[attr-defined]


class RaiseForm(Plain):
    """To which level, before whom, and why."""

    level = forms.ChoiceField(label=lazy("提到哪一级"))
    leader = forms.CharField(
        label=lazy("请哪位接办"), required=False, max_length=64, help_text=lazy("写姓名，不指名就空着")
    )
    reason = forms.CharField(label=lazy("办到哪一步，卡在哪里"), min_length=4, max_length=500, widget=_area(3))

    def __init__(self, *args: Any, levels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = levels  # type: ignore[attr-defined]


class TakeUpForm(Plain):
    """What the receiving side will do."""

    plan = forms.CharField(label=lazy("打算怎么办，谁去办"), min_length=4, max_length=500, widget=_area(3))


class OwnForm(Plain):
    """Who owns the case, and what is promised by when."""

    leader = forms.ChoiceField(label=lazy("谁包案"))
    promise = forms.CharField(label=lazy("承诺做到什么"), min_length=4, max_length=300, widget=_area())
    until = forms.DateField(label=lazy("哪天以前"), widget=_day())

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = people  # type: ignore[attr-defined]


class GiveForm(Plain):
    """Who does the picked ones by name."""

    who = forms.CharField(label=lazy("承办人"))


class ForceForm(Plain):
    """A new task force."""

    name = forms.CharField(label=lazy("名称"), min_length=2, max_length=64)
    purpose = forms.CharField(label=lazy("要办成什么"), min_length=4, max_length=500, widget=_area())
    leader = forms.ChoiceField(label=lazy("谁牵头"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = people  # type: ignore[attr-defined]


class MemberForm(Plain):
    """A unit of the task force, or somebody of it."""

    unit = forms.CharField(label=lazy("单位"), max_length=64, help_text=lazy("写单位名"))
    person = forms.CharField(label=lazy("人"), required=False, max_length=64, help_text=lazy("写姓名，只请单位就空着"))
    duty = forms.CharField(label=lazy("管什么"), max_length=100)


class MeetingForm(Plain):
    """A meeting that was held."""

    held = forms.DateTimeField(label=lazy("什么时候开的"), widget=_moment())
    present = forms.CharField(label=lazy("谁参加"), max_length=300)
    decided = forms.CharField(label=lazy("定了什么"), min_length=4, max_length=2000, widget=_area(3))


class TaskForm(Plain):
    """A task for a member."""

    what = forms.CharField(label=lazy("做什么"), min_length=2, max_length=300)
    member = forms.ChoiceField(label=lazy("谁做"))
    due = forms.DateField(label=lazy("哪天以前"), widget=_day())

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = members  # type: ignore[attr-defined]


class FinishForm(Plain):
    """What came of a task."""

    result = forms.CharField(label=lazy("结果怎样"), min_length=2, max_length=500)


class LinkForm(Plain):
    """Orders for a task force, by number."""

    numbers = forms.CharField(label=lazy("工单编号"), max_length=300, help_text=lazy("几件用顿号或空格隔开"))


class CloseForm(Plain):
    """What was achieved."""

    result = forms.CharField(label=lazy("办成了什么"), min_length=4, max_length=500, widget=_area())


def day(text: str) -> date | None:
    """The day that was typed, None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None

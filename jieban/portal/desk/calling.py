"""Forms of the study before dispatch: calling units together, and giving a view."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms as fields
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.dispatch.consulting import GROUNDS, MEETING, WAYS
from jieban.portal.desk import forms

MOMENT = fields.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class CallForm(forms.Plain):
    """Which units are called together, how, why, about what, and until when."""

    way = fields.ChoiceField(
        label=lazy("怎么商量"), choices=list(WAYS.items()), widget=fields.RadioSelect, initial=MEETING
    )
    ground = fields.ChoiceField(label=lazy("为什么"), choices=list(GROUNDS.items()), initial="border")
    units = fields.CharField(label=lazy("请哪些单位"), max_length=500, help_text=lazy("几个单位用顿号隔开"))
    question = fields.CharField(label=lazy("要商量什么"), max_length=500, widget=fields.Textarea({"rows": 2}))
    until = fields.DateTimeField(label=lazy("几点前给意见，或到现场"), widget=MOMENT)
    spot = fields.CharField(label=lazy("在哪里碰头"), max_length=200, required=False, help_text=lazy("到现场时必填"))
    brief = fields.CharField(
        label=lazy("给各单位看的情况"), max_length=4000, required=False, widget=fields.Textarea({"rows": 3}),
        help_text=lazy("只有这些给他们看。空着就给市民反映的原文，请先看有没有姓名、电话"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "call"
        self.fields["units"].widget.attrs |= {
            "list": "units", "autocomplete": "off", "hx-get": reverse("units"), "hx-target": "#units",
            "hx-trigger": "input changed delay:200ms", "hx-include": "this",
        }  # fmt: skip


class ViewForm(forms.Plain):
    """What a unit says; on the spot also when it came and what it found."""

    view = fields.CharField(label=lazy("意见"), max_length=2000, widget=fields.Textarea({"rows": 3}))
    part = fields.CharField(label=lazy("本单位可以办哪一段"), max_length=200, required=False)
    arrived_at = fields.DateTimeField(label=lazy("几点到的现场"), required=False, widget=MOMENT)
    found = fields.CharField(
        label=lazy("现场看到什么"), max_length=2000, required=False, widget=fields.Textarea({"rows": 2})
    )


def fresh(loaded: Loaded, at: datetime) -> CallForm:
    """The form to call units together, with the usual time."""
    until = limits.run_out(loaded.pack, loaded.pack.ways.views_within, at=at)
    return CallForm(prefix="call", initial={"until": timezone.localtime(until).replace(second=0, microsecond=0)})

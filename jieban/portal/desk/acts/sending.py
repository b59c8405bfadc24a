"""Acts and panel of dispatch on an order's page: read what one was told, pass on in the district, why these units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as fields
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.dispatch import taking_over
from jieban.dispatch.rules import ASSIST, LEAD, WAY_NAMES, Target
from jieban.handling import actions as handling
from jieban.orders.lifecycle import HELD_ASSIGNMENT, A
from jieban.portal import words
from jieban.portal.desk import finding, forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject
from jieban.portal.desk.unit import UNITS

_DISTRICTS = ("district", "development_zone")
_BELOW = ("street", "district_department")


class PassOnForm(forms.Plain):
    """Whom a district passes an order on to."""

    to = fields.ChoiceField(label=lazy("转给谁主办"))
    assist = fields.CharField(label=lazy("请谁协办"), max_length=300, required=False)
    keep = fields.BooleanField(label=lazy("本区继续牵头（首接负责），他们协办"), required=False)
    reason = fields.CharField(label=lazy("为什么"), max_length=300, widget=fields.Textarea({"rows": 2}))

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "——"), *units]  # type: ignore[attr-defined]


def _acknowledge(subject: Subject, data: dict[str, Any]) -> str:
    handling.acknowledge([subject.held], by=subject.by, at=subject.at)
    return _("记下您单位已阅知。这件不用您单位办。")


def _plain(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return forms.Plain(data, files)


def _pass_on_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    found = Unit.objects.filter(district=subject.held.unit_id, kind__in=_BELOW, valid_to=None).order_by("kind", "path")
    return PassOnForm(data, prefix=prefix, units=list(found.values_list("code", "name")))


def _pass_on(subject: Subject, data: dict[str, Any]) -> str:
    names = [name for name in data["assist"].replace("，", "、").split("、") if name.strip()]
    chosen = [Target(data["to"], LEAD), *(Target(finding.unit_code(n, subject.loaded), ASSIST) for n in names)]
    part = subject.held
    part.order = subject.order
    made = taking_over.pass_on(
        part, chosen, data["reason"], keep=data["keep"], by=subject.by, at=subject.at, loaded=subject.loaded
    )
    units = "、".join(subject.loaded.pack.units[subject.loaded.unit_codes[one.unit_id]].name for one in made)
    return _("转给%s了，答复市民的时限不变。") % units


def _is_district(subject: Subject) -> bool:
    return subject.held.unit.kind in _DISTRICTS


ACTS = (
    Act(
        "acknowledge", "part", lazy("已阅知"), lazy("只告知，不用办。"), "eye", frozenset(UNITS),
        frozenset({A.SENT}), _plain, _acknowledge, told=True,
    ),
    Act(
        "pass_on", "part", lazy("转派给区内单位"), lazy("会记下本区是首接单位。答复市民的时限不变。"),
        "arrow-right", frozenset({Role.DISTRICT}), HELD_ASSIGNMENT, _pass_on_form, _pass_on, _is_district,
    ),
)  # fmt: skip


def _why(subject: Subject) -> Mapping[str, Any] | None:
    """What led to these units: the duty row with its basis, place, score, version, and what else there was."""
    told, loaded = subject.order.dispatch, subject.loaded
    if not told:
        return None
    pack = loaded.pack
    duty = next((line for line in pack.duties if line.code == told.get("duty")), None)
    return {
        "told": told, "duty": duty, "way": WAY_NAMES.get(str(told.get("way")), ""),
        "by_person": told.get("by") == "person", "place": _place(subject),
        "alternatives": [_other(other, loaded) for other in told.get("alternatives", ())],
        "fallback": _name(told.get("fallback"), loaded), "fell_back": _fell_back(told, loaded),
        "transfer": told.get("transfer"), "passed_on": _passed_on(told, loaded),
        "parts": [(_name(code, loaded), what) for code, what in (told.get("parts") or {}).items()],
    }  # fmt: skip


def _place(subject: Subject) -> str:
    order = subject.order
    owner = subject.loaded.pack.owners.get(order.owner)
    units = [unit.name for unit in (order.district, order.street) if unit is not None]
    return " · ".join([*units, *([owner.name] if owner else [])])


def _other(other: Mapping[str, Any], loaded: Loaded) -> dict[str, Any]:
    units = "，".join(
        f"{_name(unit.get('unit'), loaded)}{words.PARTS.get(str(unit.get('role')), '')}" for unit in other["units"]
    )
    return {"units": units, "reason": other.get("reason"), "score": other.get("score") if other.get("duty") else None}


def _name(code: Any, loaded: Loaded) -> str:
    unit = loaded.pack.units.get(str(code or ""))
    return unit.name if unit else str(code or "")


def _fell_back(told: Mapping[str, Any], loaded: Loaded) -> dict[str, Any] | None:
    said = told.get("fell_back")
    if not said:
        return None
    return {
        "why": taking_over.FAILED.get(str(said.get("why")), ""), "at": parse_datetime(str(said.get("at"))),
        "from": _name(said.get("from"), loaded), "to": _name(said.get("to"), loaded),
    }  # fmt: skip


def _passed_on(told: Mapping[str, Any], loaded: Loaded) -> dict[str, Any] | None:
    said = told.get("passed_on")
    if not said:
        return None
    return {"from": _name(said.get("from"), loaded), "keep": bool(said.get("keep")), "reason": said.get("reason")}


PANELS = (Panel("desk/why_these.html", _why),)

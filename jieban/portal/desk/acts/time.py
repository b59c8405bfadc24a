"""Time (延期、暂停): asked for by the unit, decided by the centre; category or urgency changed in the middle.

The panel 时限怎么算的 says of every unit by which rule its limits were counted, and of every counting since why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.city import limits
from jieban.city.pack import Pack, Profile
from jieban.core import clock as city_clock
from jieban.handling import reckoning, time
from jieban.orders.lifecycle import AT_WORK, HELD_ASSIGNMENT, A
from jieban.orders.models import Assignment, Entry
from jieban.portal import words
from jieban.portal.desk import finding, forms
from jieban.portal.desk.acts.act import Act, Data, Panel, Subject, simple
from jieban.portal.desk.acts.files import stored
from jieban.portal.desk.unit import UNITS

_BUSY = frozenset({A.RESPONDED, A.HANDLING})
CENTRE = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.DISTRICT})
_TEXT = {"rows": 2}


class Moment(django_forms.DateTimeField):
    """A day and a time of day on the city's own clock."""

    def __init__(self, **kwargs: Any) -> None:
        widget = django_forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        said = {"required": lazy("请选到哪天几点。"), "invalid": lazy("请写成 2026-03-02 09:00 这样的日期和时间。")}
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], error_messages=said, **kwargs
        )


class CategoryInput(django_forms.TextInput):
    """A text field that offers categories while somebody types."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and the list that its options come into."""
        where = f"{name}-options"
        more = {
            "list": where, "autocomplete": "off", "hx-get": reverse("dispatch_categories"), "hx-target": f"#{where}",
            "hx-trigger": "input changed delay:200ms", "hx-include": "this",
        }  # fmt: skip
        field = super().render(name, value, {**(attrs or {}), **more}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', field, where)


class ExtensionForm(forms.Plain):
    """How much more time, and why."""

    until = Moment(label=lazy("希望延到"))
    reason = django_forms.CharField(
        label=lazy("为什么来不及"), max_length=500, widget=django_forms.Textarea(_TEXT),
        help_text=lazy("写清还差哪一步，谁在什么时候做。"),
    )  # fmt: skip
    attached = forms.FilesField(label=lazy("材料"), required=False)


class GrantForm(forms.Plain):
    """Until when, and why it is granted."""

    until = Moment(label=lazy("同意延到"), help_text=lazy("可以比申请的短。市民会收到新的答复时间。"))
    reason = django_forms.CharField(label=lazy("理由"), max_length=500, widget=django_forms.Textarea(_TEXT))


class ReasonForm(forms.Plain):
    """A reason, in words."""

    reason = django_forms.CharField(label=lazy("理由"), max_length=500, widget=django_forms.Textarea(_TEXT))


class RestForm(forms.Plain):
    """Why the clock is to rest, until when, and what shows it."""

    cause = django_forms.CharField(
        label=lazy("为什么现在办不下去"), max_length=300, widget=django_forms.Textarea(_TEXT),
        help_text=lazy("这句话会原样告诉市民，不要写姓名、电话和内部说法。"),
    )  # fmt: skip
    until = Moment(label=lazy("暂停到"))
    attached = forms.FilesField(label=lazy("凭据"), required=False)


class ReclassifyForm(forms.Plain):
    """Another category or urgency, and why."""

    category = django_forms.CharField(
        label=lazy("分类"), max_length=120, required=False, widget=CategoryInput,
        help_text=lazy("打几个字，从列出的里面选；不改就留空"),
    )  # fmt: skip
    urgency = django_forms.ChoiceField(label=lazy("紧急程度"), required=False)
    cause = django_forms.CharField(label=lazy("为什么要改"), max_length=300, widget=django_forms.Textarea(_TEXT))

    def __init__(self, *args: Any, urgencies: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["urgency"].choices = [("", _("不改")), *urgencies]  # type: ignore[attr-defined]


def _grant_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    return GrantForm(data, files, prefix=prefix, initial={"until": _asked_until(subject.held)})


def _rest_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    asked = subject.held.requested if _asks_rest(subject) else {}
    initial = {"cause": asked.get("reason", ""), "until": _asked_until(subject.held) if asked else None}
    return RestForm(data, files, prefix=prefix, initial=initial)


def _reclassify_form(subject: Subject, data: Data, files: Data, prefix: str) -> forms.Plain:
    levels = [(code, own.name) for code, own in subject.loaded.pack.clocks.items() if code != subject.order.urgency]
    return ReclassifyForm(data, files, prefix=prefix, urgencies=levels)


def _asked_until(part: Assignment) -> datetime | None:
    text = part.requested.get("until")
    return datetime.fromisoformat(text).astimezone(city_clock.zone()) if text else None


def _ask_extension(subject: Subject, data: dict[str, Any]) -> str:
    files = stored(data.pop("attached"), "work")
    time.ask_extension([subject.held], **data, files=files, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("延期申请交上去了。没有答复以前，原来的时限照走。")


def _extend(subject: Subject, data: dict[str, Any]) -> str:
    time.extend([subject.held], **data, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("同意延期，新的答复时间会告诉市民。")


def _refuse(subject: Subject, data: dict[str, Any]) -> str:
    time.refuse_extension([subject.held], **data, by=subject.by, at=subject.at)
    return _("没有同意延期，时限不变，单位看得到理由。")


def _ask_rest(subject: Subject, data: dict[str, Any]) -> str:
    files = stored(data.pop("attached"), "work")
    time.ask_suspension([subject.held], **data, files=files, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("暂停申请交上去了。没有答复以前，时限照走。")


def _suspend(subject: Subject, data: dict[str, Any]) -> str:
    files = stored(data.pop("attached"), "work")
    time.suspend([subject.held], **data, files=files, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("计时停了，到时间自己恢复；为什么停、停到什么时候会告诉市民。")


def _decline(subject: Subject, data: dict[str, Any]) -> str:
    time.decline_suspension([subject.held], **data, by=subject.by, at=subject.at)
    return _("没有同意暂停，时限照走，单位看得到理由。")


def _resume(subject: Subject, data: dict[str, Any]) -> str:
    time.resume([subject.held], cause=data["reason"], by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("计时接着走了，停的时间不算在时限里。")


def _reclassify(subject: Subject, data: dict[str, Any]) -> str:
    category = finding.category_code(data["category"], subject.loaded)
    said = {"category": category, "urgency": data["urgency"], "cause": data["cause"]}
    reckoning.reclassify([subject.order], **said, by=subject.by, at=subject.at, loaded=subject.loaded)
    return _("改好了，每家单位的时限都从原来的起点重新算过。")


def _may_ask(subject: Subject) -> bool:
    part = subject.held
    again = int(part.clock.get("extensions", 0)) < subject.loaded.pack.settings.extensions
    return subject.at < part.handle_due and not part.requested and again


def _may_ask_rest(subject: Subject) -> bool:
    return not subject.held.requested


def _asks_rest(subject: Subject) -> bool:
    return bool(subject.held.requested.get("what") == time.SUSPENSION)


@dataclass(frozen=True, slots=True)
class Line:
    """One clock of a unit in words: its limit, when it runs out, and whether that has passed."""

    name: str
    limit: str
    due: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Again:
    """One counting anew: when, why, and the moments of handling before and after."""

    at: datetime
    cause: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How the limits of one unit were counted."""

    part: Assignment
    version: int
    rules: tuple[Profile, ...]
    basis: str
    official: bool
    lines: tuple[Line, ...]
    steps: tuple[datetime, ...]
    rests: tuple[tuple[datetime, datetime | None, str], ...]
    again: tuple[Again, ...]
    resting: str
    asked: Mapping[str, Any]
    asked_until: datetime | None


def _causes() -> dict[str, str]:
    return {
        "extension": _("延期"), "resume": _("恢复计时"), "reclassify": _("改分类或紧急程度"), "suspended": _("暂停"),
        "hung": _("挂账"), "objection": _("异议审核"), "take_down": _("摘账"),
    }  # fmt: skip


def _panel(subject: Subject) -> Mapping[str, Any] | None:
    """Of every unit that has a clock, how it was counted; one query."""
    parts = [part for part in subject.parts if part.clock and part.role != "notice"]
    if not parts:
        return None
    found = Entry.objects.filter(order=subject.order, records__has_key="clock", assignment_no__isnull=False)
    entries = [entry for entry in found.order_by("seq") if isinstance(entry.records["clock"], dict)]
    return {"rows": [_reckoned(part, entries, subject) for part in parts]}


def _reckoned(part: Assignment, entries: Sequence[Entry], subject: Subject) -> Reckoned:
    pack, known = subject.loaded.pack, part.clock
    rows = {row.code: row for row in pack.profiles}
    own = pack.clocks.get(known["urgency"])
    return Reckoned(
        part=part, version=known["version"], rules=tuple(rows[code] for code in known["profiles"] if code in rows),
        basis=own.handle.source if own else "", official=bool(own and own.handle.official),
        lines=_lines(part, subject.at, pack), steps=tuple(map(datetime.fromisoformat, known["steps"])),
        rests=tuple(
            (_at(pause[0]), _at(pause[1]) if pause[1] else None, _causes().get(pause[2], pause[2]))
            for pause in known["pauses"]
        ),
        again=tuple(_again(entry) for entry in entries if entry.assignment_no == part.no),
        resting=_causes().get(limits.resting(known), ""), asked=part.requested, asked_until=_asked_until(part),
    )  # fmt: skip


def _lines(part: Assignment, at: datetime, pack: Pack) -> tuple[Line, ...]:
    known, open_ = part.clock["limits"], part.state in HELD_ASSIGNMENT
    moments = {name: _at(text) for name, text in part.clock["due"].items()}
    stopped = {"sign": part.signed_at, "respond": part.responded_at}
    names = {
        "sign": _("签收"), "respond": _("联系市民"), "inner": _("单位自己的时限"), "handle": _("办理并反馈"),
        "promise": _("答应市民的"),
    }  # fmt: skip
    said = {**known, "promise": known["outer"], "inner": _inner_words(known["inner"])}
    return tuple(
        Line(word, words.limit_words(said[name]), moments[name], open_ and not stopped.get(name) and moments[name] < at)
        for name, word in names.items()
        if name in moments
    )


def _inner_words(text: str) -> str:
    """A limit, milestones, or a share of the city's limit in words."""
    if text.replace(".", "").isdigit():
        return _("外部时限的 %d%%") % round(float(text) * 100)
    return text if "、" not in text else "、".join(words.limit_words(one) for one in text.split("、"))


def _again(entry: Entry) -> Again:
    said = entry.records["clock"]
    cause = _causes().get(said["cause"], said["cause"])
    why = entry.records.get("reason") or entry.records.get("cause") or ""
    text = f"{cause}：{why}" if why and cause not in str(why) else str(why or cause)
    return Again(entry.at, text, _at(said["before"]["handle"]), _at(said["after"]["handle"]))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


PANELS = (Panel("desk/reckoned.html", _panel),)
ACTS = (
    Act(
        "extend", "part", lazy("同意延期"), lazy("看理由够不够，新的时间要合适。同意后市民会收到新的答复时间。"),
        "check", CENTRE, frozenset({A.EXTENSION}), _grant_form, _extend,
    ),
    Act(
        "refuse_extension", "part", lazy("不同意延期"), lazy("写明为什么，时限不变。"), "x", CENTRE,
        frozenset({A.EXTENSION}), simple(ReasonForm), _refuse,
    ),
    Act(
        "suspend", "part", lazy("暂停计时"), lazy("只限客观上办不下去的事，要有凭据。到时间自己恢复。"), "clock-pause",
        CENTRE, _BUSY, _rest_form, _suspend,
    ),
    Act(
        "decline_suspension", "part", lazy("不同意暂停"), lazy("写明为什么，时限照走。"), "x", CENTRE, _BUSY,
        simple(ReasonForm), _decline, _asks_rest,
    ),
    Act(
        "resume", "part", lazy("恢复计时"), lazy("不用等到暂停期满，现在就能接着办。"), "player-play", CENTRE,
        frozenset({A.SUSPENDED}), simple(ReasonForm), _resume,
    ),
    Act(
        "ask_extension", "part", lazy("申请延期"), lazy("到期前才能申请，由中心定。没有答复以前时限照走。"),
        "clock-plus", frozenset(UNITS), _BUSY, simple(ExtensionForm), _ask_extension, _may_ask,
    ),
    Act(
        "ask_suspension", "part", lazy("申请暂停"), lazy("客观上办不下去的，附上凭据，由中心定。"), "clock-pause",
        frozenset(UNITS), _BUSY, simple(RestForm), _ask_rest, _may_ask_rest,
    ),
    Act(
        "reclassify", "order", lazy("改分类或紧急程度"), lazy("改了以后，每家单位的时限从原来的起点重新算。"),
        "edit", CENTRE, frozenset(AT_WORK), _reclassify_form, _reclassify,
    ),
)  # fmt: skip

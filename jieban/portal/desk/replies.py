"""The reply to the citizen as it is written: ready texts filled in by the server, photos kept through every error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.core.placeholders import fill
from jieban.handling import checks, gates, rework, texts
from jieban.intake import actions as intake
from jieban.intake import files as stores
from jieban.orders import queries as orders
from jieban.orders.models import Assignment, Attachment
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import forms, rows
from jieban.portal.desk.acts.act import Data, Subject
from jieban.portal.desk.unit import UNITS

_KEPT = {"before": "kept_before", "attached": "kept_attached"}


class Tokens(django_forms.Field):
    """Tokens of files that came with an earlier try."""

    widget = django_forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        """The tokens as they came."""
        return [str(one) for one in value or [] if one]


class ReplyForm(forms.CompleteForm):
    """单位已办结 with a ready text to choose and photos of before and after; `asked` says which photos are needed."""

    template = django_forms.ChoiceField(label=lazy("用模板"), required=False)
    before = forms.FilesField(label=lazy("办理前的照片"), required=False)
    kept_before = Tokens(required=False)
    kept_attached = Tokens(required=False)
    field_order = ("differently", "result", "measures", "template", "reply", "before", "attached")

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], fill_url: str, asked: str, at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.at, self.names = asked, at, list[str]()
        field = self.fields["template"]
        field.choices = [("", _("不用模板，自己写")), *choices]  # type: ignore[attr-defined]
        field.widget.attrs |= {
            "hx-post": fill_url, "hx-trigger": "change", "hx-target": "#reply-box", "hx-include": "closest form",
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Keep the files at once: whatever else is wrong, nobody has to choose them again."""
        said = super().clean() or {}
        data = cast(QueryDict, self.data).copy()
        for name, kept in _KEPT.items():
            tokens = [*said.get(kept, []), *self._keep(name, said.get(name) or [])]
            said[kept] = tokens
            data.setlist(self.add_prefix(kept), tokens)
            self.names += [one.name for one in stores.kept(tokens)]
        self.data = data
        return said

    def _keep(self, name: str, sent: Sequence[Any]) -> list[str]:
        try:
            raws = [stores.Raw(one.name or "", one.read()) for one in sent]
            return [row.token for row in stores.keep(raws, at=self.at)]
        except BadInput as error:
            self.add_error(name, str(error))
            return []


def form(subject: Subject, data: Data, files: Data, prefix: str) -> ReplyForm:
    """The form for an assignment; a draft that came back is in it again."""
    part = subject.held
    offered = texts.offered(part, subject.loaded)
    came_back = checks.draft_of(part)
    initial = {key: came_back.get(key, "") for key in ("result", "measures", "reply")} if came_back else {}
    return ReplyForm(
        data, files, prefix=prefix, initial=initial, choices=[(one.key, one.title) for one in offered],
        fill_url=reverse("reply_text", args=[subject.order.number, part.no]), at=subject.at,
        asked=_asked(part, subject), again=part.round > 1 and not part.differently,
    )  # fmt: skip


def _asked(part: Assignment, subject: Subject) -> str:
    proof = subject.loaded.pack.replies.proof(subject.order.category)
    if proof is None:
        return ""
    missing = gates.missing(part, subject.loaded.pack.replies)
    if not missing:
        return _("这类要的照片已经交过了。")
    return _("这类要有照片，还缺：%(what)s（%(basis)s）") % {"what": missing, "basis": proof.basis}


def plan(subject: Subject, data: dict[str, Any]) -> None:
    """Write down what differs this time, where the form asked for it."""
    if data.get("differently"):
        rework.plan([subject.held], differently=data["differently"], by=subject.by, at=subject.at)


def taken(data: dict[str, Any]) -> list[Attachment]:
    """The files of a valid form, as attachments not yet saved, each with its stage."""
    stages = {"kept_before": "before", "kept_attached": "after"}
    return [row for kept, stage in stages.items() for row in intake.attachments(stores.kept(data[kept]), stage=stage)]


def claim(data: dict[str, Any]) -> None:
    """The files now belong to the order."""
    stores.claim([*data["kept_before"], *data["kept_attached"]])


@require_POST
@staff(*UNITS)
def text(request: HttpRequest, number: str, no: int) -> HttpResponse:
    """The field of the reply, filled from the chosen text; what was typed stays where it cannot be filled."""
    actor, at = actor_of(request), clock.now()
    found = orders.assignments_of(actor).select_related("order__contact", "unit", "section", "handler")
    part = get_object_or_404(found, order__number=number, no=no)
    loaded = city.current(at=at)
    given = {key.rsplit("-", 1)[-1]: str(value) for key, value in request.POST.items()}
    prefix = next((key.rsplit("-", 1)[0] for key in request.POST if key.endswith("-template")), "complete")
    chosen = {one.key: one for one in texts.offered(part, loaded)}.get(given.get("template", ""))
    if given.get("template") and chosen is None:
        raise Http404("template")
    return _field(request, part, chosen, given, prefix=prefix, loaded=loaded, at=at)


def _field(
    request: HttpRequest, part: Assignment, chosen: texts.Text | None, given: dict[str, str], *, prefix: str,
    loaded: city.Loaded, at: datetime,
) -> HttpResponse:  # fmt: skip
    typed, wrong = given.get("reply", ""), ""
    contact = part.order.contact
    named = not (contact.anonymous or contact.hide_name)
    values = texts.values(
        part, caller=rows.caller(contact).name if named else "", place=rows.place(part.order, loaded),
        measures=given.get("measures", ""), by=actor_of(request), at=at,
    )  # fmt: skip
    try:
        typed = fill(chosen.body, values) if chosen else typed
    except BadInput as error:
        wrong = str(error)
    one = forms.CompleteForm(initial={"reply": typed}, prefix=prefix)
    return render(request, "desk/reply_field.html", {"field": one["reply"], "wrong": wrong})

"""Writing schemes: a new draft, its main numbers and its whole text, consultation, publishing, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from jieban.appraisal import drafting, scheme_edits
from jieban.appraisal.drafting import Asked
from jieban.appraisal.scheme_models import DRAFT, SchemeText
from jieban.appraisal.scheme_rules import EDITORS
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.city.schemes import SchemeError
from jieban.core import clock
from jieban.core.errors import BadInput, Conflict, JiebanError
from jieban.portal.access import actor_of, staff
from jieban.portal.schemes import mistakes, shown, views, words
from jieban.portal.schemes.forms import ConsultForm, MakeForm, WordsForm
from jieban.portal.words import Word

_EDITORS = tuple(sorted(EDITORS))
_PREFIX = "v."
_DONE: Mapping[str, Word] = {"consult": lazy("登记了。"), "publish": lazy("发布了。"), "withdraw": lazy("撤回了。")}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of the form of numbers under one heading."""

    title: Word
    fields: tuple[tuple[scheme_edits.Field, str], ...]


@staff(*_EDITORS)
def new(request: HttpRequest) -> HttpResponse:
    """A new draft from another scheme or from nothing."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    known = shown.every(actor, pack, timezone.localdate(at))
    bases = [(one.key, f"{one.name}（{one.code}）") for one in known.values() if one.scheme]
    form = MakeForm(request.POST or None, bases=bases, initial={"base": request.GET.get("base", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        text = known[said["base"]].text if said["base"] else ""
        try:
            row = drafting.make(
                code=said["code"], name=said["name"], first=said["first"], text=text, words=said["words"], by=actor,
                at=at,
            )  # fmt: skip
        except JiebanError as error:
            form.add_error(None, str(error))
        else:
            return redirect("scheme_edit", row.pk)
    return render(request, "desk/schemes/new.html", {"form": form}, status=400 if form.errors else 200)


@staff(*_EDITORS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a draft: a form for the main numbers, and the whole text; both change the same text."""
    row = get_object_or_404(SchemeText, pk=pk, state=DRAFT)
    if request.method != "POST":
        return _editor(request, row, text=row.text)
    typed, problem = row.text, ""
    try:
        typed = _typed(request, row)
        drafting.edit(
            row, text=typed, base=request.POST.get("base", ""), words=request.POST.get("words", ""),
            by=actor_of(request), at=clock.now(),
        )  # fmt: skip
    except (Conflict, BadInput) as error:
        problem = str(error)
    if problem:
        return _editor(request, row, text=typed, problem=problem, status=400)
    wrong = drafting.mistakes(typed, city.current(at=clock.now()).pack)
    messages.success(request, _("保存了。") if not wrong else _("保存了，还有要改的地方，列在下面；没改好不能发布。"))
    return redirect("scheme_edit", row.pk)


def _typed(request: HttpRequest, row: SchemeText) -> str:
    """The text as it was typed, or the draft's with the typed numbers in it. BadInput where a number is none."""
    if "text" in request.POST:
        return request.POST["text"].replace("\r\n", "\n")
    given = {name.removeprefix(_PREFIX): value for name, value in request.POST.items() if name.startswith(_PREFIX)}
    return scheme_edits.changed(row.text, {name: str(value) for name, value in given.items()})


def _editor(request: HttpRequest, row: SchemeText, *, text: str, problem: str = "", status: int = 200) -> HttpResponse:
    pack = city.current(at=clock.now()).pack
    told = mistakes.told(drafting.mistakes(text, pack), text, pack)
    given = {name.removeprefix(_PREFIX): str(value) for name, value in request.POST.items()}
    values = {
        "row": row, "text": text, "mistakes": told, "problem": problem, "groups": groups(text, pack, given),
        "words": request.POST.get("words", ""), "lines": min(60, text.count("\n") + 3), "typed": "text" in request.POST,
    }  # fmt: skip
    return render(request, "desk/schemes/edit.html", values, status=status)


_GROUPS: Mapping[str, Word] = {
    "": lazy("名称和日子"), "rates": lazy("三率权重"), "parts": lazy("其他部分权重"), "solved": words.FIELDS["solved"],
    "satisfied": words.FIELDS["satisfied"], "roles": words.FIELDS["roles"], "difficulty": words.FIELDS["difficulty"],
    "boards": lazy("至少几件有效回访才排名"), "points": words.FIELDS["points"],
}  # fmt: skip


def groups(text: str, pack: Pack, given: Mapping[str, str]) -> list[Group]:
    """The main values of a text as fields with their labels, what was just typed in them; none where it is no TOML."""
    try:
        found = scheme_edits.fields(text)
    except BadInput:
        return []
    values = mistakes.values(text)
    out: dict[str, list[tuple[scheme_edits.Field, str]]] = {name: [] for name in _GROUPS}
    for one in found:
        group = one.path[0] if len(one.path) > 1 else ""
        told = words.field(one.name, pack, values)
        label = told.partition(" · ")[2] if group and group != "boards" else told
        if group == "boards":
            label = told.split(" · ")[1]
        typed = scheme_edits.Field(one.path, one.kind, given.get(one.name, one.value))
        out[group].append((typed, label))
    return [Group(_GROUPS[name], tuple(fields)) for name, fields in out.items() if fields]


@require_POST
@staff(*_EDITORS)
def verb(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Record a consultation, publish, or withdraw; what cannot be taken comes back with the reason."""
    form_class = {"consult": ConsultForm, "publish": WordsForm, "withdraw": WordsForm}.get(name)
    row = SchemeText.objects.filter(pk=pk).first()
    if form_class is None or row is None:
        raise Http404(name)
    form = form_class(request.POST, prefix=name)
    if form.is_valid():
        try:
            _do(name, row, form.cleaned_data, request)
        except SchemeError as error:
            pack = city.current(at=clock.now()).pack
            form.add_error(None, mistakes.whole(mistakes.told(error.problems, row.text, pack)))
        except JiebanError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, {"consult": _("登记了。"), "publish": _("发布了。"), "withdraw": _("撤回了。")}[name]
            )
            row.refresh_from_db()
            return redirect("scheme", row.code if name == "publish" else row.pk)
    key = row.code if row.state == "published" else str(row.pk)
    return views.page(request, key, {name: form}, status=400)


def _do(name: str, row: SchemeText, said: Mapping[str, Any], request: HttpRequest) -> None:
    actor, at = actor_of(request), clock.now()
    if name == "consult":
        drafting.consult(row, Asked(**said), by=actor, at=at)
    elif name == "publish":
        drafting.publish(row, words=said["words"], pack=city.current(at=at).pack, by=actor, at=at)
    else:
        drafting.withdraw(row, words=said["words"], by=actor, at=at)

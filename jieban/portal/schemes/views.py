"""Reading schemes: the list, one in words, and two beside each other."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.appraisal import drafting, scheme_rules
from jieban.appraisal.scheme_models import DRAFT
from jieban.appraisal.scheme_rules import EDITORS, WATCHERS
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.portal.access import actor_of, staff
from jieban.portal.schemes import mistakes, shown, words
from jieban.portal.schemes.forms import ConsultForm, WordsForm
from jieban.portal.schemes.shown import Shown


@staff()
def schemes(request: HttpRequest) -> HttpResponse:
    """All schemes with their dates, who was asked, and their hashes."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    values = {
        "held": shown.holding(pack, timezone.localdate(at)), "drafts": shown.drafts(actor, pack),
        "may_edit": actor.role in EDITORS, "may_try": actor.role in WATCHERS,
    }  # fmt: skip
    return render(request, "desk/schemes/list.html", values)


@staff()
def scheme(request: HttpRequest, key: str) -> HttpResponse:
    """One scheme in words, with its history for those who watch and the verbs for those who write."""
    return page(request, key, {})


def page(request: HttpRequest, key: str, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of one scheme; `given` are forms that came back with mistakes."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    one = shown.one(key, actor, pack, timezone.localdate(at))
    told = mistakes.told(shown.mistakes(one, pack), one.text, pack)
    values = {
        "one": one, "sections": words.sections(one.scheme.model, pack) if one.scheme else [], "mistakes": told,
        "may_try": actor.role in WATCHERS, **_history(one, actor), **_verbs(one, actor, pack), **given,
    }  # fmt: skip
    return render(request, "desk/schemes/scheme.html", values, status=status)


def _history(one: Shown, actor: Actor) -> dict[str, Any]:
    if one.row is None or actor.role not in WATCHERS:
        return {"taken": [], "asked": []}
    steps = list(one.row.steps.order_by("at", "pk"))
    return {"taken": steps, "asked": list(one.row.consultations.select_related("entered_by").order_by("on", "pk"))}


def _verbs(one: Shown, actor: Actor, pack: Pack) -> dict[str, Any]:
    """What the post may do with it now, and what stands in the way of publishing it."""
    row, at = one.row, clock.now()
    if row is None or actor.role not in EDITORS:
        return {}
    draft = row.state == DRAFT
    hindered = drafting.hindrances(row, pack, at) if draft and one.scheme else []
    return {
        "may_edit": draft, "wrote": actor.person_id in drafting.writers(row), "hindrances": hindered,
        "consult": ConsultForm(prefix="consult") if draft else None,
        "publish": WordsForm(prefix="publish") if draft and one.scheme and not hindered else None,
        "withdraw": WordsForm(prefix="withdraw")
        if scheme_rules.may_withdraw(row.state, row.valid_from, timezone.localdate(at)) else None,
    }  # fmt: skip


@staff()
def compare(request: HttpRequest) -> HttpResponse:
    """Two schemes beside each other: what each says where they differ."""
    actor, at = actor_of(request), clock.now()
    pack = city.current(at=at).pack
    known = {key: one for key, one in shown.every(actor, pack, timezone.localdate(at)).items() if one.scheme}
    # Without a choice: the newest, and the one before it.
    usual = [*list(known)[1:2], *list(known)[:1]] if len(known) > 1 else ["", ""]
    before, after = (known.get(request.GET.get(side, key)) for side, key in zip("ab", usual, strict=True))
    sides = [words.sections(one.scheme.model, pack) for one in (before, after) if one and one.scheme]
    differences = words.differences(*sides) if len(sides) == 2 else []
    values = {"known": known.values(), "before": before, "after": after, "differences": differences}
    return render(request, "desk/schemes/compare.html", values)

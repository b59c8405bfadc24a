"""The page of one request to be left out of scoring: what is asked and proven beside the record, and the next step.

Whoever decides goes from one request to the next; sure ones are decided together on the board.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms as fields
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Actor, Role
from jieban.appraisal import exclusion_queries as queries
from jieban.appraisal import exclusion_rules as rules
from jieban.appraisal import exclusions
from jieban.appraisal.models import Exclusion
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, JiebanError
from jieban.handling import rules as handling_rules
from jieban.orders.models import Attachment
from jieban.portal import clocks, rates
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import exclusion_words, forms, rows, story
from jieban.portal.desk.acts import exclusion as asking
from jieban.portal.desk.acts.act import Subject
from jieban.portal.desk.boards import views as boards
from jieban.portal.desk.boards.exclusions import DECIDERS, REVIEW
from jieban.portal.desk.record import READERS

SEERS = READERS - {Role.AGENT, Role.CALLBACK, Role.DISPATCHER}


class WordsForm(forms.Plain):
    """Why."""

    words = fields.CharField(
        label=lazy("理由"), max_length=rules.LONGEST, widget=fields.Textarea({"rows": 3}),
        help_text=lazy("至少 10 个字，单位和以后查的人都会看"),
    )  # fmt: skip


class BackForm(forms.Plain):
    """Why it is taken back."""

    words = fields.CharField(label=lazy("为什么撤回"), max_length=200, widget=fields.Textarea({"rows": 2}))


class VerdictForm(WordsForm):
    """Left out or not, and why."""

    grant = fields.ChoiceField(
        label=lazy("结论"), widget=fields.RadioSelect, choices=[("yes", lazy("剔除")), ("no", lazy("不剔除，照常计入"))]
    )
    field_order = ("grant", "words")


Do = Callable[[Sequence[Exclusion], dict[str, Any], Actor, datetime, Loaded], None]


def _decide(cases: Sequence[Exclusion], data: dict[str, Any], by: Actor, at: datetime, loaded: Loaded) -> None:
    verb = exclusions.decide if cases[0].stage == rules.ASKED else exclusions.decide_appeal
    verb(cases, grant=data["grant"] == "yes", words=data["words"], by=by, at=at, loaded=loaded)


def _appeal(cases: Sequence[Exclusion], data: dict[str, Any], by: Actor, at: datetime, loaded: Loaded) -> None:
    [case] = cases
    until = asking.until(case.assignment, Subject(case.order, case.assignment, by, at, loaded))
    exclusions.appeal(cases, words=data["words"], until=until, by=by, at=at)


def _withdraw(cases: Sequence[Exclusion], data: dict[str, Any], by: Actor, at: datetime, loaded: Loaded) -> None:
    exclusions.withdraw(cases, words=data["words"], by=by, at=at)


STEPS: dict[str, tuple[type[forms.Plain], frozenset[Role], Do]] = {
    "decide": (VerdictForm, DECIDERS, _decide),
    "appeal": (WordsForm, rules.ASKERS | {Role.SUPERVISOR, Role.LEADER}, _appeal),
    "withdraw": (BackForm, rules.ASKERS | {Role.SUPERVISOR, Role.LEADER}, _withdraw),
}


@staff(*SEERS)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a request that the post may see; an auditor's look at the record is kept."""
    found, actor = _case(request, pk), actor_of(request)
    if actor.role == Role.AUDITOR:
        accounts.log_reading(
            by=actor, subject=found.order.number, what="record", purpose="审核剔除申请", at=clock.now(),
            address=rates.address(request) or None,
        )  # fmt: skip
    return _page(request, found, {})


@require_POST
@staff(*SEERS)
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step; what was typed comes back with the reason. After a decision the next waiting one opens."""
    if verb not in STEPS:
        raise Http404(verb)
    kind, roles, do = STEPS[verb]
    found, actor, at = _case(request, pk), actor_of(request), clock.now()
    if actor.role not in roles:
        raise PermissionDenied(f"{actor.role} may not {verb}.")
    form = kind(request.POST)
    if form.is_valid():
        try:
            do([found], form.cleaned_data, actor, at, city.current(at=at))
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(found))
            after = queries.waiting(actor).first() if verb == "decide" else found
            return redirect("exclusion", pk=after.pk) if after else redirect(REVIEW.url)
    return _page(request, found, {verb: form}, status=422)


def _said(found: Exclusion) -> str:
    number, stage = found.order.number, exclusion_words.STAGES[found.stage]
    return _("%(number)s 现在是“%(stage)s”。") % {"number": number, "stage": stage}


@require_POST
@staff(*DECIDERS)
def together(request: HttpRequest) -> HttpResponse:
    """Decide several that are sure, in the same words: all or none; what was typed comes back."""
    actor, at = actor_of(request), clock.now()
    keys = [int(key) for key in request.POST.getlist("case") if key.isdigit()]
    cases = list(queries.waiting(actor).filter(pk__in=keys, stage=rules.ASKED))
    words = request.POST.get("words", "")
    try:
        if not cases:
            raise BadInput(_("先勾上等审核的申请。等复核的要一件一件打开定。"))
        grant = request.POST.get("grant") == "yes"
        exclusions.decide(cases, grant=grant, words=words, by=actor, at=at, loaded=city.current(at=at))
    except JiebanError as error:
        return boards.shown(request, REVIEW, status=422, failed=str(error), words=words, picked=keys)
    said = ngettext("%(n)d 件定了：%(stage)s。", "%(n)d 件定了：%(stage)s。", len(cases))
    messages.success(request, said % {"n": len(cases), "stage": exclusion_words.STAGES[cases[0].stage]})
    return redirect(REVIEW.url)


def _case(request: HttpRequest, pk: int) -> Exclusion:
    found = queries.visible_to(actor_of(request)).select_related(
        "order__contact", "order__street", "order__district", "assignment__unit", "assignment__section", "unit"
    )
    return get_object_or_404(found, pk=pk)


def _page(request: HttpRequest, found: Exclusion, given: dict[str, forms.Plain], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    order, part = found.order, found.assignment
    entries = list(order.entries.select_related("unit").order_by("seq"))
    told = story.tell(entries, list(order.attachments.order_by("pk")), loaded.pack)
    proof = [one["sha256"] for one in found.evidence]
    values = {
        "case": found, "order": order, "part": part, "now": at, "here": "boards",
        "stage": exclusion_words.STAGES[found.stage],
        "ground": loaded.pack.grounds.get(found.ground), "category": rows.category(order.category, loaded.pack),
        "place": rows.place(order, loaded), "clocks": [clocks.of(one, at) for one in handling_rules.clocks(part)],
        "files": list(Attachment.objects.filter(order=order, sha256__in=proof).order_by("pk")) if proof else [],
        "answers": part.answers.order_by("round"), "told": [line for line in reversed(told) if not line.quiet],
        "steps": found.steps.order_by("at", "pk"), "names": exclusion_words.STEPS,
        **_next(found, actor, at, loaded, given),
    }  # fmt: skip
    return render(request, "desk/exclusion_case.html", values, status=status)


def _next(
    found: Exclusion, actor: Actor, at: datetime, loaded: Loaded, given: dict[str, forms.Plain]
) -> dict[str, Any]:
    """The forms of the steps this person may take now, or why not the decision."""
    mine = exclusions.on_its_side(found, actor)
    opens = found.stage in rules.OPEN
    why_not = exclusions.why_not(found, by=actor, at=at, loaded=loaded) if opens and actor.role in DECIDERS else ""
    may = {
        "decide": opens and actor.role in DECIDERS and not why_not,
        "appeal": found.stage in rules.DECIDED and found.appealed_at is None and mine,
        "withdraw": opens and mine,
    }
    return {
        "why_not": why_not,
        **{name: given.get(name) or kind() for name, (kind, _r, _d) in STEPS.items() if may[name]},
    }

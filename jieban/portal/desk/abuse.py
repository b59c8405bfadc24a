"""The pages of one case against abuse: proposing it on evidence, its record, and each step by whoever may take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms as fields
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role, Sight
from jieban.appraisal import exclusion_rules, exclusions
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput, NotAllowed
from jieban.intake import abuse, caller_queries
from jieban.intake import abuse_rules as rules
from jieban.intake.callers import AbuseCase
from jieban.orders import queries
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Order
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import forms, rows
from jieban.portal.words import Word

LOOKERS = abuse.PROPOSERS | abuse.CONFIRMERS | {Role.AUDITOR}
MOST = 200


class _ProposeForm(forms.Plain):
    """On which ground, on which orders, in which words."""

    ground = fields.ChoiceField(label=lazy("理由"))
    orders = fields.MultipleChoiceField(label=lazy("作证据的工单"), widget=fields.CheckboxSelectMultiple)
    others = fields.CharField(
        label=lazy("别的号码打来的工单编号"), required=False, widget=fields.Textarea({"rows": 2}),
        help_text=lazy("一行一个。换号来电的写在这里"),
    )  # fmt: skip
    reason = fields.CharField(label=lazy("怎么认定是同一人"), min_length=4, max_length=300)
    statement = fields.CharField(
        label=lazy("事实：每次怎么答复的，为什么算反复"), min_length=4, max_length=4000,
        widget=fields.Textarea({"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args: Any, known: list[Order], loaded: Loaded, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [(g.code, g.name) for g in loaded.pack.grounds.values() if g.group == "abuse"]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]
        told = [(str(o.pk), f"{o.number} {o.title}") for o in known]
        self.fields["orders"].choices = told  # type: ignore[attr-defined]


class _Words(forms.Plain):
    """A statement, a reason, a view: words."""

    words = fields.CharField(label=lazy("写明"), min_length=4, max_length=2000, widget=fields.Textarea({"rows": 3}))


class _Verdict(_Words):
    """Yes or no, and why."""

    yes = fields.ChoiceField(
        label=lazy("结论"), choices=[("yes", lazy("同意")), ("no", lazy("不同意"))], widget=fields.RadioSelect
    )
    field_order: tuple[str, ...] = ("yes", "words")


class _Decision(_Verdict):
    """The first decision: what would apply and for how long."""

    days = fields.IntegerField(label=lazy("措施多少天（到期自动结束）"), min_value=1, initial=90)
    minutes = fields.IntegerField(
        label=lazy("同一件事的通话最多几分钟（0 为不限）"), min_value=0, initial=0, required=False
    )
    exclude = fields.BooleanField(label=lazy("建议不计入考评（复核同意后逐件送审）"), required=False)
    field_order = ("yes", "days", "minutes", "exclude", "words")


Do = Callable[[AbuseCase, dict[str, Any], Actor, datetime, Loaded], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case: who may take it, where it must stand, what is asked."""

    name: str
    title: Word
    roles: frozenset[Role]
    stages: frozenset[str]
    form: type[_Words]
    do: Do


def _decide(case: AbuseCase, data: dict[str, Any], by: Actor, at: datetime, loaded: Loaded) -> None:
    abuse.decide(
        case, uphold=data["yes"] == "yes", days=data["days"], minutes=data["minutes"] or 0, exclude=data["exclude"],
        reason=data["words"], by=by, at=at, loaded=loaded,
    )  # fmt: skip


def _confirm(case: AbuseCase, data: dict[str, Any], by: Actor, at: datetime, loaded: Loaded) -> None:
    """Confirm or not; what was proposed to be left out of scoring is then asked for, each part by itself."""
    agree, ground = data["yes"] == "yes", loaded.pack.oversight.abuse.exclusion
    with transaction.atomic():
        abuse.confirm(case, agree=agree, reason=data["words"], by=by, at=at)
        if agree and case.exclude and ground:
            parts = Assignment.objects.filter(order__in=case.evidence.values("order"), state=A.COMPLETED)
            words = f"反复投诉认定第 {case.pk} 件，两人认定成立。{case.statement}"[: exclusion_rules.LONGEST]
            exclusions.offer(list(parts), ground=ground, statement=words, by=by, at=at, loaded=loaded)


STEPS = (
    Step(
        "hear", lazy("记本人陈述"), abuse.HEARERS, frozenset({rules.PROPOSED, rules.DECIDED}), _Words,
        lambda case, data, by, at, loaded: abuse.hear(case, view=data["words"], by=by, at=at),
    ),
    Step("decide", lazy("认定"), abuse.DECIDERS, frozenset({rules.PROPOSED}), _Decision, _decide),
    Step(
        "confirm", lazy("第二人复核"), abuse.CONFIRMERS, frozenset({rules.DECIDED}), _Verdict,
        _confirm,
    ),
    Step(
        "appeal", lazy("记本人申诉"), abuse.HEARERS, frozenset({rules.IN_FORCE}), _Words,
        lambda case, data, by, at, loaded: abuse.appeal(case, words=data["words"], by=by, at=at),
    ),
    Step(
        "decide_appeal", lazy("复核申诉"), abuse.CONFIRMERS, frozenset({rules.APPEALED}), _Verdict,
        lambda case, data, by, at, loaded: abuse.decide_appeal(
            case, uphold=data["yes"] == "yes", reason=data["words"], by=by, at=at
        ),
    ),
    Step(
        "end", lazy("提前结束"), abuse.DECIDERS, rules.OPEN, _Words,
        lambda case, data, by, at, loaded: abuse.end(case, reason=data["words"], by=by, at=at),
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}


@staff(*abuse.PROPOSERS)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a case, beginning from one order of the caller; what was typed comes back with the reason."""
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    first = get_object_or_404(queries.visible_to(actor).select_related("contact"), number=request.GET.get("from", ""))
    known = _same(first, actor)
    form = _ProposeForm(request.POST or None, known=known, loaded=loaded)
    if request.method == "POST" and form.is_valid():
        try:
            case = _proposed(form.cleaned_data, known, actor, at, loaded)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("提出了。已经告知本人，到陈述期满或听过本人陈述后，由班长认定。"))
            return redirect("abuse_case", pk=case.pk)
    status = 422 if form.is_bound else 200
    return render(request, "desk/abuse_new.html", {"form": form, "first": first, "known": known}, status=status)


def _proposed(data: dict[str, Any], known: list[Order], actor: Actor, at: datetime, loaded: Loaded) -> AbuseCase:
    chosen = [order for order in known if str(order.pk) in data["orders"]]
    numbers = {line.strip().upper() for line in data["others"].splitlines() if line.strip()}
    others = list(queries.visible_to(actor).filter(number__in=numbers).select_related("contact"))
    missing = sorted(numbers - {order.number for order in others})
    if missing:
        raise BadInput(_("没有找到编号 %s。请核对编号，或看它在不在您的岗位能看的范围里。") % missing[0])
    whole = list({order.pk: order for order in (*chosen, *others)}.values())
    return abuse.propose(
        whole, ground=data["ground"], statement=data["statement"], reason=data["reason"], by=actor, at=at,
        loaded=loaded,
    )  # fmt: skip


def _same(first: Order, actor: Actor) -> list[Order]:
    """All orders of the caller of `first` that the actor may see, newest first."""
    index = first.contact.phone_index
    numbers = caller_queries.linked([index]).get(index, frozenset())
    found = queries.visible_to(actor).filter(contact__phone_index__in=numbers).select_related("contact")
    return list(found.order_by("-received_at", "-pk")[:MOST])


@staff(*LOOKERS)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: evidence, what the person said, each step with who and why, and the steps this post may take."""
    return _page(request, _case(request, pk), {})


@require_POST
@staff(*LOOKERS)
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step; what was typed comes back with the reason."""
    one, found, actor = BY_NAME.get(verb), _case(request, pk), actor_of(request)
    if one is None:
        raise Http404(verb)
    if actor.role not in one.roles:
        raise PermissionDenied(f"{actor.role} may not {verb}.")
    form = one.form(request.POST, prefix=verb)
    if form.is_valid():
        at = clock.now()
        try:
            one.do(found, form.cleaned_data, actor, at, city.current(at=at))
        except (BadInput, NotAllowed) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("记下了：%s。") % one.title)
            return redirect("abuse_case", pk=pk)
    return _page(request, found, {verb: form}, status=422)


def _case(request: HttpRequest, pk: int) -> AbuseCase:
    """A case that the post may look at: all of the centre's, a unit's own proposals."""
    actor = actor_of(request)
    people = ("proposed_by", "decided_by", "confirmed_by", "appeal_by", "caller")
    found = AbuseCase.objects.select_related(*people)
    if actor.sight != Sight.ALL:
        found = found.filter(proposed_by=actor.person_id)
    return get_object_or_404(found, pk=pk)


def _page(request: HttpRequest, found: AbuseCase, given: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    open_to = [s for s in STEPS if actor.role in s.roles and found.stage in s.stages]
    offers = [(s, given.get(s.name) or s.form(prefix=s.name)) for s in open_to]
    evidence = found.evidence.select_related("order").order_by("-order__received_at")
    values = {
        "case": found, "stage": rules.STATES[found.stage], "steps_taken": found.steps.order_by("at", "pk"),
        "names": rules.STEPS, "evidence": evidence, "offers": offers, "now": at,
        "ground": getattr(loaded.pack.grounds.get(found.ground), "name", found.ground),
        "matters": [
            (rows.category(m["category"], loaded.pack), loaded.gazetteer.label(m["place"])) for m in found.matters
        ],
        "numbers": found.caller.numbers.filter(ended_at=None).select_related("order", "linked_by").order_by("pk"),
    }  # fmt: skip
    return render(request, "desk/abuse_case.html", values, status=status)

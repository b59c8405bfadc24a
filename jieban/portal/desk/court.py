"""The page of one objection: ground, evidence, both views, like verdicts, and the form of whoever has the next word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from jieban.accounts.actor import Actor, Role
from jieban.city import queries as city
from jieban.city.queries import Loaded
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.dispatch.court import actions, passing, queries, rules
from jieban.dispatch.court.models import Objection
from jieban.orders.lifecycle import A
from jieban.orders.models import Attachment
from jieban.portal import words
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import finding, forms, rows
from jieban.portal.desk.boards import court as boards
from jieban.portal.desk.boards.board import Asked
from jieban.portal.desk.fields import UnitInput
from jieban.portal.desk.record import READERS

_CHIEFS = (Role.CHIEF, Role.DISTRICT)
_JUDGES = (Role.DISPATCHER, Role.SUPERVISOR, Role.DISTRICT)


class DecideForm(forms.Plain):
    """The verdict: whether it holds, by what, why, and who gets the order."""

    verdict = django_forms.ChoiceField(
        label=lazy("异议成立吗"), widget=django_forms.RadioSelect,
        choices=[("keep", lazy("不成立，原单位接着办")), ("uphold", lazy("成立，换单位"))],
    )  # fmt: skip
    to = django_forms.CharField(
        label=lazy("成立时，接下来由谁办"), max_length=64, required=False, widget=UnitInput(),
        help_text=lazy("新单位签收以前，原单位仍然负责"),
    )  # fmt: skip
    basis = django_forms.CharField(
        label=lazy("依据"), max_length=200, help_text=lazy("目录第几条、职责清单、哪部规定，或现场核实")
    )
    reason = django_forms.CharField(
        label=lazy("理由"), max_length=1000, widget=django_forms.Textarea({"rows": 3}),
        help_text=lazy("至少 10 个字，双方都会看到，以后类似的也会看到"),
    )  # fmt: skip
    change = django_forms.CharField(
        label=lazy("目录该怎么改"), max_length=300, required=False, widget=django_forms.Textarea({"rows": 2}),
        help_text=lazy("目录写错了或没写才填，会进目录修改清单"),
    )  # fmt: skip


class ReturnForm(forms.Plain):
    """Why the chief does not let it go."""

    reason = django_forms.CharField(
        label=lazy("不提的话，写一句原因"), max_length=300, required=False, widget=django_forms.Textarea({"rows": 2})
    )


@staff(*READERS)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a case that the post may see."""
    return _page(request, _case(request, pk), {})


@require_POST
@staff(*READERS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict of the court."""
    one, at = _case(request, pk), clock.now()
    form = DecideForm(request.POST)
    return _done(request, one, "decide", form, lambda data: _decided(one, data, actor_of(request), at))


@require_POST
@staff(*_CHIEFS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The chief lets it go to the court, or sends it back with a reason."""
    one, at = _case(request, pk), clock.now()
    form = ReturnForm(request.POST)
    back = "back" in request.POST
    return _done(request, one, "approve", form, lambda data: _approved(one, data, back, actor_of(request), at))


def _done(
    request: HttpRequest, one: Objection, name: str, form: forms.Plain, do: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Do it and open the order, or show the page again with what was typed and why it could not be taken."""
    if form.is_valid():
        try:
            said = do(form.cleaned_data)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("record", number=one.order.number)
    return _page(request, one, {name: form}, status=422)


def _decided(one: Objection, data: dict[str, Any], by: Actor, at: datetime) -> str:
    loaded = city.current(at=at)
    verdict = passing.Verdict(data["basis"].strip(), data["reason"].strip(), by, at, loaded, data["change"].strip())
    if data["verdict"] == "keep":
        actions.keep([one], verdict)
        return _("定了：异议不成立，%s接着办，时限从停的地方接着走。") % one.unit.name
    to = finding.unit_code(data["to"], loaded) if data["to"].strip() else ""
    actions.uphold([one], verdict, to=to)
    if one.to is None:
        return _("定了：异议成立，%s。") % words.OBJECTION_OUTCOMES[one.outcome]
    return _("定了：异议成立，交给%(to)s。它签收以前，%(unit)s仍然负责。") % {"to": one.to.name, "unit": one.unit.name}


def _approved(one: Objection, data: dict[str, Any], back: bool, by: Actor, at: datetime) -> str:
    if back:
        actions.send_back([one], reason=data["reason"], by=by, at=at)
        return _("没有提出去，本单位接着办。")
    actions.approve([one], by=by, at=at, loaded=city.current(at=at))
    return _("异议提出去了，本单位的时限先停，等审核结果。市民的时限不停。")


def _case(request: HttpRequest, pk: int) -> Objection:
    return get_object_or_404(queries.visible_to(actor_of(request)), pk=pk)


def _page(request: HttpRequest, one: Objection, given: dict[str, forms.Plain], status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    loaded = city.current(at=at)
    order = one.order
    proof = [row["sha256"] for row in one.evidence]
    asked = Asked(actor, at, loaded, request.GET)
    alike = queries.precedents(queries.likeness(one), loaded.pack, actor, besides=one.pk)
    values = {
        "case": one, "order": order, "now": at, "stage": words.OBJECTIONS[one.stage],
        "outcomes": words.OBJECTION_OUTCOMES, "ground": loaded.pack.grounds.get(one.ground),
        "grounds": loaded.pack.grounds, "alike": alike,
        "category": rows.category(order.category, loaded.pack), "place": rows.place(order, loaded),
        "bar": boards.draft_bar(one, asked) if one.stage == rules.DRAFT else boards.review_bar(one, at),
        "citizen": rows.citizen_bar(order, at), "others": [c for c in queries.of(order) if c.pk != one.pk],
        "files": list(Attachment.objects.filter(order=order, sha256__in=proof).order_by("pk")) if proof else [],
        "sent": order.dispatch, "ways": _alternatives(order.dispatch, loaded), "next": _next(one, actor),
        "limits": loaded.pack.settings, "here": "boards",
        "decide": given.get("decide") or DecideForm(), "approve": given.get("approve") or ReturnForm(),
    }  # fmt: skip
    return render(request, "desk/court_case.html", values, status=status)


def _alternatives(dispatch: dict[str, Any], loaded: Loaded) -> list[dict[str, str]]:
    """The other ways that the dispatch knew of, in words."""
    out = []
    for other in dispatch.get("alternatives") or ():
        codes = [unit["unit"] for unit in other.get("units", ())]
        names = [loaded.pack.units[code].name for code in codes if code in loaded.pack.units]
        out.append({"units": "、".join(names), "reason": other.get("reason", "")})
    return out


def _next(one: Objection, actor: Actor) -> str:
    """Whose word is next, where it is this post's: `approve`, `decide`, or nothing."""
    if one.stage == rules.DRAFT and one.assignment.state in (A.SENT, A.SIGNED):
        return "approve" if actor.role in _CHIEFS and actor.unit_id == one.unit_id else ""
    if one.stage == rules.REVIEW and one.assignment.state == A.OBJECTION and actions.may_judge(one, actor):
        return "decide"
    return ""

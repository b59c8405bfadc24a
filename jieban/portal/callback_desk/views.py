"""The callback console: whom to call, what they say, what follows. One call is one page; recording opens the next."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Actor, Role
from jieban.callback import actions as callback
from jieban.callback import claims, dial, leaders, queries, rules
from jieban.city import queries as city
from jieban.core import clock, crypto
from jieban.core.errors import JiebanError
from jieban.orders.lifecycle import S
from jieban.orders.models import Order
from jieban.portal import rates
from jieban.portal.access import actor_of, staff
from jieban.portal.callback_desk import page
from jieban.portal.callback_desk.forms import AnswersForm, AttemptForm, PurposeForm

AGENTS = (Role.CALLBACK, Role.SUPERVISOR, Role.LEADER)


@require_GET
@staff(*AGENTS)
def queue(request: HttpRequest) -> HttpResponse:
    """The queue with what the agent has in hand opened; nothing is taken by looking."""
    actor, at = actor_of(request), clock.now()
    rows = page.rows(actor, at=at, part=_part(request))
    number = page.held(actor, at=at) or (rows[0].order.number if rows and actor.role == Role.LEADER else "")
    order = page.find(actor, number, at=at).first() if number else None
    return _console(request, order, rows=rows)


@require_POST
@staff(*AGENTS)
def next_call(request: HttpRequest) -> HttpResponse:
    """Take the next call: it is the agent's alone for as long as the pack says."""
    return redirect(_next(request))


@require_GET
@staff(*AGENTS)
def call(request: HttpRequest, number: str) -> HttpResponse:
    """One order to call, beside the queue."""
    return _console(request, _order(request, number))


@require_POST
@staff(*AGENTS)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what the citizen says, and open the next call."""
    order, at = _order(request, number), clock.now()
    form = AnswersForm(request.POST, units=page.units(order))
    if not form.is_valid():
        return _console(request, order, answers=form, status=422)
    try:
        followed = _recorded(order, form, by=actor_of(request), at=at)
    except JiebanError as error:
        form.add_error(None, str(error))
        return _console(request, order, answers=form, status=409)
    messages.success(request, _said(order, followed))
    return redirect(_next(request))


@require_POST
@staff(*AGENTS)
def attempt(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a try without an answer, and open the next call."""
    order, at = _order(request, number), clock.now()
    form = AttemptForm(request.POST, at=at)
    if not form.is_valid():
        return _console(request, order, tried=form, status=422)
    told = form.cleaned_data
    try:
        claims.check(order, by=actor_of(request), at=at)
        made = callback.attempt(
            [order], way="phone", outcome=told["outcome"], again_at=told["again_at"], by=actor_of(request), at=at
        )
    except JiebanError as error:
        form.add_error(None, str(error))
        return _console(request, order, tried=form, status=409)
    messages.success(request, _("%(number)s 第 %(no)d 次没有问成，已记下。") % {"number": number, "no": made[0].no})
    return redirect(_next(request))


@require_POST
@staff(*AGENTS)
def phone(request: HttpRequest, number: str) -> HttpResponse:
    """The full number, after the purpose is written into the reading log."""
    order = _order(request, number)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return render(request, "callback/phone.html", {"order": order, "form": form}, status=422)
    accounts.log_reading(
        by=actor_of(request), subject=order.number, what="phone", purpose=form.cleaned_data["purpose"],
        at=clock.now(), address=rates.address(request) or None,
    )  # fmt: skip
    values = {"order": order, "phone": crypto.unseal(order.contact.phone)}
    return render(request, "callback/phone.html", values)


@require_POST
@staff(*AGENTS)
def ring(request: HttpRequest, number: str) -> HttpResponse:
    """Dial by click: the telephone system gets the number sealed; the reading is written down before."""
    order, actor, at = _order(request, number), actor_of(request), clock.now()
    try:
        claims.take(order, by=actor, at=at, loaded=city.current(at=at))
        accounts.log_reading(
            by=actor, subject=order.number, what="phone", purpose=_("拨打回访"), at=at,
            address=rates.address(request) or None,
        )  # fmt: skip
        dial.call(number=crypto.unseal(order.contact.phone), order=order.number, agent=str(actor.person_id), at=at)
    except JiebanError as error:
        return render(request, "callback/dialled.html", {"order": order, "failed": str(error)}, status=409)
    return render(request, "callback/dialled.html", {"order": order, "at": at})


def _recorded(order: Order, form: AnswersForm, *, by: Actor, at: datetime) -> str:
    """Write the answer down: a leader's is checked against the draw of the day."""
    claims.check(order, by=by, at=at)
    loaded = city.current(at=at)
    if by.role == Role.LEADER:
        return leaders.record(order, form.said(), by=by, at=at, loaded=loaded)
    return callback.record(order, form.said(), way="phone", by=by, at=at, loaded=loaded)


def _order(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(page.find(actor_of(request), number, at=clock.now()))


def _console(
    request: HttpRequest,
    order: Order | None,
    *,
    rows: list[page.Row] | None = None,
    answers: AnswersForm | None = None,
    tried: AttemptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, at, part = actor_of(request), clock.now(), _part(request)
    loaded = city.current(at=at)
    values = {
        "part": part,
        "counts": queries.counts(actor, at=at),
        "rows": page.rows(actor, at=at, part=part) if rows is None else rows,
        "call": page.call(order, actor, at=at, loaded=loaded) if order else None,
        "waiting": order is not None and order.state == S.CALLBACK,
        "answers": answers or AnswersForm(units=page.units(order) if order else ()),
        "dials": dial.ready(),
        "leader": actor.role == Role.LEADER,
        "tried": tried or AttemptForm(at=at),
        "purpose": PurposeForm(initial={"purpose": _("拨打回访")}),
        "settings": loaded.pack.settings,
        "calling_hours": rules.callable_now(at, loaded.pack.settings.callback_windows),
        "at": at,
    }
    return render(request, "callback/console.html", values, status=status)


def _part(request: HttpRequest) -> str:
    wanted = request.GET.get("part", "")
    return wanted if wanted in queries.PARTS else queries.PARTS[0]


def _next(request: HttpRequest) -> str:
    """Where the next call is: taken for the agent here, so that nobody else gets it."""
    actor, at, part = actor_of(request), clock.now(), _part(request)
    if actor.role != Role.LEADER:
        claims.take_next(actor, part=part, at=at, loaded=city.current(at=at))
    return f"{reverse('callback')}?part={part}"


def _said(order: Order, followed: str) -> str:
    if followed == rules.REWORK:
        return _("%s 已记下：市民说没解决或不满意，已发回重办。") % order.number
    return _("%s 已记下市民的回答，结案。") % order.number

"""The centre's own deeds beside the console: the second call, a finding about a sign, a text read, a leader's draw."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Role
from jieban.callback import inbox, leaders, second, watching
from jieban.callback.models import Lot, Reply, Sign
from jieban.city import queries as city
from jieban.core import clock, crypto
from jieban.core.errors import JiebanError
from jieban.portal import rates, words
from jieban.portal.access import actor_of, staff
from jieban.portal.callback_desk.forms import AnswersForm

AGENTS = (Role.CALLBACK, Role.SUPERVISOR)


@require_GET
@staff(*AGENTS)
def second_call(request: HttpRequest) -> HttpResponse:
    """The next citizen to be asked a second time, or the sentence that nobody is due."""
    return _second(request, second.waiting(actor_of(request), at=clock.now()).first(), AnswersForm())


@require_POST
@staff(*AGENTS)
def second_record(request: HttpRequest, pk: int) -> HttpResponse:
    """What the citizen says the second time; the order itself does not change."""
    lot, at, form = _lot(pk), clock.now(), AnswersForm(request.POST)
    if not form.is_valid():
        return _second(request, lot, form, status=422)
    try:
        second.record(lot, form.said(), way="phone", by=actor_of(request), at=at, loaded=city.current(at=at))
    except JiebanError as error:
        form.add_error(None, str(error))
        return _second(request, lot, form, status=409)
    messages.success(request, _("复核记下了，单位看不到。"))
    return redirect("second_call")


@require_POST
@staff(*AGENTS)
def second_missed(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody answered the second call; it is tried again in another window."""
    at = clock.now()
    second.missed(_lot(pk), by=actor_of(request), at=at, loaded=city.current(at=at))
    messages.success(request, _("没接通，记下了，换个时段再打。"))
    return redirect("second_call")


@require_POST
@staff(*AGENTS)
def second_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The full number for the second call, after the reading is written down."""
    lot, at = _lot(pk), clock.now()
    accounts.log_reading(
        by=actor_of(request), subject=lot.order.number, what="phone", purpose=_("抽样复核"), at=at,
        address=rates.address(request) or None,
    )  # fmt: skip
    return _second(request, lot, AnswersForm(), phone=crypto.unseal(lot.order.contact.phone))


@require_POST
@staff(*watching.READERS)
def sign_found(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has looked at a sign: what it was."""
    sign, given = get_object_or_404(Sign, pk=pk), request.POST
    try:
        watching.find(
            sign, finding=given.get("finding", ""), words=given.get("words", ""), by=actor_of(request), at=clock.now()
        )
    except JiebanError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("记下您看过了。这不会自动带来任何后果。"))
    return redirect("board", "watch", "signs")


@require_POST
@staff(*AGENTS)
def text_settled(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has read the text of a citizen and done what was to be done."""
    inbox.settle(get_object_or_404(Reply, pk=pk), by=actor_of(request), at=clock.now())
    messages.success(request, _("这条短信处理完了。"))
    return redirect("board", "review", "texts")


@require_POST
@staff(Role.LEADER)
def leaders_draw(request: HttpRequest) -> HttpResponse:
    """Draw today's calls by lot, once; the console opens the first."""
    at = clock.now()
    made = leaders.draw(by=actor_of(request), at=at, loaded=city.current(at=at))
    drawn = made.lots.count()
    messages.success(request, _("从 %(pot)d 件里随机抽了 %(n)d 件，名单不能换。") % {"pot": made.pot, "n": drawn})
    return redirect("callback")


def _lot(pk: int) -> Lot:
    return get_object_or_404(Lot.objects.select_related("order__contact").filter(draw__kind=second.KIND), pk=pk)


def _second(
    request: HttpRequest, lot: Lot | None, form: AnswersForm, *, phone: str = "", status: int = 200
) -> HttpResponse:
    order = lot.order if lot else None
    values = {
        "lot": lot, "order": order, "answers": form, "phone": phone,
        "masked": words.masked(crypto.unseal(order.contact.phone)) if order else "",
        "waiting": second.waiting(actor_of(request), at=clock.now()).count(),
    }  # fmt: skip
    return render(request, "callback/second.html", values, status=status)

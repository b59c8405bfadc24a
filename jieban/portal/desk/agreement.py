"""The agreement of a mediation to be printed and signed: with names, so who opens it says what for; that is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jieban.accounts import actions as accounts
from jieban.accounts.actor import Role
from jieban.core import clock
from jieban.core.errors import BadInput
from jieban.handling import mediation
from jieban.handling.models import Mediation
from jieban.orders import queries as orders
from jieban.portal import rates
from jieban.portal.access import actor_of, staff
from jieban.portal.desk.unit import UNITS

_PURPOSE_MIN = 4


@require_POST
@staff(*UNITS, Role.SUPERVISOR)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement in clear, for the unit that mediated; the reading is written down before anything is shown."""
    actor = actor_of(request)
    found = Mediation.objects.filter(assignment__in=orders.assignments_of(actor), outcome=mediation.AGREED)
    row = get_object_or_404(found.select_related("assignment__order"), pk=pk)
    purpose = request.POST.get("purpose", "").strip()
    if len(purpose) < _PURPOSE_MIN:
        raise BadInput(_("请写一句为什么要看协议，至少 4 个字。"))
    accounts.log_reading(
        by=actor, subject=row.assignment.order.number, what="agreement", purpose=purpose[:200], at=clock.now(),
        address=rates.address(request) or None,
    )  # fmt: skip
    values = {
        "row": row,
        "parties": mediation.parties_of(row),
        "agreement": mediation.agreement_of(row),
        "purpose": purpose,
    }
    answer = render(request, "desk/agreement.html", values)
    answer.headers["Cache-Control"] = "no-store"
    return answer

"""What happens in the objection court without anybody at a desk."""

from __future__ import annotations

from datetime import datetime

from jieban.accounts import actor as actors
from jieban.city.models import Unit
from jieban.dispatch.court import queries, rules
from jieban.dispatch.court.models import Objection
from jieban.orders import actions, outbox
from jieban.orders.actions import Step

_MOST = 200


def warn_late(*, at: datetime) -> int:
    """Tell the centre (and the district that is to decide) once of each case whose time for a verdict has run out.

    Cases whose assignment has ended otherwise are closed: nobody need decide them any more.
    """
    over = Objection.objects.filter(stage__in=(rules.DRAFT, rules.REVIEW), assignment__ended_at__isnull=False)
    over.update(stage=rules.VOID)
    late = list(queries.overdue(at)[:_MOST])
    if not late:
        return 0
    centres = list(Unit.objects.filter(kind="city_centre", valid_to=None).values_list("pk", flat=True))
    steps = [_warned(case, {*centres, *filter(None, [case.court_id])}, at) for case in late]
    with actions.together():
        actions.move(steps, "warn", by=actors.rule("异议审核超时"), at=at)
        Objection.objects.filter(pk__in=[case.pk for case in late]).update(warned_at=at)
    return len(late)


def _warned(case: Objection, told: set[int], at: datetime) -> Step:
    notices = [
        outbox.to_unit(unit, "review_late", at=at, number=case.order.number, no=case.assignment.no)
        for unit in sorted(told)
    ]
    return Step(
        case.order, case.assignment, records={"clock": "异议审核", "due": case.review_due}, messages=notices
    )  # fmt: skip

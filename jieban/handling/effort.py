"""Diligent effort (容错): what a unit has tried is on record, and somebody outside it judges whether it tried properly.

It stands beside the citizen's no and never changes it. Source: 接诉即办工作条例 (fault tolerance), domain.md §3 no. 31.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from jieban.accounts.actor import Actor, Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling.files import copies
from jieban.handling.models import Effort
from jieban.orders import actions, holding, outbox
from jieban.orders import queries as orders
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Attachment

PROPER, LACKING = "proper", "lacking"
DECISIONS = {PROPER: "尽职，办法都试过了", LACKING: "还差一步"}
FACTS_MIN = 20
JUDGES = (Role.SUPERVISOR, Role.DISTRICT, Role.LEADER)


def record(part: Assignment, *, facts: str, by: Actor, at: datetime, files: Sequence[Attachment] = ()) -> Effort:
    """What was tried, with evidence. BadInput: too little said, or nothing to show."""
    holding.must_hold([part], by)
    if len(facts.strip()) < FACTS_MIN:
        raise BadInput(f"至少 {FACTS_MIN} 个字：什么时候、找了谁、做了什么、为什么还是不行。")
    if not files:
        raise BadInput("请交上凭据：照片、通话或会议记录、往来的文件都可以。")
    told = {"facts": facts.strip()}
    with actions.together():
        step = Step(part.order, part, records=told, attachments=copies(files))
        actions.move([step], "effort", by=by, at=at)
        return Effort.objects.create(assignment=part, round=part.round, facts=facts.strip(), at=at, by_id=by.person_id)


def judge(row: Effort, *, decision: str, reason: str, by: Actor, at: datetime) -> None:
    """Say whether it was a proper try, and why. NotAllowed: by the unit itself. Conflict: somebody has said already."""
    part = row.assignment
    holding.must_hold([part], by)
    if decision not in DECISIONS or not reason.strip():
        raise BadInput(f"请选{'或'.join(DECISIONS.values())}，并写明理由。")
    if by.unit_id == part.unit_id or by.person_id == row.by_id:
        raise NotAllowed("本单位的尽职情况由上级或中心认定，不能自己认定。")
    told = {"decision": decision, "reason": reason.strip()}
    notice = outbox.to_unit(part.unit_id, "effort_judged", at=at, number=part.order.number, no=part.no)
    with actions.together():
        taken = Effort.objects.filter(pk=row.pk, decision="")
        if not taken.update(decision=decision, reason=reason.strip(), judge_id=by.person_id, judged_at=at):
            raise Conflict("这条尽职情况已经有人认定了。请刷新页面。")
        actions.move([Step(part.order, part, records=told, messages=[notice])], "judge_effort", by=by, at=at)


def seen_by(actor: Actor) -> QuerySet[Effort]:
    """The efforts in the actor's sight, those to be judged first, the oldest first."""
    found = Effort.objects.filter(assignment__in=orders.assignments_of(actor))
    return found.select_related("assignment__order", "assignment__unit", "by", "judge").order_by("decision", "at", "pk")
